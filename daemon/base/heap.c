#include "base/heap.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

void heap_deinit(struct heap *heap)
{
    free(heap->items);
    *heap = (struct heap){0};
}

int heap_reserve(struct heap *heap, size_t n)
{
    size_t wanted = heap->capacity ? heap->capacity : 64;
    struct heap_item **grown;

    if (n <= heap->capacity)
        return 0;
    while (wanted < n)
        wanted *= 2;
    grown = reallocarray(heap->items, wanted, sizeof(*grown));
    if (!grown)
        return -ENOMEM;
    heap->items = grown;
    heap->capacity = wanted;
    return 0;
}

static void put(struct heap *heap, size_t place, struct heap_item *item)
{
    heap->items[place - 1] = item;
    item->place = place;
}

static void sift_up(struct heap *heap, struct heap_item *item)
{
    size_t place = item->place;

    while (place > 1 && heap->items[place / 2 - 1]->key > item->key) {
        put(heap, place, heap->items[place / 2 - 1]);
        place /= 2;
    }
    put(heap, place, item);
}

static void sift_down(struct heap *heap, struct heap_item *item)
{
    size_t place = item->place;

    for (;;) {
        size_t child = place * 2;

        if (child > heap->n)
            break;
        if (child < heap->n && heap->items[child]->key < heap->items[child - 1]->key)
            child++;
        if (heap->items[child - 1]->key >= item->key)
            break;
        put(heap, place, heap->items[child - 1]);
        place = child;
    }
    put(heap, place, item);
}

void heap_set(struct heap *heap, struct heap_item *item, uint64_t key)
{
    item->key = key;
    if (item->place == 0) {
        assert(heap->n < heap->capacity);
        put(heap, ++heap->n, item);
    }
    sift_up(heap, item);
    sift_down(heap, item);
}

void heap_remove(struct heap *heap, struct heap_item *item)
{
    struct heap_item *last;

    if (item->place == 0)
        return;
    last = heap->items[--heap->n];
    if (last != item) {
        put(heap, item->place, last);
        sift_up(heap, last);
        sift_down(heap, last);
    }
    item->place = 0;
}

struct heap_item *heap_first(const struct heap *heap)
{
    return heap->n > 0 ? heap->items[0] : NULL;
}
