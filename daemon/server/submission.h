/* Lists while they come in: what Submit, Begin, Append and Commit share. Thread: main. */
#pragma once

#include "server/work.h"
#include "store/store_read.h"
#include "wire/messages.h"
#include <systemd/sd-event.h>

/* Lines that are handled before other connections have their turn. */
#define SUBMISSION_LINES_PER_TURN 500
#define SUBMISSION_MAX_REJECTED 1000               /* listed in one reply */
#define SUBMISSION_MAX_REJECTED_BYTES (128U << 10) /* of their text, likewise: it must fit a frame */
#define SUBMISSION_MAX_TEXT 200                    /* characters of a rejected line */
#define SUBMISSION_MAX_AGE_SEC 3155760000.0        /* a hundred years */

/* A list that is open: the connection's session between Begin and Commit. One that no line comes for in so
 * long is dropped: a client that sleeps for ever holds no memory. */
struct submission {
    struct engine_submission *list; /* NULL once it is committed, has failed, or was dropped; or `known` */
    /* The job that the key named before: its lines are neither looked at nor limited, Commit tells of it. */
    struct known_submission {
        uint64_t job; /* 0: none */
        uint64_t accepted, duplicates;
    } known;
    struct import *import; /* NULL: a list without outcomes */
    sd_event_source *idle; /* NULL, or runs out between two calls */
    uid_t uid;
    struct arena arena;
    const char **sources;
    size_t n_sources;
};

/* The connection's list waits for its next call from now on. Returns 0 or negative errno. */
int submission_wait(struct submission *submission, struct service *service);
/* The connection's list, for its next call; NULL after the call was refused, as there is none (any more), or
 * it is (not) an import. */
struct submission *submission_resume(struct call *call, bool is_import);
/* import.c. Takes NULL. */
void import_free(struct import *import);

/* Checks the parameters and opens a list, then `opened`, perhaps before it returns; or ends the call with an
 * error. `in` is copied; what it points to must stay as long as the call. A key is looked up before any
 * limit is: whoever asks again gets the answer again, though the job itself may have reached the limit. */
void submission_open(struct call *call, const struct wire_begin_in *in,
    void (*opened)(struct call *call, struct submission *submission));
/* Drops the list if it was not committed. */
void submission_free(struct submission *submission);
DEFINE_CLEANUP(struct submission *, submission_free)

/* Of no source: an index that none has. */
#define ADDING_NO_SOURCE UINT32_MAX

/* Lines on their way into a list. */
struct adding {
    struct work work;
    struct submission *submission;
    bool owns_submission; /* Submit */
    const struct wire_entry *entries;
    size_t n_entries;
    size_t next;
    uint64_t accepted_before, duplicates_before; /* of the list, when this began */
    int64_t accepted, duplicates;                /* since, once they are settled */
    int64_t rejected_count;
    struct wire_rejected *rejected;
    size_t n_rejected;
    size_t rejected_bytes;
    uint64_t listed,
        stored; /* of a list that Commit refused: URLs, and bytes as engine_submission_user_bytes() */
    struct store_read_urls read; /* of adding_repeat() */
    void (*repeated)(struct adding *adding);
    void (*added)(struct adding *adding);
    void (*settled)(struct adding *adding);
    void (*committed)(struct adding *adding, const struct engine_committed *committed);
};

/* NULL: the call has ended with an error, and the submission is freed if it was to be owned. */
struct adding *adding_new(struct call *call, struct submission *submission, bool owns_submission);
/* Adds the entries, some a turn and no faster than the store takes them, then `added`. After an error the
 * call and the work have ended, and nothing is left of the list. */
void adding_run(struct adding *adding, const struct wire_entry *entries, size_t n_entries,
    void (*added)(struct adding *adding));

/* Adds the lines of a job that the peer may read, then `repeated`. After an error as with adding_run(). */
void adding_repeat(struct adding *adding, const char *job, void (*repeated)(struct adding *adding));
/* Waits until all lines are judged, then `settled`. After an error as with adding_run(). */
void adding_settle(struct adding *adding, void (*settled)(struct adding *adding));
/* Ends the call and the work with that error, and drops the list. */
void adding_fail(struct adding *adding, int r);

/* The slowest host as the wire has it; NULL if there is none. */
const struct wire_slowest_host *adding_slowest(
    const struct engine_committed *committed, struct wire_slowest_host *storage);

/* Commits the list; then `committed` with what came of it, which replies. If the client goes meanwhile, the
 * list is queued all the same: it was asked for. */
void adding_commit(struct adding *adding,
    void (*committed)(struct adding *adding, const struct engine_committed *committed));
