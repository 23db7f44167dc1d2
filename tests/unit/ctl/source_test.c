#include "ctl/source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

/* A file with this content, which is removed at the end of the scope. */
struct list {
    char path[32];
    struct source *source;
};

static void list_init(struct list *list, const void *content, size_t size)
{
    int fd;

    strcpy(list->path, "/tmp/source-test-XXXXXX");
    fd = mkstemp(list->path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, content, size), (ssize_t)size);
    close(fd);
    assert_int_equal(source_new(list->path, &list->source), 0);
}

static void list_deinit(struct list *list)
{
    source_free(list->source);
    unlink(list->path);
}

static void assert_entry(struct source *source, const char *url, const char *label, uint32_t line)
{
    struct source_item item;

    assert_int_equal(source_next(source, &item), 0);
    assert_int_equal(item.kind, SOURCE_ENTRY);
    assert_string_equal(item.url, url);
    if (label)
        assert_string_equal(item.label, label);
    else
        assert_null(item.label);
    assert_int_equal(item.line, line);
}

static void assert_bad(struct source *source, uint32_t line, const char *reason)
{
    struct source_item item;

    assert_int_equal(source_next(source, &item), 0);
    assert_int_equal(item.kind, SOURCE_BAD);
    assert_int_equal(item.line, line);
    assert_non_null(strstr(item.reason, reason));
}

static void assert_broken(struct source *source, const char *reason)
{
    struct source_item item;

    assert_int_equal(source_next(source, &item), 0);
    assert_int_equal(item.kind, SOURCE_BROKEN);
    assert_non_null(strstr(item.reason, reason));
    assert_int_equal(source_next(source, &item), 0);
    assert_int_equal(item.kind, SOURCE_END);
}

static void assert_end(struct source *source)
{
    struct source_item item;

    assert_int_equal(source_next(source, &item), 0);
    assert_int_equal(item.kind, SOURCE_END);
    assert_int_equal(source_next(source, &item), 0);
    assert_int_equal(item.kind, SOURCE_END);
}

static void list_init_text(struct list *list, const char *text)
{
    list_init(list, text, strlen(text));
}

static void lines_are_urls_with_their_numbers(void **state)
{
    CLEANUP(list_deinit) struct list list;

    list_init_text(&list, "http://a/1\nhttps://b/2\n");
    assert_entry(list.source, "http://a/1", NULL, 1);
    assert_entry(list.source, "https://b/2", NULL, 2);
    assert_end(list.source);
}

static void byte_order_mark_crlf_blank_lines_comments_and_white_space_are_fine(void **state)
{
    CLEANUP(list_deinit) struct list list;

    list_init_text(
        &list, "\xef\xbb\xbf# list\r\n\r\nhttp://a/1\r\n  \t\n # more\n\thttp://a/2 \t\r\nhttp://a/3");
    assert_entry(list.source, "http://a/1", NULL, 3);
    assert_entry(list.source, "http://a/2", NULL, 6);
    assert_entry(list.source, "http://a/3", NULL, 7);
    assert_end(list.source);
}

static void a_byte_order_mark_before_a_url_is_no_part_of_it(void **state)
{
    CLEANUP(list_deinit) struct list list;

    list_init_text(&list, "\xef\xbb\xbfhttp://a/1\n");
    assert_entry(list.source, "http://a/1", NULL, 1);
}

static void a_label_stands_behind_a_tab(void **state)
{
    CLEANUP(list_deinit) struct list list;

    list_init_text(
        &list, "http://a/1\tnews\nhttp://a/2 \t  a label of words \nhttp://a/3\t\nhttp://a/4\ta\tb\n");
    assert_entry(list.source, "http://a/1", "news", 1);
    assert_entry(list.source, "http://a/2", "a label of words", 2);
    assert_entry(list.source, "http://a/3", NULL, 3);
    assert_entry(list.source, "http://a/4", "a\tb", 4);
}

static void a_bad_line_says_why_and_the_rest_goes_on(void **state)
{
    CLEANUP(list_deinit) struct list list;

    list_init_text(&list,
        "example.org/x\nexample.org:8080\nmailto:a@b\nnonsense\nlocalhost/y\nhttp://a/\xff\nhttp://a/1\n");
    assert_bad(list.source, 1, "did you mean https://example.org/x?");
    assert_bad(list.source, 2, "did you mean https://example.org:8080?");
    assert_bad(list.source, 3, "only http and https");
    assert_bad(list.source, 4, "no scheme");
    assert_bad(list.source, 5, "did you mean https://localhost/y?");
    assert_bad(list.source, 6, "UTF-8");
    assert_entry(list.source, "http://a/1", NULL, 7);
    assert_end(list.source);
}

static void a_line_of_a_megabyte_is_one_bad_line(void **state)
{
    CLEANUP(list_deinit) struct list list;
    CLEANUP(freep) char *text = malloc((1 << 20) + 64);
    struct source_item item;

    memset(text, 'a', 1 << 20);
    memcpy(text, "http://", 7);
    strcpy(text + (1 << 20), "\nhttp://a/1\n");
    list_init_text(&list, text);
    assert_int_equal(source_next(list.source, &item), 0);
    assert_int_equal(item.kind, SOURCE_BAD);
    assert_true(strlen(item.url) <= 200);
    assert_entry(list.source, "http://a/1", NULL, 2);
    assert_end(list.source);
}

static void the_longest_line_that_fits_is_whole(void **state)
{
    CLEANUP(list_deinit) struct list list;
    CLEANUP(freep) char *text = malloc(SOURCE_MAX_LINE + 2);
    struct source_item item;

    memset(text, 'a', SOURCE_MAX_LINE);
    memcpy(text, "http://", 7);
    strcpy(text + SOURCE_MAX_LINE, "\n");
    list_init_text(&list, text);
    assert_int_equal(source_next(list.source, &item), 0);
    assert_int_equal(item.kind, SOURCE_ENTRY);
    assert_int_equal(strlen(item.url), SOURCE_MAX_LINE);
}

static void a_list_of_many_blocks_loses_no_line(void **state)
{
    CLEANUP(list_deinit) struct list list;
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    for (int i = 1; i <= 20000; i++)
        fprintf(file, "http://example.org/%d\n", i);
    fclose(file);
    list_init(&list, text, size);
    free(text);
    for (int i = 1; i <= 20000; i++) {
        char url[64];

        snprintf(url, sizeof(url), "http://example.org/%d", i);
        assert_entry(list.source, url, NULL, (uint32_t)i);
    }
    assert_end(list.source);
}

static void what_is_no_list_says_so_once(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        const char *reason;
    } cases[] = {
        {"", 0, "is empty"},
        {"\n \r\n\n", 5, "is empty"},
        {"\x7f"
         "ELF\x02\x01\x01\0\0\0",
            10, "is a binary file"},
        {"http://a/\n\0\0\0", 13, "is a binary file"},
        {"\xff\xfeh\0t\0", 6, "is UTF-16"},
        {"\x1f\x8b\x08\0", 4, "is compressed"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CLEANUP(list_deinit) struct list list;

        list_init(&list, cases[i].bytes, cases[i].size);
        assert_broken(list.source, cases[i].reason);
    }
}

static void a_nul_byte_far_into_a_list_is_one_bad_line(void **state)
{
    CLEANUP(list_deinit) struct list list;
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);
    struct source_item item = {.kind = SOURCE_ENTRY};

    for (int i = 0; i < 1000; i++)
        fprintf(file, "http://example.org/%d\n", i);
    fwrite("http://a\0b\nhttp://a/1\n", 1, 22, file);
    fclose(file);
    list_init(&list, text, size);
    free(text);
    while (item.kind == SOURCE_ENTRY)
        assert_int_equal(source_next(list.source, &item), 0);
    assert_int_equal(item.kind, SOURCE_BAD);
    assert_int_equal(item.line, 1001);
    assert_entry(list.source, "http://a/1", NULL, 1002);
}

static void only_comments_are_a_list_of_nothing(void **state)
{
    CLEANUP(list_deinit) struct list list;

    list_init_text(&list, "# nothing yet\n");
    assert_end(list.source);
}

static void missing_files_and_directories_say_so(void **state)
{
    CLEANUP(source_freep) struct source *missing = NULL;
    CLEANUP(source_freep) struct source *directory = NULL;

    assert_int_equal(source_new("/nonexistent/urls.txt", &missing), 0);
    assert_broken(missing, "No such file or directory");
    assert_int_equal(source_new("/tmp", &directory), 0);
    assert_broken(directory, "is a directory");
}

static void an_empty_name_says_that_it_is_one(void **state)
{
    CLEANUP(source_freep) struct source *source = NULL;

    assert_int_equal(source_new("", &source), 0);
    assert_broken(source, "an empty name is no list");
}

static void an_operand_with_a_scheme_is_a_url(void **state)
{
    CLEANUP(source_freep) struct source *source = NULL;

    assert_true(source_is_url("https://example.org/"));
    assert_false(source_is_url("example.org"));
    assert_int_equal(source_new("https://example.org/", &source), 0);
    assert_null(source_name(source));
    assert_entry(source, "https://example.org/", NULL, 0);
    assert_end(source);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_urls_with_their_numbers),
        cmocka_unit_test(byte_order_mark_crlf_blank_lines_comments_and_white_space_are_fine),
        cmocka_unit_test(a_byte_order_mark_before_a_url_is_no_part_of_it),
        cmocka_unit_test(a_label_stands_behind_a_tab),
        cmocka_unit_test(a_bad_line_says_why_and_the_rest_goes_on),
        cmocka_unit_test(a_line_of_a_megabyte_is_one_bad_line),
        cmocka_unit_test(the_longest_line_that_fits_is_whole),
        cmocka_unit_test(a_list_of_many_blocks_loses_no_line),
        cmocka_unit_test(what_is_no_list_says_so_once),
        cmocka_unit_test(a_nul_byte_far_into_a_list_is_one_bad_line),
        cmocka_unit_test(only_comments_are_a_list_of_nothing),
        cmocka_unit_test(missing_files_and_directories_say_so),
        cmocka_unit_test(an_empty_name_says_that_it_is_one),
        cmocka_unit_test(an_operand_with_a_scheme_is_a_url),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
