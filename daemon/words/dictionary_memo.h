/* How short texts were divided, as long as there is room: a table of fixed size in which a newer text takes
 * an older one's place. Texts are compared in full, so it never errs. Owner: a dictionary. Thread: one at a
 * time. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* UTF-16 units, none of them 0. Longer texts are rare, and not remembered. */
#define MEMO_MAX_UNITS 15
/* Of so many units from a text's begin on, all can be read, whatever is behind the text. */
#define MEMO_READ_UNITS 16
/* Of 32 bytes each. */
#define MEMO_SLOTS 32768

struct memo;

int memo_new(struct memo **ret);
void memo_free(struct memo *memo);

/* A text, 0 < n <= MEMO_MAX_UNITS, as the memo knows it. */
struct memo_key {
    uint64_t units[4]; /* the last one is 0 */
    uint64_t hash;
};

/* Has the processor fetch, too, what memo_find() will look at: make several keys before the first is looked
 * up. */
void memo_key_make(const struct memo *memo, const uint16_t *text, size_t n, struct memo_key *ret);

/* Bit i of the ends is set if a word ends behind text[i]; *ret_ends stays untouched if the text is not
 * remembered. */
bool memo_find(const struct memo *memo, const struct memo_key *key, uint16_t *ret_ends);
void memo_add(struct memo *memo, const struct memo_key *key, uint16_t ends);
