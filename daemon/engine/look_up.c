/* What the store knows of a URL that did not come with a window, or came long ago. */
#include "engine/dispatch.h"
#include "engine/host.h"
#include "engine/job.h"
#include "engine/known.h"
#include "engine/lane.h"
#include "engine/reuse.h"
#include "engine/state.h"
#include "engine/table.h"
#include "store/store.h"
#include "store/store_read.h"

#include "base/clock.h"
#include <stdlib.h>
#include <string.h>

struct look_up {
    struct store_read_known read;
    struct job *job;
    char *host;
    char *url;
    uint64_t seq;
};

static void look_up_free(struct look_up *asked)
{
    if (!asked)
        return;
    free(asked->host);
    free(asked->url);
    free(asked);
}

static struct look_up *look_up_new(const struct lane *lane, const struct waiting *waiting)
{
    struct look_up *asked = calloc(1, sizeof(*asked));

    if (asked) {
        asked->host = strdup(lane->host->key);
        asked->url = strdup(waiting->url);
    }
    if (!asked || !asked->host || !asked->url) {
        look_up_free(asked);
        return NULL;
    }
    asked->job = lane->job;
    asked->seq = waiting->seq;
    return asked;
}

/* The URL that was asked for, if it still waits for the answer. */
static struct waiting *find_asked(const struct look_up *asked, struct lane **ret_lane)
{
    struct host *host;
    struct lane *lane;

    if (asked->job->phase == PHASE_CLOSED)
        return NULL;
    HASH_FIND_STR(asked->job->engine->hosts, asked->host, host);
    lane = host ? lane_find(asked->job, host) : NULL;
    if (!lane)
        return NULL;
    LIST_FOR_EACH (link, &lane->again) {
        struct waiting *waiting = CONTAINER_OF(link, struct waiting, link);

        if (waiting->seq == asked->seq && waiting->reuse == REUSE_ASKED &&
            strcmp(waiting->url, asked->url) == 0) {
            *ret_lane = lane;
            return waiting;
        }
    }
    return NULL;
}

/* What could not be found out is fetched. */
static void known_came(struct store_request *request, void *receiver)
{
    struct look_up *asked = CONTAINER_OF(request, struct look_up, read.request);
    struct job *job = asked->job;
    struct waiting *waiting;
    struct lane *lane;

    job->n_writes--;
    engine_request_came(job->engine);
    waiting = find_asked(asked, &lane);
    if (waiting) {
        waiting->due_usec = lane->asked_until_usec = 0;
        if (request->r < 0 || reuse_take_known(lane, waiting, &asked->read.rows[0]) < 0)
            waiting->reuse = REUSE_NEVER;
        host_schedule(lane->host);
    }
    store_rows_free(asked->read.rows);
    look_up_free(asked);
    dispatch(job->engine);
    job_release(job);
}

void look_up(struct lane *lane, struct waiting *waiting)
{
    struct look_up *asked = look_up_new(lane, waiting);

    if (!asked) {
        waiting->reuse = REUSE_NEVER;
        lane_again(lane, waiting, 0);
        return;
    }
    asked->read.request = (struct store_request){.kind = STORE_READ_KNOWN, .done = known_came};
    asked->read.url = asked->url;
    asked->read.rule = reuse_rule(lane->job);
    waiting->reuse = REUSE_ASKED;
    lane_again(lane, waiting, clock_boottime_usec() + REUSE_MAX_WAIT_USEC);
    lane->job->n_writes++;
    engine_request(lane->job->engine, &asked->read.request);
}
