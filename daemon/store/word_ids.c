#include "store/word_ids.h"

#include "base/array.h"
#include <errno.h>
#include <string.h>

#define SHARD 0
#define CHUNK_SIZE ((size_t)65536)

struct chunk {
    struct chunk *next;
    size_t used;
    size_t size;
    char bytes[];
};

struct slot {
    const char *text; /* NULL: empty */
    uint32_t length;
    uint32_t id;
    uint64_t hash;
};

struct word_ids {
    const struct hash_key *key;
    bool complete;
    struct slot *slots;
    size_t n_slots; /* a power of two */
    size_t n;
    struct chunk *chunks;
    size_t bytes;
};

static int grow(struct word_ids *word_ids)
{
    size_t n = word_ids->n_slots ? word_ids->n_slots * 2 : 256;
    struct slot *slots = calloc(n, sizeof(*slots));

    if (!slots)
        return -ENOMEM;
    for (size_t i = 0; i < word_ids->n_slots; i++) {
        const struct slot *old = &word_ids->slots[i];
        size_t at = old->hash & (n - 1);

        if (!old->text)
            continue;
        while (slots[at].text)
            at = (at + 1) & (n - 1);
        slots[at] = *old;
    }
    word_ids->bytes += (n - word_ids->n_slots) * sizeof(*slots);
    free(word_ids->slots);
    word_ids->slots = slots;
    word_ids->n_slots = n;
    return 0;
}

int word_ids_new(const struct hash_key *key, bool complete, struct word_ids **ret)
{
    struct word_ids *word_ids = calloc(1, sizeof(*word_ids));
    int r;

    if (!word_ids)
        return -ENOMEM;
    word_ids->key = key;
    word_ids->complete = complete;
    r = grow(word_ids);
    if (r < 0) {
        free(word_ids);
        return r;
    }
    *ret = word_ids;
    return 0;
}

void word_ids_free(struct word_ids *word_ids)
{
    if (!word_ids)
        return;
    while (word_ids->chunks) {
        struct chunk *next = word_ids->chunks->next;

        free(word_ids->chunks);
        word_ids->chunks = next;
    }
    free(word_ids->slots);
    free(word_ids);
}

size_t word_ids_bytes(const struct word_ids *word_ids)
{
    return word_ids->bytes;
}

static char *copy_text(struct word_ids *word_ids, const char *text, uint32_t length)
{
    struct chunk *chunk = word_ids->chunks;
    char *copy;

    if (!chunk || chunk->size - chunk->used < length) {
        size_t size = length > CHUNK_SIZE ? length : CHUNK_SIZE;

        chunk = malloc(sizeof(*chunk) + size);
        if (!chunk)
            return NULL;
        *chunk = (struct chunk){.next = word_ids->chunks, .size = size};
        word_ids->chunks = chunk;
        word_ids->bytes += sizeof(*chunk) + size;
    }
    copy = chunk->bytes + chunk->used;
    memcpy(copy, text, length);
    chunk->used += length;
    return copy;
}

static int find_stored(struct sql *sql, uint64_t job, const char *text, uint32_t length, uint32_t *ret)
{
    struct call call = call_begin(sql, SQL_WORD_FIND);
    int r;

    call_u64(&call, job);
    call_u64(&call, SHARD);
    call_text_n(&call, text, length);
    r = call_row(&call);
    if (r > 0)
        *ret = (uint32_t)row_u64(&call, 0);
    call_end(&call);
    return r;
}

static int store_new(
    struct sql *sql, uint64_t job, const char *text, uint32_t length, uint64_t *n_words, uint32_t *ret)
{
    struct call call;
    int r;

    if (*n_words >= UINT32_MAX)
        return -E2BIG;
    call = call_begin(sql, SQL_WORD_INSERT);
    call_u64(&call, job);
    call_u64(&call, SHARD);
    call_u64(&call, *n_words);
    call_text_n(&call, text, length);
    r = call_run(&call);
    if (r < 0)
        return r;
    *ret = (uint32_t)(*n_words)++;
    return 0;
}

int word_ids_id(struct word_ids *word_ids, struct sql *sql, uint64_t job, const char *text, uint32_t length,
    uint64_t *n_words, uint32_t *ret)
{
    uint64_t hash = hash_bytes(word_ids->key, text, length);
    struct slot *slot;
    char *copy;
    uint32_t id;
    int r;

    for (size_t at = hash & (word_ids->n_slots - 1);; at = (at + 1) & (word_ids->n_slots - 1)) {
        slot = &word_ids->slots[at];
        if (!slot->text)
            break;
        if (slot->hash == hash && slot->length == length && memcmp(slot->text, text, length) == 0) {
            *ret = slot->id;
            return 0;
        }
    }
    r = word_ids->complete ? 0 : find_stored(sql, job, text, length, &id);
    if (r == 0)
        r = store_new(sql, job, text, length, n_words, &id);
    if (r < 0)
        return r;
    copy = copy_text(word_ids, text, length);
    if (!copy)
        return -ENOMEM;
    *slot = (struct slot){.text = copy, .length = length, .id = id, .hash = hash};
    word_ids->n++;
    *ret = id;
    return word_ids->n * 4 > word_ids->n_slots * 3 ? grow(word_ids) : 0;
}
