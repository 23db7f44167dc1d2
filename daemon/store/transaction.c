#include "store/store_change.h"
#include "store/store_host.h"
#include "store/store_list.h"
#include "store/store_partial.h"
#include "store/writer.h"

#include "base/clock.h"
#include "store/place.h"
#include <assert.h>
#include <errno.h>

/* A transaction takes what waits until it has cost this much (about microseconds) or lasted this long: an
 * outcome that waits behind it is answered soon, and the write-ahead log stays small. */
#define MAX_TRANSACTION_COST ((size_t)250000)
#define MAX_TRANSACTION_USEC (250 * USEC_PER_MSEC)
/* One that had so many outcomes is a sign of load: the next one begins no sooner than this after it. */
#define GATHER_FROM 8
/* About as many are written in a microsecond. */
#define PARTIAL_BYTES_PER_COST 100
#define GATHER_USEC (25 * USEC_PER_MSEC)

static struct store_request *request_of(struct mail *mail)
{
    return (struct store_request *)mail;
}

static int dispatch(struct writer *writer, struct store_request *request)
{
    switch (request->kind) {
    case STORE_BEGIN:
        return write_begin(writer, (struct store_begin *)request);
    case STORE_APPEND:
        return write_append(writer, (struct store_append *)request);
    case STORE_COMMIT:
        return write_commit(writer, (struct store_commit *)request);
    case STORE_ABORT:
        return write_abort(writer, (struct store_abort *)request);
    case STORE_OUTCOME:
        return write_outcome(writer, (struct store_outcome *)request);
    case STORE_REFILE:
        return write_refile(writer, (struct store_refile *)request);
    case STORE_TRIM:
        return write_trim(writer, (struct store_trim *)request);
    case STORE_SET_STATE:
        return write_set_state(writer, (struct store_set_state *)request);
    case STORE_END_REST:
        return write_end_rest(writer, (struct store_end_rest *)request);
    case STORE_GIVE_UP:
        return write_give_up(writer, (struct store_give_up *)request);
    case STORE_FINISH:
        return write_finish(writer, (struct store_finish *)request);
    case STORE_PUT_PARTIAL:
        return write_put_partial(writer, (struct store_put_partial *)request);
    case STORE_RETRY:
        return write_retry(writer, (struct store_retry *)request);
    case STORE_REMOVE:
        return write_remove(writer, (struct store_remove *)request);
    case STORE_REMOVE_ENDED:
        return write_remove_ended(writer, (struct store_remove_ended *)request);
    case STORE_EXPIRE:
        return write_expire(writer, (struct store_expire *)request);
    case STORE_SET_PRIORITY:
        return write_set_priority(writer, (struct store_set_priority *)request);
    case STORE_PUT_HOST:
        return write_put_host(writer, (struct store_put_host *)request);
    case STORE_PAUSE_HOST:
        return write_pause_host(writer, (struct store_pause_host *)request);
    case STORE_REOPEN:
        return 0; /* nothing fails */
    case STORE_READ_JOBS:
    case STORE_READ_HOSTS:
    case STORE_READ_WINDOW:
    case STORE_READ_KNOWN:
    case STORE_READ_URLS:
    case STORE_READ_OUTCOMES:
    case STORE_READ_WORDS:
    case STORE_READ_TOTALS:
    case STORE_READ_ENGINES:
    case STORE_SCAN_PAGES:
    case STORE_SCAN_LIST:
    case STORE_READ_HOST_STATES:
    case STORE_READ_PAUSED:
    case STORE_READ_USE:
    case STORE_MAKE_COPY:
    case STORE_READ_PIECE:
    case STORE_KEEP_PRINTS:
    case STORE_FIND_PRINTS:
    case STORE_FORGET_PRINTS:
    case STORE_RENEW:
        break;
    }
    assert(!"a write");
    return -EINVAL;
}

static size_t cost(const struct store_request *request)
{
    if (request->kind == STORE_TRIM)
        return 5000;
    if (request->kind == STORE_APPEND)
        return 2 + 3 * ((const struct store_append *)request)->n_urls;
    if (request->kind == STORE_OUTCOME)
        return 20 + ((const struct store_outcome *)request)->n_words / 5;
    if (request->kind == STORE_PUT_PARTIAL)
        return 10 + ((const struct store_put_partial *)request)->size / PARTIAL_BYTES_PER_COST;
    return request->kind == STORE_RETRY || request->kind == STORE_GIVE_UP ? 10000 : 10;
}

/* What was handed out by a transaction that failed. */
static void take_back(struct store_request *request)
{
    if (request->kind == STORE_BEGIN)
        ((struct store_begin *)request)->job = 0;
    if (request->kind == STORE_OUTCOME)
        ((struct store_outcome *)request)->accepted = ((struct store_outcome *)request)->reuse_lost = false;
    if (request->kind == STORE_REFILE)
        ((struct store_refile *)request)->accepted = false;
    if (request->kind == STORE_PUT_PARTIAL)
        ((struct store_put_partial *)request)->written = false;
    if (request->kind == STORE_COMMIT) {
        struct store_commit *commit = (struct store_commit *)request;

        if (commit->existed)
            commit->job = commit->begun;
        commit->existed = false;
    }
    if (request->kind == STORE_RETRY) {
        struct store_retry *retry = (struct store_retry *)request;

        retry->retried = retry->committed.retried;
        retry->progress = retry->committed.progress;
        retry->progress_given_up = retry->committed.progress_given_up;
    }
}

/* Before it goes on in the next transaction. */
static void keep_progress(struct store_request *request)
{
    if (request->kind == STORE_RETRY) {
        struct store_retry *retry = (struct store_retry *)request;

        retry->committed.retried = retry->retried;
        retry->committed.progress = retry->progress;
        retry->committed.progress_given_up = retry->progress_given_up;
    }
}

struct batch {
    struct mail *first, **last;
    size_t n;
    size_t n_outcomes;
    size_t cost;
    uint64_t since_usec;
};

static bool is_full(const struct batch *batch)
{
    return batch->cost >= MAX_TRANSACTION_COST ||
        (batch->n > 0 && clock_boottime_usec() - batch->since_usec >= MAX_TRANSACTION_USEC);
}

/* Runs requests of *from until the batch is full. Returns 0 or the error that rolls the batch back. */
static int run_some(struct writer *writer, struct mail **from, struct batch *batch)
{
    while (*from && !is_full(batch)) {
        struct mail *mail = *from;
        struct store_request *request = request_of(mail);
        int r;

        *from = mail->next;
        mail->next = NULL;
        *batch->last = mail;
        batch->last = &mail->next;
        batch->n++;
        batch->n_outcomes += request->kind == STORE_OUTCOME;
        batch->cost += cost(request);
        r = dispatch(writer, request);
        request->r = r;
        if (r < 0 && r != -ENOENT && r != -EINVAL)
            return r;
    }
    return 0;
}

static int commit(struct writer *writer)
{
    uint64_t start_usec = clock_boottime_usec();
    int r = sql_commit(writer->sql);

    writer->commit_usec += clock_boottime_usec() - start_usec;
    return r;
}

static int run_transaction(struct writer *writer, struct batch *batch)
{
    /* Those that go on were begun first. */
    struct mail *going = TAKE(writer->going);
    int r = sql_begin(writer->sql, SQL_BEGIN);

    if (r >= 0)
        r = run_some(writer, &going, batch);
    writer->going = going;
    if (r >= 0)
        r = run_some(writer, &writer->waiting, batch);
    if (r >= 0)
        r = jobs_store(&writer->jobs, writer->sql);
    if (r >= 0 && batch->n_outcomes > 0)
        r = known_keys_settle(&writer->known_keys, writer->sql);
    if (r >= 0)
        r = writer_note_size(writer);
    if (r >= 0)
        r = writer_check_room(writer, batch->first);
    if (r >= 0)
        r = commit(writer);
    return r;
}

void writer_roll_back(struct writer *writer)
{
    jobs_forget(&writer->jobs);
    word_maps_forget(&writer->maps);
    known_keys_forget(&writer->known_keys);
    writer->dropped = 0;
    /* If that fails, the next transaction begins with it. */
    (void)sql_rollback(writer->sql);
}

/* Sends back what is finished; keeps what goes on. */
void writer_answer(struct writer *writer, struct mail *first, int r)
{
    struct mail *done = NULL;
    struct mail **done_last = &done;
    struct mail **going_last = &writer->going;
    struct mail *mail = first;
    struct mail *last = NULL;

    while (*going_last)
        going_last = &(*going_last)->next;
    while (mail) {
        struct mail *next = mail->next;
        struct store_request *request = request_of(mail);

        mail->next = NULL;
        if (r < 0)
            request->r = r;
        if (request->r < 0 && request->r != -ENOENT && request->r != -EINVAL)
            take_back(request);
        else if (request->kind == STORE_BEGIN && request->r == 0)
            place_note_job(writer->opening->directory, (int64_t)((struct store_begin *)request)->job);
        if (request->r == WRITE_MORE) {
            keep_progress(request);
            *going_last = mail;
            going_last = &mail->next;
        } else if (!request->done) {
            free(request); /* the store's own */
        } else {
            *done_last = last = mail;
            done_last = &mail->next;
        }
        mail = next;
    }
    if (done)
        mailbox_post_chain(writer->replies, done, last);
}

/* All that waits when the database does not even let a transaction begin comes back: nothing may pile up
 * behind it. */
static void refuse_waiting(struct writer *writer, struct batch *batch)
{
    struct mail **lists[] = {&writer->going, &writer->waiting};

    for (size_t i = 0; i < 2; i++) {
        *batch->last = TAKE(*lists[i]);
        while (*batch->last)
            batch->last = &(*batch->last)->next;
    }
}

/* To be run once more, before what has come since. */
static void put_back(struct writer *writer, struct batch *batch)
{
    for (struct mail *mail = batch->first; mail; mail = mail->next)
        take_back(request_of(mail));
    *batch->last = writer->waiting;
    writer->waiting = batch->first;
}

static void note_batch(struct writer *writer, const struct batch *batch)
{
    uint64_t took_usec = clock_boottime_usec() - batch->since_usec;

    writer->write_usec += took_usec;
    pthread_mutex_lock(&writer->batches_lock);
    histogram_observe(&writer->batch_requests, (double)batch->n);
    histogram_observe(&writer->batch_seconds, (double)took_usec / USEC_PER_SEC);
    pthread_mutex_unlock(&writer->batches_lock);
}

void write_batch(struct writer *writer)
{
    struct batch batch = {.since_usec = clock_boottime_usec()};
    int r;

    batch.last = &batch.first;
    if (writer->failure < 0)
        writer_hold_back(writer);
    if (!writer->waiting && !writer->going)
        return;
    r = place_reason(writer->opening->directory, run_transaction(writer, &batch));
    if (r < 0) {
        writer_roll_back(writer);
        if (r == -ENOSPC && writer_makes_room(batch.first) && writer_spend_reserve(writer)) {
            put_back(writer, &batch);
            return;
        }
        /* What failed comes again, and then finds the log's room. */
        if (r == -ENOSPC)
            writer_restart_log(writer);
        if (batch.n == 0)
            refuse_waiting(writer, &batch);
    } else {
        writer->transactions++;
        writer->leaving_bytes += writer->dropped;
        writer->dropped = 0;
    }
    writer->requests += batch.n;
    writer->gather_until_usec = batch.n_outcomes >= GATHER_FROM ? batch.since_usec + GATHER_USEC : 0;
    jobs_trim(&writer->jobs);
    word_maps_trim(&writer->maps, writer->jobs.max_words_bytes / 2);
    note_batch(writer, &batch);
    writer_answer(writer, batch.first, r);
}
