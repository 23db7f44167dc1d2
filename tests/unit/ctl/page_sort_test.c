#include "ctl/page_sort.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define N_PAGES 200

static const struct counts_file_head head = {.engine = "e", .has_times = true};

/* Pages and words in no order. */
static void add_pages(struct page_sort *sort)
{
    for (unsigned i = 0; i < N_PAGES; i++) {
        struct counts_file_word words[] = {{"zoo", 3, 2}, {"and", 3, 1}, {"an", 2, 1}};
        unsigned number = i * 77 % N_PAGES;
        char url[64];
        struct counts_file_page page = {.url = url,
            .host = "a.example",
            .outcome = number % 3 == 0 ? OUTCOME_TIMEOUT : OUTCOME_COUNTED,
            .fetched = number % 2 ? "2026-11-22T10:00:00Z" : "2026-11-23T10:00:00Z"};
        bool is_counted = page.outcome == OUTCOME_COUNTED;

        snprintf(url, sizeof(url), "http://a.example/%u", number);
        if (is_counted) {
            page.content_hash = "0123456789abcdef0123456789abcdef";
            page.tokens = 4;
            page.distinct = 3;
        }
        assert_int_equal(page_sort_add(sort, &page, words, is_counted ? 3 : 0), 0);
    }
}

static char *sorted(size_t max_memory)
{
    char path[] = "/tmp/urlstat-page-sort-XXXXXX";
    int fd = mkstemp(path);
    const struct context context = {0};
    struct counts_file_totals totals;
    struct output_file *output;
    struct page_sort *sort;
    char *text = calloc(1, 1 << 20);
    FILE *file;

    assert_true(fd >= 0);
    assert_int_equal(page_sort_new(&context, true, max_memory, &sort), 0);
    add_pages(sort);
    assert_int_equal(output_file_open(&context, path, &output), 0);
    assert_int_equal(page_sort_write(sort, &head, output, &totals), 0);
    assert_int_equal(output_file_close(output), 0);
    assert_int_equal(totals.urls, N_PAGES);
    output_file_free(output);
    page_sort_free(sort);
    close(fd);
    file = fopen(path, "r");
    assert_true(fread(text, 1, (1 << 20) - 1, file) > 0);
    fclose(file);
    unlink(path);
    return text;
}

static void file_is_the_same_however_often_pages_were_put_aside(void **state)
{
    char *at_once = sorted(PAGE_SORT_MEMORY);
    char *in_three = sorted(64 << 10);
    char *each = sorted(1);

    assert_string_equal(at_once, in_three);
    assert_string_equal(at_once, each);
    assert_non_null(strstr(at_once, "\n\tan\t1\n\tand\t1\n\tzoo\t2\npage\t"));
    free(at_once);
    free(in_three);
    free(each);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(file_is_the_same_however_often_pages_were_put_aside),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
