/* A page's title as it arrives: white space collapsed, cut at WORDS_MAX_TITLE bytes. Owner: a page. Thread:
 * one at a time. */
#pragma once

#include "words/words.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct title {
    char text[WORDS_MAX_TITLE + 1];
    size_t size;
    bool space; /* white space has come since the last character */
    bool full;
};

void title_begin(struct title *title);
void title_append(struct title *title, const uint8_t *utf8, size_t size);
void title_finish(struct title *title); /* ends the text with NUL */
