#include "store/reader.h"
#include "store/store_read.h"

#include <errno.h>

int read_job(struct read_turn *turn, uint64_t id, struct read_job *ret)
{
    struct call call = call_begin(turn->sql, SQL_READ_STATE);
    int r;

    call_u64(&call, id);
    r = call_row(&call);
    if (r > 0) {
        ret->state = (int)row_u64(&call, 0);
        ret->base_attempt = row_u64(&call, 1);
        ret->total = row_u64(&call, 2);
        ret->ended = row_u64(&call, 3);
        ret->n_words = row_u64(&call, 4);
        ret->rest_before = row_u64(&call, 5);
        ret->counted = row_u64(&call, 6);
    }
    call_end(&call);
    return r > 0 ? 0 : r < 0 ? r : -ENOENT;
}

int read_copy(struct read_turn *turn, const struct call *call, int column, const char **ret)
{
    const char *text;
    size_t length;

    if (!row_text(call, column, &text, &length))
        return -ENOMEM;
    if (!text) {
        *ret = NULL;
        return 0;
    }
    *ret = rows_copy(&turn->state.rows, text, length);
    return *ret ? 0 : -ENOMEM;
}

int read_note_host(struct read_turn *turn, const char *host, size_t length)
{
    int r;

    turn->state.host.size = 0;
    r = buffer_append(&turn->state.host, host, length);
    return r < 0 ? r : buffer_append(&turn->state.host, "", 1);
}

const char *read_noted_host(const struct read_turn *turn)
{
    return turn->state.host.size > 0 ? (const char *)turn->state.host.bytes : "";
}

static struct call select_jobs(struct read_turn *turn, const struct store_read_jobs *jobs)
{
    static const enum statement statements[] = {
        [SELECT_ALL] = SQL_READ_JOBS,
        [SELECT_ACTIVE] = SQL_READ_ACTIVE,
        [SELECT_NUMBER] = SQL_READ_NUMBER,
        [SELECT_NAME] = SQL_READ_NAME,
        [SELECT_LATEST] = SQL_READ_LATEST,
        [SELECT_KEY] = SQL_READ_KEY,
    };
    struct call call = call_begin(turn->sql, statements[jobs->select]);

    switch (jobs->select) {
    case SELECT_ALL:
    case SELECT_ACTIVE:
        call_u64(&call, jobs->after);
        call_u64(&call, STORE_STEP_ROWS);
        break;
    case SELECT_NUMBER:
        call_u64(&call, jobs->number);
        break;
    case SELECT_NAME:
        call_u64(&call, jobs->uid);
        call_text(&call, jobs->name);
        call_u64(&call, jobs->back);
        break;
    case SELECT_LATEST:
        call_u64(&call, jobs->uid);
        break;
    case SELECT_KEY:
        call_u64(&call, jobs->uid);
        call_text(&call, jobs->name);
        break;
    }
    return call;
}

static int take_row(struct read_turn *turn, const struct call *call)
{
    struct store_job_row *row = rows_add(&turn->state.rows);
    int r;

    if (!row)
        return -ENOMEM;
    row->job = row_u64(call, 0);
    r = read_copy(turn, call, 1, &row->name);
    if (r >= 0)
        r = read_copy(turn, call, 2, &row->user);
    row->uid = (uid_t)row_u64(call, 3);
    row->priority = (int32_t)row_u64(call, 4);
    row->state = (enum store_job_state)row_u64(call, 5);
    row->total = row_u64(call, 6);
    row->duplicates = row_u64(call, 7);
    row->counted = row_u64(call, 8);
    row->failed = row_u64(call, 9);
    row->skipped = row_u64(call, 10);
    row->cancelled = row_u64(call, 11);
    if (row->state == JOB_CANCELLED)
        row->cancelled = row->total - row->counted - row->failed - row->skipped;
    row->tokens = row_u64(call, 12);
    row->body_bytes = row_u64(call, 13);
    row->submitted_usec = row_u64(call, 14);
    row->finished_usec = row_u64(call, 15);
    row->has_totals = row_u64(call, 16) != 0;
    row->max_age_usec = sqlite3_column_int64(call->statement, 17);
    row->deadline_usec = row_u64(call, 18);
    row->keep_usec = sqlite3_column_int64(call->statement, 19);
    row->n_words = row_u64(call, 20);
    row->imported = row_u64(call, 21) != 0;
    return r;
}

int read_jobs(struct read_turn *turn)
{
    struct store_read_jobs *jobs = (struct store_read_jobs *)turn->request;
    struct call call = select_jobs(turn, jobs);
    int r;

    rows_init(&turn->state.rows, sizeof(struct store_job_row));
    while ((r = call_row(&call)) > 0) {
        r = take_row(turn, &call);
        if (r < 0)
            break;
    }
    call_end(&call);
    if (r < 0)
        return r;
    if (turn->state.rows.n == 0 && jobs->select >= SELECT_NUMBER)
        return -ENOENT;
    jobs->rows = rows_take(&turn->state.rows, &jobs->n_rows);
    return 0;
}

int read_use(struct read_turn *turn)
{
    struct store_read_use *use = (struct store_read_use *)turn->request;
    struct call call = call_begin(turn->sql, SQL_JOB_USE);
    int r;

    call_u64(&call, use->uid);
    r = call_row(&call);
    if (r > 0) {
        use->jobs = row_u64(&call, 0);
        use->bytes = row_u64(&call, 1);
    }
    call_end(&call);
    return r < 0 ? r : 0;
}
