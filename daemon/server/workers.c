#include "server/own_jobs.h"

#include "base/array.h"
#include "server/view.h"
#include "wire/messages.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* URLs of others' jobs are not for everybody to see: `transfers` lists the caller's own alone, root all.
 * Longer ones than fit a message are left out; `active` counts them all. */
#define MAX_URL_BYTES (400U << 10)

struct listing {
    struct work work;
    bool all;
    struct own_jobs own;             /* that have not ended */
    struct wire_transfer *transfers; /* of the worker under way */
    size_t n;
    size_t capacity;
    size_t url_bytes; /* of all workers */
    int r;
};

static void release(void *work)
{
    struct listing *listing = work;

    own_jobs_deinit(&listing->own);
    free(listing->transfers);
}

static bool is_shown(const struct listing *listing, uint64_t job)
{
    return listing->all || own_jobs_contain(&listing->own, job);
}

static void add_transfer(void *userdata, const struct engine_transfer_status *transfer)
{
    struct listing *listing = userdata;
    size_t size = strlen(transfer->url);
    const char *url = NULL;

    if (listing->r < 0 || !is_shown(listing, transfer->job) || listing->url_bytes + size > MAX_URL_BYTES)
        return;
    listing->r =
        array_reserve_one(&listing->transfers, listing->n, &listing->capacity, sizeof(*listing->transfers));
    if (listing->r == 0)
        listing->r = work_copy(&listing->work, transfer->url, &url);
    if (listing->r < 0)
        return;
    listing->url_bytes += size;
    listing->transfers[listing->n++] = (struct wire_transfer){
        .job = transfer->job > 0 ? wire_some_int((int64_t)transfer->job) : (struct wire_int){0},
        .page = transfer->job > 0 ? wire_some_int((int64_t)transfer->seq) : (struct wire_int){0},
        .url = url,
        .seconds = view_seconds(transfer->running_usec)};
}

/* The worker's transfers, moved into the arena. */
static int list_worker(struct listing *listing, unsigned index, struct wire_worker *ret)
{
    const struct engine *engine = listing->work.service->settings.engine;
    struct engine_worker_status status;
    struct wire_transfer *transfers;

    listing->n = 0;
    engine_get_worker(engine, index, &status);
    engine_each_transfer(engine, index, add_transfer, listing);
    transfers = arena_allocate(&listing->work.arena, (listing->n + 1) * sizeof(*transfers));
    if (listing->r < 0 || !transfers)
        return -ENOMEM;
    if (listing->n > 0)
        memcpy(transfers, listing->transfers, listing->n * sizeof(*transfers));
    *ret = (struct wire_worker){.worker = status.worker,
        .active = (int64_t)status.active,
        .fetched = (int64_t)status.fetched,
        .bytes = (int64_t)status.bytes,
        .tokens = (int64_t)status.tokens,
        .transfers = transfers,
        .n_transfers = listing->n};
    return 0;
}

static void reply(void *work)
{
    struct listing *listing = work;
    unsigned n = engine_n_workers(listing->work.service->settings.engine);
    struct wire_worker *workers = arena_allocate(&listing->work.arena, (n + 1) * sizeof(*workers));
    int r = workers ? 0 : -ENOMEM;

    for (unsigned i = 0; i < n && r == 0; i++)
        r = list_worker(listing, i, &workers[i]);
    if (r < 0) {
        work_fail(&listing->work, r);
        return;
    }
    call_reply(listing->work.call, &(struct wire_workers_out){.workers = workers, .n_workers = n});
    work_end(&listing->work);
}

void serve_workers(struct call *call)
{
    struct listing *listing = work_new(call, sizeof(*listing));

    if (!listing)
        return;
    listing->work.release = release;
    listing->all = engine_settings_reads_all(
        engine_settings(listing->work.service->settings.engine), call_peer(call)->uid);
    if (listing->all)
        reply(listing);
    else
        own_jobs_find(&listing->own, &listing->work, SELECT_ACTIVE, reply);
}
