#include "engine/running_rows.h"

#include "base/clock.h"
#include "base/list.h"
#include "engine/running_sum_pack.h"
#include "engine/running_totals.h"
#include "engine/running_waste.h"
#include "engine/state.h"
#include "store/store_read.h"
#include <errno.h>
#include <stdlib.h>

struct row {
    struct store_scan_pages scan; /* of nothing: brings the work to the reader thread */
    struct store_put_partial put;
    struct list link; /* in running_all.rows */
    struct engine *engine;
    uint64_t job;
    struct running_kept kept;
    uint64_t until_usec; /* boottime: then it is not begun any more; USEC_NEVER */
    bool is_last;        /* nobody waits for the reader thread any more */
    struct buffer packed;
};

/* ---- writing ---- */

static void row_end(struct row *row)
{
    list_remove(&row->link);
    running_row_ended(row->engine, row->job);
    running_waste(row->engine, &row->kept);
    buffer_deinit(&row->packed);
    free(row);
}

/* Nobody is told of a row that was not written: its pages are read again. */
static void was_put(struct store_request *request, void *receiver)
{
    struct row *row = CONTAINER_OF(request, struct row, put.request);

    engine_request_came(row->engine);
    row_end(row);
}

static bool has_room(const struct engine *engine, size_t size)
{
    const uint64_t max = engine->settings->max_store_bytes;

    return engine->space_error == 0 && (max == 0 || store_used_bytes(engine->store) + size < max);
}

static void was_packed(struct store_request *request, void *receiver)
{
    struct row *row = CONTAINER_OF(request, struct row, scan.request);

    engine_request_came(row->engine);
    if (request->r < 0 || !has_room(row->engine, row->packed.size)) {
        row_end(row);
        return;
    }
    row->put.request = (struct store_request){.kind = STORE_PUT_PARTIAL, .done = was_put};
    row->put.job = row->job;
    row->put.bytes = row->packed.bytes;
    row->put.size = row->packed.size;
    engine_request(row->engine, &row->put.request);
    running_waste(row->engine, &row->kept);
}

/* Reader thread. */
static int pack(void *userdata)
{
    struct row *row = userdata;
    int r = -ETIME;

    if (clock_boottime_usec() < row->until_usec)
        r = running_sum_pack(&row->kept.sum, &row->packed);
    if (row->is_last)
        running_kept_deinit(&row->kept);
    return r;
}

static bool is_worth_it(const struct engine *engine, const struct running_kept *kept, uint64_t n_row)
{
    uint64_t n_pages;

    if (engine->stopped || kept->kind != RUNNING_TOTALS || !kept->sum.totals || !has_room(engine, 0))
        return false;
    n_pages = counts_totals_pages(kept->sum.totals);
    return n_pages >= n_row + RUNNING_ROWS_MIN_PAGES && n_pages - n_row >= n_pages / RUNNING_ROWS_MIN_SHARE;
}

void running_rows_put(struct engine *engine, uint64_t job, struct running_kept *kept, uint64_t n_row)
{
    struct row *row = is_worth_it(engine, kept, n_row) ? calloc(1, sizeof(*row)) : NULL;

    if (!row)
        return;
    row->engine = engine;
    row->job = job;
    row->put.n_pages = counts_totals_pages(kept->sum.totals);
    row->kept = *kept;
    *kept = (struct running_kept){.kind = kept->kind};
    row->is_last = engine->draining;
    row->until_usec = engine->draining ? engine->running.rows_until_usec : USEC_NEVER;
    row->scan = (struct store_scan_pages){
        .request = {.kind = STORE_SCAN_PAGES, .done = was_packed}, .finish = pack, .userdata = row};
    list_append(&engine->running.rows, &row->link);
    engine_request(engine, &row->scan.request);
}

bool running_rows_is_putting(const struct engine *engine, uint64_t job)
{
    LIST_FOR_EACH (link, &engine->running.rows)
        if (CONTAINER_OF(link, struct row, link)->job == job)
            return true;
    return false;
}

/* As one without bytes. */
void running_rows_drop(struct engine *engine, uint64_t job)
{
    struct row *row = engine->stopped ? NULL : calloc(1, sizeof(*row));

    if (!row)
        return;
    row->engine = engine;
    row->job = job;
    row->put.request = (struct store_request){.kind = STORE_PUT_PARTIAL, .done = was_put};
    row->put.job = job;
    list_append(&engine->running.rows, &row->link);
    engine_request(engine, &row->put.request);
}

/* ---- reading ---- */

int running_rows_take(void *userdata, const void *bytes, size_t size, const struct store_partial_of *of)
{
    const struct running_sum_limits limits = {.n_urls = of->total, .n_words = of->n_words};
    struct running_kept *kept = userdata;
    struct running_sum sum = {.max_bytes = kept->max_bytes};
    int r = running_sum_unpack(&sum, bytes, size, &limits);

    if (r == 0 && counts_totals_pages(sum.totals) != of->n_pages)
        r = -EBADMSG;
    if (r < 0) {
        while (running_sum_free_some(&sum))
            ;
        return r;
    }
    running_kept_deinit(kept);
    kept->sum = sum;
    return 0;
}

uint64_t running_rows_missing(void *userdata, uint64_t seq)
{
    const struct running_kept *kept = userdata;

    return counts_id_set_missing(&kept->sum.seqs, seq);
}
