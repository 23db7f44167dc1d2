/* What is kept in memory of jobs' pages once somebody asked for it, so that the next question reads but what
 * is new. It begins with a scan of the job's pages; pages that become durable from then on are noted, by key,
 * and are read and added before the next question, or a batch of them in between. A page that was both
 * scanned and noted counts once; one that is noted and not there, never. What the writer has and did not
 * answer for yet may be durable as well: its pages are looked for with those that are noted. So a question
 * sees every page that was durable when it came, and its words: the job's word list is to be read after it
 * was lent.
 *
 * Of a job that has ended nothing changes any more: what is kept stays until it goes (running_drop()), or as
 * long as that of any other.
 *
 * Owner: the engine. Thread: main; what is kept belongs to the store's reader thread while pages are read
 * into it, and to whom it is lent until it is given back. */
#pragma once

#include "base/list.h"
#include "engine/running_kept.h"
#include <stdbool.h>
#include <stdint.h>

struct engine;
struct job;
struct running_totals;

/* Pages that are noted and not added yet; beyond it, what is kept is forgotten and scanned again when
 * somebody asks. */
#define RUNNING_TOTALS_MAX_NOTES 50000
/* So many are added though nobody asks ... */
#define RUNNING_TOTALS_BATCH 1000
/* ... unless nobody has asked for so long: then what is kept is forgotten. */
#define RUNNING_TOTALS_IDLE_USEC (10 * 60 * USEC_PER_SEC)

/* Of all jobs. Zeroed but for the list; what they take together is in the settings, and one that is being
 * made, of which there is one at a time, takes as much again at most. */
struct running_all {
    struct list items; /* asked for longest ago first */
    bool making;
    struct list rows;         /* on their way to the store, see running_rows.h */
    uint64_t rows_until_usec; /* boottime: once the daemon ends, none is begun then */
};

/* Somebody who asks. Zeroed at first. Owner: whoever embeds it. */
struct running_loan {
    struct list link;
    struct running_totals *totals; /* NULL: neither waiting for nor having any */
    struct running_kept *lent;
    /* It is there, in `lent`; or it cannot be had, and `lent` is NULL. Not from within running_borrow(). */
    void (*ready)(struct running_loan *loan);
};

/* Returns 1: lent, in loan->lent. 0: `ready` will run. Negative errno: not to be had. One loan of a job and
 * kind at a time, others wait: give it back soon. */
int running_borrow(struct engine *engine, uint64_t job, enum running_kind kind, struct running_loan *loan);
/* Whether it is there, or soon will be, without a scan of all pages. */
bool running_is_made(const struct job *job, enum running_kind kind);
/* Whether it waits, or has it, or neither. */
void running_give_back(struct running_loan *loan);

/* A page is durable, or may be. `host`: as in struct store_page_key. */
void running_note(struct job *job, const char *host, uint64_t seq);
/* The job has ended and goes: the totals have become its row, the rest stays. */
void running_leave(struct job *job);
/* The job goes, or ended before its URLs did: nothing stays. */
void running_free(struct job *job);
/* A job that had ended is gone, or goes on. */
void running_drop(struct engine *engine, uint64_t job);
/* Less is allowed: forgets what nobody has, until the rest takes so much. */
void running_trim(struct engine *engine, size_t max_bytes);
/* Memory is short: forgets all that nobody has, and makes no rows of it, which would take more at first. */
void running_drop_all(struct engine *engine);
/* Nothing is read any more: what is being read ends soon. */
void running_stop(struct engine *engine);
/* The daemon ends, in good order: totals become rows of the store, those that were asked for last first. */
void running_keep(struct engine *engine);
/* The job's row is in the store, or will not be. */
void running_row_ended(struct engine *engine, uint64_t job);
/* Nothing is being read: nothing is left of any job. */
void running_deinit(struct engine *engine);
