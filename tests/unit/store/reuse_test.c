#include "fixture.h"
#include "store/store.h"
#include "store/store_change.h"
#include "store/store_read.h"

#include <stdio.h>
#include <string.h>

#define ENGINE "engine-1"
#define URL_1 "http://host0.example/1"
#define URL_2 "http://host0.example/2"
#define HOST "host0.example"

static const struct page front = {3, {"the", "cat", "sat"}, {5, 2, 1}};
static const struct page other = {3, {"dog", "sat", "the"}, {7, 1, 1}};

/* A page that was fetched at that time, as it can be found again. */
static void count_page(struct harness *harness, uint64_t job, uint64_t seq, const char *url,
    const struct page *page, uint64_t fetched_usec)
{
    struct store_outcome outcome = harness_outcome(job, seq, HOST, OUTCOME_COUNTED);

    outcome.counts = page;
    outcome.n_words = page->n;
    for (size_t i = 0; i < page->n; i++)
        outcome.tokens += page->tokens[i];
    outcome.engine_id = ENGINE;
    outcome.url = url;
    outcome.title = "A title";
    outcome.content_type = "text/html";
    outcome.etag = "\"e\"";
    outcome.last_modified = "Sun, 06 Nov 1994 08:49:37 GMT";
    outcome.fetched_usec = fetched_usec;
    memset(outcome.content_hash, (int)page->tokens[0], sizeof(outcome.content_hash));
    assert_int_equal(DO(harness, outcome, STORE_OUTCOME), 0);
    assert_true(outcome.accepted);
}

static struct store_outcome reusing(
    uint64_t job, uint64_t seq, enum outcome outcome, struct store_reuse reuse, const char *engine_id)
{
    struct store_outcome request = harness_outcome(job, seq, HOST, outcome);

    request.reuse = reuse;
    request.engine_id = engine_id;
    request.body_bytes = 0;
    request.http_status = outcome == OUTCOME_NOT_MODIFIED ? 304 : 0;
    request.fetched_usec = 42;
    return request;
}

static struct store_known find(struct harness *harness, const char *url, struct store_reuse_rule rule)
{
    struct store_read_known read = {.url = url, .rule = rule};
    struct store_known known;

    assert_int_equal(DO(harness, read, STORE_READ_KNOWN), 0);
    assert_int_equal(read.n_rows, 1);
    known = read.rows[0];
    assert_true(!known.etag || strcmp(known.etag, "\"e\"") == 0);
    store_rows_free(read.rows);
    return known;
}

static uint64_t find_job(struct harness *harness, const char *url)
{
    return find(harness, url, (struct store_reuse_rule){.engine_id = ENGINE, .uid = 1000}).page.job;
}

/* "cat 2, sat 1, the 5" of a page, whatever its job's ids are. */
static void check_words(struct harness *harness, uint64_t job, uint64_t seq, const struct page *page)
{
    struct store_read_words words = {.job = job};
    struct store_read_urls urls = {.job = job, .state = -1, .with_counts = true, .after = seq - 1};

    assert_int_equal(DO(harness, words, STORE_READ_WORDS), 0);
    assert_int_equal(DO(harness, urls, STORE_READ_URLS), 0);
    assert_true(urls.n_rows > 0);
    assert_int_equal(urls.rows[0].seq, seq);
    assert_int_equal(packed_size(urls.rows[0].counts, urls.rows[0].counts_size), page->n);
    for (size_t i = 0; i < page->n; i++) {
        uint64_t tokens = 0;
        uint32_t id = 0;

        for (size_t j = 0; j < page->n; j++) {
            uint64_t n;

            packed_get(urls.rows[0].counts, j, &id, &n);
            assert_true(id < words.n_rows);
            if (words.rows[id].length == strlen(page->words[i]) &&
                memcmp(words.rows[id].text, page->words[i], words.rows[id].length) == 0)
                tokens = n;
        }
        assert_int_equal(tokens, page->tokens[i]);
    }
    store_rows_free(words.rows);
    store_rows_free(urls.rows);
}

static void reused_page_has_its_counts_in_the_words_of_the_new_job(void **state)
{
    struct harness *harness = *state;
    uint64_t old = harness_submit(harness, NULL, 2, 1);
    uint64_t new = harness_submit(harness, NULL, 3, 1);
    struct store_outcome request =
        reusing(new, 1, OUTCOME_NOT_MODIFIED, (struct store_reuse){old, 1}, ENGINE);
    struct store_read_urls urls = {.job = new, .state = URL_COUNTED};

    count_page(harness, old, 1, URL_1, &front, 1000);
    count_page(harness, new, 3, "http://host0.example/3", &other, 1000);
    assert_int_equal(DO(harness, request, STORE_OUTCOME), 0);
    assert_true(request.accepted);
    assert_false(request.reuse_lost);

    check_words(harness, new, 1, &front);
    assert_int_equal(harness_job(harness, new).tokens, 8 + 9);
    assert_int_equal(harness_job(harness, new).body_bytes, 200);
    assert_int_equal(DO(harness, urls, STORE_READ_URLS), 0);
    assert_int_equal(urls.rows[0].outcome, OUTCOME_NOT_MODIFIED);
    assert_int_equal(urls.rows[0].http_status, 304);
    assert_int_equal(urls.rows[0].fetched_usec, 42);
    assert_int_equal(urls.rows[0].counted_from_usec, 1000);
    assert_string_equal(urls.rows[0].title, "A title");
    assert_string_equal(urls.rows[0].etag, "\"e\"");
    assert_string_equal(urls.rows[0].engine_id, ENGINE);
    assert_true(urls.rows[0].has_hash);
    assert_null(urls.rows[0].final_url);
    store_rows_free(urls.rows);
}

static void reused_page_stays_when_the_job_that_counted_it_goes(void **state)
{
    struct harness *harness = *state;
    uint64_t old = harness_submit(harness, NULL, 2, 1);
    uint64_t new = harness_submit(harness, NULL, 2, 1);
    struct store_outcome request = reusing(new, 1, OUTCOME_FRESH, (struct store_reuse){old, 1}, ENGINE);
    struct store_remove remove = {.job = old};

    count_page(harness, old, 1, URL_1, &front, 1000);
    assert_int_equal(DO(harness, request, STORE_OUTCOME), 0);
    assert_int_equal(DO(harness, remove, STORE_REMOVE), 0);
    harness_wait_idle(harness);
    harness_reopen(harness);

    check_words(harness, new, 1, &front);
    assert_int_equal(find_job(harness, URL_1), new);
    assert_int_equal(
        find(harness, URL_1, (struct store_reuse_rule){.engine_id = ENGINE, .uid = 1000}).fetched_usec, 1000);
}

static void page_that_has_gone_is_not_reused_and_nothing_is_written(void **state)
{
    struct harness *harness = *state;
    uint64_t old = harness_submit(harness, NULL, 2, 1);
    uint64_t new = harness_submit(harness, NULL, 2, 1);
    struct store_outcome gone = reusing(new, 1, OUTCOME_FRESH, (struct store_reuse){old, 2}, ENGINE);
    struct store_outcome foreign = reusing(new, 1, OUTCOME_FRESH, (struct store_reuse){old, 1}, "engine-2");
    struct store_outcome late = reusing(new, 1, OUTCOME_FRESH, (struct store_reuse){old, 1}, ENGINE);
    struct store_remove remove = {.job = old};

    count_page(harness, old, 1, URL_1, &front, 1000);
    assert_int_equal(DO(harness, gone, STORE_OUTCOME), 0);
    assert_int_equal(DO(harness, foreign, STORE_OUTCOME), 0);
    assert_int_equal(DO(harness, remove, STORE_REMOVE), 0);
    assert_int_equal(DO(harness, late, STORE_OUTCOME), 0);

    assert_true(gone.reuse_lost && foreign.reuse_lost && late.reuse_lost);
    assert_false(gone.accepted || foreign.accepted || late.accepted);
    assert_int_equal(harness_job(harness, new).counted, 0);
    assert_int_equal(find_job(harness, URL_1), 0);
}

static void page_is_known_by_its_exact_url_engine_and_readers(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 2, 1);

    count_page(harness, job, 1, URL_1, &front, 1000);

    assert_int_equal(find_job(harness, URL_1), job);
    assert_int_equal(find_job(harness, URL_2), 0);
    assert_int_equal(
        find(harness, URL_1, (struct store_reuse_rule){.engine_id = "engine-2", .uid = 1000}).page.job, 0);
    assert_int_equal(
        find(harness, URL_1, (struct store_reuse_rule){.engine_id = ENGINE, .uid = 1001}).page.job, 0);
    assert_int_equal(
        find(harness, URL_1, (struct store_reuse_rule){.engine_id = ENGINE, .uid = 1001, .any_owner = true})
            .page.job,
        job);
}

static void url_that_redirected_is_known_but_has_no_validators(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 2, 1);
    struct store_outcome outcome = harness_outcome(job, 1, HOST, OUTCOME_COUNTED);
    const struct store_reuse_rule rule = {.engine_id = ENGINE, .uid = 1000, .redirected = true};
    struct store_known known;

    outcome.counts = &front;
    outcome.n_words = front.n;
    outcome.tokens = 8;
    outcome.engine_id = ENGINE;
    outcome.url = outcome.final_url = "http://final.example/";
    outcome.etag = "\"e\"";
    assert_int_equal(DO(harness, outcome, STORE_OUTCOME), 0);

    assert_int_equal(find_job(harness, URL_1), 0);
    known = find(harness, URL_1, rule);
    assert_int_equal(known.page.job, job);
    assert_true(known.is_redirected);
    assert_null(known.etag);
    known = find(harness, "http://final.example/", rule);
    assert_false(known.is_redirected);
    assert_non_null(known.etag);
}

static void page_whose_server_was_asked_last_is_the_one(void **state)
{
    struct harness *harness = *state;
    uint64_t first = harness_submit(harness, NULL, 2, 1);
    uint64_t second = harness_submit(harness, NULL, 2, 1);

    count_page(harness, first, 1, URL_1, &front, 3000);
    count_page(harness, second, 1, URL_1, &front, 2000);

    assert_int_equal(find_job(harness, URL_1), first);
}

static void window_says_what_is_known_of_its_urls(void **state)
{
    struct harness *harness = *state;
    uint64_t old = harness_submit(harness, NULL, 2, 1);
    uint64_t new = harness_submit(harness, NULL, 2, 1);
    struct store_read_window window = {
        .job = new, .host = HOST, .with_known = true, .rule = {.engine_id = ENGINE, .uid = 1000}};

    count_page(harness, old, 2, URL_2, &front, 1000);
    assert_int_equal(DO(harness, window, STORE_READ_WINDOW), 0);

    assert_int_equal(window.n_rows, 2);
    assert_int_equal(window.rows[0].known.page.job, 0);
    assert_int_equal(window.rows[1].known.page.job, old);
    assert_int_equal(window.rows[1].known.page.seq, 2);
    assert_string_equal(window.rows[1].known.etag, "\"e\"");
    store_rows_free(window.rows);
}

static void words_of_many_jobs_find_their_ids_whatever_is_kept_in_memory(void **state)
{
    struct harness *harness = *state;
    uint64_t old[40];
    uint64_t new = harness_submit(harness, NULL, 200, 1);

    for (size_t i = 0; i < 40; i++) {
        old[i] = harness_submit(harness, NULL, 2, 1);
        count_page(harness, old[i], 1, URL_1, i % 2 ? &front : &other, 1000);
    }
    for (uint64_t seq = 1; seq <= 200; seq++) {
        struct store_outcome request =
            reusing(new, seq, OUTCOME_FRESH, (struct store_reuse){old[(seq * 7) % 40], 1}, ENGINE);

        assert_int_equal(DO(harness, request, STORE_OUTCOME), 0);
        assert_true(request.accepted);
    }

    for (uint64_t seq = 1; seq <= 200; seq++)
        check_words(harness, new, seq, (seq * 7) % 40 % 2 ? &front : &other);
    assert_int_equal(harness_job(harness, new).tokens, 100 * 8 + 100 * 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reused_page_has_its_counts_in_the_words_of_the_new_job),
        TEST(reused_page_stays_when_the_job_that_counted_it_goes),
        TEST(page_that_has_gone_is_not_reused_and_nothing_is_written),
        TEST(page_is_known_by_its_exact_url_engine_and_readers),
        TEST(url_that_redirected_is_known_but_has_no_validators),
        TEST(page_whose_server_was_asked_last_is_the_one),
        TEST(window_says_what_is_known_of_its_urls),
        TEST(words_of_many_jobs_find_their_ids_whatever_is_kept_in_memory),
    };

    return cmocka_run_group_tests_name("store reuse", tests, NULL, NULL);
}
