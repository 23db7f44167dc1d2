#include "store/writer.h"
#include "store/store_change.h"

#include "base/clock.h"
#include "store/place.h"
#include "store/schema.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

/* Under load every so many transactions make room for one step of deleting. */
#define SWEEP_EVERY 8
/* Of putting off a commit. */
#define GATHER_STEP_NSEC 5000000
/* After a failed one, of a full disk say. */
#define SWEEP_AGAIN_MSEC 5000

/* A step that found no room is tried again as a shorter one, in a log that begins anew. */
static bool shortens_sweep(struct writer *writer)
{
    if (writer->is_tight)
        return false;
    writer->is_tight = true;
    writer_restart_log(writer);
    return true;
}

static void sweep(struct writer *writer)
{
    int r = place_reason(writer->opening->directory, sweep_step(writer));

    writer->since_sweep = 0;
    if (r < 0)
        writer_roll_back(writer);
    writer->sweep = r > 0 || (r == -ENOSPC && (shortens_sweep(writer) || writer_spend_reserve(writer)));
    writer->sweep_failed = r < 0 && !writer->sweep;
    /* At the end the file shrinks by what was given back. */
    if (r == 0)
        writer_cut_log(writer);
    else
        writer_fold_log(writer, writer->is_tight ? 1 : writer_fold_pages(writer));
}

static void take_inbox(struct writer *writer)
{
    struct mail **last = &writer->waiting;
    struct mail *mail = mailbox_take(&writer->inbox);

    while (*last)
        last = &(*last)->next;
    while (mail) {
        struct mail *next = mail->next;

        mail->next = NULL;
        if (mail == &writer->stop_mail) {
            writer->stop = true;
        } else if (mail == &writer->tuning.mail) {
            writer->tune = true;
        } else {
            *last = mail;
            last = &mail->next;
        }
        mail = next;
    }
}

static void wait_for_mail(struct writer *writer)
{
    struct pollfd pollfd = {.fd = writer->inbox.fd, .events = POLLIN};

    writer->busy_since_usec = 0;
    (void)poll(&pollfd, 1, writer->sweep_failed ? SWEEP_AGAIN_MSEC : -1);
    if (writer->sweep_failed) {
        writer->sweep_failed = false;
        writer->sweep = true;
    }
}

/* Whether more outcomes of the job can come than those that wait. */
static bool expects_more(const struct writer *writer, uint64_t job_id)
{
    const struct job *job = jobs_find(&writer->jobs, job_id);
    uint64_t n = 0;

    for (const struct mail *mail = writer->waiting; mail; mail = mail->next)
        n += ((const struct store_outcome *)mail)->job == job_id;
    return job && n < job_unended(job);
}

/* Under load a commit is put off a little: the more outcomes share it, the less each of them costs in pages
 * that are written again and in waiting for the disk. Nothing else is made to wait for that, nor is the end
 * of the job that is served. */
static bool gathers(const struct writer *writer)
{
    if (!writer->waiting || writer->going || writer->stop ||
        clock_boottime_usec() >= writer->gather_until_usec)
        return false;
    for (const struct mail *mail = writer->waiting; mail; mail = mail->next)
        if (((const struct store_request *)mail)->kind != STORE_OUTCOME)
            return false;
    return expects_more(writer, ((const struct store_outcome *)writer->waiting)->job);
}

/* In steps without a look at the inbox, so that not every single outcome wakes the thread. */
static void gather(struct writer *writer)
{
    const struct timespec step = {.tv_nsec = GATHER_STEP_NSEC};

    while (gathers(writer)) {
        (void)nanosleep(&step, NULL);
        take_inbox(writer);
    }
}

/* Between two transactions. */
static void tune(struct writer *writer)
{
    bool drops_caches = tuning_apply(&writer->tuning, writer->sql);
    uint64_t cache_bytes = atomic_load(&writer->tuning.cache_bytes);

    writer->tune = false;
    if (cache_bytes > 0)
        writer->jobs.max_words_bytes = cache_bytes / 2;
    if (drops_caches) {
        const size_t max = writer->jobs.max_words_bytes;

        writer->jobs.max_words_bytes = 0;
        jobs_trim(&writer->jobs);
        writer->jobs.max_words_bytes = max;
        word_maps_forget(&writer->maps);
    }
}

static void *run(void *userdata)
{
    struct writer *writer = userdata;

    for (;;) {
        bool work;

        take_inbox(writer);
        if (writer->tune)
            tune(writer);
        work = writer->waiting || writer->going;
        if (!work && writer->stop)
            return NULL;
        if (!work && !writer->sweep) {
            wait_for_mail(writer);
            continue;
        }
        gather(writer);
        writer->busy_since_usec = clock_boottime_usec();
        if (work) {
            write_batch(writer);
            writer_fold_log(writer, writer_fold_pages(writer));
        }
        if (writer->sweep && (!work || ++writer->since_sweep >= SWEEP_EVERY))
            sweep(writer);
    }
}

static void writer_close(struct writer *writer)
{
    jobs_forget(&writer->jobs);
    word_maps_forget(&writer->maps);
    sql_free(writer->sql);
    mailbox_deinit(&writer->inbox);
    pthread_mutex_destroy(&writer->batches_lock);
    free(writer->pairs);
    free(writer);
}

static const double request_bounds[] = {1, 3, 10, 30, 100, 300, 1000, 3000, 10000};
static const double second_bounds[] = {0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10};

int writer_new(struct sql *sql, const struct store_settings *settings, struct opening *opening, int failure,
    struct writer **ret)
{
    CLEANUP(sql_freep) struct sql *owned = sql;
    struct writer *writer = calloc(1, sizeof(*writer));
    int r;

    if (!writer)
        return -ENOMEM;
    pthread_mutex_init(&writer->batches_lock, NULL);
    writer->batch_requests = (struct histogram)HISTOGRAM(request_bounds);
    writer->batch_seconds = (struct histogram)HISTOGRAM(second_bounds);
    writer->replies = settings->replies;
    writer->hooks = settings->hooks;
    writer->jobs.max_words_bytes = settings->cache_bytes / 2;
    known_keys_init(&writer->known_keys);
    writer->opening = opening;
    writer->frozen = failure < 0;
    writer->failure = failure < 0 ? failure : opening->reserve.is_spent ? -ENOSPC : 0;
    writer->sweep = !writer->frozen;
    /* It begins with what a removal left. */
    writer->busy_since_usec = clock_boottime_usec();
    writer->sql = sql;
    r = hash_key_init(&writer->jobs.key);
    if (r >= 0)
        r = writer_note_size(writer);
    if (r >= 0)
        r = mailbox_init(&writer->inbox);
    if (r < 0) {
        pthread_mutex_destroy(&writer->batches_lock);
        free(writer);
        return r;
    }
    (void)TAKE(owned);
    writer_watch_log(writer);
    if (!writer->frozen)
        writer_watch_leaving(writer);
    r = -pthread_create(&writer->thread, NULL, run, writer);
    if (r < 0) {
        writer_close(writer);
        return r;
    }
    (void)pthread_setname_np(writer->thread, "store-writer");
    *ret = writer;
    return 0;
}

/* Without it the next start is careful, which harms nobody. */
static void note_stop(struct sql *sql)
{
    char text[64];

    (void)snprintf(
        text, sizeof(text), "UPDATE stop SET usec = %llu", (unsigned long long)clock_realtime_usec());
    (void)sql_execute(sql, text);
}

void writer_post(struct writer *writer, struct store_request *request)
{
    uint_fast64_t asleep = 0;

    /* Before the mail: who wakes up for it clears this again. */
    (void)atomic_compare_exchange_strong(&writer->busy_since_usec, &asleep, clock_boottime_usec());
    mailbox_post(&writer->inbox, &request->mail);
}

void writer_free(struct writer *writer)
{
    if (!writer)
        return;
    mailbox_post(&writer->inbox, &writer->stop_mail);
    (void)pthread_join(writer->thread, NULL);
    note_stop(writer->sql);
    writer_close(writer);
}
