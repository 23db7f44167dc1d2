#include "fixture.h"

#include "base/array.h"
#include "base/clock.h"
#include "base/list.h"
#include "counts/totals.h"
#include "engine/engine.h"
#include "engine/job.h"
#include "engine/lane.h"
#include "engine/running_totals.h"
#include "engine/watch.h"
#include "store/store_read.h"
#include <errno.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* So many failures in a row park an origin. */
#define PARKING_FAILURES 5

static void assert_outcome(struct fixture *fixture, uint64_t job, size_t index, enum outcome outcome)
{
    size_t n;
    struct store_url_row *rows = world_urls(&fixture->world, job, &n);

    assert_true(index < n);
    assert_string_equal(outcome_to_string(rows[index].outcome), outcome_to_string(outcome));
    store_rows_free(rows);
}

static void job_ends_when_every_page_is_counted(void **state)
{
    struct fixture *fixture = *state;
    const char *urls[] = {
        fixture_url(fixture, 1, "/a"), fixture_url(fixture, 1, "/b"), fixture_url(fixture, 1, "/c"), NULL};
    struct store_job_row *row;
    uint64_t job;

    world_open(&fixture->world);
    job = world_submit(&fixture->world, urls);
    world_wait_done(&fixture->world, job);

    row = world_job(&fixture->world, job);
    assert_int_equal(row->state, JOB_DONE);
    assert_int_equal(row->counted, 3);
    assert_int_equal(row->tokens, 12);
    assert_true(row->has_totals);
    store_rows_free(row);
}

/* ---- totals ---- */

struct borrowing {
    struct running_loan loan;
    bool ready;
};

static void borrowed(struct running_loan *loan)
{
    CONTAINER_OF(loan, struct borrowing, loan)->ready = true;
}

static bool is_ready(void *userdata)
{
    return ((struct borrowing *)userdata)->ready;
}

/* Totals of the job have every page that was shown as counted. False: it had ended before. */
static bool ask_for_totals(struct fixture *fixture, uint64_t job)
{
    struct borrowing borrowing = {.loan = {.ready = borrowed}};
    struct store_job_row *row = world_job(&fixture->world, job);
    uint64_t counted = row->counted;
    bool runs = row->state != JOB_DONE;
    int r = running_borrow(fixture->world.engine, job, RUNNING_TOTALS, &borrowing.loan);

    store_rows_free(row);
    borrowing.ready = r != 0;
    world_wait(&fixture->world, is_ready, &borrowing);
    if (borrowing.loan.lent)
        assert_true(counts_totals_pages(borrowing.loan.lent->sum.totals) >= counted);
    running_give_back(&borrowing.loan);
    return r >= 0 && runs;
}

struct reading {
    union {
        struct store_request request;
        struct store_scan_pages scan;
        struct store_read_totals totals;
    };
    struct counts_totals *sum;
    char host[64];
    bool came;
};

static int sum_page(void *userdata, const struct store_page_row *row)
{
    struct reading *reading = userdata;

    if (strcmp(reading->host, row->host) != 0)
        counts_totals_next_host(reading->sum);
    (void)snprintf(reading->host, sizeof(reading->host), "%s", row->host);
    return counts_totals_add(reading->sum, row->counts, row->counts_size);
}

static void reading_came(struct store_request *request, void *receiver)
{
    assert_int_equal(request->r, 0);
    CONTAINER_OF(request, struct reading, request)->came = true;
}

static bool is_read(void *userdata)
{
    return ((struct reading *)userdata)->came;
}

static void read_now(struct fixture *fixture, struct reading *reading, enum store_kind kind)
{
    reading->request.kind = kind;
    reading->request.done = reading_came;
    store_submit(fixture->world.store, &reading->request);
    world_wait(&fixture->world, is_read, reading);
}

/* The totals row, byte by byte, against a scan of the pages. */
static void assert_totals_are_of_the_pages(struct fixture *fixture, uint64_t job)
{
    struct reading row = {.totals = {.job = job}};
    struct reading scan = {.scan = {.job = job, .page = sum_page, .userdata = &scan}};
    struct buffer expected = {0};

    read_now(fixture, &row, STORE_READ_TOTALS);
    assert_int_equal(counts_totals_new(&scan.sum), 0);
    read_now(fixture, &scan, STORE_SCAN_PAGES);
    assert_int_equal(counts_totals_pack(scan.sum, &expected), 0);
    assert_non_null(row.totals.bytes);
    assert_int_equal(row.totals.size, expected.size);
    assert_memory_equal(row.totals.bytes, expected.bytes, expected.size);
    counts_totals_free(scan.sum);
    buffer_deinit(&expected);
    free(row.totals.bytes);
}

static void totals_of_a_job_that_was_asked_for_them_are_kept_at_its_end(void **state)
{
    struct fixture *fixture = *state;
    const char *urls[] = {fixture_url(fixture, 1, "/ok?one%20two"),
        fixture_url(fixture, 2, "/ok?two%20three"), fixture_url(fixture, 1, "/ok?three%20four"),
        fixture_url(fixture, 2, "/busy"), NULL};
    uint64_t job;

    fixture->world.totals_bytes = 1 << 20;
    world_open(&fixture->world);
    job = world_submit(&fixture->world, urls);
    while (ask_for_totals(fixture, job))
        ;
    world_wait_done(&fixture->world, job);

    assert_totals_are_of_the_pages(fixture, job);
}

static void duplicates_and_bad_lines_are_not_queued(void **state)
{
    struct fixture *fixture = *state;
    const char *urls[] = {
        fixture_url(fixture, 1, "/a"), fixture_url(fixture, 1, "/a#b"), "example.org/x", NULL};
    struct store_job_row *row;
    uint64_t job;

    world_open(&fixture->world);
    job = world_submit(&fixture->world, urls);
    world_wait_done(&fixture->world, job);

    row = world_job(&fixture->world, job);
    assert_int_equal(row->total, 1);
    assert_int_equal(row->duplicates, 1);
    store_rows_free(row);
}

static void http_error_is_an_outcome_and_a_missing_page_is_asked_for_once(void **state)
{
    struct fixture *fixture = *state;
    const char *urls[] = {fixture_url(fixture, 1, "/status/404"), NULL};
    uint64_t job;

    world_open(&fixture->world);
    job = world_submit(&fixture->world, urls);
    world_wait_done(&fixture->world, job);

    assert_outcome(fixture, job, 0, OUTCOME_HTTP_ERROR);
    assert_int_equal(site_requests(fixture->site, "/status/404"), 1);
}

static void failure_that_may_pass_is_tried_again(void **state)
{
    struct fixture *fixture = *state;
    const char *urls[] = {fixture_url(fixture, 1, "/flaky"), NULL};
    uint64_t job;

    world_open(&fixture->world);
    job = world_submit(&fixture->world, urls);
    world_wait_done(&fixture->world, job);

    assert_outcome(fixture, job, 0, OUTCOME_COUNTED);
    assert_int_equal(site_requests(fixture->site, "/flaky"), 2);
}

static void busy_host_is_held_and_costs_the_url_no_attempt(void **state)
{
    struct fixture *fixture = *state;
    const char *urls[] = {fixture_url(fixture, 1, "/busy"), NULL};
    uint64_t started;
    uint64_t job;

    fixture->world.max_attempts = 1;
    world_open(&fixture->world);
    started = clock_boottime_usec();
    job = world_submit(&fixture->world, urls);
    world_wait_done(&fixture->world, job);

    assert_outcome(fixture, job, 0, OUTCOME_COUNTED);
    assert_true(clock_boottime_usec() - started >= USEC_PER_SEC);
}

static void redirect_on_the_same_host_is_followed(void **state)
{
    struct fixture *fixture = *state;
    const char *urls[] = {fixture_url(fixture, 1, "/redirect?/there"), NULL};
    struct store_url_row *rows;
    uint64_t job;
    size_t n;

    world_open(&fixture->world);
    job = world_submit(&fixture->world, urls);
    world_wait_done(&fixture->world, job);

    rows = world_urls(&fixture->world, job, &n);
    assert_int_equal(rows[0].outcome, OUTCOME_COUNTED);
    assert_string_equal(rows[0].final_url, fixture_url(fixture, 1, "/there"));
    store_rows_free(rows);
}

static void redirect_to_another_host_is_filed_under_that_host(void **state)
{
    struct fixture *fixture = *state;
    char path[300];
    const char *urls[2] = {NULL, NULL};
    struct store_url_row *rows;
    uint64_t job;
    size_t n;

    snprintf(path, sizeof(path), "/redirect?%s", fixture_url(fixture, 2, "/there"));
    urls[0] = fixture_url(fixture, 1, path);
    world_open(&fixture->world);
    job = world_submit(&fixture->world, urls);
    world_wait_done(&fixture->world, job);

    rows = world_urls(&fixture->world, job, &n);
    assert_int_equal(rows[0].outcome, OUTCOME_COUNTED);
    assert_string_equal(rows[0].final_url, fixture_url(fixture, 2, "/there"));
    store_rows_free(rows);
}

static void redirects_that_lead_nowhere_have_names(void **state)
{
    struct fixture *fixture = *state;
    char path[300];
    const char *urls[] = {fixture_url(fixture, 1, "/redirect?file:///etc/passwd"), NULL,
        fixture_url(fixture, 1, "/self"), NULL};
    uint64_t job;

    snprintf(path, sizeof(path), "/redirect?%s", "http://10.0.0.1/");
    urls[1] = fixture_url(fixture, 1, path);
    world_open(&fixture->world);
    job = world_submit(&fixture->world, urls);
    world_wait_done(&fixture->world, job);

    assert_outcome(fixture, job, 0, OUTCOME_BAD_REDIRECT);
    assert_outcome(fixture, job, 1, OUTCOME_BLOCKED_ADDRESS);
    assert_outcome(fixture, job, 2, OUTCOME_BAD_REDIRECT);
}

static void robots_txt_is_fetched_once_and_obeyed(void **state)
{
    struct fixture *fixture = *state;
    const char *urls[] = {fixture_url(fixture, 1, "/private/a"), fixture_url(fixture, 1, "/b"),
        fixture_url(fixture, 1, "/c"), NULL};
    uint64_t job;

    fixture->world.policy.robots = true;
    world_open(&fixture->world);
    job = world_submit(&fixture->world, urls);
    world_wait_done(&fixture->world, job);

    assert_outcome(fixture, job, 0, OUTCOME_ROBOTS_DISALLOWED);
    assert_outcome(fixture, job, 1, OUTCOME_COUNTED);
    assert_outcome(fixture, job, 2, OUTCOME_COUNTED);
    assert_int_equal(site_requests(fixture->site, "/robots.txt"), 1);
    assert_int_equal(site_requests(fixture->site, "/private"), 0);
}

static void robots_txt_that_is_missing_allows_everything(void **state)
{
    struct fixture *fixture = *state;
    const char *urls[] = {fixture_url(fixture, 1, "/private/a"), NULL};
    uint64_t job;

    site_set_robots_status(fixture->site, 404);
    fixture->world.policy.robots = true;
    world_open(&fixture->world);
    job = world_submit(&fixture->world, urls);
    world_wait_done(&fixture->world, job);

    assert_outcome(fixture, job, 0, OUTCOME_COUNTED);
}

static void robots_txt_that_is_unreachable_holds_back(void **state)
{
    struct fixture *fixture = *state;
    const char *urls[] = {fixture_url(fixture, 1, "/a"), NULL};
    uint64_t job;

    site_set_robots_status(fixture->site, 500);
    fixture->world.policy.robots = true;
    fixture->world.max_attempts = 2;
    world_open(&fixture->world);
    job = world_submit(&fixture->world, urls);
    world_wait_done(&fixture->world, job);

    assert_outcome(fixture, job, 0, OUTCOME_ROBOTS_UNREACHABLE);
    assert_int_equal(site_requests(fixture->site, "/robots.txt"), 2);
    assert_int_equal(site_requests(fixture->site, "/a"), 0);
}

static void parked_origin_does_not_hold_the_other_scheme_of_its_host(void **state)
{
    struct fixture *fixture = *state;
    char secure[PARKING_FAILURES][64];
    const char *urls[PARKING_FAILURES + 2] = {NULL};
    struct store_job_row *row;
    uint64_t job;

    for (int i = 0; i < PARKING_FAILURES; i++) {
        snprintf(secure[i], sizeof(secure[i]), "https://127.0.0.1:%u/%d", site_port(fixture->site), i);
        urls[i] = secure[i];
    }
    urls[PARKING_FAILURES] = fixture_url(fixture, 1, "/a");
    fixture->world.policy.connections = 1;
    fixture->world.max_attempts = 1;
    world_open(&fixture->world);
    job = world_submit(&fixture->world, urls);
    world_wait_done(&fixture->world, job);

    row = world_job(&fixture->world, job);
    assert_int_equal(row->counted, 1);
    assert_int_equal(row->failed, PARKING_FAILURES);
    store_rows_free(row);
}

struct change_wait {
    bool came;
    int r;
    uint64_t n;
};

static void change_came(void *userdata, int r, uint64_t n)
{
    *(struct change_wait *)userdata = (struct change_wait){.came = true, .r = r, .n = n};
}

static bool change_has_come(void *userdata)
{
    return ((struct change_wait *)userdata)->came;
}

static void paused_job_starts_nothing_until_it_is_resumed(void **state)
{
    struct fixture *fixture = *state;
    const char *urls[] = {
        fixture_url(fixture, 1, "/a"), fixture_url(fixture, 1, "/b"), fixture_url(fixture, 1, "/c"), NULL};
    struct change_wait wait = {0};
    struct store_job_row *row;
    uint64_t job;

    fixture->world.policy.delay_usec = USEC_PER_SEC / 4;
    world_open(&fixture->world);
    job = world_submit(&fixture->world, urls);
    assert_int_equal(engine_pause(fixture->world.engine, job, change_came, &wait), 0);
    world_wait(&fixture->world, change_has_come, &wait);
    assert_int_equal(wait.r, 0);
    row = world_job(&fixture->world, job);
    assert_int_equal(row->state, JOB_PAUSED);
    store_rows_free(row);

    wait.came = false;
    assert_int_equal(engine_resume(fixture->world.engine, job, change_came, &wait), 0);
    world_wait(&fixture->world, change_has_come, &wait);
    world_wait_done(&fixture->world, job);
    row = world_job(&fixture->world, job);
    assert_int_equal(row->counted, 3);
    store_rows_free(row);
}

static void paused_job_stays_in_the_store_while_another_runs_on_its_host(void **state)
{
    enum {
        N = 300
    };
    struct fixture *fixture = *state;
    static char texts[2][N][64];
    static const char *urls[2][N + 1];
    struct change_wait wait = {0};
    struct engine *engine;
    const struct lane *lane;
    uint64_t paused;
    uint64_t job;

    for (int j = 0; j < 2; j++)
        for (int i = 0; i < N; i++) {
            snprintf(texts[j][i], sizeof(texts[j][i]), "http://127.0.0.1:%u/%d", site_port(fixture->site), i);
            urls[j][i] = texts[j][i];
        }
    fixture->world.policy.delay_usec = USEC_PER_SEC / 10;
    world_open(&fixture->world);
    engine = fixture->world.engine;
    paused = world_submit(&fixture->world, urls[0]);
    assert_int_equal(engine_pause(engine, paused, change_came, &wait), 0);
    world_wait(&fixture->world, change_has_come, &wait);
    urls[1][20] = NULL;
    job = world_submit(&fixture->world, urls[1]);
    world_wait_done(&fixture->world, job);

    lane = CONTAINER_OF(job_find(engine, paused)->lanes.next, struct lane, in_job);
    assert_true(lane->windows[0].n <= 2 * STORE_WINDOW_ROWS);
}

struct told {
    unsigned n;
    enum store_job_state state; /* the last one */
};

static void note_told(void *userdata, uint64_t job, enum store_job_state state, bool exists)
{
    struct told *told = userdata;

    told->n++;
    told->state = state;
}

static bool is_told(void *userdata)
{
    return ((struct told *)userdata)->n > 0;
}

static void change_is_not_followed_by_what_the_store_said_before_it(void **state)
{
    static const struct engine_watch_callbacks callbacks = {.job_changed = note_told};
    struct fixture *fixture = *state;
    const char *urls[] = {fixture_url(fixture, 1, "/a"), fixture_url(fixture, 1, "/b"), NULL};
    struct change_wait wait = {0};
    struct engine_watch *early, *late;
    struct told to_early = {0}, to_late = {0};
    uint64_t job;

    fixture->world.policy.delay_usec = 3600 * USEC_PER_SEC;
    world_open(&fixture->world);
    job = world_submit(&fixture->world, urls);
    assert_int_equal(engine_pause(fixture->world.engine, job, change_came, &wait), 0);
    world_wait(&fixture->world, change_has_come, &wait);
    assert_int_equal(engine_watch_new(fixture->world.engine, job, &callbacks, &to_early, &early), 0);

    watch_job_changed(job_find(fixture->world.engine, job), JOB_DONE, true);
    /* The store answers in order. */
    assert_int_equal(engine_watch_new(fixture->world.engine, job, &callbacks, &to_late, &late), 0);
    world_wait(&fixture->world, is_told, &to_late);

    assert_int_equal(to_late.state, JOB_PAUSED);
    assert_int_equal(to_early.state, JOB_DONE);
    engine_watch_free(early);
    engine_watch_free(late);
}

static void cancelled_job_ends_and_its_urls_read_as_cancelled(void **state)
{
    struct fixture *fixture = *state;
    const char *urls[] = {
        fixture_url(fixture, 1, "/a"), fixture_url(fixture, 1, "/b"), fixture_url(fixture, 1, "/c"), NULL};
    struct change_wait wait = {0};
    struct store_job_row *row;
    uint64_t job;

    fixture->world.policy.delay_usec = 5 * USEC_PER_SEC;
    world_open(&fixture->world);
    job = world_submit(&fixture->world, urls);
    assert_int_equal(engine_cancel(fixture->world.engine, job, change_came, &wait), 0);
    world_wait(&fixture->world, change_has_come, &wait);
    assert_int_equal(wait.r, 0);
    world_wait_done(&fixture->world, job);

    row = world_job(&fixture->world, job);
    assert_int_equal(row->state, JOB_CANCELLED);
    assert_int_equal(row->counted + row->cancelled, 3);
    store_rows_free(row);
    assert_outcome(fixture, job, 2, OUTCOME_CANCELLED);
}

struct late_change {
    struct fixture *fixture;
    struct change_wait wait;
    uint64_t job;
    unsigned left; /* URLs, without the last one */
};

static void pause_with_the_last_url(void *userdata, const struct engine_ended *ended)
{
    struct late_change *late = userdata;

    if (late->left-- > 0)
        return;
    assert_int_equal(engine_pause(late->fixture->world.engine, late->job, change_came, &late->wait), 0);
}

static void note_nothing(void *userdata, uint64_t job, enum store_job_state state, bool exists)
{
}

static void change_that_meets_the_end_of_its_job_is_refused_when_that_is_written(void **state)
{
    static const struct engine_watch_callbacks callbacks = {
        .url_ended = pause_with_the_last_url, .job_changed = note_nothing};
    struct late_change late = {.fixture = *state, .left = 1};
    struct fixture *fixture = *state;
    const char *urls[] = {fixture_url(fixture, 1, "/gated"), fixture_url(fixture, 1, "/gated?2"), NULL};
    struct engine_watch *watch;
    struct store_job_row *row;

    world_open(&fixture->world);
    late.job = world_submit(&fixture->world, urls);
    assert_int_equal(engine_watch_new(fixture->world.engine, late.job, &callbacks, &late, &watch), 0);
    site_open_gate(fixture->site);
    site_open_gate(fixture->site);
    world_wait(&fixture->world, change_has_come, &late.wait);

    assert_int_equal(late.wait.r, -EINVAL);
    row = world_job(&fixture->world, late.job);
    assert_int_equal(row->state, JOB_DONE);
    store_rows_free(row);
    engine_watch_free(watch);
}

static void retried_urls_are_fetched_again(void **state)
{
    struct fixture *fixture = *state;
    const char *urls[] = {fixture_url(fixture, 1, "/flaky"), fixture_url(fixture, 1, "/b"), NULL};
    struct change_wait wait = {0};
    struct store_job_row *row;
    uint64_t job;

    fixture->world.max_attempts = 1;
    world_open(&fixture->world);
    job = world_submit(&fixture->world, urls);
    world_wait_done(&fixture->world, job);
    assert_outcome(fixture, job, 0, OUTCOME_HTTP_ERROR);

    assert_int_equal(engine_retry(fixture->world.engine, job, NULL, 0, change_came, &wait), 0);
    world_wait(&fixture->world, change_has_come, &wait);
    assert_int_equal(wait.r, 0);
    assert_int_equal(wait.n, 1);
    world_wait_done(&fixture->world, job);
    row = world_job(&fixture->world, job);
    assert_int_equal(row->counted, 2);
    assert_int_equal(row->failed, 0);
    store_rows_free(row);
}

static void retries_that_are_asked_for_together_all_come(void **state)
{
    struct fixture *fixture = *state;
    const char *urls[] = {fixture_url(fixture, 1, "/status/404"), fixture_url(fixture, 1, "/b"), NULL};
    struct change_wait waits[2] = {0};
    uint64_t jobs[2];

    world_open(&fixture->world);
    for (size_t i = 0; i < 2; i++) {
        jobs[i] = world_submit(&fixture->world, urls);
        world_wait_done(&fixture->world, jobs[i]);
    }

    for (size_t i = 0; i < 2; i++)
        assert_int_equal(engine_retry(fixture->world.engine, jobs[i], NULL, 0, change_came, &waits[i]), 0);

    for (size_t i = 0; i < 2; i++) {
        world_wait(&fixture->world, change_has_come, &waits[i]);
        assert_int_equal(waits[i].r, 0);
        assert_int_equal(waits[i].n, 1);
        world_wait_done(&fixture->world, jobs[i]);
        assert_outcome(fixture, jobs[i], 0, OUTCOME_HTTP_ERROR);
    }
}

static void removed_job_is_gone(void **state)
{
    struct fixture *fixture = *state;
    const char *urls[] = {fixture_url(fixture, 1, "/a"), fixture_url(fixture, 1, "/b"), NULL};
    struct change_wait wait = {0};
    uint64_t job;

    fixture->world.policy.delay_usec = 5 * USEC_PER_SEC;
    world_open(&fixture->world);
    job = world_submit(&fixture->world, urls);
    assert_int_equal(engine_remove(fixture->world.engine, job, change_came, &wait), 0);
    world_wait(&fixture->world, change_has_come, &wait);
    assert_int_equal(wait.r, 0);

    wait.came = false;
    assert_int_equal(engine_pause(fixture->world.engine, job, change_came, &wait), 0);
    world_wait(&fixture->world, change_has_come, &wait);
    assert_int_equal(wait.r, -ENOENT);
}

static void restart_goes_on_where_it_was(void **state)
{
    struct fixture *fixture = *state;
    const char *urls[] = {
        fixture_url(fixture, 1, "/a"), fixture_url(fixture, 1, "/b"), fixture_url(fixture, 1, "/c"), NULL};
    struct store_job_row *row;
    uint64_t job;

    fixture->world.policy.delay_usec = USEC_PER_SEC / 2;
    world_open(&fixture->world);
    job = world_submit(&fixture->world, urls);
    world_close(&fixture->world);
    world_open(&fixture->world);
    world_wait_done(&fixture->world, job);

    row = world_job(&fixture->world, job);
    assert_int_equal(row->counted, 3);
    assert_int_equal(row->tokens, 12);
    store_rows_free(row);
}

static void starts_on_one_host_are_a_delay_apart(void **state)
{
    struct fixture *fixture = *state;
    const char *urls[] = {
        fixture_url(fixture, 1, "/a"), fixture_url(fixture, 1, "/b"), fixture_url(fixture, 1, "/c"), NULL};
    uint64_t started;
    uint64_t job;

    fixture->world.policy.delay_usec = USEC_PER_SEC / 4;
    world_open(&fixture->world);
    started = clock_boottime_usec();
    job = world_submit(&fixture->world, urls);
    world_wait_done(&fixture->world, job);

    assert_true(clock_boottime_usec() - started >= USEC_PER_SEC / 2);
}

static void list_of_only_bad_lines_makes_no_job(void **state)
{
    struct fixture *fixture = *state;
    const char *urls[] = {"nonsense", "ftp://example.org/", NULL};

    world_open(&fixture->world);

    assert_int_equal(world_submit(&fixture->world, urls), 0);
}

static void memory_of_a_list_of_long_urls_is_bounded(void **state)
{
    struct fixture *fixture = *state;
    const struct engine_submit_options options = {.user = "anna", .uid = 1000};
    struct engine_submission *submission;
    const char *reason;
    enum engine_added added;
    char text[4096];
    int r = 0;

    world_open(&fixture->world);
    assert_int_equal(engine_submission_new(fixture->world.engine, &options, &submission), 0);

    for (int i = 0; i < 1000 && r == 0; i++) {
        const struct engine_entry entry = {.url = text};

        snprintf(text, sizeof(text), "http://example.org/%0*d", 4000, i);
        r = engine_submission_add(submission, &entry, &added, &reason);
    }
    assert_int_equal(r, -ENOBUFS);
    engine_submission_abort(submission);
}

static void lists_are_refused_while_the_disk_is_low(void **state)
{
    struct fixture *fixture = *state;
    const struct engine_submit_options options = {.user = "anna", .uid = 1000};
    struct engine_submission *submission;

    fixture->world.min_free_bytes = UINT64_MAX;
    world_open(&fixture->world);

    assert_int_equal(engine_submission_new(fixture->world.engine, &options, &submission), -ENOSPC);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(job_ends_when_every_page_is_counted),
        TEST(totals_of_a_job_that_was_asked_for_them_are_kept_at_its_end),
        TEST(duplicates_and_bad_lines_are_not_queued),
        TEST(http_error_is_an_outcome_and_a_missing_page_is_asked_for_once),
        TEST(failure_that_may_pass_is_tried_again),
        TEST(busy_host_is_held_and_costs_the_url_no_attempt),
        TEST(redirect_on_the_same_host_is_followed),
        TEST(redirect_to_another_host_is_filed_under_that_host),
        TEST(redirects_that_lead_nowhere_have_names),
        TEST(robots_txt_is_fetched_once_and_obeyed),
        TEST(robots_txt_that_is_missing_allows_everything),
        TEST(robots_txt_that_is_unreachable_holds_back),
        TEST(parked_origin_does_not_hold_the_other_scheme_of_its_host),
        TEST(paused_job_starts_nothing_until_it_is_resumed),
        TEST(paused_job_stays_in_the_store_while_another_runs_on_its_host),
        TEST(change_is_not_followed_by_what_the_store_said_before_it),
        TEST(cancelled_job_ends_and_its_urls_read_as_cancelled),
        TEST(change_that_meets_the_end_of_its_job_is_refused_when_that_is_written),
        TEST(retried_urls_are_fetched_again),
        TEST(retries_that_are_asked_for_together_all_come),
        TEST(removed_job_is_gone),
        TEST(restart_goes_on_where_it_was),
        TEST(starts_on_one_host_are_a_delay_apart),
        TEST(list_of_only_bad_lines_makes_no_job),
        TEST(memory_of_a_list_of_long_urls_is_bounded),
        TEST(lists_are_refused_while_the_disk_is_low),
    };

    setlocale(LC_CTYPE, "C.UTF-8");
    if (words_init() < 0 || fetch_init() < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
