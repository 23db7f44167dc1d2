#include "store/reader.h"
#include "store/store_read.h"

#include <errno.h>
#include <string.h>

static bool has(const struct rows *rows, const char *id)
{
    const char *const *last = rows->n > 0 ? rows_last(rows) : NULL;

    for (size_t i = 0; i < rows->n; i++)
        if (strcmp(last[-(ptrdiff_t)i], id) == 0)
            return true;
    return false;
}

static int add(struct read_turn *turn, const struct call *call)
{
    const char **row;
    const char *id;

    if (!row_text(call, 0, &id, &(size_t){0}))
        return -ENOMEM;
    if (turn->state.rows.n == STORE_MAX_ENGINES || has(&turn->state.rows, id))
        return 0;
    row = rows_add(&turn->state.rows);
    return row ? read_copy(turn, call, 0, row) : -ENOMEM;
}

static int add_job(struct read_turn *turn, uint64_t job)
{
    struct call call = call_begin(turn->sql, SQL_READ_ENGINES);
    int r;

    call_u64(&call, job);
    call_u64(&call, STORE_MAX_ENGINES);
    while ((r = call_row(&call)) > 0) {
        r = add(turn, &call);
        if (r < 0)
            break;
    }
    call_end(&call);
    return r;
}

int read_engines(struct read_turn *turn)
{
    struct store_read_engines *engines = (struct store_read_engines *)turn->request;
    struct read_state *state = &turn->state;
    int r = 0;

    if (!state->begun)
        rows_init(&state->rows, sizeof(const char *));
    state->begun = true;
    for (size_t i = 0; i < STORE_STEP_ROWS && state->last < engines->n_jobs && r >= 0; i++)
        r = add_job(turn, engines->jobs[state->last++]);
    if (r < 0)
        return r;
    if (state->last < engines->n_jobs && state->rows.n < STORE_MAX_ENGINES)
        return READ_MORE;
    engines->rows = rows_take(&state->rows, &engines->n_rows);
    return 0;
}
