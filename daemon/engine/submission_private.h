/* A list while it comes in, as the files of engine_submission_*() see it: submission.c its life,
 * submission_add.c its lines, submission_commit.c its end. Thread: main. */
#pragma once

#include "base/arena.h"
#include "base/list.h"
#include "engine/engine.h"
#include "engine/submission_sets.h"
#include "store/store.h"
#include "store/store_change.h"
#include "store/store_list.h"
#include "store/store_read.h"

/* URLs on their way to the store, with the memory they point into. */
struct batch {
    struct store_append append;
    struct engine_submission *submission;
    struct batch *next; /* before Begin came back */
    struct arena arena;
    size_t capacity;
};

/* Lines that are none of this memory's duplicates, and wait until what is on disk was looked through; and the
 * fingerprints that go to the disk after them. */
struct lot {
    struct lot *next;
    struct engine_submission *submission;
    struct arena arena;
    struct candidate *candidates;
    struct store_sought *sought;
    size_t n, capacity;
    struct store_print_set *sets; /* NULL: none */
    size_t sets_memory;
    struct store_find_prints find;
    struct store_keep_prints keep;
};

/* An outcome that comes with its URL. */
struct imported {
    struct store_outcome outcome;
    struct engine_submission *submission;
    struct imported *next; /* until the list's URLs are with the store */
    struct words_counts *counts;
    struct arena arena;
    size_t memory;
};

struct engine_submission {
    struct engine *engine;
    struct list in_engine;
    struct user *user;
    struct arena arena; /* of the options */
    struct engine_submit_options options;
    const char *noted;    /* settings as of Begin, in the arena; NULL: none */
    const char **sources; /* in the arena, as options.sources */
    size_t sources_capacity;
    size_t last_source; /* that was looked for: lines of one source follow each other */
    struct store_begin begin;
    struct store_commit commit;
    struct store_abort abort;
    struct store_read_jobs orphan; /* its row, when it is adopted after all */
    struct mail failed_mail;       /* to ourselves, see failed_came() */
    struct fingerprints seen;      /* in memory */
    struct host_tally *hosts;
    struct batch *batch;                           /* that is being filled */
    struct batch *waiting_batches, **last_waiting; /* until the job has its number */
    unsigned n_batches;                            /* filled, not on disk yet */
    size_t batch_size;
    uint64_t accepted, duplicates, rejected;
    struct store_prints *prints; /* fingerprints on disk; NULL: none */
    uint64_t prints_bytes;       /* of these */
    uint64_t job_bytes;          /* of the URLs in the store */
    bool spilled;                /* some are on disk, or on their way there: lines must be looked for */
    bool screening;              /* the first lot is under way */
    bool settling;               /* `ready` waits until all lines are judged */
    struct lot *lot;             /* that is being filled */
    struct lot *lots, **last_lot;
    struct store_forget_prints forget;
    uint64_t lots_memory;                       /* of those that wait, without their sets */
    uint64_t spill_memory;                      /* of their sets */
    uint64_t sets_memory;                       /* as charged to engine.submit_sets */
    uint64_t memory;                            /* of all this, as charged to engine.submit_memory */
    uint64_t sent_memory;                       /* of that, batches under way */
    uint64_t charged;                           /* to the user's queue */
    uint64_t user_bytes;                        /* see engine_submission_user_bytes() */
    struct imported *imported, **last_imported; /* not with the store yet */
    bool is_import;
    bool flushing;            /* `ready` waits until all pages are on disk */
    uint64_t imported_memory; /* of all of these, also under way */
    uint64_t held_memory;     /* see engine_submission_hold() */
    char *last_url;           /* of the page that was added last */
    int error;                /* how a batch failed */
    bool begun;               /* the job has its number */
    bool committing;          /* the client asked for it */
    bool writing_commit;
    bool is_orphan;         /* its job is on disk, and not in the engine yet */
    bool dropping, dropped; /* it failed: what is in the store is being, or was, given up before its end */
    bool abandoned;         /* freed as soon as nothing is under way */
    unsigned n_requests;
    void (*ready)(void *userdata, int r);
    void *ready_userdata;
    void (*done)(void *userdata, const struct engine_committed *committed);
    void *done_userdata;
};

/* ---- submission.c ---- */
void engine_submission_free(struct engine_submission *submission);
void submission_free_batch(struct batch *batch);
void engine_submission_request(struct engine_submission *submission, struct store_request *request);
/* To be called first when a request came back. */
void submission_request_came(struct engine_submission *submission);
/* The list takes so much in the store, and on its disk, by now: is there room for more of it? */
void submission_check_use(struct engine_submission *submission);
/* The fingerprints on disk are needed no more. */
void submission_forget_prints(struct engine_submission *submission);

/* ---- submission_screen.c ---- */
/* The URL waits to be looked for on disk, and is filed then. 0 or -ENOMEM. */
int submission_screen(struct engine_submission *submission, const struct engine_entry *entry, const char *url,
    const struct store_print *print);
/* The fingerprints in memory go to the disk, behind all that was added until now. 0 or -ENOMEM. */
int submission_spill(struct engine_submission *submission);
/* What is being filled can be looked for. */
void submission_close_lot(struct engine_submission *submission);
/* The next lot is looked for, if none is. */
void submission_screen_next(struct engine_submission *submission);
/* They may have waited for memory that is free now. */
void submission_wake_others(struct engine *engine);
size_t submission_lot_memory(const struct lot *lot);
void submission_free_lots(struct engine_submission *submission);
/* Lots wait, or are being filled. */
static inline bool submission_is_screening(const struct engine_submission *submission)
{
    return submission->lot || submission->lots;
}

/* ---- submission_memory.c: how MaxSubmitMemory= is divided ---- */
/* Bytes that a batch or a lot may take, about. */
size_t submission_unit(const struct engine *engine);
size_t submission_tally_memory(const struct engine *engine);
/* Charges what the list takes by now to MaxSubmitMemory=. */
void submission_charge(struct engine_submission *submission);
/* Adds to the set in memory; what has no room any more is sent to the disk before. As fingerprints_add(). */
int submission_remember(struct engine_submission *submission, const struct store_print *print);
/* MaxSubmitMemory= is lower than what the lists take by now: what can be given back is. */
void submission_shrink(struct engine *engine);
/* More is taken than there is; where that became less, no more than the lists on their way give back. */
bool submission_is_beyond_memory(const struct engine_submission *submission);
/* There is memory for more lines, or nothing that would be given back soon. */
bool submission_has_memory(const struct engine_submission *submission);

/* ---- submission_add.c ---- */
int submission_file(struct engine_submission *submission, const struct engine_entry *entry, const char *url);
size_t submission_batch_memory(const struct batch *batch);
/* The batch that is being filled is to go to the store, at once or when the job has its number. */
void submission_queue_batch(struct engine_submission *submission);
/* The job has its number: so do those that waited for it. */
void submission_send_waiting(struct engine_submission *submission);

/* ---- submission_import.c ---- */
/* Their URLs were sent before. */
void submission_send_imported(struct engine_submission *submission);
void submission_free_imported(struct engine_submission *submission);

/* ---- submission_commit.c ---- */
/* What can be done next, is. Runs after every request that came back, and after what the client asked for. */
void submission_go_on(struct engine_submission *submission);
/* Mail to ourselves: Begin failed, and there is nothing to abort. */
void submission_failed_came(struct mail *mail, void *receiver);
/* Tells the client, and frees the submission. */
void submission_answer(struct engine_submission *submission, int r, uint64_t job, bool existed);

/* ---- submission_adopt.c ---- */
/* It was committed: the engine goes on with the job, at once or when there is memory, and then the client is
 * told. */
void submission_adopt(struct engine_submission *submission);
/* Those that there was no memory for. */
void submission_adopt_again(struct engine *engine);
