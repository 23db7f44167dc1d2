#include "fixture.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_URLS 3000

static const struct page front = {.n = 2, .words = {"a", "b"}, .tokens = {3, 1}};

/* Pages that were shown, or that the row tells of: its bytes are seqs, two each. */
struct sum {
    bool has[MAX_URLS + 2];
    size_t n_told, n_shown;
    int refusal;
    uint64_t n_pages, total, n_words; /* as take() was told */
};

static int take(void *userdata, const void *bytes, size_t size, const struct store_partial_of *of)
{
    struct sum *sum = userdata;
    const uint8_t *seqs = bytes;

    sum->n_pages = of->n_pages;
    sum->total = of->total;
    sum->n_words = of->n_words;
    if (sum->refusal < 0)
        return sum->refusal;
    for (size_t i = 0; i < size; i += 2) {
        sum->has[seqs[i] << 8 | seqs[i + 1]] = true;
        sum->n_told++;
    }
    return 0;
}

static uint64_t missing(void *userdata, uint64_t seq)
{
    const struct sum *sum = userdata;

    while (seq <= MAX_URLS && sum->has[seq])
        seq++;
    return seq;
}

static int show(void *userdata, const struct store_page_row *row)
{
    struct sum *sum = userdata;

    assert_true(row->seq <= MAX_URLS);
    assert_false(sum->has[row->seq]);
    assert_string_equal(row->host, harness_host(row->seq, 3));
    assert_int_equal(packed_tokens(row->counts, row->counts_size), 4);
    sum->has[row->seq] = true;
    sum->n_shown++;
    return 0;
}

static void put_row(struct harness *harness, uint64_t job, uint64_t first, uint64_t last)
{
    uint8_t bytes[2 * MAX_URLS];
    struct store_put_partial put = {.job = job, .bytes = bytes};

    for (uint64_t seq = first; seq <= last; seq++) {
        bytes[put.size++] = (uint8_t)(seq >> 8);
        bytes[put.size++] = (uint8_t)seq;
        put.n_pages++;
    }
    assert_int_equal(DO(harness, put, STORE_PUT_PARTIAL), 0);
    assert_true(put.written);
}

static void end(struct harness *harness, uint64_t job, uint64_t seq)
{
    assert_true(harness_end(harness, job, seq, harness_host(seq, 3), OUTCOME_COUNTED, &front));
}

static void end_all(struct harness *harness, uint64_t job, uint64_t first, uint64_t last)
{
    for (uint64_t seq = first; seq <= last; seq++)
        end(harness, job, seq);
}

/* What the scan said of the row. */
enum row {
    ROW_TAKEN,
    ROW_REFUSED,
    ROW_NOT_USED,
};

static enum row scan(struct harness *harness, uint64_t job, struct sum *sum)
{
    struct store_partial partial = {.take = take, .missing = missing};
    struct store_scan_pages pages = {.job = job, .partial = &partial, .page = show, .userdata = sum};

    assert_int_equal(DO(harness, pages, STORE_SCAN_PAGES), 0);
    assert_false(partial.was_taken && partial.was_refused);
    return partial.was_taken ? ROW_TAKEN : partial.was_refused ? ROW_REFUSED : ROW_NOT_USED;
}

static void assert_scan(
    struct harness *harness, uint64_t job, enum row row, size_t n_told, size_t n_shown, int refusal)
{
    struct sum *sum = calloc(1, sizeof(*sum));

    assert_non_null(sum);
    sum->refusal = refusal;
    assert_int_equal(scan(harness, job, sum), row);
    assert_int_equal(sum->n_told, n_told);
    assert_int_equal(sum->n_shown, n_shown);
    free(sum);
}

static int64_t count_rows(struct harness *harness)
{
    sqlite3_stmt *statement;
    sqlite3 *db;
    int64_t n;

    assert_int_equal(
        sqlite3_open_v2(harness_path(harness, "urlstat.db"), &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT count(*) FROM partial", -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    n = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return n;
}

static void only_pages_that_the_row_does_not_tell_of_are_read(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 30, 3);
    struct sum sum = {0};

    end_all(harness, job, 4, 20);
    put_row(harness, job, 4, 20);
    end_all(harness, job, 1, 3);
    end_all(harness, job, 25, 28);
    assert_true(harness_end(harness, job, 24, "host0.example", OUTCOME_TIMEOUT, NULL));

    assert_int_equal(scan(harness, job, &sum), ROW_TAKEN);
    assert_int_equal(sum.n_told, 17);
    assert_int_equal(sum.n_shown, 7);
    assert_int_equal(sum.n_pages, 17);
    assert_int_equal(sum.total, 30);
    assert_int_equal(sum.n_words, 2);
}

static void without_a_row_all_pages_are_read(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 30, 3);

    assert_scan(harness, job, ROW_NOT_USED, 0, 0, 0);
    end_all(harness, job, 4, 20);
    assert_scan(harness, job, ROW_NOT_USED, 0, 17, 0);
}

static void row_that_is_refused_is_as_none(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 30, 3);
    struct store_put_partial drop = {.job = job};

    end_all(harness, job, 1, 10);
    put_row(harness, job, 1, 10);
    assert_scan(harness, job, ROW_REFUSED, 0, 10, -EBADMSG);
    assert_scan(harness, job, ROW_TAKEN, 10, 0, 0);
    assert_int_equal(DO(harness, drop, STORE_PUT_PARTIAL), 0);
    assert_int_equal(count_rows(harness), 0);
    assert_scan(harness, job, ROW_NOT_USED, 0, 10, 0);
}

static void error_of_who_takes_the_row_ends_the_scan(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 30, 3);
    struct sum sum = {.refusal = -E2BIG};
    struct store_partial partial = {.take = take, .missing = missing};
    struct store_scan_pages pages = {.job = job, .partial = &partial, .page = show, .userdata = &sum};

    end_all(harness, job, 1, 10);
    put_row(harness, job, 1, 10);
    assert_int_equal(DO(harness, pages, STORE_SCAN_PAGES), -E2BIG);
    assert_int_equal(sum.n_shown, 0);
    /* Handed over again, it begins anew. */
    sum.refusal = 0;
    assert_int_equal(DO(harness, pages, STORE_SCAN_PAGES), 0);
    assert_true(partial.was_taken);
    assert_int_equal(sum.n_told, 10);
}

static void row_of_more_pages_than_there_are_is_refused(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 30, 3);

    end_all(harness, job, 1, 10);
    put_row(harness, job, 1, 11);
    assert_scan(harness, job, ROW_REFUSED, 0, 10, 0);
}

static void row_of_few_of_the_pages_is_not_worth_it(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 30, 3);

    end_all(harness, job, 1, 4);
    put_row(harness, job, 1, 4);
    end_all(harness, job, 5, 9);
    assert_scan(harness, job, ROW_TAKEN, 4, 5, 0);
    end(harness, job, 10);
    assert_scan(harness, job, ROW_NOT_USED, 0, 10, 0);
}

static void newer_row_takes_the_place_of_the_older_one(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 30, 3);

    end_all(harness, job, 1, 10);
    put_row(harness, job, 1, 8);
    put_row(harness, job, 1, 10);
    assert_int_equal(count_rows(harness), 1);
    assert_scan(harness, job, ROW_TAKEN, 10, 0, 0);
}

static void row_is_there_after_the_next_start(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 30, 3);

    end_all(harness, job, 1, 10);
    put_row(harness, job, 1, 10);
    harness_reopen(harness);
    end_all(harness, job, 11, 12);
    assert_scan(harness, job, ROW_TAKEN, 10, 2, 0);
}

static void many_pages_are_found_whatever_lies_between(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, MAX_URLS, 3);
    static struct store_outcome ends[MAX_URLS];
    size_t n_pages = 0;

    for (uint64_t seq = 1; seq <= MAX_URLS; seq++) {
        bool counted = seq % 3 > 0 || seq > 2500;
        struct store_outcome *outcome = &ends[seq - 1];
        char *host = strdup(harness_host(seq, 3));

        *outcome = harness_outcome(job, seq, host, counted ? OUTCOME_COUNTED : OUTCOME_TIMEOUT);
        outcome->counts = counted ? &front : NULL;
        outcome->n_words = counted ? front.n : 0;
        n_pages += counted;
        harness_post(harness, &outcome->request, STORE_OUTCOME);
    }
    harness_wait(harness);
    for (size_t i = 0; i < MAX_URLS; i++) {
        assert_true(ends[i].accepted);
        free((char *)ends[i].host);
    }
    put_row(harness, job, 2501, 2999);
    assert_scan(harness, job, ROW_NOT_USED, 0, n_pages, 0);
    {
        static uint8_t bytes[2 * MAX_URLS];
        struct store_put_partial put = {.job = job, .bytes = bytes};

        for (uint64_t seq = 1; seq <= 2400; seq++)
            if (seq % 3 > 0 && seq % 100 > 10) {
                bytes[put.size++] = (uint8_t)(seq >> 8);
                bytes[put.size++] = (uint8_t)seq;
                put.n_pages++;
            }
        assert_int_equal(DO(harness, put, STORE_PUT_PARTIAL), 0);
        assert_scan(harness, job, ROW_TAKEN, put.n_pages, n_pages - put.n_pages, 0);
    }
}

static void finished_job_has_no_row_and_takes_none(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 3, 3);
    struct store_finish finish = {
        .job = job, .finished_usec = 7, .totals = "t", .totals_size = 1, .n_pages = 3};
    struct store_put_partial late = {.job = job, .bytes = "", .size = 0};

    end_all(harness, job, 1, 3);
    put_row(harness, job, 1, 3);
    assert_int_equal(DO(harness, finish, STORE_FINISH), 0);
    assert_int_equal(count_rows(harness), 0);
    assert_int_equal(DO(harness, late, STORE_PUT_PARTIAL), 0);
    assert_false(late.written);
    assert_int_equal(count_rows(harness), 0);
    assert_scan(harness, job, ROW_NOT_USED, 0, 3, 0);
}

static void row_stays_true_over_cancel_and_retry(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 9, 3);
    struct store_set_state cancel = {.job = job, .state = JOB_CANCELLED, .finished_usec = 5};
    struct store_retry retry = {.job = job};
    struct store_outcome again = harness_outcome(job, 5, "host2.example", OUTCOME_COUNTED);

    end_all(harness, job, 1, 4);
    assert_true(harness_end(harness, job, 5, "host2.example", OUTCOME_TIMEOUT, NULL));
    put_row(harness, job, 1, 4);
    end(harness, job, 6);
    assert_int_equal(DO(harness, cancel, STORE_SET_STATE), 0);
    assert_scan(harness, job, ROW_TAKEN, 4, 1, 0);
    assert_int_equal(DO(harness, retry, STORE_RETRY), 0);
    assert_int_equal(retry.retried, 4);
    assert_scan(harness, job, ROW_TAKEN, 4, 1, 0);
    again.attempt = 1;
    again.counts = &front;
    again.n_words = front.n;
    assert_int_equal(DO(harness, again, STORE_OUTCOME), 0);
    assert_true(again.accepted);
    assert_scan(harness, job, ROW_TAKEN, 4, 2, 0);
}

static void row_goes_with_its_job(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 3, 3);
    uint64_t other = harness_submit(harness, NULL, 3, 3);
    struct store_remove remove = {.job = job};
    struct store_put_partial late = {.job = job, .bytes = "x", .size = 1, .n_pages = 1};

    put_row(harness, other, 1, 0);
    end_all(harness, job, 1, 2);
    put_row(harness, job, 1, 2);
    assert_int_equal(DO(harness, remove, STORE_REMOVE), 0);
    assert_int_equal(DO(harness, late, STORE_PUT_PARTIAL), -ENOENT);
    harness_wait_idle(harness);
    assert_int_equal(count_rows(harness), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(only_pages_that_the_row_does_not_tell_of_are_read),
        TEST(without_a_row_all_pages_are_read),
        TEST(row_that_is_refused_is_as_none),
        TEST(error_of_who_takes_the_row_ends_the_scan),
        TEST(row_of_more_pages_than_there_are_is_refused),
        TEST(row_of_few_of_the_pages_is_not_worth_it),
        TEST(newer_row_takes_the_place_of_the_older_one),
        TEST(row_is_there_after_the_next_start),
        TEST(many_pages_are_found_whatever_lies_between),
        TEST(finished_job_has_no_row_and_takes_none),
        TEST(row_stays_true_over_cancel_and_retry),
        TEST(row_goes_with_its_job),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
