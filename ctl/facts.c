#include "ctl/facts.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

static const struct table_column columns[] = {{NULL, true}, {NULL, false}};

int facts_new(const struct context *context, struct table **ret)
{
    return table_new(context, columns, sizeof(columns) / sizeof(columns[0]), ret);
}

static int add_name(struct table *table, const char *name)
{
    char text[64];
    int r = table_row(table);

    snprintf(text, sizeof(text), "%s%s", name, *name ? ":" : "");
    return r < 0 ? r : table_cell(table, text, NULL);
}

int facts_add(struct table *table, const char *name, const char *value, const char *color)
{
    int r;

    if (!value || !*value)
        return 0;
    r = add_name(table, name);
    return r < 0 ? r : table_text(table, value, color);
}

int facts_printf(struct table *table, const char *name, const char *format, ...)
{
    CLEANUP(freep) char *text = NULL;
    va_list arguments;
    int n;

    va_start(arguments, format);
    n = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (n < 0) {
        text = NULL;
        return -ENOMEM;
    }
    return facts_add(table, name, text, NULL);
}

int facts_field(struct table *table, const char *name, const struct wire_shape *shape, const void *message,
    const char *path, enum render_style style)
{
    CLEANUP(buffer_deinit) struct buffer text = {0};
    struct cell_path cell;
    int r;

    cell_path_init(&cell, shape, path);
    r = cell_format(&text, cell_field(&cell), cell_message(&cell, message, 0), style);
    if (r == 0)
        r = buffer_append(&text, "", 1);
    if (r < 0 || text.size == 1)
        return r;
    r = add_name(table, name);
    return r < 0 ? r
                 : table_cell(table, (const char *)text.bytes, cell_color(style, (const char *)text.bytes));
}
