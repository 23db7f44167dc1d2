/* Words of plain text, found 64 bytes at a time by bit masks, without the state machine of the rules: those
 * of ASCII and of letters of two bytes, with punctuation around them. Their keys need no normalizing. All
 * else is left to the rules. What is plain is computed from ICU's rules, and nothing is if they treat ASCII
 * otherwise than the masks do. Thread: any, after plain_init(). */
#pragma once

#include "words/cpu.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLAIN_BLOCK 64
/* So many bytes behind the end of a text can be read. */
#define PLAIN_SLACK (PLAIN_BLOCK + 8)
/* Text is taken in batches of about this size, so that what is made of it stays in the nearest cache. */
#define PLAIN_BATCH 2048
/* Every word has another character behind it. */
#define PLAIN_MAX_WORDS ((PLAIN_BATCH + PLAIN_BLOCK) / 2)

struct plain_words {
    const uint8_t *text; /* as it came, until it is fed more */
    size_t n;
    bool more; /* the batch was full: the text that follows may be plain too */
    /* Words are written in groups of at most PLAIN_BLOCK / 2, the last one beyond `n`. */
    uint16_t at[PLAIN_MAX_WORDS + PLAIN_BLOCK / 2]; /* in `text` and in `keys` */
    uint8_t length[PLAIN_MAX_WORDS + PLAIN_BLOCK / 2];
    uint8_t keys[PLAIN_BATCH + PLAIN_BLOCK + PLAIN_SLACK]; /* the text, in lower case where words are */
};

/* After rules_init(), key_init() and cpu_init(). */
void plain_init(void);

/* Whether the rules divide all texts of this many characters of ASCII, at most 6, as plain_find() does. */
bool plain_agrees(unsigned length);

/* Whether plain_find() may find anything where this byte is the next. */
extern bool plain_begins[256];

/* The words from text[at] on, where a segment begins; the text is known as far as `end`, and ends between
 * characters. Returns where a segment begins before which all was plain. *ret_separated becomes one more than
 * the last byte before that which ends a stretch (see segment.h), if there is one. */
typedef size_t (*plain_finder)(
    const uint8_t *text, size_t at, size_t end, struct plain_words *ret, size_t *ret_separated);

extern plain_finder plain_find;

/* How it is done at a level, for tests; NULL if the program was built without. */
plain_finder plain_finder_of(enum cpu_level level);
