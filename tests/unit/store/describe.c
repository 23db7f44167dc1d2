#include "describe.h"

#include "store/store_read.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tokens {
    struct store_read_words *words;
    uint64_t *sums; /* by word id */
    uint64_t pages;
};

static int add_page(void *userdata, const struct store_page_row *row)
{
    struct tokens *tokens = userdata;

    tokens->pages++;
    for (size_t i = 0; i < packed_size(row->counts, row->counts_size); i++) {
        uint32_t id;
        uint64_t n;

        packed_get(row->counts, i, &id, &n);
        assert_true(id < tokens->words->n_rows);
        tokens->sums[id] += n;
    }
    return 0;
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void describe_words(struct harness *harness, uint64_t job, FILE *file)
{
    struct store_read_words words = {.job = job};
    struct tokens tokens = {.words = &words};
    struct store_scan_pages scan = {.job = job, .page = add_page, .userdata = &tokens};
    char **lines;

    assert_int_equal(DO(harness, words, STORE_READ_WORDS), 0);
    tokens.sums = calloc(words.n_rows + 1, sizeof(*tokens.sums));
    lines = calloc(words.n_rows + 1, sizeof(*lines));
    assert_true(tokens.sums && lines);
    assert_int_equal(DO(harness, scan, STORE_SCAN_PAGES), 0);
    for (size_t i = 0; i < words.n_rows; i++)
        assert_true(asprintf(&lines[i], "%.*s %llu", (int)words.rows[i].length, words.rows[i].text,
                        (unsigned long long)tokens.sums[i]) > 0);
    qsort(lines, words.n_rows, sizeof(*lines), compare_lines);
    fprintf(file, "%llu pages\n", (unsigned long long)tokens.pages);
    for (size_t i = 0; i < words.n_rows; i++) {
        fprintf(file, "%s\n", lines[i]);
        free(lines[i]);
    }
    free(lines);
    free(tokens.sums);
    store_rows_free(words.rows);
}

static void describe_engines(struct harness *harness, uint64_t job, FILE *file)
{
    struct store_read_engines engines = {.jobs = &job, .n_jobs = 1};

    assert_int_equal(DO(harness, engines, STORE_READ_ENGINES), 0);
    for (size_t i = 0; i < engines.n_rows; i++)
        fprintf(file, "%s\n", engines.rows[i]);
    store_rows_free(engines.rows);
}

static void describe_urls(struct harness *harness, uint64_t job, FILE *file)
{
    struct store_read_urls urls = {.job = job, .state = -1};

    do {
        assert_int_equal(DO(harness, urls, STORE_READ_URLS), 0);
        for (size_t i = 0; i < urls.n_rows; i++) {
            const struct store_url_row *row = &urls.rows[i];

            fprintf(file, "%llu %s %s %d %llu %llu\n", (unsigned long long)row->seq, row->url, row->host,
                (int)row->outcome, (unsigned long long)row->tokens, (unsigned long long)row->distinct);
        }
        store_rows_free(urls.rows);
        urls.after = urls.next_after;
    } while (!urls.end);
}

char *describe_job(struct harness *harness, uint64_t job)
{
    struct store_job_row row = harness_job(harness, job);
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    assert_non_null(file);
    fprintf(file, "%llu in all, %llu counted, %llu failed, %llu skipped, %llu cancelled, %llu tokens\n",
        (unsigned long long)row.total, (unsigned long long)row.counted, (unsigned long long)row.failed,
        (unsigned long long)row.skipped, (unsigned long long)row.cancelled, (unsigned long long)row.tokens);
    describe_engines(harness, job, file);
    describe_urls(harness, job, file);
    describe_words(harness, job, file);
    fclose(file);
    return text;
}
