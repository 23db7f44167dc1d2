#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The first one is small; each is as large as those before it together. */
#define MIN_BLOCK ((size_t)4 * 1024)
#define MAX_BLOCK ((size_t)64 * 1024)

struct arena_block {
    struct arena_block *next;
    size_t size;
    alignas(max_align_t) unsigned char bytes[];
};

void arena_deinit(struct arena *arena)
{
    while (arena->blocks) {
        struct arena_block *next = arena->blocks->next;

        free(arena->blocks);
        arena->blocks = next;
    }
    *arena = (struct arena){0};
}

static size_t block_size(const struct arena *arena)
{
    if (arena->memory < MIN_BLOCK)
        return MIN_BLOCK;
    return arena->memory < MAX_BLOCK ? arena->memory : MAX_BLOCK;
}

static void *grab(struct arena *arena, size_t size, size_t alignment)
{
    size_t start = (arena->used + alignment - 1) & ~(alignment - 1);
    struct arena_block *block = arena->blocks;

    if (!block || start > block->size || size > block->size - start) {
        size_t common = block_size(arena);
        size_t capacity = size > common / 4 ? size : common;

        if (capacity > SIZE_MAX - sizeof(*block))
            return NULL;
        block = malloc(sizeof(*block) + capacity);
        if (!block)
            return NULL;
        block->size = capacity;
        block->next = arena->blocks;
        arena->blocks = block;
        arena->memory += sizeof(*block) + capacity;
        start = 0;
    }
    arena->used = start + size;
    return block->bytes + start;
}

void *arena_allocate(struct arena *arena, size_t size)
{
    return grab(arena, size, alignof(max_align_t));
}

char *arena_copy(struct arena *arena, const char *text)
{
    size_t size = text ? strlen(text) + 1 : 0;
    char *copy = size > 0 ? grab(arena, size, 1) : NULL;

    return copy ? memcpy(copy, text, size) : NULL;
}
