/* How many elements of each name are open, in place of HTML's stack of open elements: its memory does not
 * depend on how deep they are nested. Ends that HTML implies are counted as far as names alone tell them: a
 * list has one open item, a table one open cell, a paragraph ends where a block begins. Owner: whoever embeds
 * it. Thread: one at a time. */
#pragma once

#include "words/elements.h"
#include <stdbool.h>

struct open_elements {
    uint32_t n[N_ELEMENTS];
};

/* The start of an element that is not void. */
void open_start(struct open_elements *open, enum element element);

/* The end tag of one that is open. */
void open_end(struct open_elements *open, enum element element);

/* Whether what comes stands in a table, but in none of its cells and captions. */
bool open_in_table(const struct open_elements *open);

/* Whether what comes is MathML, not HTML inside of it. */
bool open_in_math(const struct open_elements *open);

/* The same as if it had started and ended: what its start ends has ended. False if there was nothing. */
bool open_pass(struct open_elements *open, enum element element);

/* How many are open of those whose end HTML does not imply. */
uint32_t open_unclosed(const struct open_elements *open);

/* The open element that an end tag of that name ends; headings' end tags do not tell them apart. False if
 * there is none. */
bool open_find(const struct open_elements *open, enum element name, enum element *ret);

/* How many are open. */
uint32_t open_all(const struct open_elements *open);

/* How many are open of those with the flag. */
uint32_t open_sum(const struct open_elements *open, uint32_t flag);
