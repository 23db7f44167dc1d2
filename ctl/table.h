/* A table for people: aligned by how wide characters are on a terminal, printed in blocks, so that a list of
 * any length needs the memory of one block. Columns are as wide as the first block wants them, or wider.
 * Thread: main. */
#pragma once

#include "base/cleanup.h"
#include "ctl/verb.h"

struct table_column {
    const char *title; /* NULL in all columns: no headings */
    bool right;
};

struct table;

/* The columns must outlive it. */
int table_new(
    const struct context *context, const struct table_column *columns, size_t n, struct table **ret);
void table_free(struct table *table);
DEFINE_CLEANUP(struct table *, table_free)

/* Rows get their cells from left to right. The text is copied and must be escaped; `color` is an escape
 * sequence, or NULL. Returns 0 or negative errno. */
int table_row(struct table *table);
int table_cell(struct table *table, const char *text, const char *color);
int table_text(struct table *table, const char *text, const char *color);
int table_number(struct table *table, int64_t number);

/* Prints what was not printed yet. */
int table_finish(struct table *table);
