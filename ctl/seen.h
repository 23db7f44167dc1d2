/* A set of page numbers, a bit for each. Owner: whoever embeds it. Thread: any. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Pages of higher numbers are taken as not seen. */
#define SEEN_MAX (INT64_C(1) << 31)

struct seen {
    unsigned char *bits;
    size_t size;
};

void seen_deinit(struct seen *seen);

/* 1 if the page was not there before, 0 if it was; or -ENOMEM. */
int seen_add(struct seen *seen, int64_t page);
