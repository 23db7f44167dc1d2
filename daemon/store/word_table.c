#include "store/word_table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_SIZE ((size_t)65536)
#define SLOT_ALIGNMENT 64

struct word_chunk {
    struct word_chunk *next;
    size_t used;
    size_t size;
    char bytes[];
};

const char *word_slot_text(const struct word_slot *slot)
{
    return slot->length <= sizeof(slot->text.near) ? slot->text.near : slot->text.far;
}

static int grow(struct word_table *table)
{
    size_t n = table->n_slots ? table->n_slots * 2 : 256;
    struct word_slot *slots = aligned_alloc(SLOT_ALIGNMENT, n * sizeof(*slots));

    if (!slots)
        return -ENOMEM;
    memset(slots, 0, n * sizeof(*slots));
    for (size_t i = 0; i < table->n_slots; i++) {
        const struct word_slot *old = &table->slots[i];
        size_t at = old->hash & (n - 1);

        if (!old->used)
            continue;
        while (slots[at].used)
            at = (at + 1) & (n - 1);
        slots[at] = *old;
    }
    table->bytes += (n - table->n_slots) * sizeof(*slots);
    free(table->slots);
    table->slots = slots;
    table->n_slots = n;
    return 0;
}

int word_table_init(struct word_table *table, word_hash hash)
{
    *table = (struct word_table){.hash = hash};
    return grow(table);
}

void word_table_deinit(struct word_table *table)
{
    while (table->chunks) {
        struct word_chunk *next = table->chunks->next;

        free(table->chunks);
        table->chunks = next;
    }
    free(table->slots);
}

void word_table_near(const struct word_table *table, uint32_t hash)
{
    __builtin_prefetch(&table->slots[hash & (table->n_slots - 1)]);
}

static inline uint64_t load_eight(const char *bytes)
{
    uint64_t eight;

    memcpy(&eight, bytes, sizeof(eight));
    return eight;
}

static inline uint32_t load_four(const char *bytes)
{
    uint32_t four;

    memcpy(&four, bytes, sizeof(four));
    return four;
}

/* Most words are short: their beginning and their end are compared, which may overlap. */
static inline bool is_same(const char *a, const char *b, uint32_t length)
{
    if (length > 16)
        return memcmp(a, b, length) == 0;
    if (length >= 8)
        return ((load_eight(a) ^ load_eight(b)) |
                   (load_eight(a + length - 8) ^ load_eight(b + length - 8))) == 0;
    if (length >= 4)
        return ((load_four(a) ^ load_four(b)) | (load_four(a + length - 4) ^ load_four(b + length - 4))) == 0;
    return length == 0 || (a[0] == b[0] && a[length / 2] == b[length / 2] && a[length - 1] == b[length - 1]);
}

struct word_slot *word_table_find(struct word_table *table, uint32_t hash, const char *text, uint32_t length)
{
    for (size_t at = hash & (table->n_slots - 1);; at = (at + 1) & (table->n_slots - 1)) {
        struct word_slot *slot = &table->slots[at];

        if (!slot->used ||
            (slot->hash == hash && slot->length == length && is_same(word_slot_text(slot), text, length)))
            return slot;
    }
}

static char *copy_far(struct word_table *table, const char *text, uint32_t length)
{
    struct word_chunk *chunk = table->chunks;
    char *copy;

    if (!chunk || chunk->size - chunk->used < length) {
        size_t size = length > CHUNK_SIZE ? length : CHUNK_SIZE;

        chunk = malloc(sizeof(*chunk) + size);
        if (!chunk)
            return NULL;
        *chunk = (struct word_chunk){.next = table->chunks, .size = size};
        table->chunks = chunk;
        table->bytes += sizeof(*chunk) + size;
    }
    copy = chunk->bytes + chunk->used;
    memcpy(copy, text, length);
    chunk->used += length;
    return copy;
}

int word_table_fill(struct word_table *table, struct word_slot *slot, uint32_t hash, const char *text,
    uint32_t length, uint32_t id)
{
    if (length > sizeof(slot->text.near)) {
        slot->text.far = copy_far(table, text, length);
        if (!slot->text.far)
            return -ENOMEM;
    } else {
        memcpy(slot->text.near, text, length);
    }
    slot->hash = hash;
    slot->length = length;
    slot->id = id;
    slot->used = true;
    table->n++;
    return table->n * 3 > table->n_slots * 2 ? grow(table) : 0;
}
