/* Text of strangers (URLs, titles, words, messages of servers) made safe to show on a terminal. Thread: any.
 */
#pragma once

#include "base/array.h"

/* Appends the text with control characters, line separators and bidirectional overrides written as JSON
 * writes them ("\u001b", "\n") and bytes that are no UTF-8 as "\xff". Returns 0 or -ENOMEM, and then a part
 * may be there. */
int escape_append(struct buffer *buffer, const char *text, size_t size);
