#include "store/reader.h"
#include "store/store_read.h"

#include <errno.h>
#include <string.h>

static int take_settings(struct read_turn *turn, const struct store_scan_list *scan)
{
    /* The text is in the memory of this one row, which keeps it when there is none, too. */
    const char **settings = rows_add(&turn->state.rows);
    struct call call;
    int r;

    if (!settings)
        return -ENOMEM;
    call = call_begin(turn->sql, SQL_READ_SETTINGS);
    call_u64(&call, scan->job);
    r = call_row(&call);
    if (r > 0)
        r = read_copy(turn, &call, 0, settings);
    call_end(&call);
    return r;
}

static int take_counted(const struct call *call, struct store_list_row *row)
{
    const char *hash;
    size_t size;

    row->counted = true;
    row->counted_from_usec = row_u64(call, 3);
    row->tokens = row_u64(call, 6);
    if (!row_text(call, 4, &hash, &size) || !row_text(call, 5, &row->engine_id, &(size_t){0}))
        return -ENOMEM;
    if (size != STORE_HASH_SIZE)
        return -EUCLEAN;
    memcpy(row->content_hash, hash, STORE_HASH_SIZE);
    return 0;
}

static int show_url(const struct store_scan_list *scan, const struct call *call)
{
    struct store_list_row row = {.seq = row_u64(call, 0)};
    enum outcome outcome = (enum outcome)row_u64(call, 2);
    size_t length;
    int r = 0;

    /* Texts that SQLite gives are terminated. */
    if (!row_text(call, 1, &row.url, &length) || !row_text(call, 7, &row.host, &length))
        return -ENOMEM;
    if (outcome != OUTCOME_NONE && outcome_state(outcome) == URL_COUNTED)
        r = take_counted(call, &row);
    return r < 0 ? r : scan->url(scan->userdata, &row);
}

/* How many rows there were. */
static int show_urls(struct read_turn *turn, const struct store_scan_list *scan, uint64_t max_rows)
{
    struct call call = call_begin(turn->sql, SQL_READ_LIST);
    int n = 0;
    int r;

    call_u64(&call, scan->job);
    call_u64(&call, turn->state.last);
    call_u64(&call, max_rows);
    while ((r = call_row(&call)) > 0) {
        r = scan->cancelled ? -ECANCELED : show_url(scan, &call);
        if (r < 0)
            break;
        turn->state.last = row_u64(&call, 0);
        n++;
    }
    call_end(&call);
    return r < 0 ? r : n;
}

int read_list(struct read_turn *turn)
{
    struct store_scan_list *scan = (struct store_scan_list *)turn->request;
    struct read_state *state = &turn->state;
    uint64_t max_rows;
    struct read_job job;
    int r = read_job(turn, scan->job, &job);

    if (r >= 0 && !state->begun) {
        rows_init(&state->rows, sizeof(const char *));
        state->begun = true;
        state->last = scan->after;
        r = take_settings(turn, scan);
    }
    if (r < 0)
        return r;
    max_rows = scan->max_rows > 0 ? scan->max_rows - state->phase : STORE_STEP_ROWS;
    if (max_rows > STORE_STEP_ROWS)
        max_rows = STORE_STEP_ROWS;
    r = show_urls(turn, scan, max_rows);
    if (r < 0)
        return r;
    state->phase += (size_t)r;
    if (r == STORE_STEP_ROWS && (scan->max_rows == 0 || state->phase < scan->max_rows))
        return READ_MORE;
    scan->rows = rows_take(&state->rows, &(size_t){0});
    scan->settings = *(const char **)scan->rows;
    return 0;
}
