/* Which words are wanted, as several methods take it. Thread: any. */
#pragma once

#include "wire/shape.h"

struct wire_word_filter {
    struct wire_int min_length;
    struct wire_bool no_numbers;
    const char *const *match; /* may be NULL */
    size_t n_match;
    const char *const *stop_words; /* may be NULL */
    size_t n_stop_words;
};
