/* How short texts were divided, as long as there is room: a table of fixed size in which a newer text takes
 * an older one's place. Texts are compared in full, so it never errs. Owner: a dictionary. Thread: one at a
 * time. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* UTF-16 units. Longer texts are rare, and not remembered. */
#define MEMO_MAX_UNITS 13
/* Of 32 bytes each. */
#define MEMO_SLOTS 32768

struct memo;

int memo_new(struct memo **ret);
void memo_free(struct memo *memo);

/* 0 < n <= MEMO_MAX_UNITS. Bit i of the ends is set if a word ends behind text[i]; *ret_ends stays untouched
 * if the text is not remembered. */
bool memo_find(const struct memo *memo, const uint16_t *text, size_t n, uint16_t *ret_ends);
void memo_add(struct memo *memo, const uint16_t *text, size_t n, uint16_t ends);
