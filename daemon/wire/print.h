/* Strings and numbers as JSON text. Private to wire/; the public ones are in wire/encode.h. Thread: any. */
#pragma once

#include "base/array.h"

int print_int(struct buffer *buffer, int64_t value);
