/* A list while it comes in, as the files of engine_submission_*() see it: submission.c its life,
 * submission_add.c its lines, submission_commit.c its end. Thread: main. */
#pragma once

#include "base/arena.h"
#include "engine/engine.h"
#include "engine/submission_sets.h"
#include "store/store.h"
#include "store/store_list.h"

/* URLs on their way to the store, with the memory they point into. */
struct batch {
    struct store_append append;
    struct engine_submission *submission;
    struct batch *next; /* before Begin came back */
    struct arena arena;
    size_t capacity;
};

struct engine_submission {
    struct engine *engine;
    struct user *user;
    struct arena arena; /* of the options */
    struct engine_submit_options options;
    const char **sources; /* in the arena, as options.sources */
    size_t sources_capacity;
    size_t last_source; /* that was looked for: lines of one source follow each other */
    struct store_begin begin;
    struct store_commit commit;
    struct store_abort abort;
    struct mail failed_mail; /* to ourselves, see failed_came() */
    struct fingerprints seen;
    struct host_tally *hosts;
    struct batch *batch;                           /* that is being filled */
    struct batch *waiting_batches, **last_waiting; /* until the job has its number */
    unsigned n_batches;                            /* filled, not on disk yet */
    size_t batch_size;
    uint64_t accepted, duplicates, rejected;
    uint64_t memory;      /* of all this, as charged to engine.submit_memory */
    uint64_t sent_memory; /* of that, batches under way */
    uint64_t charged;     /* to the user's queue */
    uint64_t user_bytes;  /* see engine_submission_user_bytes() */
    int error;            /* how a batch failed */
    bool begun;           /* the job has its number */
    bool committing;      /* the client asked for it */
    bool writing_commit;
    bool abandoned; /* freed as soon as nothing is under way */
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
/* The list takes so much in the store by now: is it within MaxStorePerUser=? */
void submission_check_use(struct engine_submission *submission, uint64_t job_bytes);

/* ---- submission_add.c ---- */
/* Charges what the list takes by now to MaxSubmitMemory=. */
void submission_charge(struct engine_submission *submission);
/* The batch that is being filled goes to the store, at once or when the job has its number. */
void submission_send_batch(struct engine_submission *submission);
/* The job has its number: so do those that waited for it. */
void submission_send_waiting(struct engine_submission *submission);

/* ---- submission_commit.c ---- */
/* What can be done next, is. Runs after every request that came back, and after what the client asked for. */
void submission_go_on(struct engine_submission *submission);
/* Mail to ourselves: Begin failed, and there is nothing to abort. */
void submission_failed_came(struct mail *mail, void *receiver);
