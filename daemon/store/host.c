#include "store/reader.h"
#include "store/store_host.h"
#include "store/writer.h"

#include <errno.h>

static bool says_something(const struct store_host_state *state)
{
    bool says = state->hold_until_usec > 0 || state->holds > 0 || state->delay_usec > 0;

    for (size_t i = 0; i < 2; i++)
        says = says || state->origins[i].until_usec > 0 || state->origins[i].failures > 0 ||
            state->origins[i].parkings > 0;
    return says;
}

int write_put_host(struct writer *writer, struct store_put_host *put)
{
    const struct store_host_state *state = &put->state;
    bool says = says_something(state);
    struct call call = call_begin(writer->sql, says ? SQL_HOST_STORE : SQL_HOST_DELETE);

    call_text(&call, state->host);
    if (!says)
        return call_run(&call);
    call_u64(&call, store_partition(state->host));
    call_u64(&call, state->hold_until_usec);
    call_u64(&call, state->holds);
    call_u64(&call, state->delay_usec);
    for (size_t i = 0; i < 2; i++) {
        call_u64(&call, state->origins[i].until_usec);
        call_u64(&call, state->origins[i].failures);
        call_u64(&call, state->origins[i].parkings);
    }
    return call_run(&call);
}

int write_pause_host(struct writer *writer, struct store_pause_host *pause)
{
    struct call call = call_begin(writer->sql, pause->paused ? SQL_PAUSED_STORE : SQL_PAUSED_DELETE);

    call_text(&call, pause->pattern);
    return call_run(&call);
}

static struct call select_after(struct read_turn *turn, enum statement which, const char *after)
{
    struct call call = call_begin(turn->sql, which);

    call_text(&call, after ? after : "");
    call_u64(&call, STORE_STEP_ROWS);
    return call;
}

static int take_state(struct read_turn *turn, const struct call *call)
{
    struct store_host_state *state = rows_add(&turn->state.rows);

    if (!state)
        return -ENOMEM;
    state->hold_until_usec = row_u64(call, 1);
    state->holds = (uint32_t)row_u64(call, 2);
    state->delay_usec = row_u64(call, 3);
    for (int i = 0; i < 2; i++) {
        state->origins[i].until_usec = row_u64(call, 4 + 3 * i);
        state->origins[i].failures = (uint32_t)row_u64(call, 5 + 3 * i);
        state->origins[i].parkings = (uint32_t)row_u64(call, 6 + 3 * i);
    }
    return read_copy(turn, call, 0, &state->host);
}

int read_host_states(struct read_turn *turn)
{
    struct store_read_host_states *read = (struct store_read_host_states *)turn->request;
    struct call call = select_after(turn, SQL_READ_HOST_STATES, read->after);
    int r;

    rows_init(&turn->state.rows, sizeof(struct store_host_state));
    while ((r = call_row(&call)) > 0 && (r = take_state(turn, &call)) >= 0)
        ;
    call_end(&call);
    if (r < 0)
        return r;
    read->rows = rows_take(&turn->state.rows, &read->n_rows);
    return 0;
}

static int take_pattern(struct read_turn *turn, const struct call *call)
{
    const char **pattern = rows_add(&turn->state.rows);

    return pattern ? read_copy(turn, call, 0, pattern) : -ENOMEM;
}

int read_paused(struct read_turn *turn)
{
    struct store_read_paused *read = (struct store_read_paused *)turn->request;
    struct call call = select_after(turn, SQL_READ_PAUSED, read->after);
    int r;

    rows_init(&turn->state.rows, sizeof(const char *));
    while ((r = call_row(&call)) > 0 && (r = take_pattern(turn, &call)) >= 0)
        ;
    call_end(&call);
    if (r < 0)
        return r;
    read->patterns = rows_take(&turn->state.rows, &read->n_rows);
    return 0;
}
