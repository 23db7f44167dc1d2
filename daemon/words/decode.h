/* Bytes in an encoding of the standard to valid UTF-8, as they arrive. What is malformed becomes U+FFFD, as
 * the Encoding Standard says. Owner: a page. Thread: one at a time. */
#pragma once

#include "words/encoding.h"
#include <stddef.h>
#include <stdint.h>

struct decoder;

/* Valid UTF-8, cut between characters. Returns 0 or negative errno, which ends the run. */
typedef int (*decoder_sink)(void *userdata, const uint8_t *utf8, size_t size);

int decoder_new(const struct encoding *encoding, decoder_sink sink, void *userdata, struct decoder **ret);
void decoder_free(struct decoder *decoder);

/* Returns 0, -ENOMEM or what `sink` returned. */
int decoder_feed(struct decoder *decoder, const uint8_t *bytes, size_t size);

/* The end of input: what is incomplete is malformed. */
int decoder_finish(struct decoder *decoder);

/* Malformed sequences so far. */
uint64_t decoder_replaced(const struct decoder *decoder);

/* The length of the character at `bytes`, if they begin with a complete and valid one; else 0, and
 * *ret_malformed is the length of what one U+FFFD stands for, or 0 if the character is not complete yet.
 * `size` is not 0. */
size_t decode_utf8_length(const uint8_t *bytes, size_t size, size_t *ret_malformed);

/* Chooses how decode_utf8_valid() does it. After cpu_init(). */
void decode_utf8_init(void);

/* The length of what is valid UTF-8 at the beginning of `bytes`. */
size_t decode_utf8_valid(const uint8_t *bytes, size_t size);
