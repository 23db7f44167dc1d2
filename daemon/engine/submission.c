#include "base/cleanup.h"
#include "engine/job.h"
#include "engine/space.h"
#include "engine/state.h"
#include "engine/submission_private.h"
#include "store/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BATCH 1000

void submission_free_batch(struct batch *batch)
{
    if (!batch)
        return;
    arena_deinit(&batch->arena);
    free(batch->append.urls);
    free(batch);
}

void engine_submission_free(struct engine_submission *submission)
{
    struct engine *engine = submission->engine;

    while (submission->waiting_batches) {
        struct batch *next = submission->waiting_batches->next;

        submission_free_batch(submission->waiting_batches);
        submission->waiting_batches = next;
    }
    submission_free_batch(submission->batch);
    submission_free_imported(submission);
    submission_free_lots(submission);
    store_prints_free(submission->prints);
    list_remove(&submission->in_engine);
    submission->user->queued -= submission->charged;
    engine->submit_memory -= submission->memory;
    engine->submit_sets -= submission->sets_memory;
    engine->n_submitting -= submission->memory > 0;
    fingerprints_deinit(&submission->seen);
    host_tally_free(submission->hosts);
    arena_deinit(&submission->arena);
    free(submission);
    submission_wake_others(engine);
}

void engine_submission_request(struct engine_submission *submission, struct store_request *request)
{
    submission->n_requests++;
    engine_request(submission->engine, request);
}

void submission_request_came(struct engine_submission *submission)
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
    submission->options.sources = submission->sources = sources;
    submission->sources_capacity = options->n_sources + 1;
    return 0;
}

/* Room for one more; the old array stays in the arena. */
static int grow_sources(struct engine_submission *submission)
{
    struct engine_submit_options *options = &submission->options;
    size_t capacity = submission->sources_capacity * 2;
    const char **grown;

    if (options->n_sources < submission->sources_capacity)
        return 0;
    grown = arena_allocate(&submission->arena, capacity * sizeof(*grown));
    if (!grown)
        return -ENOMEM;
    memcpy(grown, submission->sources, options->n_sources * sizeof(*grown));
    options->sources = submission->sources = grown;
    submission->sources_capacity = capacity;
    return 0;
}

int engine_submission_add_source(struct engine_submission *submission, const char *name, uint32_t *ret_source)
{
    struct engine_submit_options *options = &submission->options;
    size_t n = options->n_sources;

    for (size_t i = 0; i < n; i++) {
        size_t at = (submission->last_source + i) % n;

        if (strcmp(submission->sources[at], name) != 0)
            continue;
        *ret_source = (uint32_t)(submission->last_source = at);
        return 0;
    }
    if (n >= ENGINE_MAX_SOURCES)
        return -E2BIG;
    if (grow_sources(submission) < 0 || copy_text(&submission->arena, name, &submission->sources[n]) < 0)
        return -ENOMEM;
    options->n_sources++;
    *ret_source = (uint32_t)(submission->last_source = n);
    return 0;
}

static int copy_options(struct engine_submission *submission, const struct engine_submit_options *options)
{
    struct arena *arena = &submission->arena;
    struct engine_submit_options *copy = &submission->options;

    *copy = *options;
    if (copy_text(arena, options->name, &copy->name) < 0 ||
        copy_text(arena, options->label, &copy->label) < 0 ||
        copy_text(arena, options->key, &copy->key) < 0 || copy_text(arena, options->user, &copy->user) < 0 ||
        copy_text(arena, submission->engine->settings->noted, &submission->noted) < 0)
        return -ENOMEM;
    return copy_sources(submission, options);
}

static void begun(struct store_request *request, void *receiver)
{
    struct engine_submission *submission = CONTAINER_OF(request, struct engine_submission, begin.request);

    submission_request_came(submission);
    submission->begun = request->r == 0;
    if (request->r < 0)
        submission->error = request->r;
    else
        submission_check_use(submission);
    submission_go_on(submission);
}

void submission_check_use(struct engine_submission *submission)
{
    uint64_t max = submission->engine->settings->max_store_per_user;

    if (submission->error < 0)
        return;
    /* It may be long: by the next time that the disk is looked at anyway it would have filled it. */
    submission->error = space_look(submission->engine);
    submission->user_bytes = submission->begin.user_bytes + submission->job_bytes + submission->prints_bytes;
    if (submission->error == 0 && max > 0 && submission->user_bytes >= max)
        submission->error = -EFBIG;
}

static void forgotten(struct store_request *request, void *receiver)
{
    struct engine_submission *submission = CONTAINER_OF(request, struct engine_submission, forget.request);

    submission_request_came(submission);
    /* Where the store is not asked any more. */
    store_prints_free(TAKE(submission->forget.prints));
    submission_go_on(submission);
}

void submission_forget_prints(struct engine_submission *submission)
{
    submission->forget = (struct store_forget_prints){
        .request = {.kind = STORE_FORGET_PRINTS, .done = forgotten}, .prints = TAKE(submission->prints)};
    engine_submission_request(submission, &submission->forget.request);
}

uint64_t engine_submission_user_bytes(const struct engine_submission *submission)
{
    return submission->user_bytes;
}

int engine_submission_new(
    struct engine *engine, const struct engine_submit_options *options, struct engine_submission **ret)
{
    struct engine_submission *submission;
    struct user *user;

    space_check(engine);
    if (engine->space_error < 0)
        return engine->space_error;
    if (space_is_used_up(engine))
        return -EOVERFLOW;
    user = user_get(engine, options->uid);
    submission = user ? calloc(1, sizeof(*submission)) : NULL;
    if (!submission)
        return -ENOMEM;
    submission->engine = engine;
    submission->user = user;
    list_append(&engine->submissions, &submission->in_engine);
    submission->last_waiting = &submission->waiting_batches;
    submission->last_lot = &submission->lots;
    submission->last_imported = &submission->imported;
    submission->batch_size = FIRST_BATCH;
    submission->failed_mail.deliver = submission_failed_came;
    submission->hosts = host_tally_new();
    if (!submission->hosts || fingerprints_init(&submission->seen) < 0 ||
        copy_options(submission, options) < 0) {
        engine_submission_free(submission);
        return -ENOMEM;
    }
    submission->begin.request = (struct store_request){.kind = STORE_BEGIN, .done = begun};
    submission->begin.uid = options->uid;
    submission->begin.with_use = engine->settings->max_store_per_user > 0;
    engine_submission_request(submission, &submission->begin.request);
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
    submission_go_on(submission);
}
