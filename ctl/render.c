#include "ctl/render.h"

#include "ctl/render_format.h"
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_path(struct render *render, const char *path)
{
    assert(render->n_paths < RENDER_MAX_COLUMNS);
    cell_path_init(&render->paths[render->n_paths++], render->item_shape, path);
}

static void add_all_fields(struct render *render)
{
    for (size_t i = 0; i < render->item_shape->n_fields; i++)
        switch (render->item_shape->fields[i].kind) {
        case WIRE_BOOL:
        case WIRE_INT:
        case WIRE_FLOAT:
        case WIRE_STRING:
            add_path(render, render->item_shape->fields[i].name);
            break;
        case WIRE_STRUCT:
        case WIRE_INTS:
        case WIRE_STRINGS:
        case WIRE_STRUCTS:
        case WIRE_JSON:
            break;
        }
}

static int prepare_table(struct render *render, const struct context *context)
{
    const struct render_column *column = render->layout->columns;
    size_t n = 0;

    for (; column->path && (column->style != STYLE_BAR || context->color); column++, n++) {
        add_path(render, column->path);
        render->headings[n] =
            (struct table_column){.title = column->title, .right = cell_style_is_right(column->style)};
    }
    return table_new(context, render->headings, n, &render->table);
}

static void prepare_fields(struct render *render)
{
    if (!render->layout->fields)
        add_all_fields(render);
    else
        for (const char *const *field = render->layout->fields; *field; field++)
            add_path(render, *field);
}

int render_begin(struct context *context, const struct render_layout *layout)
{
    struct render *render;

    render_free(context->render);
    context->render = NULL;
    render = calloc(1, sizeof(*render));
    if (!render)
        return -ENOMEM;
    context->render = render;
    render->layout = layout;
    render->item_shape = layout->shape;
    if (layout->list) {
        render->list = wire_shape_find(layout->shape, layout->list);
        assert(render->list && render->list->kind == WIRE_STRUCTS);
        render->item_shape = render->list->shape;
    }
    if (context->format == FORMAT_TABLE)
        return prepare_table(render, context);
    prepare_fields(render);
    return 0;
}

void render_free(struct render *render)
{
    if (!render)
        return;
    table_free(render->table);
    buffer_deinit(&render->out);
    free(render);
}

const void *render_items(const struct render *render, const void *reply, size_t *ret_n)
{
    if (!render->list) {
        *ret_n = 1;
        return reply;
    }
    *ret_n = *(const size_t *)((const char *)reply + render->list->n_offset);
    return *(const void *const *)((const char *)reply + render->list->offset);
}

int render_rows(struct render *render, const void *item,
    int (*row)(struct render *render, const void *item, size_t element, void *userdata), void *userdata)
{
    const struct cell_path *nested = NULL;
    size_t n = 1;
    int r = 0;

    for (size_t i = 0; i < render->n_paths && !nested; i++)
        if (render->paths[i].array < render->paths[i].n_fields)
            nested = &render->paths[i];
    if (nested && !cell_array(nested, item, &n))
        n = 0;
    for (size_t i = 0; i < n && r == 0; i++)
        r = row(render, item, i, userdata);
    return r;
}

int render_flush(struct render *render)
{
    /* A failed write shows in ferror(stdout), which main() looks at. */
    if (render->out.size > 0)
        (void)fwrite(render->out.bytes, 1, render->out.size, stdout);
    render->out.size = 0;
    return 0;
}

int render_part(struct context *context, const void *reply, bool last)
{
    struct render *render = context->render;
    int r = 0;

    switch (context->format) {
    case FORMAT_TABLE:
        r = render_table_part(render, context, reply, last);
        break;
    case FORMAT_JSON:
        r = render_json_part(render, reply, last);
        break;
    case FORMAT_JSONL:
        r = render_jsonl_part(render, reply);
        break;
    case FORMAT_CSV:
    case FORMAT_TSV:
        r = render_separated_part(render, context, reply);
        break;
    }
    render->begun = true;
    render->ended = last;
    if (r == 0)
        r = render_flush(render);
    fflush(stdout);
    return r;
}

int render_reply(struct context *context, const struct render_layout *layout, const void *reply)
{
    int r = render_begin(context, layout);

    return r < 0 ? r : render_part(context, reply, true);
}

bool render_failure(const struct context *context, const char *error, const char *message)
{
    CLEANUP(buffer_deinit) struct buffer text = {0};
    const struct render *render = context->render;
    bool within = render && render->begun && !render->ended;

    if (context->format != FORMAT_JSON || (render && render->ended))
        return false;
    if (buffer_append_text(&text, within ? "\n  ],\n  " : "{\n  ") < 0 ||
        render_json_failure(&text, error, message) < 0)
        return false;
    (void)fwrite(text.bytes, 1, text.size, stdout);
    fflush(stdout);
    return true;
}
