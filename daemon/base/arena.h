/* Many small allocations that are freed together. Owner: whoever embeds it. Thread: one. */
#pragma once

#include <stddef.h>

struct arena {
    struct arena_block *blocks;
    size_t used;   /* bytes of the newest block */
    size_t memory; /* bytes of all blocks */
};

void arena_deinit(struct arena *arena);

/* Aligned for any type, not zeroed; NULL if out of memory. */
void *arena_allocate(struct arena *arena, size_t size);

/* A copy of the text; NULL if out of memory, or if `text` is NULL. */
char *arena_copy(struct arena *arena, const char *text);
