#include "engine/engine.h"

#include "base/array.h"
#include "counts/pack.h"
#include "store/store.h"
#include "words/words.h"
#include <assert.h>
#include <errno.h>
#include <stddef.h>

/* The store and the counts know nothing of each other: their pairs are the same by agreement. */
static_assert(sizeof(struct store_pair) == sizeof(struct counts_pair), "pairs differ");
static_assert(offsetof(struct store_pair, id) == offsetof(struct counts_pair, id), "pairs differ");
static_assert(offsetof(struct store_pair, tokens) == offsetof(struct counts_pair, tokens), "pairs differ");

static struct store_word get_word(const void *counts, size_t index)
{
    struct words_word word = words_counts_get(counts, index);

    return (struct store_word){
        .text = word.text, .length = word.length, .hash = word.hash, .tokens = word.tokens};
}

static int pack(struct store_pair *pairs, size_t n, void **ret_bytes, size_t *ret_size)
{
    struct buffer buffer = {0};
    int r = counts_pack((struct counts_pair *)(void *)pairs, n, &buffer);

    if (r < 0) {
        buffer_deinit(&buffer);
        return r;
    }
    *ret_bytes = buffer.bytes;
    *ret_size = buffer.size;
    return 0;
}

static int unpack(const void *bytes, size_t size, struct store_pair *pairs, size_t n)
{
    struct counts_reader reader;
    struct counts_pair pair;
    size_t i = 0;

    counts_reader_init(&reader, bytes, size);
    while (i < n && counts_reader_next(&reader, &pair) > 0)
        pairs[i++] = (struct store_pair){.id = pair.id, .tokens = pair.tokens};
    return i == n && reader.position == reader.end ? 0 : -EUCLEAN;
}

struct store_hooks engine_store_hooks(void)
{
    return (struct store_hooks){.word = get_word, .hash = words_hash, .pack = pack, .unpack = unpack};
}
