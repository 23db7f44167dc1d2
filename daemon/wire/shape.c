#include "wire/shape.h"

#include <assert.h>
#include <string.h>

const struct wire_shape wire_nothing_shape = {.name = "Nothing"};

const struct wire_field *wire_shape_find(const struct wire_shape *shape, const char *name)
{
    for (size_t i = 0; i < shape->n_fields; i++)
        if (strcmp(shape->fields[i].name, name) == 0)
            return &shape->fields[i];
    return NULL;
}

bool wire_field_is_null(const struct wire_field *field, const void *message)
{
    const void *place = (const char *)message + field->offset;

    if (field->presence == WIRE_REQUIRED)
        return false;
    switch (field->kind) {
    case WIRE_BOOL:
        return !((const struct wire_bool *)place)->set;
    case WIRE_INT:
        return !((const struct wire_int *)place)->set;
    case WIRE_FLOAT:
        return !((const struct wire_float *)place)->set;
    case WIRE_STRING:
    case WIRE_STRUCT:
    case WIRE_INTS:
    case WIRE_STRINGS:
    case WIRE_STRUCTS:
    case WIRE_JSON:
        return !*(const void *const *)place;
    }
    return true;
}

void wire_field_set_null(const struct wire_field *field, void *message)
{
    void *place = (char *)message + field->offset;

    assert(field->presence != WIRE_REQUIRED);
    switch (field->kind) {
    case WIRE_BOOL:
        *(struct wire_bool *)place = (struct wire_bool){0};
        return;
    case WIRE_INT:
        *(struct wire_int *)place = (struct wire_int){0};
        return;
    case WIRE_FLOAT:
        *(struct wire_float *)place = (struct wire_float){0};
        return;
    case WIRE_INTS:
    case WIRE_STRINGS:
    case WIRE_STRUCTS:
        *(size_t *)((char *)message + field->n_offset) = 0;
        *(const void **)place = NULL;
        return;
    case WIRE_STRING:
    case WIRE_STRUCT:
    case WIRE_JSON:
        *(const void **)place = NULL;
        return;
    }
}
