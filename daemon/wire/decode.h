/* From a tree of json-c to a struct, by shape. Private to wire/. Thread: any. */
#pragma once

#include "base/arena.h"
#include "wire/shape.h"

struct json_object;

enum decode_unknown {
    DECODE_REFUSE_UNKNOWN,
    DECODE_SKIP_UNKNOWN,
};

/* `object` may be NULL: no fields. Strings are copied, so that the tree can go. -EINVAL: *ret_path, in the
 * arena, names the field. -ENOMEM. */
int decode_struct(struct json_object *object, const struct wire_shape *shape, enum decode_unknown unknown,
    struct arena *arena, void **ret, const char **ret_path);
