/* The thread that reads. Requests take turns: each turn is one read transaction of at most about
 * STORE_STEP_ROWS rows, so that none holds the log back, and none waits long behind another.
 *
 * A verb (read_...) runs inside such a transaction, with its request and the state that it keeps between its
 * turns, zeroed at first. It returns 0 when it is finished, READ_MORE for another turn, or negative errno. */
#pragma once

#include "base/array.h"
#include "base/mailbox.h"
#include "store/opening.h"
#include "store/rows.h"
#include "store/sql.h"
#include "store/store_read.h"
#include <pthread.h>
#include <stdatomic.h>

#define READ_MORE 1
/* A turn ends early when its rows have this many bytes. */
#define READ_STEP_BYTES ((size_t)4 << 20)

/* What the verbs keep. */
struct read_state {
    struct rows rows;
    struct buffer host;    /* the host that the last row had, terminated */
    struct buffer partial; /* a row of it, until it is taken */
    uint64_t last;         /* its batch, seq or id */
    struct store_position position;
    size_t phase;
    bool begun;
};

struct read_turn {
    struct sql *sql;
    struct mailbox *writer; /* for trims of the store's own */
    const char *directory;  /* of the store */
    struct store_request *request;
    struct read_state state;
    uint64_t n_pages; /* shown in this turn */
    struct read_turn *next;
};

struct store_reader;

/* Takes `sql`; is it `frozen`, STORE_RENEW opens another. `writer` is where the writer takes its requests.
 * `opening` outlives it. */
int store_reader_new(struct sql *sql, const struct opening *opening, bool frozen, struct mailbox *writer,
    struct mailbox *replies, struct store_reader **ret);
/* Finishes what was handed over, and stops the thread. */
void store_reader_free(struct store_reader *reader);
DEFINE_CLEANUP(struct store_reader *, store_reader_free)
void store_reader_post(struct store_reader *reader, struct store_request *request);
void store_reader_tune(struct store_reader *reader, bool sync_full, uint64_t cache_bytes);
void store_reader_drop_caches(struct store_reader *reader);
uint64_t store_reader_busy_since_usec(struct store_reader *reader);
uint64_t store_reader_pages_read(const struct store_reader *reader);
bool store_reader_is_damaged(const struct store_reader *reader);

int read_jobs(struct read_turn *turn);
int read_use(struct read_turn *turn);
int read_hosts(struct read_turn *turn);
int read_window(struct read_turn *turn);
int read_known(struct read_turn *turn);
int read_urls(struct read_turn *turn);
int read_outcomes(struct read_turn *turn);
int read_words(struct read_turn *turn);
int read_totals(struct read_turn *turn);
int read_engines(struct read_turn *turn);
int read_pages(struct read_turn *turn);
/* For store_scan_pages with `partial`: READ_ALL if all pages are to be read. */
#define READ_ALL 2
int read_partial(struct read_turn *turn);
/* Shows the page of the key: 1, or 0 if it is not there. Its bytes are added to *bytes. */
int read_page(
    struct read_turn *turn, struct store_scan_pages *scan, const struct store_page_key *key, size_t *bytes);
int read_list(struct read_turn *turn);
int read_host_states(struct read_turn *turn);
int read_paused(struct read_turn *turn);
int read_make_copy(struct read_turn *turn);
int read_piece(struct read_turn *turn);

/* The job as readers see it; -ENOENT if they do not. */
struct read_job {
    int state;
    uint64_t base_attempt;
    uint64_t total;
    uint64_t ended;
    uint64_t n_words;
    uint64_t rest_before; /* URLs of lower attempts ended with the job */
    uint64_t counted;
};
int read_job(struct read_turn *turn, uint64_t id, struct read_job *ret);

/* Copies a column's text into the turn's rows: 0, or -ENOMEM. NULL stays NULL. */
int read_copy(struct read_turn *turn, const struct call *call, int column, const char **ret);
/* Notes where the next turn goes on. The noted text changes with the note: bind a copy. */
int read_note_host(struct read_turn *turn, const char *host, size_t length);
const char *read_noted_host(const struct read_turn *turn); /* "" at first */
