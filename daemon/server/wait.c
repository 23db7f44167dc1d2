#include "server/jobs_reply.h"

#include <errno.h>
#include <stdlib.h>

struct wait {
    struct work work;
    struct waited {
        struct wait *wait;
        struct engine_watch *watch;
        bool ended;
    } * jobs;
    size_t n_jobs;
    size_t n_running;
};

static void drop_watches(struct wait *wait)
{
    for (size_t i = 0; i < wait->n_jobs; i++)
        engine_watch_free(TAKE(wait->jobs[i].watch));
}

static void release(void *work)
{
    struct wait *wait = work;

    drop_watches(wait);
    free(wait->jobs);
}

static void cancelled(void *work)
{
    drop_watches(work);
}

static void reread(void *work)
{
    jobs_reply(work);
}

/* From the event loop: a watch may not be freed while the engine tells its watches. */
static void all_ended(struct call *call)
{
    struct wait *wait = call_data(call);

    drop_watches(wait);
    work_reread(&wait->work, reread);
}

static void job_changed(void *userdata, uint64_t job, enum store_job_state state, bool exists)
{
    struct waited *waited = userdata;
    struct wait *wait = waited->wait;
    bool ended = !exists || state == JOB_DONE || state == JOB_CANCELLED;

    if (!ended || waited->ended)
        return;
    waited->ended = true;
    wait->n_running--;
    if (wait->n_running == 0)
        call_set_drain(wait->work.call, all_ended);
}

static const struct engine_watch_callbacks callbacks = {.job_changed = job_changed};

static void found(void *work)
{
    struct wait *wait = work;
    int r = 0;

    wait->jobs = calloc(wait->work.n_rows, sizeof(*wait->jobs));
    if (!wait->jobs) {
        work_fail(&wait->work, -ENOMEM);
        return;
    }
    wait->n_running = wait->n_jobs = wait->work.n_rows;
    for (size_t i = 0; i < wait->n_jobs && r == 0; i++) {
        wait->jobs[i].wait = wait;
        r = engine_watch_new(wait->work.service->settings.engine, wait->work.rows[i]->job, &callbacks,
            &wait->jobs[i], &wait->jobs[i].watch);
    }
    if (r < 0)
        work_fail(&wait->work, r);
}

void serve_wait(struct call *call)
{
    const struct wire_control_in *in = call_in(call);
    struct wait *wait = work_new(call, sizeof(*wait));

    if (!wait)
        return;
    wait->work.release = release;
    wait->work.cancelled = cancelled;
    work_find(&wait->work, in->jobs, in->n_jobs, WORK_TO_SEE, found);
}
