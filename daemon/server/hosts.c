#include "server/work.h"

#include "base/list.h"
#include "engine/host_status.h"
#include "engine/pattern.h"
#include "server/host_view.h"
#include "server/list_reply.h"
#include "store/store_read.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Those in memory; or, of one job, all under which its URLs wait, as the store has them. */
struct hosts {
    struct work work;
    struct list_reply list;
    struct engine_host_filter filter;
    char *pattern;
    const char *const *keys; /* in the work's arena */
    size_t n;
    size_t next; /* of keys, or of read.rows */
    struct store_read_hosts read;
    char *after; /* of read */
    bool ended;  /* nothing behind what is at hand */
};

static void release(void *work)
{
    struct hosts *hosts = work;

    free(hosts->pattern);
    free(hosts->after);
    store_rows_free(hosts->read.rows);
    list_reply_deinit(&hosts->list);
}

static bool may_read(void *userdata, uid_t owner)
{
    const struct hosts *hosts = userdata;

    return service_may_read(hosts->work.service, call_peer(hosts->work.call), owner);
}

static int add(struct hosts *hosts, const struct engine_host_status *status)
{
    CLEANUP(arena_deinit) struct arena arena = {0};
    struct wire_host host;
    int r = host_view(status, &arena, &host);

    return r < 0 ? r : list_reply_add(&hosts->list, &host);
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
static int add_next(struct hosts *hosts)
{
    const struct engine *engine = hosts->work.service->settings.engine;
    struct engine_host_status status;
    const struct store_host_row *row;
    const char *key;

    if (hosts->filter.job == 0) {
        key = hosts->keys[hosts->next++];
        return engine_get_host(engine, key, &hosts->filter, &status) ? add(hosts, &status) : 0;
    }
    row = &hosts->read.rows[hosts->next++];
    if (engine_get_host(engine, row->host, &hosts->filter, &status) ||
        engine_get_later_host(engine, row->host, row->n_urls, &hosts->filter, &status))
        return add(hosts, &status);
    return 0;
}

static size_t n_at_hand(const struct hosts *hosts)
{
    return hosts->filter.job == 0 ? hosts->n : hosts->read.n_rows;
}

static void came(struct store_request *request, void *receiver)
{
    struct hosts *hosts = CONTAINER_OF(request, struct hosts, read.request);

    if (!work_came_back(&hosts->work))
        return;
    if (request->r < 0) {
        work_fail(&hosts->work, request->r);
        return;
    }
    hosts->ended = hosts->read.n_rows < STORE_STEP_ROWS;
    hosts->next = 0;
    go_on(hosts);
}

static void read_next(struct hosts *hosts)
{
    struct store_read_hosts *read = &hosts->read;
    char *after = read->n_rows > 0 ? strdup(read->rows[read->n_rows - 1].host) : NULL;

    if (read->n_rows > 0 && !after) {
        work_fail(&hosts->work, -ENOMEM);
        return;
    }
    free(hosts->after);
    hosts->after = after;
    store_rows_free(read->rows);
    *read = (struct store_read_hosts){
        .request = {.kind = STORE_READ_HOSTS, .done = came}, .job = hosts->filter.job, .after = after};
    work_submit(&hosts->work, &read->request);
}

static void go_on(struct hosts *hosts)
{
    int r = 0;

    while (r == 0 && hosts->next < n_at_hand(hosts) && !list_reply_is_full(&hosts->list, hosts->work.call))
        r = add_next(hosts);
    if (r < 0) {
        work_fail(&hosts->work, r);
    } else if (list_reply_is_full(&hosts->list, hosts->work.call)) {
        send_part(hosts);
    } else if (!hosts->ended) {
        read_next(hosts);
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

    hosts->ended = true;
    if (r < 0)
        work_fail(&hosts->work, r);
    else
        go_on(hosts);
}

static void found(void *work)
{
    struct hosts *hosts = work;

    hosts->filter.job = hosts->work.rows[0]->job;
    read_next(hosts);
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
