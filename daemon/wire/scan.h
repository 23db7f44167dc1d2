/* What json-c lets pass although it is not JSON, or costs too much: looked for before it parses. Thread: any.
 */
#pragma once

#include <stddef.h>

/* Objects and arrays in one message. Each costs json-c up to a kilobyte while it is decoded. */
#define WIRE_MAX_CONTAINERS 65536

/* Looks through the text for bytes that are no UTF-8, control characters, \u0000 (no string of ours holds
 * it), quotes and names that are not JSON's, and numbers that end in a point. *ret_keys: how many keys its
 * objects have, if the rest of it is JSON. 0, or -EBADMSG. */
int scan_json(const char *text, size_t size, size_t *ret_keys);
