/* Strings and numbers as JSON text. Private to wire/; the public ones are in wire/encode.h. Thread: any. */
#pragma once

#include "base/array.h"

int print_int(struct buffer *buffer, int64_t value);
/* Shortest text that reads back as the value; a value that is not finite gives 0 bytes. */
#define PRINT_FLOAT_SIZE 32
size_t print_float(double value, char text[static PRINT_FLOAT_SIZE]);
