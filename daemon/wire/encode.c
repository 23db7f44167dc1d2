#include "wire/encode.h"

#include "wire/frame.h"
#include "wire/print.h"
#include <errno.h>
#include <string.h>

static int print_struct(struct buffer *buffer, const struct wire_shape *shape, const char *message);

static int print_scalar(struct buffer *buffer, const struct wire_field *field, const char *place)
{
    bool maybe = field->presence != WIRE_REQUIRED;

    switch (field->kind) {
    case WIRE_BOOL:
        return buffer_append_text(buffer,
            (maybe ? ((const struct wire_bool *)place)->value : *(const bool *)place) ? "true" : "false");
    case WIRE_INT:
        return print_int(buffer, maybe ? ((const struct wire_int *)place)->value : *(const int64_t *)place);
    case WIRE_FLOAT:
        return wire_print_float(
            buffer, maybe ? ((const struct wire_float *)place)->value : *(const double *)place);
    case WIRE_STRING:
        return wire_print_string(buffer, *(const char *const *)place, strlen(*(const char *const *)place));
    case WIRE_JSON:
        return buffer_append_text(buffer, *(const char *const *)place);
    case WIRE_STRUCT:
        return print_struct(buffer, field->shape, maybe ? *(const char *const *)place : place);
    case WIRE_INTS:
    case WIRE_STRINGS:
    case WIRE_STRUCTS:
        break;
    }
    return -EINVAL;
}

static int print_element(
    struct buffer *buffer, const struct wire_field *field, const char *elements, size_t index)
{
    const char *text;

    if (field->kind == WIRE_INTS)
        return print_int(buffer, ((const int64_t *)elements)[index]);
    if (field->kind == WIRE_STRUCTS)
        return print_struct(buffer, field->shape, elements + index * field->shape->size);
    text = ((const char *const *)elements)[index];
    return wire_print_string(buffer, text, strlen(text));
}

static int print_array(struct buffer *buffer, const struct wire_field *field, const char *message)
{
    const char *elements = *(const char *const *)(message + field->offset);
    size_t n = *(const size_t *)(message + field->n_offset);
    int r = buffer_append_text(buffer, "[");

    for (size_t i = 0; i < n && r == 0; i++) {
        if (i > 0)
            r = buffer_append_text(buffer, ",");
        if (r == 0)
            r = print_element(buffer, field, elements, i);
    }
    return r < 0 ? r : buffer_append_text(buffer, "]");
}

static bool is_array(const struct wire_field *field)
{
    return field->kind == WIRE_INTS || field->kind == WIRE_STRINGS || field->kind == WIRE_STRUCTS;
}

static int print_value(struct buffer *buffer, const struct wire_field *field, const char *message)
{
    if (wire_field_is_null(field, message))
        return buffer_append_text(buffer, "null");
    if (is_array(field))
        return print_array(buffer, field, message);
    return print_scalar(buffer, field, message + field->offset);
}

/* As it is: names are letters. */
static int print_name(struct buffer *buffer, const char *name)
{
    int r = buffer_append_text(buffer, "\"");

    if (r == 0)
        r = buffer_append_text(buffer, name);
    return r < 0 ? r : buffer_append_text(buffer, "\":");
}

static int print_field(struct buffer *buffer, const struct wire_field *field, const char *message, bool first)
{
    int r = first ? 0 : buffer_append_text(buffer, ",");

    if (r == 0)
        r = print_name(buffer, field->name);
    return r < 0 ? r : print_value(buffer, field, message);
}

static int print_struct(struct buffer *buffer, const struct wire_shape *shape, const char *message)
{
    bool first = true;
    int r = buffer_append_text(buffer, "{");

    for (size_t i = 0; i < shape->n_fields && r == 0; i++) {
        const struct wire_field *field = &shape->fields[i];

        if (field->presence == WIRE_OPTIONAL && wire_field_is_null(field, message))
            continue;
        r = print_field(buffer, field, message, first);
        first = false;
    }
    return r < 0 ? r : buffer_append_text(buffer, "}");
}

int wire_print_compact(struct buffer *buffer, const struct wire_shape *shape, const void *message)
{
    size_t before = buffer->size;
    int r = print_struct(buffer, shape, message);

    if (r < 0)
        buffer->size = before;
    return r;
}

int wire_print_bare(struct buffer *buffer, const struct wire_field *field, const void *message)
{
    const char *place = (const char *)message + field->offset;

    if (wire_field_is_null(field, message))
        return 0;
    if (field->kind == WIRE_STRING)
        return buffer_append_text(buffer, *(const char *const *)place);
    return print_scalar(buffer, field, place);
}

/* head, the struct, tail and a NUL, as one message. */
static int encode(struct buffer *buffer, const char *head, const struct wire_shape *shape,
    const void *message, const char *tail)
{
    size_t before = buffer->size;
    int r = buffer_append_text(buffer, head);

    if (r == 0)
        r = wire_print_compact(buffer, shape, message);
    if (r == 0)
        r = buffer_append(buffer, tail, strlen(tail) + 1);
    if (r == 0 && buffer->size - before > WIRE_MAX_FRAME + 1)
        r = -EMSGSIZE;
    if (r < 0)
        buffer->size = before;
    return r;
}

/* {"KEY":"NAME","parameters": and the rest. */
static int encode_named(struct buffer *buffer, const char *key, const char *name,
    const struct wire_shape *shape, const void *message, const char *tail)
{
    struct buffer head = {0};
    int r = buffer_printf(&head, "{\"%s\":", key);

    if (r == 0)
        r = wire_print_string(&head, name, strlen(name));
    if (r == 0)
        r = buffer_append(&head, ",\"parameters\":", sizeof(",\"parameters\":"));
    if (r == 0)
        r = encode(buffer, (const char *)head.bytes, shape, message, tail);
    buffer_deinit(&head);
    return r;
}

int wire_encode_call(struct buffer *buffer, const char *method, enum wire_call_flags flags,
    const struct wire_shape *shape, const void *message)
{
    const char *tail = flags & WIRE_CALL_MORE ? ",\"more\":true}"
        : flags & WIRE_CALL_ONEWAY            ? ",\"oneway\":true}"
                                              : "}";

    return encode_named(buffer, "method", method, shape, message, tail);
}

int wire_encode_reply(
    struct buffer *buffer, const struct wire_shape *shape, const void *message, bool continues)
{
    return encode(buffer, "{\"parameters\":", shape, message, continues ? ",\"continues\":true}" : "}");
}

int wire_encode_error(
    struct buffer *buffer, enum wire_error error, const struct wire_error_parameters *parameters)
{
    return encode_named(buffer, "error", wire_errors[error].name, &wire_errors[error].shape, parameters, "}");
}

int wire_encode_foreign_error(
    struct buffer *buffer, const char *name, const struct wire_shape *shape, const void *parameters)
{
    return encode_named(buffer, "error", name, shape, parameters, "}");
}
