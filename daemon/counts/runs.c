#include "counts/runs.h"

#include "counts/leb128.h"

#include <errno.h>

/* A run is how many words it has, and of each the difference to the id before, both as LEB128, and a byte:
 * one bit whether it is new to the host, its pages less one, its tokens less its pages. Where these do not
 * fit, they are all ones and follow as LEB128. */
#define NEW 0x80
#define PAGES_SHIFT 4
#define MAX_PAGES 6
#define MAX_MORE 15
#define LARGE 0x70
#define MOST_BYTES ((size_t)4 * LEB128_MAX)

void counts_runs_deinit(struct counts_runs *runs)
{
    buffer_deinit(&runs->buffer);
    *runs = (struct counts_runs){0};
}

size_t counts_runs_bytes(const struct counts_runs *runs)
{
    return runs->buffer.capacity;
}

static void put(struct buffer *buffer, uint32_t before, const struct counts_mixed *word, bool is_new)
{
    uint8_t bits = is_new ? NEW : 0;
    uint64_t pages = word->pages - 1, more = word->tokens - word->pages;

    leb128_put(buffer, word->id - before);
    if (pages <= MAX_PAGES && more <= MAX_MORE) {
        buffer->bytes[buffer->size++] = (uint8_t)(bits | pages << PAGES_SHIFT | more);
        return;
    }
    buffer->bytes[buffer->size++] = bits | LARGE;
    leb128_put(buffer, pages);
    leb128_put(buffer, more);
}

int counts_runs_add(struct counts_runs *runs, struct counts_mix *mix, const uint8_t *is_new)
{
    size_t size = runs->buffer.size;
    uint32_t before = 0;
    const uint32_t *ids;
    size_t n;
    int r;

    counts_mix_ids(mix, &ids, &n);
    r = buffer_reserve(&runs->buffer, MOST_BYTES);
    if (r == 0)
        leb128_put(&runs->buffer, n);
    for (size_t i = 0; r == 0 && i < n; i++) {
        const struct counts_mixed word = counts_mix_get(mix, ids[i]);

        r = buffer_reserve(&runs->buffer, MOST_BYTES);
        if (r == 0)
            put(&runs->buffer, before, &word, is_new[i]);
        before = word.id;
    }
    if (r < 0) {
        runs->buffer.size = size;
        return r;
    }
    runs->n += n;
    runs->last_id = before > runs->last_id ? before : runs->last_id;
    counts_mix_forget(mix);
    return 0;
}

static const uint8_t *mix_run(const uint8_t *at, struct counts_mix *mix)
{
    uint32_t id = 0;

    for (uint64_t n = leb128_take(&at); n > 0; n--) {
        struct counts_mixed word;
        uint8_t bits;
        uint64_t more;

        id += (uint32_t)leb128_take(&at);
        bits = *at++;
        word = (struct counts_mixed){.id = id, .hosts = (bits & NEW) != 0};
        if ((bits & LARGE) == LARGE) {
            word.pages = (uint32_t)leb128_take(&at) + 1;
            more = leb128_take(&at);
        } else {
            word.pages = ((bits & LARGE) >> PAGES_SHIFT) + 1U;
            more = bits & MAX_MORE;
        }
        word.tokens = more + word.pages;
        counts_mix_add(mix, &word);
    }
    return at;
}

int counts_runs_mix(struct counts_runs *runs, struct counts_mix *mix)
{
    const uint8_t *at = runs->buffer.bytes;
    int r = counts_mix_reserve(mix, runs->last_id, runs->n + 1);

    if (r < 0)
        return r;
    while (at != runs->buffer.bytes + runs->buffer.size)
        at = mix_run(at, mix);
    runs->buffer.size = 0;
    runs->n = 0;
    runs->last_id = 0;
    return 0;
}
