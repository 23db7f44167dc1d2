#include "engine/submission_private.h"

#include "base/cleanup.h"
#include "engine/job.h"
#include "engine/state.h"
#include "fetch/url.h"
#include "store/store.h"
#include "store/store_list.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The store files many batches at once: larger ones would only lie in memory for longer. */
#define MAX_BATCH 20000
#define MIN_BATCH 16

size_t submission_batch_memory(const struct batch *batch)
{
    return batch ? sizeof(*batch) + batch->capacity * sizeof(*batch->append.urls) + batch->arena.memory : 0;
}

static struct batch *batch_new(struct engine_submission *submission)
{
    size_t capacity = submission_unit(submission->engine) / 2 / sizeof(struct store_new_url);
    struct batch *batch = calloc(1, sizeof(*batch));

    if (!batch)
        return NULL;
    if (capacity < MIN_BATCH)
        capacity = MIN_BATCH;
    if (capacity > submission->batch_size)
        capacity = submission->batch_size;
    batch->submission = submission;
    batch->append.urls = calloc(capacity, sizeof(*batch->append.urls));
    if (!batch->append.urls) {
        free(batch);
        return NULL;
    }
    batch->capacity = capacity;
    batch->append.first_seq = submission->accepted + 1;
    return batch;
}

static void appended(struct store_request *request, void *receiver)
{
    struct batch *batch = CONTAINER_OF(request, struct batch, append.request);
    struct engine_submission *submission = batch->submission;

    submission_request_came(submission);
    submission->n_batches--;
    submission->sent_memory -= submission_batch_memory(batch);
    submission_charge(submission);
    if (request->r < 0)
        submission->error = request->r;
    else
        submission->job_bytes = batch->append.job_bytes;
    if (request->r == 0)
        submission_check_use(submission);
    submission_free_batch(batch);
    submission_go_on(submission);
}

void submission_queue_batch(struct engine_submission *submission)
{
    struct batch *batch = TAKE(submission->batch);

    if (!batch)
        return;
    submission->n_batches++;
    submission->sent_memory += submission_batch_memory(batch);
    if (submission->batch_size < MAX_BATCH)
        submission->batch_size *= 2;
    if (submission->batch_size > MAX_BATCH)
        submission->batch_size = MAX_BATCH;
    *submission->last_waiting = batch;
    submission->last_waiting = &batch->next;
}

static void send_batch(struct engine_submission *submission)
{
    submission_queue_batch(submission);
    submission_go_on(submission);
}

void submission_send_waiting(struct engine_submission *submission)
{
    while (submission->waiting_batches) {
        struct batch *batch = submission->waiting_batches;

        submission->waiting_batches = batch->next;
        batch->append.request = (struct store_request){.kind = STORE_APPEND, .done = appended};
        batch->append.job = submission->begin.job;
        engine_submission_request(submission, &batch->append.request);
    }
    submission->last_waiting = &submission->waiting_batches;
}

int submission_file(struct engine_submission *submission, const struct engine_entry *entry, const char *url)
{
    CLEANUP(freep) char *host = url_host_key(url);
    struct store_new_url *row;
    struct arena *arena;

    if (!submission->batch)
        submission->batch = batch_new(submission);
    if (!host || !submission->batch ||
        host_tally_add(submission->hosts, host, submission_tally_memory(submission->engine)) < 0)
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
    submission->user->queued++;
    submission->charged++;
    if (submission->batch->append.n_urls == submission->batch->capacity ||
        arena->memory > submission_unit(submission->engine) / 2)
        send_batch(submission);
    return 0;
}

/* What must hold before another line is looked at. */
static int check_room(const struct engine_submission *submission)
{
    if (submission->error < 0)
        return submission->error;
    if (space_is_used_up(submission->engine))
        return -EOVERFLOW;
    return submission_is_beyond_memory(submission) ? -ENOBUFS : 0;
}

int engine_submission_add(struct engine_submission *submission, const struct engine_entry *entry,
    enum engine_added *ret_added, const char **ret_reason)
{
    CLEANUP(freep) char *url = NULL;
    const char *reason = entry->label ? engine_check_label(entry->label) : NULL;
    enum url_verdict verdict = URL_OK;
    struct store_print print;
    int r = check_room(submission);

    assert(!submission->committing);
    /* With that the list has failed, and what it has filled is for others. */
    if (r == -EOVERFLOW && submission->error == 0) {
        submission->error = r;
        submission_go_on(submission);
    }
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
    print = fingerprints_of(&submission->seen, url);
    r = submission_remember(submission, &print);
    if (r == 0) {
        submission->duplicates++;
        *ret_added = ENGINE_DUPLICATE;
        return 0;
    }
    if (r > 0 && submission->user->queued >= submission->engine->settings->max_queued_per_user)
        r = -EDQUOT;
    if (r > 0)
        r = submission->spilled ? submission_screen(submission, entry, url, &print)
                                : submission_file(submission, entry, url);
    submission_charge(submission);
    if (r < 0)
        return r;
    submission_screen_next(submission);
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
