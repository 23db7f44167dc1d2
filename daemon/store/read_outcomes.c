#include "store/reader.h"
#include "store/store_read.h"

#include <errno.h>

/* The tallies, and as last row what a cancel left without outcome. */
static int take_tallies(struct read_turn *turn, uint64_t job_id, const struct read_job *job)
{
    struct rows *rows = &turn->state.rows;
    uint64_t left = job->state == JOB_CANCELLED ? job->total - job->ended : 0;
    struct store_outcome_row *row = NULL;
    struct call call = call_begin(turn->sql, SQL_READ_TALLIES);
    int r;

    call_u64(&call, job_id);
    while ((r = call_row(&call)) > 0) {
        row = rows_add(rows);
        if (!row) {
            r = -ENOMEM;
            break;
        }
        row->outcome = (enum outcome)row_u64(&call, 0);
        row->n = row_u64(&call, 1);
    }
    call_end(&call);
    if (r < 0 || left == 0)
        return r;
    if (!row || row->outcome != OUTCOME_CANCELLED) {
        row = rows_add(rows);
        if (!row)
            return -ENOMEM;
        row->outcome = OUTCOME_CANCELLED;
    }
    row->n += left;
    return 0;
}

static struct store_outcome_row *row_at(struct read_turn *turn, size_t i)
{
    return (struct store_outcome_row *)((char *)rows_last(&turn->state.rows) -
        (turn->state.rows.n - 1 - i) * sizeof(struct store_outcome_row));
}

/* The lowest seq with that outcome as far as it is known, or 0. */
static int read_first_seq(struct read_turn *turn, uint64_t job, enum outcome outcome, uint64_t *ret)
{
    struct call call = call_begin(turn->sql, SQL_READ_FIRST_SEQ);
    int r;

    call_u64(&call, job);
    call_u64(&call, outcome);
    r = call_row(&call);
    *ret = r > 0 ? row_u64(&call, 0) : 0;
    call_end(&call);
    return r < 0 ? r : 0;
}

/* Some URLs of the outcome may have no row of their own. */
static bool is_shared(enum outcome outcome)
{
    return outcome == OUTCOME_HOST_FAILED || outcome == OUTCOME_EXPIRED;
}

/* 1 if the example was found among the seqs behind state->last up to `last`. */
static int take_example(
    struct read_turn *turn, uint64_t job, struct store_outcome_row *row, uint64_t last, bool unended)
{
    struct call call =
        call_begin(turn->sql, unended || is_shared(row->outcome) ? SQL_READ_WITHOUT_ROW : SQL_READ_EXAMPLE);
    int r;

    call_u64(&call, job);
    call_u64(&call, turn->state.last);
    call_u64(&call, last);
    call_u64(&call, unended ? OUTCOME_NONE : row->outcome);
    r = call_row(&call);
    if (r > 0 && read_copy(turn, &call, 0, &row->example_url) < 0)
        r = -ENOMEM;
    if (r > 0 && read_copy(turn, &call, 1, &row->example_detail) < 0)
        r = -ENOMEM;
    call_end(&call);
    return r;
}

/* Looks among the next seqs for the example of the row that is at hand, and goes to the next row if it is
 * there. */
static int look_for_example(struct read_turn *turn, uint64_t job, const struct read_job *info)
{
    struct read_state *state = &turn->state;
    struct store_outcome_row *row = row_at(turn, state->phase);
    bool unended =
        row->outcome == OUTCOME_CANCELLED && info->state == JOB_CANCELLED && info->ended < info->total;
    int r = 0;

    if (state->last == 0 && !unended) {
        uint64_t first_seq;

        r = read_first_seq(turn, job, row->outcome, &first_seq);
        if (r >= 0 && first_seq > 0)
            state->last = first_seq - 1;
    }
    if (r >= 0)
        r = take_example(turn, job, row, state->last + STORE_STEP_ROWS, unended);
    if (r < 0)
        return r;
    state->last += STORE_STEP_ROWS;
    if (r > 0 || state->last >= info->total) {
        state->phase++;
        state->last = 0;
    }
    return 0;
}

int read_outcomes(struct read_turn *turn)
{
    struct store_read_outcomes *request = (struct store_read_outcomes *)turn->request;
    struct read_state *state = &turn->state;
    struct read_job job;
    int r = read_job(turn, request->job, &job);

    if (r >= 0 && !state->begun) {
        rows_init(&state->rows, sizeof(struct store_outcome_row));
        state->begun = true;
        r = take_tallies(turn, request->job, &job);
    }
    if (r >= 0 && state->phase < state->rows.n)
        r = look_for_example(turn, request->job, &job);
    if (r < 0)
        return r;
    if (state->phase < state->rows.n)
        return READ_MORE;
    request->rows = rows_take(&state->rows, &request->n_rows);
    return 0;
}
