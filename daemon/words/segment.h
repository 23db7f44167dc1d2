/* A text as it arrives, divided into words: ICU's word iterator, exactly, in the memory of one segment.
 *
 * To keep that memory bounded, a text in scripts with dictionaries is cut: a stretch is what stands between
 * two characters before which a segment always ends, those that the rules treat as they treat "!", CR, LF,
 * U+0085 or a space. Before the first character with which a stretch that holds a character of such a script
 * would exceed SEGMENT_MAX_STRETCH bytes of UTF-8, the text ends, and another begins with it.
 *
 * Owner: a page. Thread: one at a time. */
#pragma once

#include "words/plain.h"
#include <stddef.h>
#include <stdint.h>

#define SEGMENT_MAX_STRETCH 65536

struct segmenter;

/* Each returns 0 or negative errno, which ends the run. */
struct segment_sink {
    /* A word: valid UTF-8. Of one that is very long, only the first part, of at least KEY_MAX_CODE_POINTS. */
    int (*word)(void *userdata, const uint8_t *word, size_t size);
    /* Words whose keys are made already. */
    int (*plain)(void *userdata, const struct plain_words *words);
};

int segmenter_new(const struct segment_sink *sink, void *userdata, struct segmenter **ret);
void segmenter_free(struct segmenter *segmenter);

/* Forgets the text. */
void segmenter_begin(struct segmenter *segmenter);

/* More text: valid UTF-8, cut between characters. Returns 0, -ENOMEM or what the sink returned. */
int segmenter_feed(struct segmenter *segmenter, const void *utf8, size_t size);

/* The text ends. */
int segmenter_finish(struct segmenter *segmenter);
