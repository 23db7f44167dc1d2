/* json: fields one a line, the list's items one a line, so that it reads well and greps well. jsonl: the
 * items. */
#include "ctl/render_format.h"

#include "wire/encode.h"
#include <string.h>

static const void *field_at(const struct wire_field *field, const void *message)
{
    return (const char *)message + field->offset;
}

static size_t field_count(const struct wire_field *field, const void *message)
{
    return *(const size_t *)((const char *)message + field->n_offset);
}

static int print_items(struct render *render, const struct wire_field *list, const void *message,
    uint64_t already, const char *indent)
{
    const char *items = *(const char *const *)field_at(list, message);
    size_t n = field_count(list, message);
    int r = 0;

    for (size_t i = 0; i < n && r == 0; i++) {
        r = buffer_append_text(&render->out, already + i > 0 ? ",\n" : "\n");
        if (r == 0)
            r = buffer_append_text(&render->out, indent);
        if (r == 0)
            r = wire_print_compact(&render->out, list->shape, items + i * list->shape->size);
        if (r == 0 && render->out.size >= RENDER_FLUSH_SIZE)
            r = render_flush(render);
    }
    return r;
}

static int print_struct(struct buffer *out, const struct wire_field *field, const void *message)
{
    const void *at = field_at(field, message);

    if (field->presence != WIRE_REQUIRED)
        at = *(const void *const *)at;
    return wire_print_compact(out, field->shape, at);
}

static int print_ints(struct buffer *out, const struct wire_field *field, const void *message)
{
    const int64_t *values = *(const int64_t *const *)field_at(field, message);
    int r = buffer_append_text(out, "[");

    for (size_t i = 0, n = field_count(field, message); i < n && r == 0; i++)
        r = buffer_printf(out, "%s%lld", i > 0 ? "," : "", (long long)values[i]);
    return r < 0 ? r : buffer_append_text(out, "]");
}

static int print_strings(struct buffer *out, const struct wire_field *field, const void *message)
{
    const char *const *values = *(const char *const *const *)field_at(field, message);
    int r = buffer_append_text(out, "[");

    for (size_t i = 0, n = field_count(field, message); i < n && r == 0; i++) {
        r = i > 0 ? buffer_append_text(out, ",") : 0;
        if (r == 0)
            r = wire_print_string(out, values[i], strlen(values[i]));
    }
    return r < 0 ? r : buffer_append_text(out, "]");
}

static int print_structs(struct render *render, const struct wire_field *field, const void *message)
{
    size_t n = field_count(field, message);
    int r = buffer_append_text(&render->out, "[");

    if (r == 0)
        r = print_items(render, field, message, 0, "    ");
    return r < 0 ? r : buffer_append_text(&render->out, n > 0 ? "\n  ]" : "]");
}

static int print_value(struct render *render, const struct wire_field *field, const void *message)
{
    struct buffer *out = &render->out;
    const char *text;

    if (wire_field_is_null(field, message))
        return buffer_append_text(out, "null");
    switch (field->kind) {
    case WIRE_BOOL:
    case WIRE_INT:
        return wire_print_bare(out, field, message);
    case WIRE_FLOAT:
        if (field->presence == WIRE_REQUIRED)
            return wire_print_float(out, *(const double *)field_at(field, message));
        return wire_print_float(out, ((const struct wire_float *)field_at(field, message))->value);
    case WIRE_STRING:
        text = *(const char *const *)field_at(field, message);
        return wire_print_string(out, text, strlen(text));
    case WIRE_STRUCT:
        return print_struct(out, field, message);
    case WIRE_INTS:
        return print_ints(out, field, message);
    case WIRE_STRINGS:
        return print_strings(out, field, message);
    case WIRE_STRUCTS:
        return print_structs(render, field, message);
    case WIRE_JSON:
        return buffer_append_text(out, *(const char *const *)field_at(field, message));
    }
    return 0;
}

static int print_name(struct render *render, const struct wire_field *field, bool first)
{
    int r = buffer_append_text(&render->out, first ? "{\n  " : ",\n  ");

    if (r == 0)
        r = wire_print_string(&render->out, field->name, strlen(field->name));
    return r < 0 ? r : buffer_append_text(&render->out, ": ");
}

/* The fields from `begin` on, up to the list. */
static int print_fields(struct render *render, const struct wire_field *begin, const void *reply)
{
    const struct wire_shape *shape = render->layout->shape;
    const struct wire_field *end = shape->fields + shape->n_fields;
    bool first = begin == shape->fields;
    int r = 0;

    for (const struct wire_field *field = begin; field < end && field != render->list && r == 0; field++) {
        if (field->presence == WIRE_OPTIONAL && wire_field_is_null(field, reply))
            continue;
        r = print_name(render, field, first);
        if (r == 0)
            r = print_value(render, field, reply);
        first = false;
    }
    if (r == 0 && first && begin == shape->fields && !render->list)
        r = buffer_append_text(&render->out, "{");
    return r;
}

static int begin_document(struct render *render, const void *reply)
{
    int r = print_fields(render, render->layout->shape->fields, reply);

    if (r < 0 || !render->list)
        return r;
    r = print_name(render, render->list, render->out.size == 0);
    return r < 0 ? r : buffer_append_text(&render->out, "[");
}

int render_json_part(struct render *render, const void *reply, bool last)
{
    size_t n;
    int r = render->begun ? 0 : begin_document(render, reply);

    if (r < 0)
        return r;
    if (render->list) {
        r = print_items(render, render->list, reply, render->n_items, "    ");
        (void)render_items(render, reply, &n);
        render->n_items += n;
        if (r == 0 && last)
            r = buffer_append_text(&render->out, render->n_items > 0 ? "\n  ]" : "]");
        if (r == 0 && last)
            r = print_fields(render, render->list + 1, reply);
    }
    return r < 0 || !last ? r : buffer_append_text(&render->out, "\n}\n");
}

int render_json_failure(struct buffer *buffer, const char *error, const char *message)
{
    int r = buffer_append_text(buffer, "\"error\": ");

    if (r == 0)
        r = wire_print_string(buffer, error, strlen(error));
    if (r == 0)
        r = buffer_append_text(buffer, ",\n  \"message\": ");
    if (r == 0)
        r = wire_print_string(buffer, message, strlen(message));
    return r < 0 ? r : buffer_append_text(buffer, "\n}\n");
}

int render_jsonl_part(struct render *render, const void *reply)
{
    size_t n;
    const char *items = render_items(render, reply, &n);
    int r = 0;

    for (size_t i = 0; i < n && r == 0; i++) {
        r = wire_print_compact(&render->out, render->item_shape, items + i * render->item_shape->size);
        if (r == 0)
            r = buffer_append_text(&render->out, "\n");
        if (r == 0 && render->out.size >= RENDER_FLUSH_SIZE)
            r = render_flush(render);
    }
    return r;
}
