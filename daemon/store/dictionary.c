#include "store/dictionary.h"

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

struct dictionary {
    const struct hash_key *key;
    bool complete;
    struct slot *slots;
    size_t n_slots; /* a power of two */
    size_t n;
    struct chunk *chunks;
    size_t bytes;
};

static int grow(struct dictionary *dictionary)
{
    size_t n = dictionary->n_slots ? dictionary->n_slots * 2 : 256;
    struct slot *slots = calloc(n, sizeof(*slots));

    if (!slots)
        return -ENOMEM;
    for (size_t i = 0; i < dictionary->n_slots; i++) {
        const struct slot *old = &dictionary->slots[i];
        size_t at = old->hash & (n - 1);

        if (!old->text)
            continue;
        while (slots[at].text)
            at = (at + 1) & (n - 1);
        slots[at] = *old;
    }
    dictionary->bytes += (n - dictionary->n_slots) * sizeof(*slots);
    free(dictionary->slots);
    dictionary->slots = slots;
    dictionary->n_slots = n;
    return 0;
}

int dictionary_new(const struct hash_key *key, bool complete, struct dictionary **ret)
{
    struct dictionary *dictionary = calloc(1, sizeof(*dictionary));
    int r;

    if (!dictionary)
        return -ENOMEM;
    dictionary->key = key;
    dictionary->complete = complete;
    r = grow(dictionary);
    if (r < 0) {
        free(dictionary);
        return r;
    }
    *ret = dictionary;
    return 0;
}

void dictionary_free(struct dictionary *dictionary)
{
    if (!dictionary)
        return;
    while (dictionary->chunks) {
        struct chunk *next = dictionary->chunks->next;

        free(dictionary->chunks);
        dictionary->chunks = next;
    }
    free(dictionary->slots);
    free(dictionary);
}

size_t dictionary_bytes(const struct dictionary *dictionary)
{
    return dictionary->bytes;
}

static char *copy_text(struct dictionary *dictionary, const char *text, uint32_t length)
{
    struct chunk *chunk = dictionary->chunks;
    char *copy;

    if (!chunk || chunk->size - chunk->used < length) {
        size_t size = length > CHUNK_SIZE ? length : CHUNK_SIZE;

        chunk = malloc(sizeof(*chunk) + size);
        if (!chunk)
            return NULL;
        *chunk = (struct chunk){.next = dictionary->chunks, .size = size};
        dictionary->chunks = chunk;
        dictionary->bytes += sizeof(*chunk) + size;
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

int dictionary_id(struct dictionary *dictionary, struct sql *sql, uint64_t job, const char *text,
    uint32_t length, uint64_t *n_words, uint32_t *ret)
{
    uint64_t hash = hash_bytes(dictionary->key, text, length);
    struct slot *slot;
    char *copy;
    uint32_t id;
    int r;

    for (size_t at = hash & (dictionary->n_slots - 1);; at = (at + 1) & (dictionary->n_slots - 1)) {
        slot = &dictionary->slots[at];
        if (!slot->text)
            break;
        if (slot->hash == hash && slot->length == length && memcmp(slot->text, text, length) == 0) {
            *ret = slot->id;
            return 0;
        }
    }
    r = dictionary->complete ? 0 : find_stored(sql, job, text, length, &id);
    if (r == 0)
        r = store_new(sql, job, text, length, n_words, &id);
    if (r < 0)
        return r;
    copy = copy_text(dictionary, text, length);
    if (!copy)
        return -ENOMEM;
    *slot = (struct slot){.text = copy, .length = length, .id = id, .hash = hash};
    dictionary->n++;
    *ret = id;
    return dictionary->n * 4 > dictionary->n_slots * 3 ? grow(dictionary) : 0;
}
