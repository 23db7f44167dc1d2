/* A binary heap of embedded items, least key first. Items know their place, so any can be moved or taken out
 * in O(log n). Owner: whoever embeds it. Thread: one. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct heap_item {
    uint64_t key;
    size_t place; /* 1-based; 0: in no heap */
};

struct heap {
    struct heap_item **items;
    size_t n;
    size_t capacity;
};

void heap_deinit(struct heap *heap);

/* Makes room for `n` items in all, so that heap_set() cannot fail up to there. Returns 0 or -ENOMEM. */
int heap_reserve(struct heap *heap, size_t n);

/* Puts the item in, or moves it if it is in this heap. The room must have been reserved. */
void heap_set(struct heap *heap, struct heap_item *item, uint64_t key);
void heap_remove(struct heap *heap, struct heap_item *item); /* no-op if it is in no heap */
struct heap_item *heap_first(const struct heap *heap);       /* NULL if empty */
