/* Every kind of request, each step of the disk and each allocation of which fails once: what came back with
 * an error is handed over again as it is, and in the end nothing is lost and nothing counted twice. */
#include "describe.h"
#include "harness.h"

#include "failing.h"
#include "faulty_disk.h"
#include "faulty_memory.h"
#include "store/store_change.h"
#include "store/store_copy.h"
#include "store/store_heal.h"
#include "store/store_host.h"
#include "store/store_list.h"
#include "store/store_prints.h"
#include "store/store_read.h"
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_URLS 20
#define N_HOSTS 3
#define N_ENDED 14
/* A fault strikes once; nothing needs more than a few attempts. */
#define MAX_TRIES 4

static const struct page front = {3, {"the", "cat", "a word that is longer than others"}, {5, 2, 1}};

static bool used[N_STORE_KINDS];
static unsigned n_errors;

/* ---- requests that may fail ---- */

static bool is_of_the_machine(int r)
{
    return r == -ENOSPC || r == -EIO || r == -ENOMEM || r == -EBUSY;
}

/* Until it is done. */
static void must(struct harness *harness, struct store_request *request, enum store_kind kind)
{
    int r = -EIO;

    used[kind] = true;
    for (int i = 0; i < MAX_TRIES && r < 0; i++) {
        failing_go_on();
        r = harness_do(harness, request, kind);
        failing_pause();
        if (r < 0 && !is_of_the_machine(r))
            fail_msg("request %d: %d", (int)kind, r);
        n_errors += r < 0;
    }
    assert_int_equal(r, 0);
}
#define MUST(harness, what, kind) must(harness, &(what).request, kind)
#define MUST_READ(harness, what, kind) (must(harness, &(what).request, kind), store_rows_free((what).rows))

/* One that could only be read takes up writing. */
static void must_open(struct harness *harness)
{
    struct store_renew renew = {.request = {.r = 0}};
    struct store_reopen reopen = {.request = {.r = 0}};
    int r = -EIO;

    for (int i = 0; i < MAX_TRIES && r < 0; i++) {
        failing_go_on();
        r = harness_try_open(harness, &harness->store);
        failing_pause();
        if (r < 0 && !is_of_the_machine(r))
            fail_msg("open: %d", r);
        n_errors += r < 0 || store_failure(harness->store) < 0;
    }
    assert_int_equal(r, 0);
    MUST(harness, renew, STORE_RENEW);
    MUST(harness, reopen, STORE_REOPEN);
    assert_int_equal(store_failure(harness->store), 0);
}

static void must_append(struct harness *harness, uint64_t job, uint64_t n)
{
    char urls[N_URLS][64];
    char hosts[N_URLS][64];
    struct store_new_url items[N_URLS];
    struct store_append append = {.job = job, .first_seq = 1, .urls = items, .n_urls = n};

    for (uint64_t i = 0; i < n; i++) {
        snprintf(hosts[i], sizeof(hosts[i]), "%s", harness_host(i + 1, N_HOSTS));
        snprintf(urls[i], sizeof(urls[i]), "http://%.40s/%d", hosts[i], (int)i + 1);
        items[i] = (struct store_new_url){.url = urls[i], .host = hosts[i], .label = "l", .line = 1};
    }
    MUST(harness, append, STORE_APPEND);
}

static uint64_t must_submit(struct harness *harness, const char *name, uint64_t n)
{
    struct store_begin begin = {.with_use = true, .uid = 1000};
    struct store_commit commit;

    MUST(harness, begin, STORE_BEGIN);
    must_append(harness, begin.job, n);
    commit = harness_commit(begin.job, name, n);
    commit.deadline_usec = 5;
    commit.key = name;
    MUST(harness, commit, STORE_COMMIT);
    return commit.job;
}

static void must_end(struct harness *harness, uint64_t job, uint64_t seq, uint32_t attempt, const char *host,
    enum outcome outcome)
{
    struct store_outcome end = harness_outcome(job, seq, host, outcome);

    end.attempt = attempt;
    if (outcome == OUTCOME_COUNTED) {
        end.counts = &front;
        end.n_words = front.n;
        end.tokens = 8;
        end.engine_id = "engine";
        end.url = "http://host1.example/1";
    }
    MUST(harness, end, STORE_OUTCOME);
    assert_true(end.accepted);
}

static enum outcome outcome_of(uint64_t seq)
{
    return seq % 5 == 0 ? OUTCOME_TIMEOUT : OUTCOME_COUNTED;
}

/* ---- the life of some jobs ---- */

static void set_state(struct harness *harness, uint64_t job, enum store_job_state state)
{
    struct store_set_state set = {
        .job = job, .state = state, .finished_usec = state == JOB_CANCELLED ? 9 : 0};

    MUST(harness, set, STORE_SET_STATE);
}

static void fetch_most(struct harness *harness, uint64_t job)
{
    struct store_refile refile = {
        .job = job, .seq = N_ENDED + 1, .host = "moved.example", .url = "http://moved.example/", .hops = 1};
    struct store_trim trim = {.job = job, .host = "host0.example", .batch = 1};

    for (uint64_t seq = 1; seq <= N_ENDED; seq++)
        must_end(harness, job, seq, 0, harness_host(seq, N_HOSTS), outcome_of(seq));
    MUST(harness, refile, STORE_REFILE);
    assert_true(refile.accepted);
    must_end(harness, job, N_ENDED + 1, 0, "moved.example", OUTCOME_COUNTED);
    MUST(harness, trim, STORE_TRIM);
}

static void give_up_rest(struct harness *harness, uint64_t job)
{
    for (int i = 0; i < N_HOSTS; i++) {
        struct store_give_up give_up = {.job = job,
            .host = harness_host((uint64_t)i, N_HOSTS),
            .outcome = OUTCOME_HOST_FAILED,
            .usec = 7,
            .detail = "dead"};

        MUST(harness, give_up, STORE_GIVE_UP);
    }
}

static void finish(struct harness *harness, uint64_t job)
{
    struct store_finish end = {.job = job, .finished_usec = 8, .totals = "totals", .totals_size = 6};

    MUST(harness, end, STORE_FINISH);
}

/* Those that timed out are counted at the second attempt. */
static void retry(struct harness *harness, uint64_t job)
{
    const enum outcome outcome = OUTCOME_TIMEOUT;
    struct store_retry again = {.job = job, .outcomes = &outcome, .n_outcomes = 1};

    MUST(harness, again, STORE_RETRY);
    assert_int_equal(again.retried, N_ENDED / 5);
    for (int i = 0; i < N_HOSTS; i++) {
        struct store_read_window window = {.job = job, .host = harness_host((uint64_t)i, N_HOSTS)};
        char host[64];

        snprintf(host, sizeof(host), "%s", window.host);
        window.host = host;
        MUST(harness, window, STORE_READ_WINDOW);
        for (size_t row = 0; row < window.n_rows; row++)
            must_end(harness, job, window.rows[row].seq, window.rows[row].attempt, host, OUTCOME_COUNTED);
        store_rows_free(window.rows);
    }
}

static void reuse(struct harness *harness, uint64_t from, uint64_t to)
{
    struct store_read_known known = {
        .url = "http://host1.example/1", .rule = {.engine_id = "engine", .uid = 1000}};
    struct store_outcome end = harness_outcome(to, 1, "host1.example", OUTCOME_FRESH);

    MUST(harness, known, STORE_READ_KNOWN);
    assert_int_equal(known.n_rows, 1);
    store_rows_free(known.rows);
    end.reuse = (struct store_reuse){from, 1};
    end.engine_id = "engine";
    MUST(harness, end, STORE_OUTCOME);
    assert_true(end.accepted);
}

static void note_hosts(struct harness *harness)
{
    struct store_put_host put = {.state = {.host = "host1.example", .delay_usec = 5}};
    struct store_pause_host pause = {.pattern = "*.example", .paused = true};
    struct store_read_host_states states = {.after = NULL};
    struct store_read_paused paused = {.after = NULL};

    MUST(harness, put, STORE_PUT_HOST);
    MUST(harness, pause, STORE_PAUSE_HOST);
    MUST(harness, states, STORE_READ_HOST_STATES);
    assert_int_equal(states.n_rows, 1);
    store_rows_free(states.rows);
    MUST(harness, paused, STORE_READ_PAUSED);
    assert_int_equal(paused.n_rows, 1);
    store_rows_free(paused.patterns);
}

static void end_early(struct harness *harness)
{
    struct store_abort abort_list = {.job = 0};
    struct store_begin begin = {.uid = 1000};
    uint64_t expired = must_submit(harness, "expired", 5);
    uint64_t cancelled = must_submit(harness, "cancelled", 5);
    uint64_t removed = must_submit(harness, "removed", 5);
    struct store_end_rest end_rest = {.job = expired, .usec = 9, .detail = "late"};
    struct store_remove remove_one = {.job = removed};
    struct store_set_priority priority = {.job = cancelled, .priority = 3};

    MUST(harness, begin, STORE_BEGIN);
    abort_list.job = begin.job;
    MUST(harness, abort_list, STORE_ABORT);
    MUST(harness, end_rest, STORE_END_REST);
    must_end(harness, cancelled, 2, 0, "host2.example", OUTCOME_COUNTED);
    set_state(harness, cancelled, JOB_CANCELLED);
    MUST(harness, priority, STORE_SET_PRIORITY);
    MUST(harness, remove_one, STORE_REMOVE);
}

/* Of which nothing is left. */
static void remove_ended(struct harness *harness)
{
    uint64_t job = must_submit(harness, "short", 2);
    struct store_remove_ended remove_all = {.uid = 1000, .name = "short", .ended_usec = 100};
    struct store_expire expire = {.now_usec = 100, .keep_usec = UINT64_MAX};

    set_state(harness, job, JOB_CANCELLED);
    MUST(harness, remove_all, STORE_REMOVE_ENDED);
    assert_int_equal(remove_all.n_jobs, 1);
    MUST(harness, expire, STORE_EXPIRE);
}

static int count_page(void *userdata, const struct store_page_row *row)
{
    ++*(unsigned *)userdata;
    return 0;
}

static int count_url(void *userdata, const struct store_list_row *row)
{
    ++*(unsigned *)userdata;
    return 0;
}

/* A scan that fails has shown some pages already. */
static void read_all(struct harness *harness, uint64_t job)
{
    unsigned n = 0;
    struct store_read_jobs jobs = {.select = SELECT_ALL};
    struct store_read_hosts hosts = {.job = job};
    struct store_read_urls urls = {.job = job, .state = -1, .with_counts = true};
    struct store_read_outcomes tallies = {.job = job};
    struct store_read_words words = {.job = job};
    struct store_read_totals totals = {.job = job};
    struct store_read_engines engines = {.jobs = &job, .n_jobs = 1};
    struct store_read_use use = {.uid = 1000};
    struct store_scan_pages scan = {.job = job, .with_labels = true, .page = count_page, .userdata = &n};
    unsigned n_urls = 0;
    struct store_scan_list list = {.job = job, .url = count_url, .userdata = &n_urls};

    MUST_READ(harness, jobs, STORE_READ_JOBS);
    MUST_READ(harness, hosts, STORE_READ_HOSTS);
    MUST_READ(harness, urls, STORE_READ_URLS);
    MUST_READ(harness, tallies, STORE_READ_OUTCOMES);
    MUST_READ(harness, words, STORE_READ_WORDS);
    MUST(harness, totals, STORE_READ_TOTALS);
    free(totals.bytes);
    MUST_READ(harness, engines, STORE_READ_ENGINES);
    MUST(harness, use, STORE_READ_USE);
    MUST(harness, scan, STORE_SCAN_PAGES);
    assert_true(n >= 10);
    MUST_READ(harness, list, STORE_SCAN_LIST);
    assert_true(n_urls >= 10);
}

static void copy_all(struct harness *harness)
{
    char bytes[4096];
    struct store_make_copy make = {.copy = NULL};
    struct store_read_piece piece = {.bytes = bytes, .size = sizeof(bytes)};

    do
        MUST(harness, make, STORE_MAKE_COPY);
    while (!make.done);
    piece.copy = make.copy;
    MUST(harness, piece, STORE_READ_PIECE);
    store_copy_free(make.copy);
}

static void put_prints_aside(struct harness *harness)
{
    struct store_print_set set = {.prints = calloc(2, sizeof(struct store_print)), .n = 2};
    struct store_sought sought[2] = {{.print = {1, 1}}, {.print = {2, 2}}};
    struct store_keep_prints keep = {.sets = &set, .n_sets = 1};
    struct store_find_prints find = {.sought = sought, .n_sought = 2};
    struct store_forget_prints forget = {.prints = NULL};
    unsigned n_errors_before = n_errors;

    assert_non_null(set.prints);
    set.prints[0] = sought[0].print;
    MUST(harness, keep, STORE_KEEP_PRINTS);
    find.prints = forget.prints = keep.prints;
    /* A Keep that failed has lost what it was given. */
    if (n_errors == n_errors_before) {
        MUST(harness, find, STORE_FIND_PRINTS);
        assert_true(sought[0].known && !sought[1].known);
    } else {
        used[STORE_FIND_PRINTS] = true;
    }
    MUST(harness, forget, STORE_FORGET_PRINTS);
    free(set.prints);
}

static void reopen(struct harness *harness)
{
    failing_go_on();
    harness_close_store(harness);
    failing_pause();
    must_open(harness);
}

/* What is there in the end, in words. */
static char *describe(struct harness *harness)
{
    struct store_read_jobs jobs = {.select = SELECT_ALL};
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    assert_non_null(file);
    assert_int_equal(DO(harness, jobs, STORE_READ_JOBS), 0);
    for (size_t i = 0; i < jobs.n_rows; i++) {
        char *job = describe_job(harness, jobs.rows[i].job);

        fprintf(file, "job %s state %d priority %d\n%s", jobs.rows[i].name, (int)jobs.rows[i].state,
            (int)jobs.rows[i].priority, job);
        free(job);
    }
    store_rows_free(jobs.rows);
    fclose(file);
    return text;
}

/* Whether the fault that was set has come about. */
static bool struck;

/* All of it in a new store; what is there in the end. */
static char *live(void)
{
    struct harness harness = {.in_memory = true, .sync_full = true};
    uint64_t first, second;
    char *text;

    harness_make_directory(&harness);
    must_open(&harness);
    first = must_submit(&harness, "first", N_URLS);
    second = must_submit(&harness, "second", 4);
    set_state(&harness, first, JOB_RUNNING);
    note_hosts(&harness);
    fetch_most(&harness, first);
    reopen(&harness);
    give_up_rest(&harness, first);
    finish(&harness, first);
    retry(&harness, first);
    reuse(&harness, first, second);
    end_early(&harness);
    remove_ended(&harness);
    read_all(&harness, first);
    put_prints_aside(&harness);
    copy_all(&harness);
    reopen(&harness);
    struck = faulty_disk_stop() || faulty_memory_failed();
    faulty_memory_fail(0, 0);
    struck |= failing_stop();
    text = describe(&harness);
    harness_close(&harness);
    return text;
}

/* ---- the tests ---- */

static char *expected;

static int live_once(void **state)
{
    failing_pause();
    expected = live();
    for (size_t i = 0; i < sizeof(used); i++)
        if (!used[i])
            fail_msg("no request of kind %zu is tested", i);
    return n_errors == 0 ? 0 : -1;
}

static int forget(void **state)
{
    free(expected);
    return 0;
}

static void live_and_compare(void)
{
    char *found = live();

    assert_string_equal(found, expected);
    free(found);
}

#ifdef __SANITIZE_THREAD__
#define SLOWNESS 7
#else
#define SLOWNESS 1
#endif

/* Each of them by EVERY_FAULT=1, each so-and-so-manieth by another number; in the suite as many as take some
 * seconds. */
static unsigned stride(unsigned usual)
{
    const char *given = getenv("EVERY_FAULT");
    unsigned n = given ? (unsigned)strtoul(given, NULL, 10) : usual * SLOWNESS;

    return n > 0 ? n : 1;
}

static void fail_each(unsigned steps, int status, unsigned usual)
{
    unsigned n = (unsigned)status % stride(usual);
    unsigned n_before = n_errors;
    unsigned runs = 0;

    do {
        faulty_disk_fail_once(steps, n, status);
        live_and_compare();
        n += stride(usual);
        runs++;
    } while (struck);
    print_message("%u faults up to the %u-th step, %u requests came back with the error\n", runs - 1, n,
        n_errors - n_before);
}

static void disk_that_is_full_once(void **state)
{
    fail_each(FAULTY_WRITE, SQLITE_FULL, 23);
}

static void disk_that_fails_to_write_once(void **state)
{
    fail_each(FAULTY_WRITE, SQLITE_IOERR_WRITE, 29);
}

static void disk_that_fails_to_read_once(void **state)
{
    fail_each(FAULTY_READ, SQLITE_IOERR_READ, 7);
}

static void disk_that_fails_to_sync_or_to_truncate_once(void **state)
{
    fail_each(FAULTY_SYNC, SQLITE_IOERR_FSYNC, 13);
    fail_each(FAULTY_TRUNCATE, SQLITE_IOERR_TRUNCATE, 1);
}

static void file_that_is_locked_once(void **state)
{
    fail_each(FAULTY_LOCK, SQLITE_BUSY, 71);
}

static void disk_that_fails_to_lock_or_to_open_once(void **state)
{
    fail_each(FAULTY_LOCK, SQLITE_IOERR_LOCK, 73);
    fail_each(FAULTY_OPEN, SQLITE_IOERR, 5);
}

static void memory_of_our_own_that_is_short_once(void **state)
{
    unsigned n = 1;

    do {
        failing_nth(n);
        failing_pause();
        live_and_compare();
        n += stride(11);
    } while (struck);
    print_message("about %u allocations\n", n);
}

static void memory_of_the_database_that_is_short_once(void **state)
{
    unsigned n = 1;

    do {
        faulty_memory_fail(n, 0);
        live_and_compare();
        n += stride(997);
    } while (struck);
    print_message("about %u allocations\n", n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(disk_that_is_full_once),
        cmocka_unit_test(disk_that_fails_to_write_once),
        cmocka_unit_test(disk_that_fails_to_read_once),
        cmocka_unit_test(disk_that_fails_to_sync_or_to_truncate_once),
        cmocka_unit_test(file_that_is_locked_once),
        cmocka_unit_test(disk_that_fails_to_lock_or_to_open_once),
        cmocka_unit_test(memory_of_our_own_that_is_short_once),
        cmocka_unit_test(memory_of_the_database_that_is_short_once),
    };

    faulty_memory_install();
    faulty_disk_install();
    return cmocka_run_group_tests_name("store every fault", tests, live_once, forget);
}
