/* Each allocation of ours fails once, in whatever thread, while lists come in, are fetched and are changed:
 * what was refused is asked for again, and in the end nothing is lost and nothing counted twice. */
#include "fixture.h"

#include "base/clock.h"
#include "engine/host.h"
#include "engine/lane.h"
#include "engine/state.h"
#include "engine/table.h"
#include "failing.h"
#include "fetch/fetcher.h"
#include "words/words.h"
#include <errno.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* A failure strikes once; nothing needs more than a few attempts. */
#define MAX_TRIES 4
#define N_URLS 6
#define N_COUNTED 4
#define N_TOKENS 18

struct life {
    struct fixture *fixture;
    const char *urls[N_URLS];
    char texts[N_URLS][160];
    unsigned n_refused; /* what came back with -ENOMEM */
};

struct answer {
    struct engine *engine;
    bool came;
    int r;
    uint64_t job;
    uint64_t n;
};

/* Time goes by for what waits there. */
static void hurry_host(struct host *host)
{
    host->next_start_usec = host->hold_until_usec = 0;
    for (size_t i = 0; i < 2; i++)
        host->origins[i].hold_until_usec = 0;
    LIST_FOR_EACH (lane, &host->lanes)
        LIST_FOR_EACH (link, &CONTAINER_OF(lane, struct lane, in_host)->again) {
            struct waiting *waiting = CONTAINER_OF(link, struct waiting, link);

            if (waiting->reuse != REUSE_ASKED)
                waiting->due_usec = 0;
        }
    host_schedule(host);
}

/* What is tried again after a while is tried again at once. */
static bool has_come(void *userdata)
{
    const struct answer *answer = userdata;
    struct host *host;
    struct host *next;

    if (answer->engine->store_retry_usec != USEC_NEVER)
        answer->engine->store_retry_usec = 0;
    HASH_ITER (hh, answer->engine->hosts, host, next)
        hurry_host(host);
    return answer->came;
}

/* Whether it is to be asked for again. */
static bool is_refused(struct life *life, int r)
{
    life->n_refused += r == -ENOMEM;
    if (r < 0 && r != -ENOMEM)
        fail_msg("refused with %d", r);
    return r < 0;
}

/* ---- lists ---- */

static void commit_came(void *userdata, const struct engine_committed *committed)
{
    struct answer *answer = userdata;

    answer->came = true;
    answer->r = committed->r;
    answer->job = committed->job;
    answer->n = committed->accepted;
}

static int add_all(struct life *life, struct engine_submission *submission)
{
    int r = 0;

    for (uint32_t i = 0; i < N_URLS && r >= 0; i++) {
        const struct engine_entry entry = {.url = life->urls[i], .line = i + 1};
        enum engine_added added;
        const char *reason;

        r = engine_submission_add(submission, &entry, &added, &reason);
        assert_true(r < 0 || added == ENGINE_ADDED);
    }
    return r;
}

static int try_to_submit(struct life *life, uint64_t *ret)
{
    static const char *const sources[] = {"test"};
    const struct engine_submit_options options = {
        .user = "anna", .uid = 1000, .max_age_usec = STORE_NO_MAX_AGE, .sources = sources, .n_sources = 1};
    struct engine_submission *submission;
    struct answer answer = {.engine = life->fixture->world.engine};
    int r = engine_submission_new(life->fixture->world.engine, &options, &submission);

    if (r < 0)
        return r;
    r = add_all(life, submission);
    if (r < 0) {
        engine_submission_abort(submission);
        return r;
    }
    engine_submission_commit(submission, commit_came, &answer);
    world_wait(&life->fixture->world, has_come, &answer);
    assert_true(answer.r < 0 || answer.n == N_URLS);
    *ret = answer.job;
    return answer.r;
}

static uint64_t submit(struct life *life)
{
    uint64_t job = 0;
    int tries = 0;

    while (is_refused(life, try_to_submit(life, &job)))
        assert_true(++tries < MAX_TRIES);
    return job;
}

/* ---- changes ---- */

static void change_came(void *userdata, int r, uint64_t n)
{
    struct answer *answer = userdata;

    answer->came = true;
    answer->r = r;
    answer->n = n;
}

/* What a change that was refused for want of memory has done may stand all the same. */
static int settle(struct life *life, int r, struct answer *answer)
{
    if (r == 0)
        world_wait(&life->fixture->world, has_come, answer);
    return r == 0 ? answer->r : r;
}

typedef int (*change)(struct engine *engine, uint64_t job, engine_changed done, void *userdata);

static int set_priority(struct engine *engine, uint64_t job, engine_changed done, void *userdata)
{
    return engine_set_priority(engine, job, 7, done, userdata);
}

static int retry(struct engine *engine, uint64_t job, engine_changed done, void *userdata)
{
    return engine_retry(engine, job, NULL, 0, done, userdata);
}

static void apply(struct life *life, uint64_t job, change what)
{
    int r = -ENOMEM;

    for (int i = 0; i < MAX_TRIES && r == -ENOMEM; i++) {
        struct answer answer = {.engine = life->fixture->world.engine};

        r = settle(life, what(life->fixture->world.engine, job, change_came, &answer), &answer);
        life->n_refused += r == -ENOMEM;
    }
    if (r != 0 && r != -EALREADY)
        fail_msg("a change came back with %d", r);
}

static void pause_host(struct life *life, bool paused)
{
    int r = -ENOMEM;

    for (int i = 0; i < MAX_TRIES && r == -ENOMEM; i++) {
        struct answer answer = {.engine = life->fixture->world.engine};

        r = settle(life,
            engine_pause_host(life->fixture->world.engine, "127.0.0.1", paused, change_came, &answer),
            &answer);
        life->n_refused += r == -ENOMEM;
    }
    if (r != 0 && r != -EALREADY)
        fail_msg("a host's change came back with %d", r);
}

/* ---- ends ---- */

static void note_end(void *userdata, uint64_t job, enum store_job_state state, bool exists)
{
    ((struct answer *)userdata)->came = !exists || state == JOB_DONE || state == JOB_CANCELLED;
}

static void wait_done(struct life *life, uint64_t job)
{
    const struct engine_watch_callbacks callbacks = {.job_changed = note_end};
    struct answer answer = {.engine = life->fixture->world.engine};
    struct engine_watch *watch;
    int tries = 0;

    while (is_refused(life, engine_watch_new(life->fixture->world.engine, job, &callbacks, &answer, &watch)))
        assert_true(++tries < MAX_TRIES);
    world_wait(&life->fixture->world, has_come, &answer);
    engine_watch_free(watch);
}

/* Each URL ended once, and the sums are those of its URLs. */
static unsigned check(struct life *life, uint64_t job)
{
    struct store_job_row *row = world_job(&life->fixture->world, job);
    size_t n;
    struct store_url_row *urls = world_urls(&life->fixture->world, job, &n);
    unsigned counted = 0;
    uint64_t tokens = 0;

    assert_int_equal(n, N_URLS);
    for (size_t i = 0; i < n; i++) {
        assert_int_not_equal(urls[i].outcome, OUTCOME_NONE);
        counted += outcome_state(urls[i].outcome) == URL_COUNTED;
        tokens += urls[i].tokens;
    }
    assert_int_equal(row->counted, counted);
    assert_int_equal(row->counted + row->failed + row->skipped, N_URLS);
    assert_int_equal(row->tokens, tokens);
    assert_true(counted < N_COUNTED ? tokens < N_TOKENS : tokens == N_TOKENS);
    store_rows_free(urls);
    store_rows_free(row);
    return counted;
}

/* ---- the tests ---- */

static void name_urls(struct life *life)
{
    const struct fixture *fixture = life->fixture;
    char target[128];

    snprintf(target, sizeof(target), "/redirect?%s", fixture_url(fixture, 1, "/ok?moved"));
    snprintf(life->texts[0], sizeof(life->texts[0]), "%s", fixture_url(fixture, 1, "/ok?one+two"));
    snprintf(life->texts[1], sizeof(life->texts[1]), "%s", fixture_url(fixture, 2, "/ok?three+four"));
    snprintf(life->texts[2], sizeof(life->texts[2]), "%s", fixture_url(fixture, 2, "/tagged"));
    snprintf(life->texts[3], sizeof(life->texts[3]), "%s", fixture_url(fixture, 1, "/status/404"));
    snprintf(life->texts[4], sizeof(life->texts[4]), "%s", fixture_url(fixture, 1, "/private"));
    snprintf(life->texts[5], sizeof(life->texts[5]), "%s", fixture_url(fixture, 2, target));
    for (size_t i = 0; i < N_URLS; i++)
        life->urls[i] = life->texts[i];
}

#ifdef __SANITIZE_THREAD__
#define STRIDE 47
#else
#define STRIDE 17
#endif

/* Each of them by EVERY_FAULT=1, each so-and-so-manieth by another number. */
static unsigned stride(void)
{
    const char *given = getenv("EVERY_FAULT");
    unsigned n = given ? (unsigned)strtoul(given, NULL, 10) : STRIDE;

    return n > 0 ? n : 1;
}

/* One job after the other lives in the same world. What ended for want of memory is counted by a retry. */
static void live_each(struct life *life, uint64_t (*run)(struct life *life))
{
    bool struck = true;
    unsigned n_lost = 0;
    unsigned n;

    for (n = 1; struck; n += stride()) {
        uint64_t job;

        failing_nth(n);
        job = run(life);
        struck = failing_stop();
        if (check(life, job) < N_COUNTED) {
            n_lost++;
            apply(life, job, retry);
            wait_done(life, job);
        }
        assert_int_equal(check(life, job), N_COUNTED);
    }
    assert_true(n > stride());
    print_message(
        "about %u allocations, %u requests were refused, %u jobs were retried\n", n, life->n_refused, n_lost);
}

static uint64_t fetch_all(struct life *life)
{
    uint64_t job = submit(life);

    wait_done(life, job);
    return job;
}

static uint64_t change_all(struct life *life)
{
    uint64_t job;

    pause_host(life, true);
    job = submit(life);
    apply(life, job, engine_pause);
    apply(life, job, set_priority);
    apply(life, job, engine_resume);
    apply(life, job, engine_cancel);
    apply(life, job, retry);
    pause_host(life, false);
    wait_done(life, job);
    return job;
}

static void lists_are_fetched_although_each_allocation_fails(void **state)
{
    struct life life = {.fixture = *state};

    life.fixture->world.policy.robots = true;
    life.fixture->world.max_attempts = 1;
    world_open(&life.fixture->world);
    name_urls(&life);
    assert_int_equal(check(&life, fetch_all(&life)), N_COUNTED);
    live_each(&life, fetch_all);
}

static void jobs_are_changed_although_each_allocation_fails(void **state)
{
    struct life life = {.fixture = *state};

    life.fixture->world.policy.robots = true;
    world_open(&life.fixture->world);
    name_urls(&life);
    assert_int_equal(check(&life, change_all(&life)), N_COUNTED);
    live_each(&life, change_all);
}

static bool has_come_or_waits(void *userdata)
{
    const struct answer *answer = userdata;

    return answer->came || answer->engine->store_retry_usec != USEC_NEVER;
}

static int begin_to_submit(struct life *life, struct answer *answer, struct engine_submission **ret)
{
    const struct engine_submit_options options = {.user = "anna", .uid = 1000};
    int r = engine_submission_new(life->fixture->world.engine, &options, ret);

    if (r == 0 && add_all(life, *ret) < 0) {
        engine_submission_abort(*ret);
        r = -ENOMEM;
    }
    if (r == 0)
        engine_submission_commit(*ret, commit_came, answer);
    return r;
}

/* Or who submitted it goes away; in the end the world is open. */
static void end_while_it_waits(struct life *life, bool goes_away)
{
    struct answer answer = {.engine = life->fixture->world.engine};
    struct engine_submission *submission;
    const bool is_on_its_way = begin_to_submit(life, &answer, &submission) == 0;

    if (is_on_its_way)
        world_wait(&life->fixture->world, has_come_or_waits, &answer);
    goes_away = goes_away && is_on_its_way && !answer.came;
    if (goes_away)
        engine_submission_abort(submission);
    world_close(&life->fixture->world);
    assert_int_equal(answer.came, is_on_its_way && !goes_away);
    assert_true(!answer.came || answer.r < 0 || answer.job > 0);
}

static void the_daemon_ends_while_a_job_waits_for_memory(void **state)
{
    struct life life = {.fixture = *state};
    bool struck = true;

    world_open(&life.fixture->world);
    name_urls(&life);
    for (unsigned n = 1; struck; n += 1 + stride() / 4) {
        failing_nth(n);
        end_while_it_waits(&life, n % 2 > 0);
        struck = failing_stop();
        world_open(&life.fixture->world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            lists_are_fetched_although_each_allocation_fails, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(
            jobs_are_changed_although_each_allocation_fails, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(
            the_daemon_ends_while_a_job_waits_for_memory, fixture_set_up, fixture_tear_down),
    };

    setlocale(LC_CTYPE, "C.UTF-8");
    if (words_init() < 0 || fetch_init() < 0)
        return 1;
    return cmocka_run_group_tests_name("engine memory", tests, NULL, NULL);
}
