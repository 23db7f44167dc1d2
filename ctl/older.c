#include "ctl/older.h"

#include "wire/error.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    enum wire_verb verb;
    const char *parameter;
} spared[] = {
    {WIRE_SHOW, "cite"},
};

static bool can_be_spared(enum wire_verb verb, const char *parameter)
{
    for (size_t i = 0; i < sizeof(spared) / sizeof(spared[0]); i++)
        if (spared[i].verb == verb && strcmp(spared[i].parameter, parameter) == 0)
            return true;
    return false;
}

const char *older_refused(const struct wire_reply *reply)
{
    const char *error = wire_reply_error(reply);

    if (!error || strcmp(error, wire_errors[WIRE_INVALID_PARAMETER].name) != 0)
        return NULL;
    return wire_reply_parameter(reply);
}

int older_leave_out(enum wire_verb verb, const struct wire_reply *reply, const void **in, void **ret_copy)
{
    const struct wire_shape *shape = wire_methods[verb].in;
    const char *parameter = older_refused(reply);
    const struct wire_field *field;
    void *copy;

    if (!parameter || !can_be_spared(verb, parameter))
        return 0;
    field = wire_shape_find(shape, parameter);
    if (wire_field_is_null(field, *in))
        return 0;
    copy = *ret_copy ? *ret_copy : malloc(shape->size);
    if (!copy)
        return -ENOMEM;
    memmove(copy, *in, shape->size);
    wire_field_set_null(field, copy);
    *in = *ret_copy = copy;
    return 1;
}
