#include "wire/decode.h"

#include "wire/json.h"
#include "wire/memory.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define PATH_SIZE 256

struct decoder {
    struct arena *arena;
    enum decode_unknown unknown;
    char path[PATH_SIZE]; /* of the field that failed; filled from its end to its start */
};

static int decode_into(
    struct decoder *decoder, struct json_object *object, const struct wire_shape *shape, char *message);

static int fail(struct decoder *decoder, const char *name)
{
    (void)snprintf(decoder->path, sizeof(decoder->path), "%s", name);
    return -EINVAL;
}

/* The failed field lies within this one. */
static void fail_within(struct decoder *decoder, const char *name, const char *separator)
{
    char inner[PATH_SIZE];

    (void)memcpy(inner, decoder->path, sizeof(inner));
    if (snprintf(decoder->path, sizeof(decoder->path), "%s%s%s", name, inner[0] ? separator : "", inner) < 0)
        decoder->path[0] = '\0';
}

static void fail_at_index(struct decoder *decoder, const char *name, size_t index)
{
    char indexed[PATH_SIZE];

    (void)snprintf(indexed, sizeof(indexed), "%s[%zu]", name, index);
    fail_within(decoder, indexed, ".");
}

/* json-c clamps what does not fit: its extremes are what is left of any number beyond them. */
static int decode_int(struct json_object *value, int64_t *ret)
{
    int64_t number;

    if (!json_object_is_type(value, json_type_int))
        return -EINVAL;
    number = json_object_get_int64(value);
    if (number == INT64_MIN || (number == INT64_MAX && json_object_get_uint64(value) != (uint64_t)INT64_MAX))
        return -EINVAL;
    *ret = number;
    return 0;
}

static int decode_float(struct json_object *value, double *ret)
{
    double number;

    if (!json_object_is_type(value, json_type_double) && !json_object_is_type(value, json_type_int))
        return -EINVAL;
    number = json_object_get_double(value);
    if (!isfinite(number))
        return -EINVAL;
    *ret = number;
    return 0;
}

static int decode_string(struct decoder *decoder, struct json_object *value, const char **ret)
{
    const char *copy;

    if (!json_object_is_type(value, json_type_string))
        return -EINVAL;
    copy = arena_copy(decoder->arena, json_object_get_string(value));
    if (!copy)
        return -ENOMEM;
    *ret = copy;
    return 0;
}

static int decode_json(struct decoder *decoder, struct json_object *value, const char **ret)
{
    const char *text =
        json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
    const char *copy = arena_copy(decoder->arena, text);

    if (!copy)
        return -ENOMEM;
    *ret = copy;
    return 0;
}

static size_t element_size(const struct wire_field *field)
{
    switch (field->kind) {
    case WIRE_INTS:
        return sizeof(int64_t);
    case WIRE_STRINGS:
        return sizeof(const char *);
    case WIRE_STRUCTS:
        return field->shape->size;
    case WIRE_BOOL:
    case WIRE_INT:
    case WIRE_FLOAT:
    case WIRE_STRING:
    case WIRE_STRUCT:
    case WIRE_JSON:
        break;
    }
    return 0;
}

static int decode_element(
    struct decoder *decoder, struct json_object *value, const struct wire_field *field, char *place)
{
    if (field->kind == WIRE_INTS)
        return decode_int(value, (int64_t *)place);
    if (field->kind == WIRE_STRINGS)
        return decode_string(decoder, value, (const char **)place);
    return decode_into(decoder, value, field->shape, place);
}

static int decode_array(
    struct decoder *decoder, struct json_object *value, const struct wire_field *field, char *message)
{
    size_t size = element_size(field);
    char *elements;
    size_t n;

    decoder->path[0] = '\0';
    if (!json_object_is_type(value, json_type_array))
        return fail(decoder, field->name);
    n = json_object_array_length(value);
    elements = memory_zeroed(decoder->arena, n, size);
    if (!elements)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++) {
        int r = decode_element(decoder, json_object_array_get_idx(value, i), field, elements + i * size);

        if (r == -EINVAL)
            fail_at_index(decoder, field->name, i);
        if (r < 0)
            return r;
    }
    *(void **)(message + field->offset) = elements;
    *(size_t *)(message + field->n_offset) = n;
    return 0;
}

static int decode_member(
    struct decoder *decoder, struct json_object *value, const struct wire_field *field, char *message)
{
    char *place = message + field->offset;
    int r;

    decoder->path[0] = '\0';
    if (field->presence != WIRE_REQUIRED) {
        place = memory_zeroed(decoder->arena, 1, field->shape->size);
        if (!place)
            return -ENOMEM;
    }
    r = decode_into(decoder, value, field->shape, place);
    if (r == -EINVAL)
        fail_within(decoder, field->name, ".");
    if (r == 0 && field->presence != WIRE_REQUIRED)
        *(void **)(message + field->offset) = place;
    return r;
}

static int decode_bool(struct json_object *value, const struct wire_field *field, char *place)
{
    if (!json_object_is_type(value, json_type_boolean))
        return -EINVAL;
    if (field->presence == WIRE_REQUIRED)
        *(bool *)place = json_object_get_boolean(value);
    else
        *(struct wire_bool *)place = wire_some_bool(json_object_get_boolean(value));
    return 0;
}

static int decode_number(struct json_object *value, const struct wire_field *field, char *place)
{
    double real = 0;
    int64_t whole = 0;
    int r = field->kind == WIRE_INT ? decode_int(value, &whole) : decode_float(value, &real);

    if (r < 0)
        return r;
    if (field->kind == WIRE_INT && field->presence == WIRE_REQUIRED)
        *(int64_t *)place = whole;
    else if (field->kind == WIRE_INT)
        *(struct wire_int *)place = wire_some_int(whole);
    else if (field->presence == WIRE_REQUIRED)
        *(double *)place = real;
    else
        *(struct wire_float *)place = wire_some_float(real);
    return 0;
}

static int decode_scalar(
    struct decoder *decoder, struct json_object *value, const struct wire_field *field, char *place)
{
    if (field->kind == WIRE_BOOL)
        return decode_bool(value, field, place);
    if (field->kind == WIRE_STRING)
        return decode_string(decoder, value, (const char **)place);
    if (field->kind == WIRE_JSON)
        return decode_json(decoder, value, (const char **)place);
    return decode_number(value, field, place);
}

/* A list that whoever answers does not know of is empty; what is asked for must be there. */
static bool may_be_missing(const struct decoder *decoder, const struct wire_field *field)
{
    if (field->presence != WIRE_REQUIRED)
        return true;
    return decoder->unknown == DECODE_SKIP_UNKNOWN &&
        (field->kind == WIRE_INTS || field->kind == WIRE_STRINGS || field->kind == WIRE_STRUCTS);
}

static int decode_field(
    struct decoder *decoder, struct json_object *value, const struct wire_field *field, char *message)
{
    int r;

    if (!value)
        return may_be_missing(decoder, field) ? 0 : fail(decoder, field->name);
    switch (field->kind) {
    case WIRE_STRUCT:
        return decode_member(decoder, value, field, message);
    case WIRE_INTS:
    case WIRE_STRINGS:
    case WIRE_STRUCTS:
        return decode_array(decoder, value, field, message);
    case WIRE_BOOL:
    case WIRE_INT:
    case WIRE_FLOAT:
    case WIRE_STRING:
    case WIRE_JSON:
        r = decode_scalar(decoder, value, field, message + field->offset);
        return r == -EINVAL ? fail(decoder, field->name) : r;
    }
    return -EINVAL;
}

static int refuse_unknown(struct decoder *decoder, struct json_object *object, const struct wire_shape *shape)
{
    json_object_object_foreach(object, key, value)
    {
        (void)value;
        if (!wire_shape_find(shape, key))
            return fail(decoder, key);
    }
    return 0;
}

/* The object's member of that name; NULL if it has none. Whoever goes by the same shape has its order: then
 * `next`, behind the one that was found last, is it. NULL: all were found. */
static struct json_object *find_member(struct json_object *object, const char *name, struct lh_entry **next)
{
    struct json_object *value;

    if (!*next)
        return NULL;
    if (strcmp(lh_entry_k(*next), name) == 0) {
        value = (struct json_object *)lh_entry_v(*next);
        *next = lh_entry_next(*next);
        return value;
    }
    return json_object_object_get(object, name);
}

static int decode_into(
    struct decoder *decoder, struct json_object *object, const struct wire_shape *shape, char *message)
{
    struct lh_entry *next = NULL;
    int r = 0;

    if (object && !json_object_is_type(object, json_type_object))
        return -EINVAL;
    if (object && decoder->unknown == DECODE_REFUSE_UNKNOWN)
        r = refuse_unknown(decoder, object, shape);
    if (object)
        next = lh_table_head(json_object_get_object(object));
    for (size_t i = 0; i < shape->n_fields && r == 0; i++) {
        const struct wire_field *field = &shape->fields[i];

        r = decode_field(decoder, object ? find_member(object, field->name, &next) : NULL, field, message);
    }
    return r;
}

int decode_struct(struct json_object *object, const struct wire_shape *shape, enum decode_unknown unknown,
    struct arena *arena, void **ret, const char **ret_path)
{
    struct decoder decoder = {.arena = arena, .unknown = unknown};
    char *message = memory_zeroed(arena, 1, shape->size);
    const char *path;
    int r;

    if (!message)
        return -ENOMEM;
    r = decode_into(&decoder, object, shape, message);
    if (r == -EINVAL) {
        path = arena_copy(arena, decoder.path);
        if (!path)
            return -ENOMEM;
        *ret_path = path;
    }
    if (r == 0)
        *ret = message;
    return r;
}
