#include "ctl/table.h"

#include "ctl/cell.h"
#include "ctl/escape.h"
#include <assert.h>
#include <errno.h>
#include <libsmartcols/libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_ROWS 1000
#define HEADING "\033[1m"

struct table {
    const struct table_column *columns;
    size_t n_columns;
    bool color;
    bool headings;
    struct libscols_table *block; /* rows not printed yet; NULL for none */
    struct libscols_line *first, *last;
    size_t n_rows;
    size_t n_cells;  /* of the last row */
    size_t widths[]; /* of the columns in the blocks before */
};

int table_new(const struct context *context, const struct table_column *columns, size_t n, struct table **ret)
{
    struct table *table = calloc(1, sizeof(*table) + n * sizeof(table->widths[0]));

    if (!table)
        return -ENOMEM;
    table->columns = columns;
    table->n_columns = n;
    table->color = context->color;
    table->headings = context->legend && columns[0].title;
    *ret = table;
    return 0;
}

void table_free(struct table *table)
{
    if (!table)
        return;
    scols_unref_table(table->block);
    free(table);
}

/* A row that is not printed makes the columns as wide as they were in the block before. */
static int add_ruler(struct table *table)
{
    struct libscols_line *line = scols_table_new_line(table->block, NULL);

    if (!line)
        return -ENOMEM;
    for (size_t i = 0; i < table->n_columns; i++) {
        CLEANUP(freep) char *ruler = malloc(table->widths[i] + 1);

        if (!ruler)
            return -ENOMEM;
        memset(ruler, 'x', table->widths[i]);
        ruler[table->widths[i]] = '\0';
        if (scols_line_set_data(line, i, ruler) < 0)
            return -ENOMEM;
    }
    return 0;
}

static int begin_block(struct table *table)
{
    table->block = scols_new_table();
    if (!table->block)
        return -ENOMEM;
    /* Without a terminal's width nothing is cut or wrapped: what is shown can be copied whole. */
    scols_table_set_termforce(table->block, SCOLS_TERMFORCE_NEVER);
    scols_table_enable_colors(table->block, table->color);
    scols_table_enable_noheadings(table->block, !table->headings);
    scols_table_set_column_separator(table->block, "  ");
    for (size_t i = 0; i < table->n_columns; i++) {
        const char *title = table->headings ? table->columns[i].title : "";
        struct libscols_column *column =
            scols_table_new_column(table->block, title, 0, table->columns[i].right ? SCOLS_FL_RIGHT : 0);

        if (!column)
            return -ENOMEM;
        if (table->color && scols_cell_set_color(scols_column_get_header(column), HEADING) < 0)
            return -ENOMEM;
    }
    return table->widths[0] > 0 ? add_ruler(table) : 0;
}

static int print_block(struct table *table)
{
    int r;

    r = scols_table_print_range(table->block, table->first, table->last);
    putchar('\n');
    for (size_t i = 0; i < table->n_columns; i++)
        table->widths[i] = scols_column_get_width(scols_table_get_column(table->block, i));
    scols_unref_table(table->block);
    table->block = NULL;
    table->first = table->last = NULL;
    table->n_rows = 0;
    table->headings = false;
    return r < 0 ? -ENOMEM : 0;
}

int table_row(struct table *table)
{
    int r = table->n_rows == BLOCK_ROWS ? print_block(table) : 0;

    if (r == 0 && !table->block)
        r = begin_block(table);
    if (r < 0)
        return r;
    table->last = scols_table_new_line(table->block, NULL);
    if (!table->last)
        return -ENOMEM;
    if (!table->first)
        table->first = table->last;
    table->n_rows++;
    table->n_cells = 0;
    return 0;
}

int table_cell(struct table *table, const char *text, const char *color)
{
    size_t i = table->n_cells++;

    assert(i < table->n_columns);
    if (scols_line_set_data(table->last, i, text) < 0)
        return -ENOMEM;
    if (color && scols_cell_set_color(scols_line_get_cell(table->last, i), color) < 0)
        return -ENOMEM;
    return 0;
}

int table_text(struct table *table, const char *text, const char *color)
{
    CLEANUP(buffer_deinit) struct buffer escaped = {0};
    int r = escape_append(&escaped, text, strlen(text));

    if (r == 0)
        r = buffer_append(&escaped, "", 1);
    return r < 0 ? r : table_cell(table, (const char *)escaped.bytes, color);
}

int table_number(struct table *table, int64_t number)
{
    CLEANUP(buffer_deinit) struct buffer digits = {0};
    int r = cell_format_number(&digits, number);

    if (r == 0)
        r = buffer_append(&digits, "", 1);
    return r < 0 ? r : table_cell(table, (const char *)digits.bytes, NULL);
}

int table_finish(struct table *table)
{
    return table->block ? print_block(table) : 0;
}
