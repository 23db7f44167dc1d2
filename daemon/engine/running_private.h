/* Inside of running_totals.h: one thing that is kept of a job's pages, of a kind, and the steps of its life.
 *
 *   empty     nothing is kept, nobody asked, or it was forgotten
 *   in making all pages are read, for the one whose turn it is; from here on it is noted what comes
 *   made      idle; or it is lent; or pages that were noted are read, as somebody is next or there are many
 *
 * From idle it is forgotten (empty again), or freed if its job is gone. While it is lent or read it is
 * marked, as spoilt or gone, and that is done as soon as it comes back. Thread: main, as there. */
#pragma once

#include "engine/running_keys.h"
#include "engine/running_totals.h"
#include "store/store_partial.h"
#include "store/store_read.h"

struct running_totals {
    struct engine *engine;
    struct list link; /* in running_all.items */
    struct job *of;   /* whose `running` has it; NULL: the job has ended */
    uint64_t job;
    struct running_kept kept;
    size_t bytes;         /* of it, when it was last ours */
    size_t refused_bytes; /* what was not enough: with no more it is not tried again */
    uint64_t asked_usec;
    uint64_t n_row; /* pages that the job's row in the store tells of, as far as is known */
    struct store_partial partial;
    struct running_keys notes;
    struct running_keys reading; /* by the scan that is under way */
    struct store_scan_pages scan;
    bool under_way;
    bool awaits_row;           /* which is on its way to the store: then pages are read */
    bool noting;               /* from before the first scan on */
    bool made;                 /* the first scan is done */
    bool spoilt;               /* a note was lost: forgotten as soon as nobody has it */
    bool broken;               /* a page was added in part */
    bool gone;                 /* the job is: freed as soon as nobody has it */
    struct running_loan *turn; /* whose it is, or for whom pages are read; NULL: nobody */
    bool is_fresh;             /* what was noted before that one came was read */
    struct running_loan *asking;
    struct list waits;
};

/* Nobody has it, nor is anything read into it. */
bool running_is_idle(const struct running_totals *totals);
/* Somebody is next, and needs but the pages that are being read. */
bool running_is_awaited(const struct running_totals *totals);
/* Nobody has asked for RUNNING_TOTALS_IDLE_USEC. */
bool running_is_old(const struct running_totals *totals);

/* Idle, or just come back: what is kept goes, as a row of the store if it is whole. */
void running_forget(struct running_totals *totals);
/* Likewise; who waits for it does without. */
void running_fail(struct running_totals *totals);
/* Likewise; its job is gone, and it itself goes too. */
void running_finish_gone(struct running_totals *totals);

/* Nobody has it: whose turn is it, and what is to be read first? */
void running_serve(struct running_totals *totals);
/* To the one whose turn it is. */
void running_lend(struct running_totals *totals);

/* ---- running_read.c: what running_serve() goes on after ---- */

void running_read_all(struct running_totals *totals);
void running_read_notes(struct running_totals *totals);
