/* Numbers for texts: each different one gets the next number, from 0. Owner: whoever embeds it. Thread: one
 * at a time. */
#pragma once

#include "base/arena.h"
#include <stdbool.h>
#include <stdint.h>

struct query_string {
    const char *text; /* not terminated */
    uint32_t length;
};

struct query_strings {
    struct query_string *items;
    size_t n;
    size_t capacity;
    uint32_t *slots; /* number + 1; 0 is free */
    size_t n_slots;
    bool copies; /* texts are copied; else they must outlive it */
    struct arena arena;
};

void query_strings_init(struct query_strings *strings, bool copies);
void query_strings_deinit(struct query_strings *strings);

/* False if it has no number yet. */
bool query_strings_find(
    const struct query_strings *strings, const char *text, uint32_t length, uint32_t *ret_number);
/* Returns 0 or -ENOMEM. */
int query_strings_number(
    struct query_strings *strings, const char *text, uint32_t length, uint32_t *ret_number);
