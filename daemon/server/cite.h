/* What a job that has ended is cited by, put together from the store for Show. Part of a work, whose call it
 * neither answers nor ends. Thread: main. */
#pragma once

#include "engine/digest.h"
#include "engine/query.h"
#include "server/work.h"
#include "wire/messages.h"

struct cite {
    struct work *work;
    const struct store_job_row *row;
    struct digest digest;
    struct store_scan_list scan;
    struct query *query;
    struct wire_equal_pages equal[DIGEST_GROUPS];
    const char *engines[DIGEST_ENGINES];
    struct wire_cite out; /* strings in the work's arena */
    /* Not called once the client has gone. r < 0: `out` is not whole. */
    void (*done)(struct cite *cite, int r);
};

/* Begins. Zeroed before, `work` and `row` outlive it. `done` may come before this returns. */
void cite_start(struct cite *cite, struct work *work, const struct store_job_row *row,
    void (*done)(struct cite *cite, int r));
/* Has what is under way come back soon. */
void cite_cancel(struct cite *cite);
/* Also of one that is zeroed. */
void cite_deinit(struct cite *cite);
