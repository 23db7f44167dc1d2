#include "engine/query_strings.h"

#include "base/array.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

void query_strings_init(struct query_strings *strings, bool copies)
{
    *strings = (struct query_strings){.copies = copies};
}

void query_strings_deinit(struct query_strings *strings)
{
    free(strings->items);
    free(strings->slots);
    arena_deinit(&strings->arena);
    *strings = (struct query_strings){0};
}

static size_t hash(const struct query_strings *strings, const char *text, uint32_t length)
{
    return (size_t)XXH3_64bits(text, length) & (strings->n_slots - 1);
}

static int grow(struct query_strings *strings)
{
    size_t wanted = strings->n_slots ? strings->n_slots * 2 : 1024;
    uint32_t *slots = calloc(wanted, sizeof(*slots));

    if (!slots)
        return -ENOMEM;
    free(strings->slots);
    strings->slots = slots;
    strings->n_slots = wanted;
    for (size_t i = 0; i < strings->n; i++) {
        size_t slot = hash(strings, strings->items[i].text, strings->items[i].length);

        while (slots[slot])
            slot = (slot + 1) & (wanted - 1);
        slots[slot] = (uint32_t)i + 1;
    }
    return 0;
}

static int add(struct query_strings *strings, const char *text, uint32_t length, size_t slot)
{
    int r;

    if (strings->n >= UINT32_MAX - 1)
        return -ENOMEM;
    r = array_reserve_one(&strings->items, strings->n, &strings->capacity, sizeof(*strings->items));
    if (r < 0)
        return r;
    if (strings->copies) {
        char *copy = arena_allocate(&strings->arena, length > 0 ? length : 1);

        if (!copy)
            return -ENOMEM;
        memcpy(copy, text, length);
        text = copy;
    }
    strings->items[strings->n] = (struct query_string){.text = text, .length = length};
    strings->slots[slot] = (uint32_t)++strings->n;
    return 0;
}

/* The text's slot, or the free one that it would take. */
static size_t slot_of(const struct query_strings *strings, const char *text, uint32_t length)
{
    size_t slot = hash(strings, text, length);

    for (; strings->slots[slot]; slot = (slot + 1) & (strings->n_slots - 1)) {
        const struct query_string *item = &strings->items[strings->slots[slot] - 1];

        if (item->length == length && memcmp(item->text, text, length) == 0)
            break;
    }
    return slot;
}

bool query_strings_find(
    const struct query_strings *strings, const char *text, uint32_t length, uint32_t *ret_number)
{
    uint32_t number_plus_one;

    if (strings->n == 0)
        return false;
    number_plus_one = strings->slots[slot_of(strings, text, length)];
    if (number_plus_one == 0)
        return false;
    *ret_number = number_plus_one - 1;
    return true;
}

int query_strings_number(
    struct query_strings *strings, const char *text, uint32_t length, uint32_t *ret_number)
{
    size_t slot;
    int r;

    if (strings->n >= strings->n_slots / 2) {
        r = grow(strings);
        if (r < 0)
            return r;
    }
    slot = slot_of(strings, text, length);
    if (!strings->slots[slot]) {
        r = add(strings, text, length, slot);
        if (r < 0)
            return r;
    }
    *ret_number = strings->slots[slot] - 1;
    return 0;
}
