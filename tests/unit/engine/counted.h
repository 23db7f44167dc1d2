/* A real store in a directory of its own, with jobs whose pages are counted by hand. Thread: the test's. */
#pragma once

#include "counts/totals.h"
#include "store/store.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct counted {
    char directory[40];
    struct mailbox inbox;
    struct store *store;
};

void counted_open(struct counted *counted);
/* What is still under way comes back before. */
void counted_close(struct counted *counted);

/* Until there is mail to deliver. */
void counted_wait(struct counted *counted);

struct counted_line {
    const char *url, *host, *label;
};

/* A job of these URLs; its number. */
uint64_t counted_submit(struct counted *counted, const struct counted_line *lines, size_t n);

/* The URL of the seq is counted, with words as "the:3 cat:1". `content`: pages of the same one have equal
 * hashes. */
void counted_page(struct counted *counted, uint64_t job, const struct counted_line *line, uint64_t seq,
    uint8_t content, const char *words);

/* Ends the job, with totals, which may be NULL: of words ids in their order. */
void counted_finish(struct counted *counted, uint64_t job, const struct counts_totals *totals);
