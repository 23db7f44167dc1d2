#include "store/reader.h"
#include "store/store_read.h"

#include <errno.h>

enum {
    PARTIAL_LOOK, /* for the row; state.phase is 0 at first */
    PARTIAL_TAKE,
    PARTIAL_REST, /* shows the pages that it does not tell of */
    PARTIAL_ALL,
};

static int copy_row(struct read_turn *turn, const struct call *call)
{
    const char *bytes;
    size_t size;

    if (!row_text(call, 1, &bytes, &size))
        return -ENOMEM;
    return buffer_append(&turn->state.partial, bytes, size);
}

/* Pages that are looked up one by one take longer than as many in their order. */
static bool is_worth_it(const struct store_partial *partial, const struct read_job *job)
{
    return partial->of.n_pages >= job->counted / 2;
}

static int look(struct read_turn *turn, const struct store_scan_pages *scan)
{
    struct store_partial *partial = scan->partial;
    struct read_job job;
    struct call call;
    int r = read_job(turn, scan->job, &job);

    if (r < 0)
        return r;
    partial->was_taken = partial->was_refused = false;
    partial->n_shown = 0;
    call = call_begin(turn->sql, SQL_READ_PARTIAL);
    call_u64(&call, scan->job);
    r = call_row(&call);
    turn->state.phase = PARTIAL_ALL;
    if (r > 0) {
        partial->of = (struct store_partial_of){
            .n_pages = row_u64(&call, 0), .total = job.total, .n_words = job.n_words};
        partial->was_refused = partial->of.n_pages > job.counted;
        if (!partial->was_refused && is_worth_it(partial, &job))
            turn->state.phase = PARTIAL_TAKE;
        r = turn->state.phase == PARTIAL_TAKE ? copy_row(turn, &call) : 0;
    }
    call_end(&call);
    return r < 0 ? r : READ_MORE;
}

/* Nothing was read in this turn: no transaction waits for it. */
static int take(struct read_turn *turn, const struct store_scan_pages *scan)
{
    struct store_partial *partial = scan->partial;
    const struct buffer *bytes = &turn->state.partial;
    int r =
        scan->cancelled ? -ECANCELED : partial->take(scan->userdata, bytes->bytes, bytes->size, &partial->of);

    buffer_deinit(&turn->state.partial);
    partial->was_taken = r == 0;
    partial->was_refused = r == -EBADMSG;
    turn->state.phase = partial->was_taken ? PARTIAL_REST : PARTIAL_ALL;
    return r == 0 || r == -EBADMSG ? READ_MORE : r;
}

/* The page of an outcome, if it is missing. */
static int show_ended(
    struct read_turn *turn, struct store_scan_pages *scan, const struct call *call, size_t *bytes)
{
    struct store_page_key key = {.seq = row_u64(call, 0)};
    const char *host;
    size_t length;
    int r;

    turn->state.last = key.seq;
    if (outcome_state((enum outcome)row_u64(call, 1)) != URL_COUNTED ||
        scan->partial->missing(scan->userdata, key.seq) != key.seq)
        return 0;
    if (!row_text(call, 2, &host, &length) || read_note_host(turn, host, length) < 0)
        return -ENOMEM;
    key.host = read_noted_host(turn);
    r = read_page(turn, scan, &key, bytes);
    scan->partial->n_shown += r > 0;
    return r < 0 ? r : 0;
}

/* Of the outcomes from `first` on, in their order, up to so many rows or bytes. */
static int show_some(struct read_turn *turn, struct store_scan_pages *scan, uint64_t first)
{
    struct call call = call_begin(turn->sql, SQL_READ_ENDED);
    size_t bytes = 0;
    size_t n = 0;
    int r;

    call_u64(&call, scan->job);
    call_u64(&call, first);
    while ((r = call_row(&call)) > 0) {
        n++;
        r = scan->cancelled ? -ECANCELED : show_ended(turn, scan, &call, &bytes);
        if (r < 0 || bytes >= READ_STEP_BYTES)
            break;
    }
    call_end(&call);
    return r < 0 ? r : n == STORE_STEP_ROWS || bytes >= READ_STEP_BYTES ? READ_MORE : 0;
}

static int show_rest(struct read_turn *turn, struct store_scan_pages *scan)
{
    const struct store_partial *partial = scan->partial;
    struct read_job job;
    uint64_t first;
    int r = read_job(turn, scan->job, &job);

    if (r < 0)
        return r;
    /* As many as this transaction sees. */
    if (partial->of.n_pages + partial->n_shown == job.counted)
        return 0;
    first = partial->missing(scan->userdata, turn->state.last + 1);
    return first > job.total ? 0 : show_some(turn, scan, first);
}

int read_partial(struct read_turn *turn)
{
    struct store_scan_pages *scan = (struct store_scan_pages *)turn->request;

    switch (turn->state.phase) {
    case PARTIAL_LOOK:
        return look(turn, scan);
    case PARTIAL_TAKE:
        return take(turn, scan);
    case PARTIAL_REST:
        return show_rest(turn, scan);
    default:
        return READ_ALL;
    }
}
