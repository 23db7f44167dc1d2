/* How much of the local files has been read, as one line on a terminal at stderr once that takes long. */
#pragma once

#include "base/cleanup.h"
#include "ctl/bar.h"

struct meter;

/* NULL in *ret where no line is wanted: the others take it. Thread: main. */
int meter_new(const struct context *context, char *const *files, size_t n, struct meter **ret);

/* Takes the line away. Thread: main. */
void meter_free(struct meter *meter);
DEFINE_CLEANUP(struct meter *, meter_free)

/* So many bytes more were read. Thread: any. */
void meter_advance(struct meter *meter, size_t size);

/* Draws, if it is time. Thread: main. */
void meter_show(struct meter *meter);

/* Appends the line, of at most `width` columns: "[bar]  45%  1.2 GB of 2.6 GB  310.0 MB/s  5 s left". `total`
 * is 0 if it is not known. Returns 0 or -ENOMEM. */
int meter_format(struct buffer *buffer, uint64_t read, uint64_t total, double seconds, size_t width,
    const struct bar_style *style);
