/* Counting in a test, and comparing. Every function ends the program on a failure of the machine. Thread:
 * main. */
#pragma once

#include "words/words.h"
#include "words_oracle.h"

/* Loads the engine. Where the processor lacks the instructions that the environment asks for, the program
 * ends as one that cannot run here. */
void compare_init(void);

/* Counts bytes that come in pieces of `step`; `charset` may be NULL. */
struct words_counts *compare_count(struct words_page *page, enum words_type type, const char *charset,
    const void *bytes, size_t size, size_t step);

/* What words_text makes of the bytes, terminated, for the caller to free. */
char *compare_text(
    enum words_type type, const char *charset, const void *bytes, size_t size, size_t step, size_t *ret_size);

/* Whether both are the same; if not, says on stderr where they first differ. */
int compare_counts(const char *name, const struct words_counts *a, const struct words_counts *b);
int compare_with_oracle(const char *name, const struct words_counts *counts, const struct oracle *oracle);
