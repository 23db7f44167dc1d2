#include "server/work.h"

#include "base/clock.h"
#include "engine/host_status.h"
#include "engine/pattern.h"
#include "server/host_reason.h"
#include "server/list_reply.h"
#include "server/view.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct hosts {
    struct work work;
    struct list_reply list;
    struct engine_host_filter filter;
    char *pattern;
    const char *const *keys; /* in the work's arena */
    size_t n;
    size_t next;
};

static void release(void *work)
{
    struct hosts *hosts = work;

    free(hosts->pattern);
    list_reply_deinit(&hosts->list);
}

static bool may_read(void *userdata, uid_t owner)
{
    const struct hosts *hosts = userdata;

    return service_may_read(hosts->work.service, call_peer(hosts->work.call), owner);
}

static const char *delay_from(enum engine_delay_cause cause)
{
    switch (cause) {
    case ENGINE_DELAY_CONFIGURED:
        return "configured";
    case ENGINE_DELAY_ROBOTS:
        return "robots";
    case ENGINE_DELAY_LATENCY:
        return "latency";
    }
    return "";
}

static int view_next(const struct engine_host_status *status, struct arena *arena, const char **ret)
{
    uint64_t now = clock_boottime_usec();

    *ret = NULL;
    if (status->next_usec == USEC_NEVER || status->next_usec <= now)
        return 0;
    return view_time(clock_realtime_usec() + (status->next_usec - now), arena, ret);
}

/* NULL if there are none. */
static const char *view_outcomes(const struct engine_host_status *status, char *text, size_t size)
{
    size_t length = 0;

    for (size_t i = 0; i < ENGINE_RECENT_OUTCOMES && status->recent[i] != OUTCOME_NONE; i++) {
        const char *name = outcome_to_string(status->recent[i]);

        if (length + strlen(name) + 2 > size)
            break;
        if (length > 0)
            text[length++] = ' ';
        strcpy(text + length, name);
        length += strlen(name);
    }
    return length > 0 ? text : NULL;
}

static int add(struct hosts *hosts, const struct engine_host_status *status)
{
    CLEANUP(arena_deinit) struct arena arena = {0};
    char reason[HOST_REASON_SIZE];
    char outcomes_text[256];
    struct wire_host host = {
        .host = status->host,
        .state = engine_host_state_to_string(status->state),
        .delay = view_seconds(status->delay_usec),
        .delay_from = delay_from(status->delay_cause),
        .queued = (int64_t)status->queued,
        .active = status->active,
        .connections = status->connections,
        .refusals = status->refusals,
        .failures = status->failures,
        .last_outcomes = view_outcomes(status, outcomes_text, sizeof(outcomes_text)),
        .reason = reason,
    };
    int r = view_next(status, &arena, &host.next);

    if (r < 0)
        return r;
    if (status->latency_usec > 0)
        host.latency = wire_some_float(view_seconds(status->latency_usec));
    host_reason(status, reason);
    return list_reply_add(&hosts->list, &host);
}

static void go_on(struct hosts *hosts);

static void drained(struct call *call)
{
    go_on(call_data(call));
}

static struct wire_hosts_out part(const struct hosts *hosts)
{
    return (struct wire_hosts_out){.hosts = (struct wire_host *)hosts->list.items, .n_hosts = hosts->list.n};
}

static void send_part(struct hosts *hosts)
{
    struct call *call = hosts->work.call;
    const struct wire_hosts_out out = part(hosts);
    int r;

    if (!call_more(call)) {
        list_reply_refuse(call);
        work_end(&hosts->work);
        return;
    }
    r = call_continue(call, &out);
    list_reply_clear(&hosts->list);
    if (r < 0)
        work_fail(&hosts->work, -ENOMEM);
    else
        call_set_drain(call, drained);
}

/* A host is told of as it is when its part goes out. */
static void go_on(struct hosts *hosts)
{
    const struct engine *engine = hosts->work.service->settings.engine;
    struct engine_host_status status;
    int r = 0;

    while (r == 0 && hosts->next < hosts->n && !list_reply_is_full(&hosts->list, hosts->work.call))
        if (engine_get_host(engine, hosts->keys[hosts->next++], &hosts->filter, &status))
            r = add(hosts, &status);
    if (r < 0) {
        work_fail(&hosts->work, r);
    } else if (list_reply_is_full(&hosts->list, hosts->work.call)) {
        send_part(hosts);
    } else {
        const struct wire_hosts_out out = part(hosts);

        call_reply(hosts->work.call, &out);
        work_end(&hosts->work);
    }
}

static void list(struct hosts *hosts)
{
    int r = engine_list_hosts(
        hosts->work.service->settings.engine, &hosts->filter, &hosts->work.arena, &hosts->keys, &hosts->n);

    if (r < 0)
        work_fail(&hosts->work, r);
    else
        go_on(hosts);
}

static void found(void *work)
{
    struct hosts *hosts = work;

    hosts->filter.job = hosts->work.rows[0]->job;
    list(hosts);
}

void serve_hosts(struct call *call)
{
    const struct wire_hosts_in *in = call_in(call);
    struct hosts *hosts = work_new(call, sizeof(*hosts));
    int r = 0;

    if (!hosts)
        return;
    hosts->work.release = release;
    list_reply_init(&hosts->list, &wire_host_shape);
    /* Whom nobody waits for is known for what others fetched. */
    hosts->filter =
        (struct engine_host_filter){.may_read = may_read, .userdata = hosts, .idle = may_read(hosts, 0)};
    if (in->host)
        r = pattern_parse(in->host, &hosts->pattern);
    hosts->filter.pattern = hosts->pattern;
    if (r == -EINVAL) {
        call_refuse(call, WIRE_INVALID_INPUT,
            "\"%.200s\" is no host like example.org, example.org:8080 or *.example.org", in->host);
        work_end(&hosts->work);
    } else if (r < 0) {
        work_fail(&hosts->work, r);
    } else if (in->job) {
        work_find(&hosts->work, &in->job, 1, WORK_TO_READ, found);
    } else {
        list(hosts);
    }
}
