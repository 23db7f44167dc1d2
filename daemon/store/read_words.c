#include "store/reader.h"
#include "store/store_read.h"

#include "store/word_log.h"
#include <errno.h>
#include <string.h>

/* A turn takes this many words, but at least one block. */
#define MAX_WORDS 50000

static int take_block(
    struct read_turn *turn, const struct store_read_words *words, const void *block, size_t size, uint64_t id)
{
    struct read_state *state = &turn->state;
    struct word_log_reader reader = {.position = block, .end = (const uint8_t *)block + size};
    const char *text;
    uint32_t length;
    int r;

    /* Blocks follow each other without a gap; the first may begin before what is asked for. */
    if (id > state->last)
        return -EUCLEAN;
    while ((r = word_log_next(&reader, &text, &length)) > 0) {
        struct store_words_row *row;

        if (id++ < words->first_id)
            continue;
        row = rows_add(&state->rows);
        if (!row)
            return -ENOMEM;
        row->length = length;
        row->text = rows_copy(&state->rows, text, length);
        if (!row->text)
            return -ENOMEM;
    }
    state->last = id;
    return r;
}

static int take_blocks(struct read_turn *turn, const struct store_read_words *words)
{
    struct read_state *state = &turn->state;
    size_t before = state->rows.n;
    struct call call = call_begin(turn->sql, SQL_READ_WORDS);
    int r;

    call_u64(&call, words->job);
    call_u64(&call, state->last);
    while ((r = call_row(&call)) > 0) {
        const char *block;
        size_t size;

        r = row_text(&call, 1, &block, &size) ? take_block(turn, words, block, size, row_u64(&call, 0))
                                              : -ENOMEM;
        if (r < 0 || state->rows.n - before >= MAX_WORDS)
            break;
    }
    call_end(&call);
    return r < 0 ? r : 0;
}

int read_words(struct read_turn *turn)
{
    struct store_read_words *words = (struct store_read_words *)turn->request;
    struct read_state *state = &turn->state;
    struct read_job job;
    int r = read_job(turn, words->job, &job);

    if (r < 0)
        return r;
    if (!state->begun) {
        rows_init(&state->rows, sizeof(struct store_words_row));
        state->begun = true;
        state->last = words->first_id;
    }
    if (state->last < job.n_words) {
        uint64_t before = state->last;

        r = take_blocks(turn, words);
        if (r < 0)
            return r;
        /* The job has words that its log has not. */
        if (state->last == before)
            return -EUCLEAN;
    }
    if (state->last < job.n_words)
        return READ_MORE;
    words->rows = rows_take(&state->rows, &words->n_rows);
    return 0;
}
