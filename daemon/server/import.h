/* A page of an import: what came over the wire, checked, as the engine takes it. Thread: main. */
#pragma once

#include "base/arena.h"
#include "engine/engine.h"
#include "wire/messages.h"

/* An import on its connection. Owner: its submission. */
struct import {
    uint64_t tokens; /* so far */
    char *url;       /* of a page that goes on in the next item; NULL: none does */
    struct arena arena;
    struct words_word *words; /* of the page under way; those of pages that go on are in the arena */
    size_t n_words, capacity;
    uint64_t page_tokens;
};

/* One item: NULL, or a static clause why it is refused; *ret_r: 0; 1: the page is whole, and in *ret, which
 * borrows from both and from `hash`; -ENOMEM. */
const char *import_take(struct import *import, const struct wire_page_counts *item,
    uint8_t hash[static STORE_HASH_SIZE], struct engine_page *ret, int *ret_r);
/* The page is with the engine. */
void import_next(struct import *import);
