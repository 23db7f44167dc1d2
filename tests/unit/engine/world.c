#include "world.h"

#include "base/clock.h"
#include "store/store.h"
#include "store/store_read.h"
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DEADLINE_USEC (60 * USEC_PER_SEC)
#define MAX_NAP_USEC (50 * USEC_PER_MSEC)

void world_init(struct world *world)
{
    *world = (struct world){
        .policy = {.connections = 4, .delay_max_usec = 30 * USEC_PER_SEC},
        .max_attempts = 3,
        .max_transfers = 32,
        .max_queued = 1000,
        .uid = 1000,
    };
    strcpy(world->directory, "/tmp/urlstat-engine-XXXXXX");
    assert_non_null(mkdtemp(world->directory));
}

void world_deinit(struct world *world)
{
    static const char *const names[] = {"", "-wal", "-shm"};
    char path[128];

    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof(path), "%s/urlstat.db%s", world->directory, names[i]);
        remove(path);
    }
    snprintf(path, sizeof(path), "rm -rf -- %s", world->directory);
    assert_int_equal(system(path), 0);
}

struct engine_settings *world_settings(const struct world *world)
{
    static const char *const allow[] = {"127.0.0.0/8"};
    struct engine_settings *settings = calloc(1, sizeof(*settings));
    size_t bad;

    settings->n_workers = 2;
    settings->max_transfers = world->max_transfers;
    settings->top_words = 10;
    settings->host = world->policy;
    settings->max_attempts = world->max_attempts;
    settings->max_redirects = 5;
    settings->max_submit_memory = 1 << 20;
    settings->max_queued_per_user = world->max_queued;
    settings->totals_bytes = world->totals_bytes;
    settings->min_free_bytes = world->min_free_bytes;
    settings->group_reads = world->group_reads;
    assert_int_equal(guard_new(allow, 1, NULL, 0, &bad, &settings->guard), 0);
    settings->user_agent = strdup("urlstatd/test");
    settings->fetch = (struct fetch_settings){
        .user_agent = settings->user_agent,
        .guard = settings->guard,
        .connect_timeout_usec = 5 * USEC_PER_SEC,
        .transfer_timeout_usec = 10 * USEC_PER_SEC,
        .max_body_bytes = 1 << 20,
        .decode_memory = 64 << 20,
        .max_connections = 32,
    };
    return settings;
}

static void note(void *userdata, int r)
{
    *(int *)userdata = r;
}

static bool is_known(void *userdata)
{
    return *(int *)userdata != 1;
}

void world_open(struct world *world)
{
    struct store_settings settings = {
        .directory = world->directory,
        .cache_bytes = 8 << 20,
        .hooks = engine_store_hooks(),
        .replies = &world->inbox,
    };
    int ready = 1;

    assert_int_equal(mailbox_init(&world->inbox), 0);
    assert_int_equal(store_open(&settings, &world->store), 0);
    assert_int_equal(engine_new(world_settings(world), world->store, &world->inbox, &world->engine), 0);
    assert_int_equal(engine_start(world->engine, note, &ready), 0);
    world_wait(world, is_known, &ready);
    assert_int_equal(ready, 0);
}

void world_close(struct world *world)
{
    engine_stop(world->engine);
    store_close(world->store);
    /* What the store has answered last. */
    mailbox_deliver(&world->inbox, world->engine);
    engine_free(world->engine);
    mailbox_deinit(&world->inbox);
}

void world_wait(struct world *world, bool (*is_true)(void *userdata), void *userdata)
{
    uint64_t deadline = clock_boottime_usec() + DEADLINE_USEC;

    while (!is_true(userdata)) {
        struct pollfd fd = {.fd = world->inbox.fd, .events = POLLIN};
        uint64_t now = clock_boottime_usec();
        uint64_t next = engine_next_usec(world->engine);

        assert_true(now < deadline);
        /* What is waited for may be of the site, which sends no mail. */
        if (next > now + MAX_NAP_USEC)
            next = now + MAX_NAP_USEC;
        (void)poll(&fd, 1, next > now ? (int)((next - now) / USEC_PER_MSEC) + 1 : 0);
        mailbox_deliver(&world->inbox, world->engine);
        engine_tick(world->engine);
    }
}

struct commit_wait {
    bool came;
    struct engine_committed committed;
};

static void commit_came(void *userdata, const struct engine_committed *committed)
{
    struct commit_wait *wait = userdata;

    wait->committed = *committed;
    wait->came = true;
}

static bool has_come(void *userdata)
{
    return ((struct commit_wait *)userdata)->came;
}

uint64_t world_submit(struct world *world, const char *const *urls)
{
    static const char *const sources[] = {"test"};
    const struct engine_submit_options options = {.user = "anna",
        .uid = world->uid,
        .max_age_usec = world->max_age_usec,
        .deadline_usec = world->deadline_usec,
        .sources = sources,
        .n_sources = 1};
    struct engine_submission *submission;
    struct commit_wait wait = {0};

    assert_int_equal(engine_submission_new(world->engine, &options, &submission), 0);
    for (uint32_t line = 1; *urls; urls++, line++) {
        const char *label = world->labels ? world->labels[line - 1] : NULL;
        const struct engine_entry entry = {.url = *urls, .line = line, .label = label};
        enum engine_added added;
        const char *reason;

        assert_int_equal(engine_submission_add(submission, &entry, &added, &reason), 0);
    }
    engine_submission_commit(submission, commit_came, &wait);
    world_wait(world, has_come, &wait);
    assert_int_equal(wait.committed.r, 0);
    return wait.committed.job;
}

static void note_end(void *userdata, uint64_t job, enum store_job_state state, bool exists)
{
    *(bool *)userdata = !exists || state == JOB_DONE || state == JOB_CANCELLED;
}

static bool is_set(void *userdata)
{
    return *(bool *)userdata;
}

void world_wait_done(struct world *world, uint64_t job)
{
    const struct engine_watch_callbacks callbacks = {.job_changed = note_end};
    struct engine_watch *watch;
    bool ended = false;

    assert_int_equal(engine_watch_new(world->engine, job, &callbacks, &ended, &watch), 0);
    world_wait(world, is_set, &ended);
    engine_watch_free(watch);
}

static bool came_back;

static void request_came(struct store_request *request, void *receiver)
{
    came_back = true;
}

static void read_now(struct world *world, struct store_request *request, enum store_kind kind)
{
    request->kind = kind;
    request->done = request_came;
    came_back = false;
    store_submit(world->store, request);
    world_wait(world, is_set, &came_back);
    assert_int_equal(request->r, 0);
}

struct store_job_row *world_job(struct world *world, uint64_t job)
{
    struct store_read_jobs read = {.select = SELECT_NUMBER, .number = job};

    read_now(world, &read.request, STORE_READ_JOBS);
    assert_int_equal(read.n_rows, 1);
    return read.rows;
}

struct store_url_row *world_urls(struct world *world, uint64_t job, size_t *ret_n)
{
    struct store_read_urls read = {.job = job, .state = -1};

    read_now(world, &read.request, STORE_READ_URLS);
    *ret_n = read.n_rows;
    return read.rows;
}
