#include "server/work.h"

#include "base/list.h"
#include "base/text.h"
#include "server/list_reply.h"
#include "server/view.h"
#include "store/store.h"
#include "store/store_read.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct jobs {
    struct work work;
    struct list_reply list;
    size_t row; /* of work.read.rows: the next one */
    bool ended; /* no rows behind these */
    bool everybody;
    const char *name;
    int state; /* enum store_job_state, -1 for any */
    const char *owner;
    uint64_t since_usec;
};

static void go_on(struct jobs *jobs);

static void release(void *work)
{
    struct jobs *jobs = work;

    store_rows_free(jobs->work.read.rows);
    list_reply_deinit(&jobs->list);
}

static bool owner_matches(const struct jobs *jobs, const struct store_job_row *row)
{
    uint64_t uid;

    if (text_parse_u64(jobs->owner, UINT32_MAX, &uid) == 0)
        return row->uid == uid;
    return strcmp(row->user, jobs->owner) == 0;
}

static bool is_wanted(const struct jobs *jobs, const struct store_job_row *row)
{
    const struct peer *peer = call_peer(jobs->work.call);
    bool reads = service_may_read(jobs->work.service, peer, row->uid);

    if (!jobs->everybody && row->uid != peer->uid)
        return false;
    if (jobs->name && (!reads || !row->name || strcmp(row->name, jobs->name) != 0))
        return false;
    if (jobs->owner && !owner_matches(jobs, row))
        return false;
    if (jobs->state >= 0 && (int)row->state != jobs->state)
        return false;
    return row->submitted_usec >= jobs->since_usec;
}

static int add(struct jobs *jobs, const struct store_job_row *row)
{
    struct arena arena = {0};
    struct wire_job job;
    int r;

    if (!is_wanted(jobs, row))
        return 0;
    r = view_job(jobs->work.service, call_peer(jobs->work.call), row, &arena, &job);
    if (r == 0)
        r = list_reply_add(&jobs->list, &job);
    arena_deinit(&arena);
    return r;
}

static void came(struct store_request *request, void *receiver)
{
    struct jobs *jobs = CONTAINER_OF(request, struct jobs, work.read.request);

    if (!work_came_back(&jobs->work))
        return;
    if (request->r < 0) {
        work_fail(&jobs->work, request->r);
        return;
    }
    jobs->row = 0;
    jobs->ended = jobs->work.read.n_rows < STORE_STEP_ROWS;
    go_on(jobs);
}

static void read_next(struct jobs *jobs)
{
    struct store_read_jobs *read = &jobs->work.read;

    if (read->n_rows > 0)
        read->after = read->rows[read->n_rows - 1].job;
    store_rows_free(TAKE(read->rows));
    read->n_rows = 0;
    work_submit(&jobs->work, &read->request);
}

static void finish(struct jobs *jobs)
{
    call_reply(jobs->work.call,
        &(struct wire_jobs_out){.jobs = (struct wire_job *)jobs->list.items, .n_jobs = jobs->list.n});
    work_end(&jobs->work);
}

static void drained(struct call *call)
{
    go_on(call_data(call));
}

static int send_part(struct jobs *jobs)
{
    const struct wire_jobs_out out = {.jobs = (struct wire_job *)jobs->list.items, .n_jobs = jobs->list.n};
    int r = call_continue(jobs->work.call, &out);

    list_reply_clear(&jobs->list);
    return r;
}

/* Takes the rows at hand; a part is sent when it is full, and the rest waits for the client to read it. */
static void go_on(struct jobs *jobs)
{
    struct call *call = jobs->work.call;
    int r = 0;

    while (r == 0 && jobs->row < jobs->work.read.n_rows && !list_reply_is_full(&jobs->list, call))
        r = add(jobs, &jobs->work.read.rows[jobs->row++]);
    if (r < 0) {
        work_fail(&jobs->work, r);
    } else if (list_reply_is_full(&jobs->list, call)) {
        if (!call_more(call)) {
            list_reply_refuse(call);
            work_end(&jobs->work);
        } else if (send_part(jobs) < 0) {
            work_fail(&jobs->work, -ENOMEM);
        } else {
            call_set_drain(call, drained);
        }
    } else if (jobs->ended) {
        finish(jobs);
    } else {
        read_next(jobs);
    }
}

/* "2026-11-22T10:00:00Z", or a date alone. */
static int parse_time(const char *text, uint64_t *ret_usec)
{
    struct tm tm = {0};
    const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    time_t seconds;

    if (!end || *end) {
        tm = (struct tm){0};
        end = strptime(text, "%Y-%m-%d", &tm);
    }
    if (!end || *end)
        return -EINVAL;
    seconds = timegm(&tm);
    if (seconds < 0)
        return -EINVAL;
    *ret_usec = (uint64_t)seconds * 1000000;
    return 0;
}

/* 0; -EINVAL with the call refused; -ENOMEM. */
static int take_filters(struct jobs *jobs, const struct wire_jobs_in *in)
{
    struct call *call = jobs->work.call;
    enum store_job_state state;
    int r;

    jobs->everybody = in->all.value || in->owner || call_peer(call)->uid == 0;
    if (in->state) {
        if (store_job_state_from_string(in->state, &state) < 0) {
            call_refuse(call, WIRE_INVALID_INPUT, "there is no state \"%.100s\"", in->state);
            return -EINVAL;
        }
        jobs->state = (int)state;
    }
    if (in->since && parse_time(in->since, &jobs->since_usec) < 0) {
        call_refuse(call, WIRE_INVALID_INPUT, "\"%.100s\" is no time like 2026-11-22T10:00:00Z", in->since);
        return -EINVAL;
    }
    r = work_copy(&jobs->work, in->name, &jobs->name);
    return r < 0 ? r : work_copy(&jobs->work, in->owner, &jobs->owner);
}

void serve_jobs(struct call *call)
{
    struct jobs *jobs = work_new(call, sizeof(*jobs));
    int r;

    if (!jobs)
        return;
    jobs->work.release = release;
    jobs->state = -1;
    list_reply_init(&jobs->list, &wire_job_shape);
    jobs->work.read =
        (struct store_read_jobs){.request = {.kind = STORE_READ_JOBS, .done = came}, .select = SELECT_ALL};
    r = take_filters(jobs, call_in(call));
    if (r == 0)
        work_submit(&jobs->work, &jobs->work.read.request);
    else if (r == -EINVAL)
        work_end(&jobs->work);
    else
        work_fail(&jobs->work, r);
}
