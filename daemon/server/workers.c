#include "server/work.h"

#include "base/array.h"
#include "base/list.h"
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
    uint64_t *own; /* the caller's jobs that have not ended, ascending */
    size_t n_own;
    size_t own_capacity;
    struct wire_transfer *transfers; /* of the worker under way */
    size_t n;
    size_t capacity;
    size_t url_bytes; /* of all workers */
    int r;
};

static void release(void *work)
{
    struct listing *listing = work;

    store_rows_free(listing->work.read.rows);
    free(listing->own);
    free(listing->transfers);
}

static int compare_numbers(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;

    return (left > right) - (left < right);
}

static bool is_shown(const struct listing *listing, uint64_t job)
{
    if (listing->all)
        return true;
    return listing->n_own > 0 &&
        bsearch(&job, listing->own, listing->n_own, sizeof(job), compare_numbers) != NULL;
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

static void reply(struct listing *listing)
{
    unsigned n = engine_settings(listing->work.service->settings.engine)->n_workers;
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

static int add_own(struct listing *listing)
{
    const struct store_read_jobs *read = &listing->work.read;
    int r = 0;

    for (size_t i = 0; i < read->n_rows && r == 0; i++) {
        if (read->rows[i].uid != call_peer(listing->work.call)->uid)
            continue;
        r = array_reserve_one(&listing->own, listing->n_own, &listing->own_capacity, sizeof(*listing->own));
        if (r == 0)
            listing->own[listing->n_own++] = read->rows[i].job;
    }
    return r;
}

static void came(struct store_request *request, void *receiver)
{
    struct listing *listing = CONTAINER_OF(request, struct listing, work.read.request);
    struct store_read_jobs *read = &listing->work.read;
    bool last;
    int r = read->request.r;

    if (!work_came_back(&listing->work))
        return;
    if (r == 0)
        r = add_own(listing);
    if (r < 0) {
        work_fail(&listing->work, r);
        return;
    }
    last = read->n_rows < STORE_STEP_ROWS;
    if (!last)
        read->after = read->rows[read->n_rows - 1].job;
    store_rows_free(TAKE(read->rows));
    if (last)
        reply(listing);
    else
        work_submit(&listing->work, &read->request);
}

void serve_workers(struct call *call)
{
    struct listing *listing = work_new(call, sizeof(*listing));

    if (!listing)
        return;
    listing->work.release = release;
    listing->all = listing->work.service->settings.group_reads || call_peer(call)->uid == 0;
    listing->work.read =
        (struct store_read_jobs){.request = {.kind = STORE_READ_JOBS, .done = came}, .select = SELECT_ACTIVE};
    if (listing->all)
        reply(listing);
    else
        work_submit(&listing->work, &listing->work.read.request);
}
