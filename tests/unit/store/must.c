#include "must.h"

#include "failing.h"
#include "store/store_heal.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

const struct page must_page = {3, {"the", "cat", "a word that is longer than others"}, {5, 2, 1}};
bool must_used[N_STORE_KINDS];
unsigned must_errors;

static bool is_of_the_machine(int r)
{
    return r == -ENOSPC || r == -EIO || r == -ENOMEM || r == -EBUSY;
}

void must(struct harness *harness, struct store_request *request, enum store_kind kind)
{
    int r = -EIO;

    must_used[kind] = true;
    for (int i = 0; i < MUST_MAX_TRIES && r < 0; i++) {
        failing_go_on();
        r = harness_do(harness, request, kind);
        failing_pause();
        if (r < 0 && !is_of_the_machine(r))
            fail_msg("request %d: %d", (int)kind, r);
        must_errors += r < 0;
    }
    assert_int_equal(r, 0);
}

void must_open(struct harness *harness)
{
    struct store_renew renew = {.request = {.r = 0}};
    struct store_reopen reopen = {.request = {.r = 0}};
    int r = -EIO;

    for (int i = 0; i < MUST_MAX_TRIES && r < 0; i++) {
        failing_go_on();
        r = harness_try_open(harness, &harness->store);
        failing_pause();
        if (r < 0 && !is_of_the_machine(r))
            fail_msg("open: %d", r);
        must_errors += r < 0 || store_failure(harness->store) < 0;
    }
    assert_int_equal(r, 0);
    MUST(harness, renew, STORE_RENEW);
    MUST(harness, reopen, STORE_REOPEN);
    if (store_is_outdated(harness->store))
        harness_reopen(harness);
    assert_int_equal(store_failure(harness->store), 0);
}

void must_reopen(struct harness *harness)
{
    failing_go_on();
    harness_close_store(harness);
    failing_pause();
    must_open(harness);
}

uint64_t must_append(struct harness *harness, uint64_t n)
{
    char urls[MUST_MAX_URLS][64];
    char hosts[MUST_MAX_URLS][64];
    struct store_new_url items[MUST_MAX_URLS];
    struct store_begin begin = {.with_use = true, .uid = 1000};
    struct store_append append = {.first_seq = 1, .urls = items, .n_urls = n};

    assert_true(n <= MUST_MAX_URLS);
    for (uint64_t i = 0; i < n; i++) {
        snprintf(hosts[i], sizeof(hosts[i]), "%s", harness_host(i + 1, MUST_N_HOSTS));
        snprintf(urls[i], sizeof(urls[i]), "http://%.40s/%d", hosts[i], (int)i + 1);
        items[i] = (struct store_new_url){.url = urls[i], .host = hosts[i], .label = "l", .line = 1};
    }
    MUST(harness, begin, STORE_BEGIN);
    append.job = begin.job;
    MUST(harness, append, STORE_APPEND);
    return begin.job;
}

uint64_t must_submit(struct harness *harness, const char *name, uint64_t n)
{
    struct store_commit commit = harness_commit(must_append(harness, n), name, n);

    commit.deadline_usec = 5;
    commit.key = name;
    MUST(harness, commit, STORE_COMMIT);
    assert_false(commit.existed);
    return commit.job;
}

struct store_outcome must_outcome(
    uint64_t job, uint64_t seq, uint32_t attempt, const char *host, enum outcome outcome)
{
    struct store_outcome end = harness_outcome(job, seq, host, outcome);

    end.attempt = attempt;
    if (outcome == OUTCOME_COUNTED) {
        end.counts = &must_page;
        end.n_words = must_page.n;
        end.tokens = 8;
        end.engine_id = "engine";
        end.url = "http://host1.example/1";
    }
    return end;
}

void must_end(struct harness *harness, uint64_t job, uint64_t seq, uint32_t attempt, const char *host,
    enum outcome outcome)
{
    struct store_outcome end = must_outcome(job, seq, attempt, host, outcome);

    MUST(harness, end, STORE_OUTCOME);
    assert_true(end.accepted);
}

unsigned must_count_waiting(struct harness *harness, uint64_t job, const char *host)
{
    struct store_read_window window = {.job = job, .host = host, .max_rows = 4};
    unsigned n = 0;

    do {
        MUST(harness, window, STORE_READ_WINDOW);
        for (size_t i = 0; i < window.n_rows; i++)
            must_end(harness, job, window.rows[i].seq, window.rows[i].attempt, host, OUTCOME_COUNTED);
        n += (unsigned)window.n_rows;
        store_rows_free(window.rows);
    } while (!window.end);
    return n;
}

void must_finish(struct harness *harness, uint64_t job)
{
    struct store_finish end = {.job = job, .finished_usec = 8, .totals = "totals", .totals_size = 6};
    struct store_read_jobs jobs = {.select = SELECT_NUMBER, .number = job};

    MUST(harness, jobs, STORE_READ_JOBS);
    assert_int_equal(jobs.n_rows, 1);
    end.n_pages = jobs.rows[0].counted;
    store_rows_free(jobs.rows);
    MUST(harness, end, STORE_FINISH);
}

void must_set_state(struct harness *harness, uint64_t job, enum store_job_state state)
{
    struct store_set_state set = {
        .job = job, .state = state, .finished_usec = state == JOB_CANCELLED ? 9 : 0};

    MUST(harness, set, STORE_SET_STATE);
}
