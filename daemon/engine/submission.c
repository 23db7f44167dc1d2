#include "engine/submission.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "engine/state.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* URLs of a batch: the first is small, so that a short list costs little; each next one is twice as large. */
#define FIRST_BATCH 1000
#define MAX_BATCH 100000
/* Batches under way to the store before the client is made to wait. */
#define MAX_BATCHES 2

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
    uint64_t charged; /* to the user's queue */
    int error;        /* how a batch failed */
    bool begun;       /* the job has its number */
    bool committing;  /* the client asked for it */
    bool writing_commit;
    bool abandoned; /* freed as soon as nothing is under way */
    unsigned n_requests;
    void (*ready)(void *userdata, int r);
    void *ready_userdata;
    void (*done)(void *userdata, const struct engine_committed *committed);
    void *done_userdata;
};

static void go_on(struct engine_submission *submission);
static void failed_came(struct mail *mail, void *receiver);

/* ---- life ---- */

static void free_batch(struct batch *batch)
{
    if (!batch)
        return;
    arena_deinit(&batch->arena);
    free(batch->append.urls);
    free(batch);
}

static void submission_free(struct engine_submission *submission)
{
    while (submission->waiting_batches) {
        struct batch *next = submission->waiting_batches->next;

        free_batch(submission->waiting_batches);
        submission->waiting_batches = next;
    }
    free_batch(submission->batch);
    submission->user->queued -= submission->charged;
    submission->engine->submit_memory -= fingerprints_memory(&submission->seen);
    fingerprints_deinit(&submission->seen);
    host_tally_free(submission->hosts);
    arena_deinit(&submission->arena);
    free(submission);
}

static void under_way(struct engine_submission *submission, struct store_request *request)
{
    submission->n_requests++;
    engine_request(submission->engine, request);
}

static void came_back(struct engine_submission *submission)
{
    submission->n_requests--;
    engine_request_came(submission->engine);
}

static int copy_text(struct arena *arena, const char *text, const char **ret)
{
    *ret = arena_copy(arena, text);
    return text && !*ret ? -ENOMEM : 0;
}

static int copy_sources(struct engine_submission *submission, const struct engine_submit_options *options)
{
    const char **sources = arena_allocate(&submission->arena, (options->n_sources + 1) * sizeof(*sources));

    if (!sources)
        return -ENOMEM;
    for (size_t i = 0; i < options->n_sources; i++)
        if (copy_text(&submission->arena, options->sources[i], &sources[i]) < 0)
            return -ENOMEM;
    submission->options.sources = sources;
    return 0;
}

static int copy_options(struct engine_submission *submission, const struct engine_submit_options *options)
{
    struct arena *arena = &submission->arena;
    struct engine_submit_options *copy = &submission->options;

    *copy = *options;
    if (copy_text(arena, options->name, &copy->name) < 0 ||
        copy_text(arena, options->label, &copy->label) < 0 ||
        copy_text(arena, options->key, &copy->key) < 0 || copy_text(arena, options->user, &copy->user) < 0)
        return -ENOMEM;
    return copy_sources(submission, options);
}

static void begun(struct store_request *request, void *receiver)
{
    struct engine_submission *submission = CONTAINER_OF(request, struct engine_submission, begin.request);

    came_back(submission);
    submission->begun = request->r == 0;
    if (request->r < 0)
        submission->error = request->r;
    go_on(submission);
}

int engine_submission_new(
    struct engine *engine, const struct engine_submit_options *options, struct engine_submission **ret)
{
    struct user *user = user_get(engine, options->uid);
    struct engine_submission *submission = user ? calloc(1, sizeof(*submission)) : NULL;

    if (!submission)
        return -ENOMEM;
    submission->engine = engine;
    submission->user = user;
    submission->last_waiting = &submission->waiting_batches;
    submission->batch_size = FIRST_BATCH;
    submission->failed_mail.deliver = failed_came;
    submission->hosts = host_tally_new();
    if (!submission->hosts || fingerprints_init(&submission->seen) < 0 ||
        copy_options(submission, options) < 0) {
        submission_free(submission);
        return -ENOMEM;
    }
    submission->begin.request = (struct store_request){.kind = STORE_BEGIN, .done = begun};
    under_way(submission, &submission->begin.request);
    *ret = submission;
    return 0;
}

void engine_submission_abort(struct engine_submission *submission)
{
    if (!submission)
        return;
    submission->abandoned = true;
    submission->ready = NULL;
    submission->done = NULL;
    go_on(submission);
}

/* ---- adding ---- */

static struct batch *batch_new(struct engine_submission *submission)
{
    struct batch *batch = calloc(1, sizeof(*batch));

    if (!batch)
        return NULL;
    batch->submission = submission;
    batch->append.urls = calloc(submission->batch_size, sizeof(*batch->append.urls));
    if (!batch->append.urls) {
        free(batch);
        return NULL;
    }
    batch->capacity = submission->batch_size;
    batch->append.first_seq = submission->accepted + 1;
    return batch;
}

static void appended(struct store_request *request, void *receiver)
{
    struct batch *batch = CONTAINER_OF(request, struct batch, append.request);
    struct engine_submission *submission = batch->submission;

    came_back(submission);
    submission->n_batches--;
    if (request->r < 0)
        submission->error = request->r;
    free_batch(batch);
    go_on(submission);
}

/* The batch goes to the store, at once or when the job has its number. */
static void send_batch(struct engine_submission *submission)
{
    struct batch *batch = TAKE(submission->batch);

    if (!batch)
        return;
    submission->n_batches++;
    if (submission->batch_size < MAX_BATCH)
        submission->batch_size *= 2;
    if (submission->batch_size > MAX_BATCH)
        submission->batch_size = MAX_BATCH;
    *submission->last_waiting = batch;
    submission->last_waiting = &batch->next;
    go_on(submission);
}

static int file_url(struct engine_submission *submission, const struct engine_entry *entry, const char *url)
{
    CLEANUP(freep) char *host = url_host_key(url);
    struct store_new_url *row;
    struct arena *arena;

    if (!submission->batch)
        submission->batch = batch_new(submission);
    if (!host || !submission->batch || host_tally_add(submission->hosts, host) < 0)
        return -ENOMEM;
    arena = &submission->batch->arena;
    row = &submission->batch->append.urls[submission->batch->append.n_urls];
    *row = (struct store_new_url){
        .url = arena_copy(arena, url),
        .submitted = strcmp(url, entry->url) == 0 ? NULL : arena_copy(arena, entry->url),
        .host = arena_copy(arena, host),
        .source = entry->source,
        .line = entry->line,
    };
    if (entry->label)
        row->label = arena_copy(arena, entry->label);
    else
        row->label = submission->options.label;
    if (!row->url || !row->host || (entry->label && !row->label))
        return -ENOMEM;
    submission->batch->append.n_urls++;
    submission->accepted++;
    if (submission->batch->append.n_urls == submission->batch->capacity)
        send_batch(submission);
    return 0;
}

static int remember(struct engine_submission *submission, const char *url)
{
    struct engine *engine = submission->engine;
    size_t before = fingerprints_memory(&submission->seen);
    uint64_t others = engine->submit_memory - before;
    uint64_t max = engine->settings->max_submit_memory;
    int r = fingerprints_add(&submission->seen, url, max > others ? max - others : 0);

    engine->submit_memory = others + fingerprints_memory(&submission->seen);
    return r;
}

/* What must hold before another URL is taken. */
static int check_room(const struct engine_submission *submission)
{
    if (submission->error < 0)
        return submission->error;
    if (submission->user->queued >= submission->engine->settings->max_queued_per_user)
        return -EDQUOT;
    return 0;
}

int engine_submission_add(struct engine_submission *submission, const struct engine_entry *entry,
    enum engine_added *ret_added, const char **ret_reason)
{
    CLEANUP(freep) char *url = NULL;
    const char *reason = entry->label ? engine_check_label(entry->label) : NULL;
    enum url_verdict verdict = URL_OK;
    int r = check_room(submission);

    assert(!submission->committing);
    if (r == 0 && !reason)
        r = url_normalise(entry->url, &url, &verdict);
    if (r < 0)
        return r;
    if (reason || verdict != URL_OK) {
        submission->rejected++;
        *ret_reason = reason ? reason : url_verdict_message(verdict);
        *ret_added = ENGINE_REJECTED;
        return 0;
    }
    r = remember(submission, url);
    if (r == 0) {
        submission->duplicates++;
        *ret_added = ENGINE_DUPLICATE;
        return 0;
    }
    if (r > 0)
        r = file_url(submission, entry, url);
    if (r < 0)
        return r;
    submission->user->queued++;
    submission->charged++;
    *ret_added = ENGINE_ADDED;
    return 0;
}

uint64_t engine_submission_accepted(const struct engine_submission *submission)
{
    return submission->accepted;
}

uint64_t engine_submission_duplicates(const struct engine_submission *submission)
{
    return submission->duplicates;
}

uint64_t engine_submission_rejected(const struct engine_submission *submission)
{
    return submission->rejected;
}

/* ---- committing ---- */

static void find_slowest(void *userdata, const char *host, uint64_t n)
{
    struct engine_submission *submission = ((void **)userdata)[0];
    struct engine_slowest *slowest = ((void **)userdata)[1];
    const struct host *known;
    uint64_t delay;

    HASH_FIND_STR(submission->engine->hosts, host, known);
    delay = known ? host_delay_usec(known)
                  : engine_settings_policy(submission->engine->settings, host)->delay_usec;
    if (slowest->host && n * delay <= slowest->total_usec)
        return;
    *slowest = (struct engine_slowest){
        .host = host,
        .n_urls = n,
        .delay_usec = delay,
        .total_usec = n * delay,
    };
}

static void answer(struct engine_submission *submission, int r, uint64_t job, bool existed)
{
    struct engine_committed committed = {
        .r = r,
        .job = job,
        .existed = existed,
        .accepted = submission->accepted,
        .duplicates = submission->duplicates,
        .rejected = submission->rejected,
    };

    if (r == 0 && job != 0 && !existed)
        host_tally_each(submission->hosts, find_slowest, (void *[]){submission, &committed.slowest});
    if (submission->done)
        submission->done(submission->done_userdata, &committed);
    submission_free(submission);
}

static int adopt(struct engine_submission *submission)
{
    const struct store_job_row row = {
        .job = submission->commit.job,
        .uid = submission->options.uid,
        .priority = submission->options.priority,
        .state = JOB_QUEUED,
        .total = submission->accepted,
        .duplicates = submission->duplicates,
    };
    struct job *job = job_new(submission->engine, &row);

    if (!job)
        return -ENOMEM; /* on disk all the same: the next start goes on with it */
    job_load_hosts(job);
    return 0;
}

static void committed(struct store_request *request, void *receiver)
{
    struct engine_submission *submission = CONTAINER_OF(request, struct engine_submission, commit.request);

    came_back(submission);
    if (request->r == 0 && !submission->commit.existed)
        (void)adopt(submission);
    answer(submission, request->r, request->r == 0 ? submission->commit.job : 0, submission->commit.existed);
}

static void aborted(struct store_request *request, void *receiver)
{
    struct engine_submission *submission = CONTAINER_OF(request, struct engine_submission, abort.request);

    came_back(submission);
    answer(submission, submission->error, 0, false);
}

/* Begin failed: there is nothing to abort. */
static void failed_came(struct mail *mail, void *receiver)
{
    struct engine_submission *submission = CONTAINER_OF(mail, struct engine_submission, failed_mail);

    answer(submission, submission->error, 0, false);
}

static void write_abort(struct engine_submission *submission)
{
    submission->abort = (struct store_abort){
        .request = {.kind = STORE_ABORT, .done = aborted},
        .job = submission->begin.job,
    };
    under_way(submission, &submission->abort.request);
}

static void write_commit(struct engine_submission *submission)
{
    const struct engine_submit_options *options = &submission->options;

    submission->commit = (struct store_commit){
        .request = {.kind = STORE_COMMIT, .done = committed},
        .job = submission->begin.job,
        .name = options->name,
        .user = options->user,
        .uid = options->uid,
        .priority = options->priority,
        .key = options->key,
        .sources = options->sources,
        .n_sources = options->n_sources,
        .total = submission->accepted,
        .duplicates = submission->duplicates,
        .submitted_usec = clock_realtime_usec(),
    };
    under_way(submission, &submission->commit.request);
}

static bool is_wanted(const struct engine_submission *submission)
{
    return submission->error == 0 && !submission->abandoned && submission->accepted > 0 &&
        !(submission->options.strict && submission->rejected > 0);
}

static void send_waiting_batches(struct engine_submission *submission)
{
    while (submission->waiting_batches) {
        struct batch *batch = submission->waiting_batches;

        submission->waiting_batches = batch->next;
        batch->append.request = (struct store_request){.kind = STORE_APPEND, .done = appended};
        batch->append.job = submission->begin.job;
        under_way(submission, &batch->append.request);
    }
    submission->last_waiting = &submission->waiting_batches;
}

/* What can be done next, is. Runs after every request that came back, and after what the client asked for. */
static void go_on(struct engine_submission *submission)
{
    void (*ready)(void *userdata, int r) = submission->ready;

    if (submission->writing_commit)
        return;
    if (submission->begun && submission->error == 0 && !submission->abandoned)
        send_waiting_batches(submission);
    if ((submission->committing || submission->abandoned) && submission->n_requests == 0) {
        submission->writing_commit = true;
        if (submission->begun && is_wanted(submission))
            write_commit(submission);
        else if (submission->begun)
            write_abort(submission);
        else
            mailbox_post(submission->engine->inbox, &submission->failed_mail);
        return;
    }
    if (ready && (submission->n_batches <= MAX_BATCHES || submission->error < 0)) {
        submission->ready = NULL;
        ready(submission->ready_userdata, submission->error);
    }
}

int engine_submission_wait(
    struct engine_submission *submission, void (*ready)(void *userdata, int r), void *userdata)
{
    assert(!submission->ready);
    if (submission->error < 0)
        return submission->error;
    if (submission->n_batches <= MAX_BATCHES)
        return 1;
    submission->ready = ready;
    submission->ready_userdata = userdata;
    return 0;
}

void engine_submission_commit(struct engine_submission *submission,
    void (*done)(void *userdata, const struct engine_committed *committed), void *userdata)
{
    submission->done = done;
    submission->done_userdata = userdata;
    if (is_wanted(submission))
        send_batch(submission);
    submission->committing = true;
    go_on(submission);
}
