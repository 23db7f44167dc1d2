#include "engine/give_up.h"
#include "engine/dispatch.h"
#include "engine/host.h"
#include "engine/job.h"
#include "engine/lane.h"
#include "engine/result.h"
#include "engine/state.h"
#include "engine/task.h"
#include "engine/watch.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define UNKNOWN_DETAIL "failed too often in a row"
#define N_LISTS 5

/* Holds the job, not the lane, which goes with a job that is closed. */
struct give_up {
    struct store_give_up ended;
    struct job *job;
    char *host;
    char *detail;
};

static void give_up_free(struct give_up *given)
{
    if (!given)
        return;
    free(given->host);
    free(given->detail);
    free(given);
}

static struct give_up *give_up_new(const struct lane *lane, size_t origin)
{
    const char *detail = lane->host->origins[origin].detail;
    struct give_up *given = calloc(1, sizeof(*given));

    if (given) {
        given->host = strdup(lane->host->key);
        given->detail = strdup(detail ? detail : UNKNOWN_DETAIL);
    }
    if (!given || !given->host || !given->detail) {
        give_up_free(given);
        return NULL;
    }
    given->job = lane->job;
    return given;
}

static void get_lists(struct lane *lane, struct list *ret[N_LISTS])
{
    struct list *lists[N_LISTS] = {
        &lane->again, &lane->refused, &lane->fresh, &lane->windows[0].urls, &lane->windows[1].urls};

    memcpy(ret, lists, sizeof(lists));
}

/* The store knows a URL by the scheme that it was filed with: one that was redirected to the other scheme of
 * its host would end with the wrong ones. */
static bool any_has_crossed(struct lane *lane)
{
    struct list *lists[N_LISTS];

    get_lists(lane, lists);
    for (size_t i = 0; i < N_LISTS; i++)
        LIST_FOR_EACH (link, lists[i])
            if (CONTAINER_OF(link, struct waiting, link)->has_crossed)
                return true;
    LIST_FOR_EACH (link, &lane->job->tasks) {
        const struct task *task = CONTAINER_OF(link, struct task, in_job);

        if (task->lane == lane && task->has_crossed)
            return true;
    }
    return false;
}

static bool is_in_flight(const struct lane *lane, size_t origin)
{
    LIST_FOR_EACH (link, &lane->job->tasks) {
        const struct task *task = CONTAINER_OF(link, struct task, in_job);

        if (task->lane == lane && !task->returned && task->origin == &lane->host->origins[origin])
            return true;
    }
    return false;
}

/* The store has ended them; here they are forgotten. */
static void forget_urls(struct lane *lane, size_t origin)
{
    struct list *lists[N_LISTS];

    get_lists(lane, lists);
    for (size_t i = 0; i < N_LISTS; i++)
        LIST_FOR_EACH (link, lists[i]) {
            struct waiting *waiting = CONTAINER_OF(link, struct waiting, link);

            if (waiting->has_crossed || host_origin_index(waiting->url) != origin)
                continue;
            lane_remove(waiting);
            waiting_free(waiting);
        }
}

static void note_ended(struct job *job, uint64_t n)
{
    job->ended += n;
    assert(job->ended <= job->total);
    job->user->queued -= n;
    job->engine->ended += n;
    job->engine->metrics.outcomes[OUTCOME_HOST_FAILED] += n;
    watch_job_changed(job, job->phase == PHASE_PAUSED ? JOB_PAUSED : JOB_RUNNING, true);
}

/* What the store did is true whether the lane is still there or not. */
static void end_urls(struct job *job, struct lane *lane, const struct store_give_up *ended)
{
    note_ended(job, ended->n);
    if (lane) {
        forget_urls(lane, ended->https);
        lane->giving_up[ended->https] = GIVEN_UP;
        lane->n_left -= ended->n < lane->n_left ? ended->n : lane->n_left;
    }
    job_finish_if_ended(job);
}

static void note_refusal(struct lane *lane, const struct store_give_up *ended)
{
    struct engine *engine = lane->job->engine;
    const int r = ended->request.r;

    lane->giving_up[ended->https] = r == 0 ? GIVEN_UP : GIVING_UP_NOTHING;
    if (r == 0 || r == -EINVAL || r == -ENOENT || r == -ESHUTDOWN)
        return;
    result_note_store(engine, r);
    engine_retry_soon(engine);
    host_put_off(lane->host, ENGINE_STORE_RETRY_USEC);
}

static void came(struct store_request *request, void *receiver)
{
    struct give_up *given = CONTAINER_OF(request, struct give_up, ended.request);
    struct job *job = given->job;
    struct engine *engine = job->engine;
    struct host *host;
    struct lane *lane = NULL;

    engine_request_came(engine);
    if (request->r == 0)
        result_note_store(engine, 0);
    if (job->phase != PHASE_CLOSED) {
        HASH_FIND_STR(engine->hosts, given->host, host);
        lane = host ? lane_find(job, host) : NULL;
        if (request->r == 0 && !given->ended.existed)
            end_urls(job, lane, &given->ended);
        else if (lane)
            note_refusal(lane, &given->ended);
    }
    if (lane) {
        host_schedule(lane->host);
        lane_load(lane);
        lane_release(lane);
    }
    give_up_free(given);
    dispatch(engine);
    job->n_writes--;
    job_release(job);
}

static void ask_store(struct lane *lane, size_t origin)
{
    struct give_up *given = give_up_new(lane, origin);

    if (!given) {
        lane->giving_up[origin] = GIVING_UP_NOTHING;
        host_put_off(lane->host, ENGINE_STORE_RETRY_USEC);
        return;
    }
    given->ended = (struct store_give_up){
        .request = {.kind = STORE_GIVE_UP, .done = came},
        .job = lane->job->number,
        .host = given->host,
        .https = origin == 1,
        .outcome = OUTCOME_HOST_FAILED,
        .usec = clock_realtime_usec(),
        .detail = given->detail,
    };
    lane->giving_up[origin] = GIVING_UP_ASKED;
    lane->job->n_writes++;
    engine_request(lane->job->engine, &given->ended.request);
}

void give_up_go_on(struct lane *lane)
{
    for (size_t i = 0; i < 2; i++) {
        if (lane->giving_up[i] != GIVING_UP_SOON || is_in_flight(lane, i))
            continue;
        if (any_has_crossed(lane))
            lane->giving_up[i] = GIVING_UP_NOTHING;
        else
            ask_store(lane, i);
    }
}

bool give_up(struct lane *lane, struct waiting *waiting)
{
    const size_t origin = host_origin_index(waiting->url);

    if (lane->giving_up[origin] == GIVEN_UP || waiting->has_crossed || any_has_crossed(lane))
        return false;
    lane->giving_up[origin] = GIVING_UP_SOON;
    lane_again(lane, waiting, 0);
    give_up_go_on(lane);
    return true;
}

bool give_up_is_under_way(const struct lane *lane, size_t origin)
{
    return lane->giving_up[origin] == GIVING_UP_SOON || lane->giving_up[origin] == GIVING_UP_ASKED;
}
