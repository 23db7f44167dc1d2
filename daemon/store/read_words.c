#include "store/reader.h"

#include <errno.h>
#include <string.h>

/* Ids without a word, which only damage brings, become empty rows: the place is the id. */
static int take_word(struct read_turn *turn, const struct call *call, const struct read_job *job)
{
    struct read_state *state = &turn->state;
    uint64_t id = row_u64(call, 0);
    struct store_words_row *row;
    const char *text;
    size_t length;

    if (id >= job->n_words)
        return -EUCLEAN;
    do {
        row = rows_add(&state->rows);
        if (!row)
            return -ENOMEM;
    } while (state->last++ < id);
    if (!row_text(call, 1, &text, &length))
        return -ENOMEM;
    row->length = (uint32_t)length;
    row->text = rows_copy(&state->rows, text, length);
    return row->text ? 0 : -ENOMEM;
}

int read_words(struct read_turn *turn)
{
    struct store_read_words *words = (struct store_read_words *)turn->request;
    struct read_state *state = &turn->state;
    struct read_job job;
    struct call call;
    size_t n = 0;
    int r = read_job(turn, words->job, &job);

    if (r < 0)
        return r;
    if (!state->begun) {
        rows_init(&state->rows, sizeof(struct store_words_row));
        state->begun = true;
        state->last = words->first_id;
    }
    call = call_begin(turn->sql, SQL_READ_WORDS);
    call_u64(&call, words->job);
    call_u64(&call, state->last);
    while ((r = call_row(&call)) > 0) {
        n++;
        r = take_word(turn, &call, &job);
        if (r < 0)
            break;
    }
    call_end(&call);
    if (r < 0)
        return r;
    if (n == STORE_STEP_ROWS)
        return READ_MORE;
    words->rows = rows_take(&state->rows, &words->n_rows);
    return 0;
}

static int copy_totals(const struct call *call, void **ret, size_t *ret_size)
{
    const char *bytes;
    size_t size;
    void *copy;

    if (!row_text(call, 0, &bytes, &size))
        return -ENOMEM;
    copy = malloc(size + 1);
    if (!copy)
        return -ENOMEM;
    memcpy(copy, bytes, size);
    *ret = copy;
    *ret_size = size;
    return 0;
}

int read_totals(struct read_turn *turn)
{
    struct store_read_totals *totals = (struct store_read_totals *)turn->request;
    struct read_job job;
    struct call call;
    int r = read_job(turn, totals->job, &job);

    if (r < 0)
        return r;
    call = call_begin(turn->sql, SQL_READ_TOTALS);
    call_u64(&call, totals->job);
    r = call_row(&call);
    if (r > 0)
        r = copy_totals(&call, &totals->bytes, &totals->size);
    else if (r == 0)
        totals->bytes = NULL, totals->size = 0;
    call_end(&call);
    return r;
}
