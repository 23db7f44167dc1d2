/* How many elements of each name are open, in place of HTML's stack of open elements: its memory does not
 * depend on how deep they are nested. Ends that HTML implies are counted as far as names alone tell them: a
 * list has one open item, a table one open cell, a paragraph ends where a block begins. Owner: whoever embeds
 * it. Thread: one at a time. */
#pragma once

#include "words/elements.h"

struct open_elements {
    uint32_t n[N_ELEMENTS];
};

/* The start of an element that is not void. */
void open_start(struct open_elements *open, enum element element);

/* The end tag of one that is open. */
void open_end(struct open_elements *open, enum element element);

/* How many are open of those whose end HTML does not imply. */
uint32_t open_unclosed(const struct open_elements *open);

/* How many are open of those with the flag. */
uint32_t open_sum(const struct open_elements *open, uint32_t flag);
