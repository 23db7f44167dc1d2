#include "life.h"

#include "store/store_copy.h"
#include "store/store_host.h"
#include "store/store_prints.h"
#include <stdio.h>
#include <stdlib.h>

#define N_URLS 20
#define N_ENDED 14

static enum outcome outcome_of(uint64_t seq)
{
    return seq % 5 == 0 ? OUTCOME_TIMEOUT : OUTCOME_COUNTED;
}

static void fetch_most(struct harness *harness, uint64_t job)
{
    struct store_refile refile = {
        .job = job, .seq = N_ENDED + 1, .host = "moved.example", .url = "http://moved.example/", .hops = 1};
    struct store_trim trim = {.job = job, .host = "host0.example", .batch = 1};

    for (uint64_t seq = 1; seq <= N_ENDED; seq++)
        must_end(harness, job, seq, 0, harness_host(seq, MUST_N_HOSTS), outcome_of(seq));
    MUST(harness, refile, STORE_REFILE);
    assert_true(refile.accepted);
    must_end(harness, job, N_ENDED + 1, 0, "moved.example", OUTCOME_COUNTED);
    MUST(harness, trim, STORE_TRIM);
}

static void give_up_rest(struct harness *harness, uint64_t job)
{
    for (int i = 0; i < MUST_N_HOSTS; i++) {
        struct store_give_up give_up = {.job = job,
            .host = harness_host((uint64_t)i, MUST_N_HOSTS),
            .outcome = OUTCOME_HOST_FAILED,
            .usec = 7,
            .detail = "dead"};

        MUST(harness, give_up, STORE_GIVE_UP);
    }
}

/* Those that timed out are counted at the second attempt. */
static void retry(struct harness *harness, uint64_t job)
{
    const enum outcome outcome = OUTCOME_TIMEOUT;
    struct store_retry again = {.job = job, .outcomes = &outcome, .n_outcomes = 1};

    MUST(harness, again, STORE_RETRY);
    assert_int_equal(again.retried, N_ENDED / 5);
    for (uint64_t i = 0; i < MUST_N_HOSTS; i++) {
        char host[64];

        snprintf(host, sizeof(host), "%s", harness_host(i, MUST_N_HOSTS));
        (void)must_count_waiting(harness, job, host);
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
    must_set_state(harness, cancelled, JOB_CANCELLED);
    MUST(harness, priority, STORE_SET_PRIORITY);
    MUST(harness, remove_one, STORE_REMOVE);
}

/* Of which nothing is left. */
static void remove_ended(struct harness *harness)
{
    uint64_t job = must_submit(harness, "short", 2);
    struct store_remove_ended remove_all = {.uid = 1000, .name = "short", .ended_usec = 100};
    struct store_expire expire = {.now_usec = 100, .keep_usec = UINT64_MAX};

    must_set_state(harness, job, JOB_CANCELLED);
    MUST(harness, remove_all, STORE_REMOVE_ENDED);
    assert_int_equal(remove_all.n_jobs, 1);
    MUST(harness, expire, STORE_EXPIRE);
}

static int count_page(void *userdata, const struct store_page_row *row)
{
    ++*(unsigned *)userdata;
    return 0;
}

static int take_partial(void *userdata, const void *bytes, size_t size, const struct store_partial_of *of)
{
    assert_int_equal(size, 7);
    assert_memory_equal(bytes, "partial", 7);
    *(unsigned *)userdata = 0;
    return 0;
}

static uint64_t miss_all(void *userdata, uint64_t seq)
{
    return seq;
}

/* A row that tells of more than half of the pages. */
static void put_partial(struct harness *harness, uint64_t job)
{
    unsigned n = 0;
    struct store_put_partial put = {.job = job, .bytes = "partial", .size = 7, .n_pages = 8};
    struct store_partial partial = {.take = take_partial, .missing = miss_all};
    struct store_scan_pages scan = {.job = job, .partial = &partial, .page = count_page, .userdata = &n};

    MUST(harness, put, STORE_PUT_PARTIAL);
    MUST(harness, scan, STORE_SCAN_PAGES);
    assert_true(partial.was_taken);
    assert_true(n >= 5);
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

/* The second lot comes into one run with the first. */
static struct store_prints *keep_prints(struct harness *harness, const struct store_sought *sought, size_t n)
{
    struct store_prints *prints = NULL;

    for (size_t i = 0; i < n; i++) {
        struct store_print_set set = {.prints = calloc(2, sizeof(struct store_print)), .n = 2};
        struct store_keep_prints keep = {.prints = prints, .sets = &set, .n_sets = 1};

        assert_non_null(set.prints);
        set.prints[0] = sought[i].print;
        MUST(harness, keep, STORE_KEEP_PRINTS);
        prints = keep.prints;
        free(set.prints);
    }
    return prints;
}

static void put_prints_aside(struct harness *harness)
{
    struct store_sought sought[3] = {{.print = {1, 1}}, {.print = {2, 2}}, {.print = {3, 3}}};
    unsigned before = must_errors;
    struct store_prints *prints = keep_prints(harness, sought, 2);
    struct store_find_prints find = {.prints = prints, .sought = sought, .n_sought = 3};
    struct store_forget_prints forget = {.prints = prints};

    /* A Keep that failed has lost what it was given. */
    if (must_errors == before) {
        MUST(harness, find, STORE_FIND_PRINTS);
        assert_true(sought[0].known && sought[1].known && !sought[2].known);
    } else {
        must_used[STORE_FIND_PRINTS] = true;
    }
    MUST(harness, forget, STORE_FORGET_PRINTS);
}

void life_of_a_job(struct harness *harness)
{
    uint64_t first = must_submit(harness, "first", N_URLS);
    uint64_t second = must_submit(harness, "second", 4);

    must_set_state(harness, first, JOB_RUNNING);
    note_hosts(harness);
    fetch_most(harness, first);
    put_partial(harness, first);
    must_reopen(harness);
    give_up_rest(harness, first);
    must_finish(harness, first);
    retry(harness, first);
    reuse(harness, first, second);
    end_early(harness);
    remove_ended(harness);
    read_all(harness, first);
    put_prints_aside(harness);
    copy_all(harness);
}
