#include "fixture.h"

#include "base/clock.h"
#include "faulty_disk.h"
#include "faulty_memory.h"
#include "store/store.h"
#include "store/store_change.h"
#include "store/store_list.h"
#include "store/store_read.h"
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct page front = {3, {"the", "cat", "sat"}, {5, 2, 1}};

/* The job's counters agree with its rows, and its pages with both. */
struct sums {
    uint64_t pages, tokens;
};

static int add_page(void *userdata, const struct store_page_row *row)
{
    struct sums *sums = userdata;

    sums->pages++;
    sums->tokens += packed_tokens(row->counts, row->counts_size);
    return 0;
}

static void assert_consistent(struct harness *harness, uint64_t job)
{
    struct sums sums = {0};
    struct store_scan_pages scan = {.job = job, .page = add_page, .userdata = &sums};
    struct store_read_outcomes tallies = {.job = job};
    struct store_job_row row = harness_job(harness, job);
    uint64_t tallied = 0;

    assert_int_equal(DO(harness, scan, STORE_SCAN_PAGES), 0);
    assert_int_equal(DO(harness, tallies, STORE_READ_OUTCOMES), 0);
    for (size_t i = 0; i < tallies.n_rows; i++)
        tallied += tallies.rows[i].n;
    store_rows_free(tallies.rows);

    assert_int_equal(row.counted, sums.pages);
    assert_int_equal(row.tokens, sums.tokens);
    assert_int_equal(tallied, row.counted + row.failed + row.skipped + row.cancelled);
}

static void all_requests_of_a_failed_transaction_come_back_with_its_error(void **state)
{
    struct harness *harness = *state;
    enum {
        N = 50
    };
    uint64_t job = harness_submit(harness, NULL, N, 1);
    struct store_outcome requests[N];
    struct store_outcome stranger = harness_outcome(99, 1, "host0.example", OUTCOME_TIMEOUT);

    for (uint64_t i = 0; i < N; i++) {
        requests[i] = harness_outcome(job, i + 1, "host0.example", OUTCOME_COUNTED);
        requests[i].counts = &front;
        requests[i].n_words = front.n;
        requests[i].tokens = 8;
    }
    faulty_disk_fail("-wal", 0, SQLITE_FULL);
    for (size_t i = 0; i < N; i++)
        harness_post(harness, &requests[i].request, STORE_OUTCOME);
    harness_wait(harness);
    faulty_disk_fail("", 0, SQLITE_OK);

    for (size_t i = 0; i < N; i++) {
        assert_int_equal(requests[i].request.r, -ENOSPC);
        assert_false(requests[i].accepted);
    }
    assert_int_equal(harness_job(harness, job).counted, 0);
    assert_consistent(harness, job);

    /* And when there is room again, all of them are taken, with the same words as ever. */
    for (size_t i = 0; i < N; i++)
        harness_post(harness, &requests[i].request, STORE_OUTCOME);
    harness_post(harness, &stranger.request, STORE_OUTCOME);
    harness_wait(harness);

    for (size_t i = 0; i < N; i++)
        assert_true(requests[i].request.r == 0 && requests[i].accepted);
    assert_false(stranger.accepted);
    assert_consistent(harness, job);
}

static void errors_come_back_by_their_names(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 10, 1);
    const struct {
        int status;
        int r;
    } cases[] = {{SQLITE_FULL, -ENOSPC}, {SQLITE_IOERR_WRITE, -EIO}, {SQLITE_IOERR_NOMEM, -ENOMEM}};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct store_outcome request = harness_outcome(job, 1, "host0.example", OUTCOME_TIMEOUT);
        struct store_read_jobs jobs = {.select = SELECT_ALL};

        faulty_disk_fail("-wal", 0, cases[i].status);
        assert_int_equal(DO(harness, request, STORE_OUTCOME), cases[i].r);
        /* Reading goes on. */
        assert_int_equal(DO(harness, jobs, STORE_READ_JOBS), 0);
        assert_int_equal(jobs.n_rows, 1);
        store_rows_free(jobs.rows);
    }
}

static void submission_goes_on_behind_an_append_that_failed(void **state)
{
    struct harness *harness = *state;
    struct store_begin begin = {0};
    struct store_commit commit;
    struct store_read_urls urls = {.state = -1};

    assert_int_equal(DO(harness, begin, STORE_BEGIN), 0);
    assert_int_equal(harness_append(harness, begin.job, 1, 100, 3), 0);
    faulty_disk_fail("-wal", 0, SQLITE_FULL);
    assert_int_equal(harness_append(harness, begin.job, 101, 100, 3), -ENOSPC);
    faulty_disk_fail("", 0, SQLITE_OK);
    assert_int_equal(harness_append(harness, begin.job, 201, 100, 3), -EINVAL);
    assert_int_equal(harness_append(harness, begin.job, 101, 100, 3), 0);
    commit = harness_commit(begin.job, NULL, 200);
    faulty_disk_fail("-wal", 0, SQLITE_FULL);
    assert_int_equal(DO(harness, commit, STORE_COMMIT), -ENOSPC);
    faulty_disk_fail("", 0, SQLITE_OK);
    assert_int_equal(DO(harness, commit, STORE_COMMIT), 0);
    urls.job = commit.job;
    assert_int_equal(DO(harness, urls, STORE_READ_URLS), 0);

    assert_int_equal(urls.n_rows, 200);
    store_rows_free(urls.rows);
}

static void commit_with_a_known_key_that_fails_keeps_its_number(void **state)
{
    struct harness *harness = *state;
    struct store_begin begins[2] = {{.job = 0}, {.job = 0}};
    struct store_commit commits[2];

    for (int i = 0; i < 2; i++) {
        assert_int_equal(DO(harness, begins[i], STORE_BEGIN), 0);
        assert_int_equal(harness_append(harness, begins[i].job, 1, 1, 1), 0);
        commits[i] = harness_commit(begins[i].job, NULL, 1);
        commits[i].key = "k";
    }
    assert_int_equal(DO(harness, commits[0], STORE_COMMIT), 0);
    faulty_disk_fail("-wal", 0, SQLITE_FULL);
    assert_int_equal(DO(harness, commits[1], STORE_COMMIT), -ENOSPC);
    faulty_disk_fail("", 0, SQLITE_OK);

    assert_int_equal(commits[1].job, begins[1].job);
    assert_false(commits[1].existed);
    assert_int_equal(DO(harness, commits[1], STORE_COMMIT), 0);
    assert_true(commits[1].existed);
    assert_int_equal(commits[1].job, commits[0].job);
}

/* Whatever write fails, of the log or of the file, a retry of what came back with an error ends with
 * everything. */
static void every_failing_write_can_be_made_good(void **state)
{
    struct harness *harness = *state;
    enum {
        N = 60
    };
    uint64_t job = harness_submit(harness, NULL, N, 5);
    static const char *const suffixes[] = {"-wal", ".db"};
    uint64_t seq = 1;

    for (unsigned n = 0; seq <= N; n++) {
        struct store_outcome request = harness_outcome(job, seq, harness_host(seq, 5), OUTCOME_COUNTED);

        request.counts = &front;
        request.n_words = front.n;
        request.tokens = 8;
        memset(request.content_hash, (int)seq, sizeof(request.content_hash));
        faulty_disk_fail(suffixes[n % 2], n % 7, n % 3 ? SQLITE_FULL : SQLITE_IOERR_WRITE);
        if (DO(harness, request, STORE_OUTCOME) < 0) {
            assert_false(request.accepted);
            faulty_disk_fail("", 0, SQLITE_OK);
            assert_int_equal(DO(harness, request, STORE_OUTCOME), 0);
        }
        faulty_disk_fail("", 0, SQLITE_OK);
        assert_true(request.accepted);
        seq++;
        if (n % 10 == 9)
            harness_reopen(harness);
    }

    assert_int_equal(harness_job(harness, job).counted, N);
    assert_consistent(harness, job);
}

/* Runs one request with its n-th allocation failing, for every n, until it no longer gets that far. */
static void run_short_of_memory(struct harness *harness, struct store_request *request, enum store_kind kind,
    void (*check)(struct store_request *request))
{
    for (unsigned n = 1;; n++) {
        int failed, r;

        faulty_memory_fail(n, n % 2);
        r = harness_do(harness, request, kind);
        failed = faulty_memory_failed();
        faulty_memory_fail(0, 0);
        /* SQLite does without some of what it wanted. */
        assert_true(r == 0 || (failed && r == -ENOMEM));
        if (r == 0)
            check(request);
        if (!failed)
            return;
    }
}

static void check_urls(struct store_request *request)
{
    struct store_read_urls *urls = (struct store_read_urls *)request;

    assert_int_equal(urls->n_rows, 20);
    assert_string_equal(urls->rows[19].url, "http://host0.example/20");
    store_rows_free(urls->rows);
}

static void check_window(struct store_request *request)
{
    struct store_read_window *window = (struct store_read_window *)request;

    assert_int_equal(window->n_rows, 19);
    store_rows_free(window->rows);
    window->position = (struct store_position){0};
}

static void check_hosts(struct store_request *request)
{
    struct store_read_hosts *hosts = (struct store_read_hosts *)request;

    assert_int_equal(hosts->n_rows, 1);
    store_rows_free(hosts->rows);
}

static struct sums shown;

static void check_scan(struct store_request *request)
{
    assert_true(shown.pages > 0);
    shown = (struct sums){0};
}

static void reads_short_of_memory_fail_whole_or_not_at_all(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 20, 1);
    struct store_read_urls urls = {.job = job, .state = -1};
    struct store_read_window window = {.job = job, .host = "host0.example"};
    struct store_read_hosts hosts = {.job = job};
    struct store_scan_pages scan = {.job = job, .page = add_page, .userdata = &shown, .with_labels = true};

    assert_true(harness_end(harness, job, 1, "host0.example", OUTCOME_COUNTED, &front));
    /* A new connection has all its statements to prepare. */
    harness_reopen(harness);
    run_short_of_memory(harness, &urls.request, STORE_READ_URLS, check_urls);
    run_short_of_memory(harness, &window.request, STORE_READ_WINDOW, check_window);
    run_short_of_memory(harness, &hosts.request, STORE_READ_HOSTS, check_hosts);
    run_short_of_memory(harness, &scan.request, STORE_SCAN_PAGES, check_scan);

    assert_consistent(harness, job);
}

static void writes_short_of_memory_can_be_made_good(void **state)
{
    struct harness *harness = *state;
    enum {
        N = 400
    };
    uint64_t job = harness_submit(harness, NULL, N, 3);
    unsigned n_failed = 0;

    for (uint64_t seq = 1; seq <= N; seq++) {
        struct store_refile refile = {
            .job = job, .seq = seq, .host = "moved.example", .url = "http://moved.example/"};
        struct store_outcome outcome = harness_outcome(job, seq, "moved.example", OUTCOME_COUNTED);
        int r;

        outcome.counts = &front;
        outcome.n_words = front.n;
        outcome.tokens = 8;
        /* Forgets what was prepared and cached. */
        if (seq % 20 == 1)
            harness_reopen(harness);
        faulty_memory_fail((unsigned)seq % 97 + 1, seq % 2);
        r = DO(harness, refile, STORE_REFILE);
        if (r == 0)
            r = DO(harness, outcome, STORE_OUTCOME);
        faulty_memory_fail(0, 0);
        if (r < 0) {
            assert_int_equal(r, -ENOMEM);
            n_failed++;
            assert_int_equal(DO(harness, refile, STORE_REFILE), 0);
            assert_int_equal(DO(harness, outcome, STORE_OUTCOME), 0);
        }
        assert_true(outcome.accepted);
    }

    assert_true(n_failed > 0);
    assert_int_equal(harness_job(harness, job).counted, N);
    assert_consistent(harness, job);
}

static void reuse_short_of_memory_or_of_disk_can_be_made_good(void **state)
{
    struct harness *harness = *state;
    enum {
        N = 300
    };
    uint64_t old = harness_submit(harness, NULL, 2, 1);
    uint64_t new = harness_submit(harness, NULL, N, 1);
    struct store_outcome source = harness_outcome(old, 1, "host0.example", OUTCOME_COUNTED);
    unsigned n_failed = 0;

    source.counts = &front;
    source.n_words = front.n;
    source.tokens = 8;
    source.engine_id = "engine";
    source.url = "http://host0.example/1";
    assert_int_equal(DO(harness, source, STORE_OUTCOME), 0);
    for (uint64_t seq = 1; seq <= N; seq++) {
        struct store_outcome outcome = harness_outcome(new, seq, "host0.example", OUTCOME_FRESH);
        int r;

        outcome.reuse = (struct store_reuse){old, 1};
        outcome.engine_id = "engine";
        if (seq % 20 == 1)
            harness_reopen(harness);
        if (seq % 5 == 0)
            faulty_disk_fail("-wal", (unsigned)seq % 4, SQLITE_FULL);
        else
            faulty_memory_fail((unsigned)seq % 89 + 1, seq % 2);
        r = DO(harness, outcome, STORE_OUTCOME);
        faulty_memory_fail(0, 0);
        faulty_disk_fail("", 0, SQLITE_OK);
        if (r < 0) {
            assert_true(r == -ENOMEM || r == -ENOSPC);
            assert_false(outcome.accepted || outcome.reuse_lost);
            n_failed++;
            assert_int_equal(DO(harness, outcome, STORE_OUTCOME), 0);
        }
        assert_true(outcome.accepted);
    }

    assert_true(n_failed > 0);
    assert_int_equal(harness_job(harness, new).counted, N);
    assert_int_equal(harness_job(harness, new).tokens, 8 * N);
    assert_consistent(harness, new);
}

static void stranger_that_locks_the_file_is_waited_for_and_then_named(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 1, 1);
    struct store_outcome outcome = harness_outcome(job, 1, "host0.example", OUTCOME_TIMEOUT);
    sqlite3 *stranger = NULL;

    assert_int_equal(sqlite3_open(harness_path(harness, "urlstat.db"), &stranger), SQLITE_OK);
    assert_int_equal(sqlite3_exec(stranger, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(DO(harness, outcome, STORE_OUTCOME), -EBUSY);
    assert_int_equal(sqlite3_close(stranger), SQLITE_OK);

    assert_int_equal(DO(harness, outcome, STORE_OUTCOME), 0);
    assert_true(outcome.accepted);
}

static void reader_that_stays_does_not_hold_up_writes(void **state)
{
    struct harness *harness = *state;
    enum {
        N_LARGE = 5000,
        N_SMALL = 20,
        TITLE_SIZE = 15000
    };
    uint64_t job = harness_submit(harness, NULL, N_LARGE + N_SMALL, 1);
    struct store_outcome *requests = calloc(N_LARGE, sizeof(*requests));
    char *title = calloc(1, TITLE_SIZE + 1);
    sqlite3 *stranger = NULL;
    struct store_stats stats;
    uint64_t start_usec;

    assert_true(requests && title);
    memset(title, 't', TITLE_SIZE);
    assert_int_equal(sqlite3_open(harness_path(harness, "urlstat.db"), &stranger), SQLITE_OK);
    assert_int_equal(sqlite3_exec(stranger, "BEGIN; SELECT * FROM job", NULL, NULL, NULL), SQLITE_OK);
    for (uint64_t i = 0; i < N_LARGE; i++) {
        requests[i] = harness_outcome(job, i + 1, "host0.example", OUTCOME_TIMEOUT);
        requests[i].title = title;
        harness_post(harness, &requests[i].request, STORE_OUTCOME);
    }
    harness_wait(harness);
    store_get_stats(harness->store, &stats);
    start_usec = clock_boottime_usec();
    for (uint64_t seq = N_LARGE + 1; seq <= N_LARGE + N_SMALL; seq++)
        assert_true(harness_end(harness, job, seq, "host0.example", OUTCOME_TIMEOUT, NULL));

    /* The log is larger than after which it is made to start anew, but only once is that waited for: each
     * time would take twice as long as this. */
    assert_true(stats.wal_bytes > 70000000);
    assert_true(clock_boottime_usec() - start_usec < N_SMALL * USEC_PER_SEC);
    assert_int_equal(sqlite3_close(stranger), SQLITE_OK);
    free(requests);
    free(title);
}

static void store_closes_while_the_disk_fails(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 10, 1);

    faulty_disk_fail("", 0, SQLITE_IOERR_WRITE);
    harness_close_store(harness);
    faulty_disk_fail("", 0, SQLITE_OK);
    harness_reopen(harness);

    assert_int_equal(harness_job(harness, job).total, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_requests_of_a_failed_transaction_come_back_with_its_error),
        TEST(errors_come_back_by_their_names),
        TEST(submission_goes_on_behind_an_append_that_failed),
        TEST(commit_with_a_known_key_that_fails_keeps_its_number),
        TEST(every_failing_write_can_be_made_good),
        TEST(reads_short_of_memory_fail_whole_or_not_at_all),
        TEST(writes_short_of_memory_can_be_made_good),
        TEST(reuse_short_of_memory_or_of_disk_can_be_made_good),
        TEST(stranger_that_locks_the_file_is_waited_for_and_then_named),
        TEST(reader_that_stays_does_not_hold_up_writes),
        TEST(store_closes_while_the_disk_fails),
    };

    faulty_memory_install();
    faulty_disk_install();
    return cmocka_run_group_tests_name("store faults", tests, NULL, NULL);
}
