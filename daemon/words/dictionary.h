/* Segments with characters of scripts that are written without spaces, divided by ICU's dictionaries. What
 * one has seen makes it faster, and matters to nothing else. Owner: a thread, whose pages share it, since it
 * may have thousands of them at a time. Thread: one at a time. */
#pragma once

#include "words/plain.h"
#include <stddef.h>
#include <stdint.h>

/* Has ICU load every dictionary, by segmenting dictionary_warm_up: until each is loaded, ICU segments some
 * texts in another way, for the whole process. Once per process. Returns 0; -ENOMEM; -ELIBBAD if ICU lacks
 * its data. */
int dictionary_init(void);

/* One character or more of every script that has a dictionary or is written in its manner without having one.
 * The definition of a word includes that ICU has seen it; so must every other counter that is to agree. */
extern const char dictionary_warm_up[];

struct dictionary;

/* That of this thread, made when first asked for, and freed with the thread. Returns 0 or -ENOMEM. */
int dictionary_get(struct dictionary **ret);

/* One of one's own. */
int dictionary_new(struct dictionary **ret);
void dictionary_free(struct dictionary *dictionary);

/* The parts that are words, in order. Each returns 0 or negative errno, which ends the run. */
struct dictionary_sink {
    int (*word)(void *userdata, const uint8_t *word, size_t size);
    /* Words whose keys are made already. */
    int (*plain)(void *userdata, const struct plain_words *words);
};

/* `text` is valid UTF-8, a segment by the rules alone; `room` is for plain words on their way. Returns 0,
 * -ENOMEM, or what the sink returned. */
int dictionary_divide(struct dictionary *dictionary, const uint8_t *text, size_t size,
    struct plain_words *room, const struct dictionary_sink *sink, void *userdata);
