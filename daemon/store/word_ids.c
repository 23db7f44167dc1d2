#include "store/word_ids.h"

#include "base/array.h"
#include "store/word_log.h"
#include <assert.h>
#include <errno.h>
#include <string.h>

#define SHARD 0
/* To be read back within a tenth of a second, into some 16 MB. */
#define MAX_UNINDEXED 262144
#define MAX_UNINDEXED_IF_CROWDED 65536

struct word_ids {
    struct sql *sql;
    uint64_t job;
    uint64_t n_words;
    uint64_t n_indexed;
    bool complete; /* every word of the job is here: what is not, is new */
    struct word_table table;
    struct buffer fresh; /* a log block of the words that are new, from n_logged on */
    uint64_t n_logged;
};

void word_ids_free(struct word_ids *ids)
{
    if (!ids)
        return;
    word_table_deinit(&ids->table);
    buffer_deinit(&ids->fresh);
    free(ids);
}

size_t word_ids_bytes(const struct word_ids *ids)
{
    return ids->table.bytes + ids->fresh.capacity;
}

uint64_t word_ids_n_words(const struct word_ids *ids)
{
    return ids->n_words;
}

uint64_t word_ids_n_indexed(const struct word_ids *ids)
{
    return ids->n_indexed;
}

uint32_t word_ids_hash(const struct word_ids *ids, const char *text, uint32_t length)
{
    return ids->table.hash(text, length);
}

void word_ids_near(const struct word_ids *ids, uint32_t hash)
{
    word_table_near(&ids->table, hash);
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
    struct word_slot *slot = word_table_find(&ids->table, hash, text, length);
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
    return r < 0 ? r : word_table_fill(&ids->table, slot, hash, text, length, *ret);
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
        struct word_slot *slot = word_table_find(&ids->table, hash, text, length);

        if (slot->used || ids->n_logged == ids->n_words)
            return -EUCLEAN;
        r = word_table_fill(&ids->table, slot, hash, text, length, (uint32_t)ids->n_logged++);
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

int word_ids_new(word_hash hash, struct sql *sql, uint64_t job, uint64_t n_words, uint64_t n_indexed,
    struct word_ids **ret)
{
    CLEANUP(word_ids_freep) struct word_ids *ids = calloc(1, sizeof(*ids));
    int r;

    if (!ids)
        return -ENOMEM;
    *ids = (struct word_ids){.sql = sql, .job = job, .n_words = n_words, .n_indexed = n_indexed};
    ids->n_logged = n_indexed;
    ids->complete = n_indexed == 0;
    r = word_table_init(&ids->table, hash);
    if (r >= 0)
        r = load_tail(ids);
    if (r < 0)
        return r;
    *ret = TAKE(ids);
    return 0;
}

static int compare_slots(const void *a, const void *b)
{
    const struct word_slot *x = *(const struct word_slot *const *)a;
    const struct word_slot *y = *(const struct word_slot *const *)b;
    int order = memcmp(word_slot_text(x), word_slot_text(y), x->length < y->length ? x->length : y->length);

    return order ? order : (x->length > y->length) - (x->length < y->length);
}

static int insert_sorted(struct word_ids *ids, const struct word_slot **sorted, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct call call = call_begin(ids->sql, SQL_WORD_INDEX);
        int r;

        call_u64(&call, ids->job);
        call_u64(&call, SHARD);
        call_text_n(&call, word_slot_text(sorted[i]), sorted[i]->length);
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
    CLEANUP(freep) const struct word_slot **sorted = calloc(n_wanted, sizeof(*sorted));
    size_t n = 0;
    int r;

    if (!sorted)
        return -ENOMEM;
    for (size_t i = 0; i < ids->table.n_slots; i++)
        if (ids->table.slots[i].used && ids->table.slots[i].id >= ids->n_indexed)
            sorted[n++] = &ids->table.slots[i];
    assert(n == n_wanted);
    qsort(sorted, n, sizeof(*sorted), compare_slots);
    r = insert_sorted(ids, sorted, n);
    if (r >= 0)
        ids->n_indexed = ids->n_words;
    return r;
}

int word_ids_store(struct word_ids *ids, bool is_crowded)
{
    const uint64_t max_unindexed = is_crowded ? MAX_UNINDEXED_IF_CROWDED : MAX_UNINDEXED;
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
    return ids->n_words - ids->n_indexed >= max_unindexed ? store_index(ids) : 0;
}
