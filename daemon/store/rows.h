/* The rows of an answer with all that they point to, as one thing that store_rows_free() frees. Thread: one
 * at a time. */
#pragma once

#include "store/store.h"

struct rows_head;

struct rows {
    size_t row_size;
    struct rows_head *head; /* followed by the rows */
    size_t n;
    size_t capacity;
    size_t bytes; /* of what the rows point to */
};

void rows_init(struct rows *rows, size_t row_size);
/* Not needed, and harmless, after rows_take(). */
void rows_deinit(struct rows *rows);

/* A further row, zeroed, valid until the next call; NULL if memory is short. */
void *rows_add(struct rows *rows);
/* The row that was added last. */
void *rows_last(const struct rows *rows);

/* Copies with a terminator behind. NULL if memory is short. */
char *rows_copy(struct rows *rows, const void *bytes, size_t size);

/* Hands the rows out; NULL if there are none. */
void *rows_take(struct rows *rows, size_t *ret_n);
