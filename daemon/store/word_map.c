#include "store/word_map.h"

#include "base/array.h"
#include "store/word_log.h"
#include <errno.h>
#include <stdlib.h>

#define MAX_MAPS 16
#define SHARD 0
#define NOT_FOUND_YET UINT32_MAX

struct word {
    size_t position; /* in `texts` */
    uint32_t length;
    uint32_t id; /* in the other job */
};

struct word_map {
    uint64_t from, to;
    struct buffer texts;
    struct buffer words; /* of struct word, by id */
    struct word_map *next;
};

static void map_free(struct word_map *map)
{
    buffer_deinit(&map->texts);
    buffer_deinit(&map->words);
    free(map);
}

static size_t map_bytes(const struct word_map *map)
{
    return sizeof(*map) + map->texts.capacity + map->words.capacity;
}

void word_maps_forget(struct word_maps *maps)
{
    while (maps->first) {
        struct word_map *next = maps->first->next;

        map_free(maps->first);
        maps->first = next;
    }
}

void word_maps_trim(struct word_maps *maps, size_t max_bytes)
{
    struct word_map **at = maps->first ? &maps->first->next : NULL;
    size_t bytes = maps->first ? map_bytes(maps->first) : 0;
    size_t n = 1;

    while (at && *at) {
        struct word_map *map = *at;

        bytes += map_bytes(map);
        if (++n <= MAX_MAPS && bytes <= max_bytes) {
            at = &map->next;
            continue;
        }
        bytes -= map_bytes(map);
        *at = map->next;
        map_free(map);
    }
}

int word_maps_get(struct word_maps *maps, uint64_t from, uint64_t to, struct word_map **ret)
{
    struct word_map *map;

    for (struct word_map **at = &maps->first; *at; at = &(*at)->next) {
        map = *at;
        if (map->from != from || map->to != to)
            continue;
        *at = map->next;
        map->next = maps->first;
        maps->first = *ret = map;
        return 0;
    }
    map = calloc(1, sizeof(*map));
    if (!map)
        return -ENOMEM;
    map->from = from;
    map->to = to;
    map->next = maps->first;
    maps->first = *ret = map;
    return 0;
}

static size_t n_words(const struct word_map *map)
{
    return map->words.size / sizeof(struct word);
}

static struct word *word_at(const struct word_map *map, uint32_t id)
{
    return (struct word *)(void *)map->words.bytes + id;
}

static int take_block(struct word_map *map, const void *block, size_t size)
{
    struct word_log_reader reader = {.position = block, .end = (const uint8_t *)block + size};
    const char *text;
    uint32_t length;
    int r;

    while ((r = word_log_next(&reader, &text, &length)) > 0) {
        struct word word = {.position = map->texts.size, .length = length, .id = NOT_FOUND_YET};

        r = buffer_append(&map->texts, text, length);
        if (r >= 0)
            r = buffer_append(&map->words, &word, sizeof(word));
        if (r < 0)
            return r;
    }
    return r;
}

/* The job's words that are not here: all, or what came since. */
static int load(struct word_map *map, struct sql *sql)
{
    struct call call = call_begin(sql, SQL_WORD_BLOCKS);
    int r;

    call_u64(&call, map->from);
    call_u64(&call, SHARD);
    call_u64(&call, n_words(map));
    while ((r = call_row(&call)) > 0) {
        const char *block;
        size_t size;

        if (row_u64(&call, 0) != n_words(map))
            r = -EUCLEAN;
        else
            r = row_text(&call, 1, &block, &size) ? take_block(map, block, size) : -ENOMEM;
        if (r < 0)
            break;
    }
    call_end(&call);
    return r;
}

int word_map_get(struct word_map *map, struct sql *sql, struct word_ids *to, uint32_t id, uint32_t *ret)
{
    struct word *word;
    int r = id < n_words(map) ? 0 : load(map, sql);

    if (r < 0)
        return r;
    if (id >= n_words(map))
        return -EUCLEAN;
    word = word_at(map, id);
    if (word->id == NOT_FOUND_YET) {
        const char *text = (const char *)map->texts.bytes + word->position;

        r = word_ids_get(to, word_ids_hash(to, text, word->length), text, word->length, &word->id);
        if (r < 0) {
            word->id = NOT_FOUND_YET;
            return r;
        }
    }
    *ret = word->id;
    return 0;
}
