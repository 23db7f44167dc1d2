/* A block of words at rest: of each its length as LEB128, and its bytes. Thread: any. */
#pragma once

#include "base/array.h"

/* Returns 0 or -ENOMEM. */
int word_log_append(struct buffer *block, const char *text, uint32_t length);

struct word_log_reader {
    const uint8_t *position;
    const uint8_t *end;
};

/* 1 and a word, which points into the block; 0 at the end; -EUCLEAN for bytes that no word_log_append()
 * wrote. */
int word_log_next(struct word_log_reader *reader, const char **ret, uint32_t *ret_length);
