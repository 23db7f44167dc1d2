#include "engine/host.h"
#include "engine/job.h"
#include "engine/space.h"
#include "engine/state.h"
#include "store/store.h"
#include "store/store_host.h"
#include "store/store_read.h"

#include "base/clock.h"
#include <errno.h>
#include <stdlib.h>

/* What the store knows, a step at a time: first what holds hosts back, then the jobs that have not ended. */
struct loading {
    union {
        struct store_request request;
        struct store_read_paused paused;
        struct store_read_host_states hosts;
        struct store_read_jobs jobs;
    };
    struct engine *engine;
    void (*ready)(void *userdata, int r);
    void *userdata;
};

/* A store of which nothing can be read yet, or not all, is there to be told of: nothing of it is fetched. */
static bool may_start(const struct engine *engine, int r)
{
    return r == 0 || (r == -ESTALE && store_is_older(engine->store)) ||
        (r == -EUCLEAN && store_is_stuck_damaged(engine->store));
}

static void finish(struct loading *loading, int r)
{
    if (may_start(loading->engine, r))
        r = 0;
    loading->ready(loading->userdata, r);
    free(loading);
}

/* ---- jobs ---- */

static void load_jobs(struct loading *loading, uint64_t after);

static int take_jobs(struct engine *engine, const struct store_read_jobs *read)
{
    for (size_t i = 0; i < read->n_rows; i++) {
        struct job *job = job_new(engine, &read->rows[i]);

        if (!job)
            return -ENOMEM;
        job_load_hosts(job);
        job_finish_if_ended(job);
    }
    return 0;
}

static void jobs_came(struct store_request *request, void *receiver)
{
    struct loading *loading = CONTAINER_OF(request, struct loading, request);
    size_t n = loading->jobs.n_rows;
    uint64_t last = n > 0 ? loading->jobs.rows[n - 1].job : 0;
    int r = request->r;

    engine_request_came(loading->engine);
    if (r == 0)
        r = take_jobs(loading->engine, &loading->jobs);
    store_rows_free(loading->jobs.rows);
    if (r == 0 && n == STORE_STEP_ROWS)
        load_jobs(loading, last);
    else
        finish(loading, r);
}

static void load_jobs(struct loading *loading, uint64_t after)
{
    loading->jobs = (struct store_read_jobs){
        .request = {.kind = STORE_READ_JOBS, .done = jobs_came},
        .select = SELECT_ACTIVE,
        .after = after,
    };
    engine_request(loading->engine, &loading->request);
}

/* ---- hosts ---- */

static void load_hosts(struct loading *loading, const char *after);

static void hosts_came(struct store_request *request, void *receiver)
{
    struct loading *loading = CONTAINER_OF(request, struct loading, request);
    struct store_host_state *rows = loading->hosts.rows;
    size_t n = loading->hosts.n_rows;
    int r = request->r;

    engine_request_came(loading->engine);
    for (size_t i = 0; i < n && r == 0; i++)
        r = host_take_state(loading->engine, &rows[i]);
    if (r == 0 && n == STORE_STEP_ROWS)
        /* A host that is known stays: its key outlives the rows. */
        load_hosts(loading, host_get(loading->engine, rows[n - 1].host)->key);
    else if (r == 0)
        load_jobs(loading, 0);
    else
        finish(loading, r);
    store_rows_free(rows);
}

static void load_hosts(struct loading *loading, const char *after)
{
    loading->hosts = (struct store_read_host_states){
        .request = {.kind = STORE_READ_HOST_STATES, .done = hosts_came},
        .after = after,
    };
    engine_request(loading->engine, &loading->request);
}

/* ---- patterns of paused hosts ---- */

static void paused_came(struct store_request *request, void *receiver)
{
    struct loading *loading = CONTAINER_OF(request, struct loading, request);
    const char **patterns = loading->paused.patterns;
    size_t n = loading->paused.n_rows;
    int r = request->r;

    engine_request_came(loading->engine);
    for (size_t i = 0; i < n && r == 0; i++)
        r = host_pause_note(loading->engine, patterns[i]);
    store_rows_free(patterns);
    if (r == 0)
        load_hosts(loading, NULL);
    else
        finish(loading, r);
}

/* They fit one step. */
_Static_assert(ENGINE_MAX_PAUSED_HOSTS <= STORE_STEP_ROWS, "paused patterns are read at once");

int engine_start(struct engine *engine, void (*ready)(void *userdata, int r), void *userdata)
{
    struct loading *loading = calloc(1, sizeof(*loading));

    if (!loading)
        return -ENOMEM;
    /* Jobs that are loaded begin at once: not where the disk is full. */
    engine->space_unchecked = true;
    space_check(engine);
    loading->engine = engine;
    loading->ready = ready;
    loading->userdata = userdata;
    loading->paused.request = (struct store_request){.kind = STORE_READ_PAUSED, .done = paused_came};
    engine_request(engine, &loading->request);
    return 0;
}
