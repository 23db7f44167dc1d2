/* Tables for people. */
#include "ctl/render_format.h"

#include "ctl/say.h"

static int print_bar(
    struct render *render, const struct wire_field *field, const void *message, struct buffer *text)
{
    if (render->bar_full == 0)
        render->bar_full = cell_number(field, message);
    return cell_format_bar(text, field, message, render->bar_full);
}

static int print_cell(
    struct render *render, size_t column, const void *item, size_t element, struct buffer *text)
{
    const struct cell_path *path = &render->paths[column];
    enum render_style style = render->layout->columns[column].style;
    int r;

    text->size = 0;
    if (style == STYLE_BAR)
        r = print_bar(render, cell_field(path), cell_message(path, item, element), text);
    else
        r = cell_format(text, cell_field(path), cell_message(path, item, element), style);
    if (r == 0)
        r = buffer_append(text, "", 1);
    if (r < 0)
        return r;
    return table_cell(render->table, (const char *)text->bytes, cell_color(style, (const char *)text->bytes));
}

static int print_row(struct render *render, const void *item, size_t element, void *userdata)
{
    int r = table_row(render->table);

    for (size_t i = 0; i < render->n_paths && r == 0; i++)
        r = print_cell(render, i, item, element, userdata);
    render->n_items++;
    return r;
}

int render_table_part(struct render *render, const struct context *context, const void *reply, bool last)
{
    CLEANUP(buffer_deinit) struct buffer text = {0};
    size_t n;
    const char *items = render_items(render, reply, &n);
    int r = 0;

    for (size_t i = 0; i < n && r == 0; i++)
        r = render_rows(render, items + i * render->item_shape->size, print_row, &text);
    if (r < 0 || !last)
        return r;
    r = table_finish(render->table);
    if (r == 0 && render->n_items == 0 && render->layout->empty)
        say_note(context, "%s", render->layout->empty);
    return r;
}
