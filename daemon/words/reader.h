/* The bytes of a page in, its text out: sniffing, decoding, and for HTML what a reader sees. Owner: a page.
 * Thread: one at a time. */
#pragma once

#include "words/sniff.h"
#include "words/visible.h"

struct reader;

int reader_new(const struct visible_sink *sink, void *userdata, struct reader **ret);
void reader_free(struct reader *reader);

/* These return 0, -ENOMEM or what the sink returned; reader_feed() also -EMEDIUMTYPE, see words_options. */
int reader_begin(struct reader *reader, const struct words_options *options);
int reader_feed(struct reader *reader, const void *bytes, size_t size);
int reader_finish(struct reader *reader);

/* After _finish: what was sniffed, and the malformed sequences. */
const struct sniff *reader_sniffed(const struct reader *reader);
uint64_t reader_replaced(const struct reader *reader);
