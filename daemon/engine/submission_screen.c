#include "engine/submission_private.h"

#include "base/cleanup.h"
#include "engine/job.h"
#include "engine/state.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

/* Main files those that are new in one go: it may take some milliseconds. */
#define MAX_CANDIDATES ((size_t)4096)
#define MIN_CANDIDATES ((size_t)32)

struct candidate {
    struct engine_entry entry;
    const char *url;
    bool known;
};

size_t submission_lot_memory(const struct lot *lot)
{
    return lot ? sizeof(*lot) + lot->capacity * (sizeof(*lot->candidates) + sizeof(*lot->sought)) +
            lot->arena.memory + (lot->sets ? FINGERPRINT_PARTS * sizeof(*lot->sets) : 0)
               : 0;
}

static void lot_free(struct lot *lot)
{
    if (!lot)
        return;
    for (size_t i = 0; lot->sets && i < FINGERPRINT_PARTS; i++)
        free(lot->sets[i].prints);
    free(lot->sets);
    free(lot->candidates);
    free(lot->sought);
    arena_deinit(&lot->arena);
    free(lot);
}
DEFINE_CLEANUP(struct lot *, lot_free)

static size_t candidates_max(const struct engine *engine)
{
    size_t n = submission_unit(engine) / 2 / (sizeof(struct candidate) + sizeof(struct store_sought));

    return n < MIN_CANDIDATES ? MIN_CANDIDATES : n < MAX_CANDIDATES ? n : MAX_CANDIDATES;
}

/* `capacity` 0: of fingerprints alone. */
static struct lot *lot_new(struct engine_submission *submission, size_t capacity)
{
    CLEANUP(lot_freep) struct lot *lot = calloc(1, sizeof(*lot));

    if (!lot)
        return NULL;
    lot->submission = submission;
    lot->capacity = capacity;
    if (capacity == 0)
        return TAKE(lot);
    lot->candidates = calloc(capacity, sizeof(*lot->candidates));
    lot->sought = calloc(capacity, sizeof(*lot->sought));
    return lot->candidates && lot->sought ? TAKE(lot) : NULL;
}

int submission_screen(struct engine_submission *submission, const struct engine_entry *entry, const char *url,
    const struct store_print *print)
{
    struct candidate *candidate;
    struct lot *lot;

    if (!submission->lot)
        submission->lot = lot_new(submission, candidates_max(submission->engine));
    lot = submission->lot;
    if (!lot || !lot->candidates)
        return -ENOMEM;
    candidate = &lot->candidates[lot->n];
    *candidate = (struct candidate){.entry = *entry, .url = arena_copy(&lot->arena, url)};
    candidate->entry.url = arena_copy(&lot->arena, entry->url);
    candidate->entry.label = arena_copy(&lot->arena, entry->label);
    if (!candidate->url || !candidate->entry.url || (entry->label && !candidate->entry.label))
        return -ENOMEM;
    lot->sought[lot->n] = (struct store_sought){.print = *print, .index = (uint32_t)lot->n};
    lot->n++;
    if (lot->n == lot->capacity || lot->arena.memory > submission_unit(submission->engine) / 2)
        submission_close_lot(submission);
    return 0;
}

void submission_close_lot(struct engine_submission *submission)
{
    struct lot *lot = TAKE(submission->lot);

    if (!lot)
        return;
    submission->lots_memory += submission_lot_memory(lot);
    *submission->last_lot = lot;
    submission->last_lot = &lot->next;
}

int submission_spill(struct engine_submission *submission)
{
    CLEANUP(freep) struct store_print_set *sets = calloc(FINGERPRINT_PARTS, sizeof(*sets));

    if (sets && !submission->lot)
        submission->lot = lot_new(submission, 0);
    if (!sets || !submission->lot)
        return -ENOMEM;
    submission->lot->sets_memory = fingerprints_memory(&submission->seen);
    submission->spill_memory += submission->lot->sets_memory;
    fingerprints_take(&submission->seen, sets);
    submission->lot->sets = TAKE(sets);
    submission->spilled = true;
    submission->engine->n_spills++;
    submission_close_lot(submission);
    submission_charge(submission);
    return 0;
}

/* It holds nothing any more, whatever came of it. */
static void drop_first(struct engine_submission *submission)
{
    struct lot *lot = submission->lots;

    submission->lots = lot->next;
    if (!submission->lots)
        submission->last_lot = &submission->lots;
    submission->lots_memory -= submission_lot_memory(lot);
    submission->spill_memory -= lot->sets_memory;
    submission->engine->n_spills -= lot->sets != NULL;
    lot_free(lot);
}

void submission_free_lots(struct engine_submission *submission)
{
    while (submission->lots)
        drop_first(submission);
    lot_free(TAKE(submission->lot));
}

void submission_wake_others(struct engine *engine)
{
    LIST_FOR_EACH (link, &engine->submissions) {
        struct engine_submission *submission = CONTAINER_OF(link, struct engine_submission, in_engine);

        if (submission->ready)
            submission_go_on(submission);
    }
}

static void kept(struct store_request *request, void *receiver)
{
    struct lot *lot = CONTAINER_OF(request, struct lot, keep.request);
    struct engine_submission *submission = lot->submission;
    struct engine *engine = submission->engine;

    submission_request_came(submission);
    submission->screening = false;
    submission->prints = lot->keep.prints;
    submission->prints_bytes = lot->keep.bytes;
    if (request->r < 0)
        submission->error = request->r;
    else
        submission_check_use(submission);
    drop_first(submission);
    submission_charge(submission);
    submission_go_on(submission);
    submission_wake_others(engine);
}

static void keep(struct engine_submission *submission, struct lot *lot)
{
    lot->keep = (struct store_keep_prints){
        .request = {.kind = STORE_KEEP_PRINTS, .done = kept},
        .prints = submission->prints,
        .sets = lot->sets,
        .n_sets = FINGERPRINT_PARTS,
    };
    submission->screening = true;
    engine_submission_request(submission, &lot->keep.request);
}

static int file_new(struct engine_submission *submission, const struct lot *lot)
{
    const struct user *user = submission->user;

    for (size_t i = 0; i < lot->n; i++)
        if (lot->sought[i].known)
            lot->candidates[lot->sought[i].index].known = true;
    for (size_t i = 0; i < lot->n; i++) {
        const struct candidate *candidate = &lot->candidates[i];
        int r;

        if (candidate->known) {
            submission->duplicates++;
            continue;
        }
        if (user->queued >= submission->engine->settings->max_queued_per_user)
            return -EDQUOT;
        r = submission_file(submission, &candidate->entry, candidate->url);
        if (r < 0)
            return r;
    }
    return 0;
}

static void found(struct store_request *request, void *receiver)
{
    struct lot *lot = CONTAINER_OF(request, struct lot, find.request);
    struct engine_submission *submission = lot->submission;
    int r = request->r;

    submission_request_came(submission);
    if (r >= 0 && submission->error == 0 && !submission->abandoned)
        r = file_new(submission, lot);
    submission->screening = false;
    if (r < 0 && submission->error == 0)
        submission->error = r;
    if (submission->error == 0 && !submission->abandoned && lot->sets)
        keep(submission, lot);
    else
        drop_first(submission);
    submission_charge(submission);
    submission_go_on(submission);
}

void submission_screen_next(struct engine_submission *submission)
{
    struct lot *lot = submission->lots;

    if (!lot || submission->screening || submission->error < 0 || submission->abandoned)
        return;
    if (lot->n == 0) {
        keep(submission, lot);
        return;
    }
    lot->find = (struct store_find_prints){
        .request = {.kind = STORE_FIND_PRINTS, .done = found},
        .prints = submission->prints,
        .sought = lot->sought,
        .n_sought = lot->n,
    };
    submission->screening = true;
    engine_submission_request(submission, &lot->find.request);
}
