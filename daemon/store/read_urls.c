#include "store/reader.h"
#include "store/store_read.h"

#include <errno.h>
#include <string.h>

static int take_texts(struct read_turn *turn, const struct call *call, struct store_url_row *row)
{
    const struct {
        int column;
        const char **text;
    } texts[] = {
        {3, &row->source},
        {4, &row->label},
        {5, &row->submitted},
        {6, &row->url},
        {7, &row->host},
        {8, &row->final_url},
        {9, &row->content_type},
        {10, &row->charset},
        {11, &row->charset_from},
        {12, &row->title},
        {13, &row->etag},
        {14, &row->last_modified},
        {15, &row->detail},
        {16, &row->engine_id},
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        int r = read_copy(turn, call, texts[i].column, texts[i].text);

        if (r < 0)
            return r;
    }
    return 0;
}

static int take_bytes(struct read_turn *turn, const struct call *call, struct store_url_row *row)
{
    const char *bytes;
    size_t size;

    if (!row_text(call, 17, &bytes, &size))
        return -ENOMEM;
    if (bytes) {
        if (size != STORE_HASH_SIZE)
            return -EUCLEAN;
        memcpy(row->content_hash, bytes, STORE_HASH_SIZE);
        row->has_hash = true;
    }
    if (!row_text(call, 27, &bytes, &size))
        return -ENOMEM;
    if (!bytes)
        return 0;
    row->counts = rows_copy(&turn->state.rows, bytes, size);
    row->counts_size = size;
    return row->counts ? 0 : -ENOMEM;
}

static int take_url(struct read_turn *turn, const struct call *call, uint64_t job, bool cancelled)
{
    struct store_url_row *row = rows_add(&turn->state.rows);
    int r;

    if (!row)
        return -ENOMEM;
    row->job = job;
    row->seq = row_u64(call, 0);
    row->outcome = (enum outcome)row_u64(call, 1);
    if (row->outcome == OUTCOME_NONE && cancelled)
        row->outcome = OUTCOME_CANCELLED;
    row->state = outcome_state(row->outcome);
    row->line = (uint32_t)row_u64(call, 2);
    row->http_status = (int)row_u64(call, 18);
    row->tries = (uint32_t)row_u64(call, 19);
    row->fetched_usec = row_u64(call, 20);
    row->duration_usec = row_u64(call, 21);
    row->body_bytes = row_u64(call, 22);
    row->wire_bytes = row_u64(call, 23);
    row->replaced = row_u64(call, 24);
    row->tokens = row_u64(call, 25);
    row->distinct = row_u64(call, 26);
    row->counted_from_usec = row_u64(call, 28);
    r = take_texts(turn, call, row);
    return r < 0 ? r : take_bytes(turn, call, row);
}

/* What a cancelled job's URLs without outcome read as is not in their rows, so that it is checked here. */
static bool is_wanted(const struct store_read_urls *urls, const struct call *call, bool cancelled)
{
    enum outcome outcome = (enum outcome)row_u64(call, 1);
    enum url_state state;

    if (outcome == OUTCOME_NONE && cancelled)
        outcome = OUTCOME_CANCELLED;
    if (urls->outcome != OUTCOME_NONE && urls->outcome != outcome)
        return false;
    if (urls->state < 0)
        return true;
    state = outcome_state(outcome);
    return (int)state == (urls->state == URL_ACTIVE ? URL_QUEUED : urls->state);
}

static struct call select_urls(struct read_turn *turn, const struct store_read_urls *urls, uint64_t last)
{
    struct call call = call_begin(turn->sql, SQL_READ_URLS);
    enum outcome outcome = urls->outcome;
    bool any = outcome == OUTCOME_NONE || outcome == OUTCOME_CANCELLED;

    call_u64(&call, urls->job);
    call_u64(&call, turn->state.last);
    call_u64(&call, last);
    call_u64(&call, urls->with_counts ? urls->with_uncounted ? 2 : 1 : 0);
    call_u64(&call, any ? OUTCOME_NONE : outcome);
    call_u64(&call, any ? OUTCOME_MAX : outcome);
    call_text(&call, urls->host);
    call_text(&call, urls->url);
    return call;
}

/* Takes from the next seqs; state->last is the last one that was looked at. */
static int take_urls(struct read_turn *turn, const struct store_read_urls *urls, const struct read_job *job)
{
    struct read_state *state = &turn->state;
    uint64_t last = job->total - state->last > STORE_STEP_ROWS ? state->last + STORE_STEP_ROWS : job->total;
    struct call call = select_urls(turn, urls, last);
    bool cancelled = job->state == JOB_CANCELLED;
    int r;

    while ((r = call_row(&call)) > 0) {
        if (!is_wanted(urls, &call, cancelled))
            continue;
        r = take_url(turn, &call, urls->job, cancelled);
        if (r < 0)
            break;
        if (state->rows.bytes >= READ_STEP_BYTES) {
            last = row_u64(&call, 0);
            break;
        }
    }
    call_end(&call);
    state->last = last;
    return r < 0 ? r : 0;
}

int read_urls(struct read_turn *turn)
{
    struct store_read_urls *urls = (struct store_read_urls *)turn->request;
    struct read_state *state = &turn->state;
    struct read_job job;
    int r = read_job(turn, urls->job, &job);

    if (r < 0)
        return r;
    if (!state->begun) {
        rows_init(&state->rows, sizeof(struct store_url_row));
        state->begun = true;
        state->last = urls->after;
    }
    if (state->last < job.total)
        r = take_urls(turn, urls, &job);
    if (r < 0)
        return r;
    /* A turn that found anything is an answer: who looks for a needle sees it as soon as it is there. */
    if (state->rows.n == 0 && state->last < job.total)
        return READ_MORE;
    urls->end = state->last >= job.total;
    urls->next_after = state->last;
    urls->rows = rows_take(&state->rows, &urls->n_rows);
    return 0;
}
