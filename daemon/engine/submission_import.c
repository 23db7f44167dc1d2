/* URLs that come with what became of them. */
#include "engine/submission_private.h"

#include "base/cleanup.h"
#include "engine/job.h"
#include "engine/space.h"
#include "engine/state.h"
#include "fetch/url.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void imported_free(struct imported *imported)
{
    words_counts_free(imported->counts);
    arena_deinit(&imported->arena);
    free(imported);
}

void submission_free_imported(struct engine_submission *submission)
{
    while (submission->imported) {
        struct imported *imported = submission->imported;

        submission->imported = imported->next;
        imported_free(imported);
    }
    free(submission->last_url);
}

static void written(struct store_request *request, void *receiver)
{
    struct imported *imported = CONTAINER_OF(request, struct imported, outcome.request);
    struct engine_submission *submission = imported->submission;

    submission_request_came(submission);
    submission->imported_memory -= imported->memory;
    submission_charge(submission);
    if (request->r < 0)
        submission->error = request->r;
    else if (!imported->outcome.accepted && submission->error == 0)
        submission->error = -EIO; /* its URL is not there */
    imported_free(imported);
    submission_go_on(submission);
}

void submission_send_imported(struct engine_submission *submission)
{
    while (submission->imported) {
        struct imported *imported = submission->imported;

        submission->imported = imported->next;
        imported->outcome.request = (struct store_request){.kind = STORE_OUTCOME, .done = written};
        imported->outcome.job = submission->begin.job;
        engine_submission_request(submission, &imported->outcome.request);
    }
    submission->last_imported = &submission->imported;
}

/* Copies what the outcome points to. 0 or -ENOMEM. */
static int copy_texts(struct imported *imported, const struct engine_page *page)
{
    struct store_outcome *outcome = &imported->outcome;
    const struct {
        const char *from;
        const char **to;
    } texts[] = {
        {page->host, &outcome->host},
        {page->final_url, &outcome->final_url},
        {page->content_type, &outcome->content_type},
        {page->charset, &outcome->charset},
        {page->charset_from, &outcome->charset_from},
        {page->title, &outcome->title},
        {page->detail, &outcome->detail},
        {page->engine_id, &outcome->engine_id},
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        *texts[i].to = arena_copy(&imported->arena, texts[i].from);
        if (texts[i].from && !*texts[i].to)
            return -ENOMEM;
    }
    return 0;
}

/* Without the URL that was answered: by that one, pages are found for others to use. */
static int fill(struct imported *imported, const struct engine_page *page)
{
    bool is_counted = outcome_state(page->outcome) == URL_COUNTED;
    struct store_outcome *outcome = &imported->outcome;
    int r;

    *outcome = (struct store_outcome){.outcome = page->outcome,
        .into_open = true,
        .http_status = page->http_status,
        .tries = page->attempts,
        .fetched_usec = page->fetched_usec,
        .counted_from_usec = page->counted_from_usec == page->fetched_usec ? 0 : page->counted_from_usec,
        .duration_usec = page->duration_usec,
        .body_bytes = page->body_bytes,
        .wire_bytes = page->wire_bytes};
    r = copy_texts(imported, page);
    if (r < 0 || !is_counted)
        return r;
    r = words_counts_of(page->words, page->n_words, &imported->counts);
    if (r < 0)
        return r;
    memcpy(outcome->content_hash, page->content_hash, STORE_HASH_SIZE);
    outcome->replaced = page->replaced;
    outcome->tokens = words_counts_tokens(imported->counts);
    outcome->n_words = page->n_words;
    outcome->counts = imported->counts;
    imported->memory += words_counts_memory(imported->counts);
    return 0;
}

/* NULL, or why the URL is refused. *ret_r: -ENOMEM if there was none to look at it. */
static const char *check_url(const struct engine_submission *submission, const char *url, int *ret_r)
{
    CLEANUP(freep) char *normalised = NULL;
    enum url_verdict verdict = URL_OK;

    *ret_r = url_normalise(url, &normalised, &verdict);
    if (*ret_r < 0)
        return NULL;
    if (verdict != URL_OK)
        return url_verdict_message(verdict);
    if (strcmp(normalised, url) != 0)
        return "the URL is not normalised";
    if (submission->last_url && strcmp(submission->last_url, url) >= 0)
        return "pages come in the order of their URLs' code points, each once";
    return NULL;
}

/* As for a list: what must hold before another one is taken. */
static int check_room(struct engine_submission *submission)
{
    const struct engine_settings *settings = submission->engine->settings;

    if (submission->error < 0)
        return submission->error;
    if (submission->user->queued >= settings->max_queued_per_user)
        return -EDQUOT;
    return submission->engine->submit_memory > settings->max_submit_memory ? -ENOBUFS : 0;
}

static int add(struct engine_submission *submission, const struct engine_page *page)
{
    const struct engine_entry entry = {
        .url = page->submitted ? page->submitted : page->url, .label = page->label, .source = UINT32_MAX};
    struct imported *imported = calloc(1, sizeof(*imported));
    char *url = strdup(page->url);
    int r = imported && url ? fill(imported, page) : -ENOMEM;

    if (r == 0)
        r = submission_file(submission, &entry, page->url);
    if (r < 0) {
        if (imported)
            imported_free(imported);
        free(url);
        return r;
    }
    free(submission->last_url);
    submission->last_url = url;
    imported->submission = submission;
    imported->outcome.seq = submission->accepted;
    imported->memory += sizeof(*imported) + imported->arena.memory;
    submission->imported_memory += imported->memory;
    *submission->last_imported = imported;
    submission->last_imported = &imported->next;
    submission_charge(submission);
    return 0;
}

int engine_submission_add_page(
    struct engine_submission *submission, const struct engine_page *page, const char **ret_reason)
{
    const char *reason = page->label ? engine_check_label(page->label) : NULL;
    int r = check_room(submission);

    assert(page->outcome != OUTCOME_NONE);
    submission->is_import = true;
    if (r == 0 && !reason)
        reason = check_url(submission, page->url, &r);
    if (r < 0)
        return r;
    *ret_reason = reason;
    return reason ? 0 : add(submission, page);
}

int engine_submission_flush(
    struct engine_submission *submission, void (*ready)(void *userdata, int r), void *userdata)
{
    assert(!submission->ready);
    if (submission->error < 0)
        return submission->error;
    /* A file of counts is larger than a list. */
    space_check(submission->engine);
    if (submission->engine->space_error < 0)
        return submission->engine->space_error;
    submission_queue_batch(submission);
    if (!submission->imported && !submission->waiting_batches && submission->n_requests == 0)
        return 1;
    submission->flushing = true;
    if (submission->begun) {
        submission_send_waiting(submission);
        submission_send_imported(submission);
    }
    submission->ready = ready;
    submission->ready_userdata = userdata;
    return 0;
}

int engine_submission_hold(struct engine_submission *submission, uint64_t bytes)
{
    submission->held_memory = bytes;
    submission_charge(submission);
    return submission->engine->submit_memory > submission->engine->settings->max_submit_memory ? -ENOBUFS : 0;
}

int engine_submission_note(struct engine_submission *submission, const char *settings)
{
    char *copy = arena_copy(&submission->arena, settings);

    if (!copy)
        return -ENOMEM;
    submission->noted = copy;
    return 0;
}
