#include "store/word_ids.h"

#include "base/array.h"
#include "store/word_log.h"
#include <assert.h>
#include <errno.h>
#include <string.h>

#define SHARD 0
#define MAX_UNINDEXED 65536
#define CHUNK_SIZE ((size_t)65536)
#define SLOT_ALIGNMENT 64

struct chunk {
    struct chunk *next;
    size_t used;
    size_t size;
    char bytes[];
};

/* Half a cache line; most words fit into it, which is then all that a search has to load. */
struct slot {
    union {
        char near[16];
        const char *far; /* if longer than that */
    } text;
    uint32_t hash;
    uint32_t length;
    uint32_t id;
    bool used;
};

struct word_ids {
    const struct hash_key *key;
    struct sql *sql;
    uint64_t job;
    uint64_t n_words;
    uint64_t n_indexed;
    bool complete; /* every word of the job is here: what is not, is new */
    struct slot *slots;
    size_t n_slots; /* a power of two */
    size_t n;
    struct chunk *chunks;
    size_t bytes;
    struct buffer fresh; /* a log block of the words that are new, from n_logged on */
    uint64_t n_logged;
};

static const char *slot_text(const struct slot *slot)
{
    return slot->length <= sizeof(slot->text.near) ? slot->text.near : slot->text.far;
}

static int grow(struct word_ids *ids)
{
    size_t n = ids->n_slots ? ids->n_slots * 2 : 256;
    struct slot *slots = aligned_alloc(SLOT_ALIGNMENT, n * sizeof(*slots));

    if (!slots)
        return -ENOMEM;
    memset(slots, 0, n * sizeof(*slots));
    for (size_t i = 0; i < ids->n_slots; i++) {
        const struct slot *old = &ids->slots[i];
        size_t at = old->hash & (n - 1);

        if (!old->used)
            continue;
        while (slots[at].used)
            at = (at + 1) & (n - 1);
        slots[at] = *old;
    }
    ids->bytes += (n - ids->n_slots) * sizeof(*slots);
    free(ids->slots);
    ids->slots = slots;
    ids->n_slots = n;
    return 0;
}

void word_ids_free(struct word_ids *ids)
{
    if (!ids)
        return;
    while (ids->chunks) {
        struct chunk *next = ids->chunks->next;

        free(ids->chunks);
        ids->chunks = next;
    }
    buffer_deinit(&ids->fresh);
    free(ids->slots);
    free(ids);
}

size_t word_ids_bytes(const struct word_ids *ids)
{
    return ids->bytes + ids->fresh.capacity;
}

uint64_t word_ids_n_words(const struct word_ids *ids)
{
    return ids->n_words;
}

uint64_t word_ids_n_indexed(const struct word_ids *ids)
{
    return ids->n_indexed;
}

static char *copy_far(struct word_ids *ids, const char *text, uint32_t length)
{
    struct chunk *chunk = ids->chunks;
    char *copy;

    if (!chunk || chunk->size - chunk->used < length) {
        size_t size = length > CHUNK_SIZE ? length : CHUNK_SIZE;

        chunk = malloc(sizeof(*chunk) + size);
        if (!chunk)
            return NULL;
        *chunk = (struct chunk){.next = ids->chunks, .size = size};
        ids->chunks = chunk;
        ids->bytes += sizeof(*chunk) + size;
    }
    copy = chunk->bytes + chunk->used;
    memcpy(copy, text, length);
    chunk->used += length;
    return copy;
}

/* The slot that has the word, or the empty one where it belongs. */
static struct slot *find_slot(struct word_ids *ids, uint32_t hash, const char *text, uint32_t length)
{
    for (size_t at = hash & (ids->n_slots - 1);; at = (at + 1) & (ids->n_slots - 1)) {
        struct slot *slot = &ids->slots[at];

        if (!slot->used ||
            (slot->hash == hash && slot->length == length && memcmp(slot_text(slot), text, length) == 0))
            return slot;
    }
}

static int fill_slot(
    struct word_ids *ids, struct slot *slot, uint32_t hash, const char *text, uint32_t length, uint32_t id)
{
    if (length > sizeof(slot->text.near)) {
        slot->text.far = copy_far(ids, text, length);
        if (!slot->text.far)
            return -ENOMEM;
    } else {
        memcpy(slot->text.near, text, length);
    }
    slot->hash = hash;
    slot->length = length;
    slot->id = id;
    slot->used = true;
    ids->n++;
    return ids->n * 3 > ids->n_slots * 2 ? grow(ids) : 0;
}

uint32_t word_ids_hash(const struct word_ids *ids, const char *text, uint32_t length)
{
    uint32_t hash = (uint32_t)hash_bytes(ids->key, text, length);

    __builtin_prefetch(&ids->slots[hash & (ids->n_slots - 1)]);
    return hash;
}

static int find_stored(struct word_ids *ids, const char *text, uint32_t length, uint32_t *ret)
{
    struct call call = call_begin(ids->sql, SQL_WORD_FIND);
    int r;

    call_u64(&call, ids->job);
    call_u64(&call, SHARD);
    call_text_n(&call, text, length);
    r = call_row(&call);
    if (r > 0)
        *ret = (uint32_t)row_u64(&call, 0);
    call_end(&call);
    return r;
}

int word_ids_get(struct word_ids *ids, uint32_t hash, const char *text, uint32_t length, uint32_t *ret)
{
    struct slot *slot = find_slot(ids, hash, text, length);
    int r;

    if (slot->used) {
        *ret = slot->id;
        return 0;
    }
    r = ids->complete ? 0 : find_stored(ids, text, length, ret);
    if (r == 0) {
        if (ids->n_words >= UINT32_MAX)
            return -E2BIG;
        *ret = (uint32_t)ids->n_words++;
        r = word_log_append(&ids->fresh, text, length);
    }
    return r < 0 ? r : fill_slot(ids, slot, hash, text, length, *ret);
}

static int load(struct word_ids *ids, const void *block, size_t size, uint64_t first_id)
{
    struct word_log_reader reader = {.position = block, .end = (const uint8_t *)block + size};
    const char *text;
    uint32_t length;
    int r;

    if (first_id != ids->n_logged)
        return -EUCLEAN;
    while ((r = word_log_next(&reader, &text, &length)) > 0) {
        uint32_t hash = word_ids_hash(ids, text, length);
        struct slot *slot = find_slot(ids, hash, text, length);

        if (slot->used || ids->n_logged == ids->n_words)
            return -EUCLEAN;
        r = fill_slot(ids, slot, hash, text, length, (uint32_t)ids->n_logged++);
        if (r < 0)
            return r;
    }
    return r;
}

/* Reads back what the index does not have. */
static int load_tail(struct word_ids *ids)
{
    struct call call = call_begin(ids->sql, SQL_WORD_BLOCKS);
    int r;

    call_u64(&call, ids->job);
    call_u64(&call, SHARD);
    call_u64(&call, ids->n_indexed);
    while ((r = call_row(&call)) > 0) {
        const char *block;
        size_t size;

        r = row_text(&call, 1, &block, &size) ? load(ids, block, size, row_u64(&call, 0)) : -ENOMEM;
        if (r < 0)
            break;
    }
    call_end(&call);
    if (r < 0)
        return r;
    return ids->n_logged == ids->n_words ? 0 : -EUCLEAN;
}

int word_ids_new(const struct hash_key *key, struct sql *sql, uint64_t job, uint64_t n_words,
    uint64_t n_indexed, struct word_ids **ret)
{
    CLEANUP(word_ids_freep) struct word_ids *ids = calloc(1, sizeof(*ids));
    int r;

    if (!ids)
        return -ENOMEM;
    *ids = (struct word_ids){.key = key, .sql = sql, .job = job, .n_words = n_words, .n_indexed = n_indexed};
    ids->n_logged = n_indexed;
    ids->complete = n_indexed == 0;
    r = grow(ids);
    if (r >= 0)
        r = load_tail(ids);
    if (r < 0)
        return r;
    *ret = TAKE(ids);
    return 0;
}

static int compare_slots(const void *a, const void *b)
{
    const struct slot *x = *(const struct slot *const *)a;
    const struct slot *y = *(const struct slot *const *)b;
    int order = memcmp(slot_text(x), slot_text(y), x->length < y->length ? x->length : y->length);

    return order ? order : (x->length > y->length) - (x->length < y->length);
}

static int insert_sorted(struct word_ids *ids, const struct slot **sorted, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct call call = call_begin(ids->sql, SQL_WORD_INDEX);
        int r;

        call_u64(&call, ids->job);
        call_u64(&call, SHARD);
        call_text_n(&call, slot_text(sorted[i]), sorted[i]->length);
        call_u64(&call, sorted[i]->id);
        r = call_run(&call);
        if (r < 0)
            return r;
    }
    return 0;
}

static int store_index(struct word_ids *ids)
{
    size_t n_wanted = (size_t)(ids->n_words - ids->n_indexed);
    CLEANUP(freep) const struct slot **sorted = calloc(n_wanted, sizeof(*sorted));
    size_t n = 0;
    int r;

    if (!sorted)
        return -ENOMEM;
    for (size_t i = 0; i < ids->n_slots; i++)
        if (ids->slots[i].used && ids->slots[i].id >= ids->n_indexed)
            sorted[n++] = &ids->slots[i];
    assert(n == n_wanted);
    qsort(sorted, n, sizeof(*sorted), compare_slots);
    r = insert_sorted(ids, sorted, n);
    if (r >= 0)
        ids->n_indexed = ids->n_words;
    return r;
}

int word_ids_store(struct word_ids *ids)
{
    struct call call;
    int r;

    if (ids->n_logged == ids->n_words)
        return 0;
    call = call_begin(ids->sql, SQL_WORD_LOG);
    call_u64(&call, ids->job);
    call_u64(&call, SHARD);
    call_u64(&call, ids->n_logged);
    call_blob(&call, ids->fresh.bytes, ids->fresh.size);
    r = call_run(&call);
    if (r < 0)
        return r;
    ids->fresh.size = 0;
    ids->n_logged = ids->n_words;
    return ids->n_words - ids->n_indexed >= MAX_UNINDEXED ? store_index(ids) : 0;
}
