/* From structs to JSON text, by shape. Integers are exact to 64 bits, floats the shortest text that reads
 * back as the same number; nothing depends on locale or environment. Every function returns 0 or -ENOMEM and
 * then leaves the buffer as it was. Thread: any. */
#pragma once

#include "base/array.h"
#include "wire/error.h"
#include "wire/shape.h"

enum wire_call_flags {
    WIRE_CALL_PLAIN = 0,
    WIRE_CALL_MORE = 1,
    WIRE_CALL_ONEWAY = 2,
};

/* Whole messages, their NUL included. -EMSGSIZE if one would be longer than WIRE_MAX_FRAME. `message` may be
 * NULL if the shape has no fields; the key "parameters" is always there, "continues" only if true. */
int wire_encode_call(struct buffer *buffer, const char *method, enum wire_call_flags flags,
    const struct wire_shape *shape, const void *message);
int wire_encode_reply(
    struct buffer *buffer, const struct wire_shape *shape, const void *message, bool continues);
int wire_encode_error(
    struct buffer *buffer, enum wire_error error, const struct wire_error_parameters *parameters);
/* An error outside the table. */
int wire_encode_foreign_error(
    struct buffer *buffer, const char *name, const struct wire_shape *shape, const void *parameters);

/* One JSON object on one line, without a line break at its end. */
int wire_print_compact(struct buffer *buffer, const struct wire_shape *shape, const void *message);

/* The parts: a JSON string with its quotes (bytes that are no UTF-8 become U+FFFD), a number. */
int wire_print_string(struct buffer *buffer, const char *text, size_t size);
int wire_print_float(struct buffer *buffer, double value);

/* The bare value of a bool, int, float or string field, for csv and tsv: unquoted, nothing for null. */
int wire_print_bare(struct buffer *buffer, const struct wire_field *field, const void *message);
