#include "engine/submission_private.h"

#include "engine/state.h"
#include <errno.h>

/* What others than fingerprints take at most, and into how many parts that is cut: a list has a batch that is
 * being filled, up to two on their way, up to three lots and two parts for its hosts. */
#define MAX_OTHERS ((uint64_t)48 << 20)
#define N_UNITS 10
#define MIN_UNIT ((uint64_t)16 << 10)
/* A smaller set is not worth a run. */
#define MIN_SPILL ((size_t)32 << 10)

static uint64_t others_max(const struct engine *engine)
{
    uint64_t others = engine->settings->max_submit_memory / 8 * 5;

    return others < MAX_OTHERS ? others : MAX_OTHERS;
}

size_t submission_unit(const struct engine *engine)
{
    uint64_t unit = others_max(engine) / N_UNITS / (engine->n_submitting > 0 ? engine->n_submitting : 1);

    return (size_t)(unit > MIN_UNIT ? unit : MIN_UNIT);
}

size_t submission_tally_memory(const struct engine *engine)
{
    return 2 * submission_unit(engine);
}

static uint64_t sets_max(const struct engine *engine)
{
    return engine->settings->max_submit_memory - others_max(engine);
}

void submission_charge(struct engine_submission *submission)
{
    struct engine *engine = submission->engine;
    uint64_t sets = fingerprints_memory(&submission->seen) + submission->spill_memory;
    uint64_t memory = sets + host_tally_memory(submission->hosts) + submission->arena.memory +
        submission_batch_memory(submission->batch) + submission->sent_memory +
        submission_lot_memory(submission->lot) + submission->lots_memory + submission->imported_memory +
        submission->held_memory;

    engine->n_submitting += submission->memory == 0;
    engine->submit_sets += sets - submission->sets_memory;
    engine->submit_memory += memory - submission->memory;
    if (engine->submit_memory <= engine->settings->max_submit_memory)
        engine->submit_shrinks = false;
    submission->sets_memory = sets;
    submission->memory = memory;
}

static struct engine_submission *largest(struct engine *engine)
{
    struct engine_submission *largest = NULL;
    size_t most = 0;

    LIST_FOR_EACH (link, &engine->submissions) {
        struct engine_submission *submission = CONTAINER_OF(link, struct engine_submission, in_engine);
        size_t memory = fingerprints_memory(&submission->seen);

        if (memory <= most || submission->committing || submission->abandoned || submission->error < 0)
            continue;
        most = memory;
        largest = submission;
    }
    return largest;
}

/* What the set may take if all may take `max`. */
static size_t allowed(const struct engine_submission *submission, uint64_t max)
{
    uint64_t others = submission->engine->submit_sets - fingerprints_memory(&submission->seen);

    return max > others ? (size_t)(max - others) : 0;
}

static int spill(struct engine_submission *submission)
{
    int r = submission_spill(submission);

    if (r >= 0)
        submission_screen_next(submission);
    return r;
}

int submission_remember(struct engine_submission *submission, const struct store_print *print)
{
    struct engine *engine = submission->engine;
    uint64_t max = sets_max(engine);
    int r = fingerprints_add(&submission->seen, print, allowed(submission, max));
    struct engine_submission *victim;

    if (r != -ENOBUFS)
        return r;
    /* A list that comes in while a large one is open does not go to the disk in the small one's place; until
     * the large one is there, what is kept for batches helps out. */
    victim = largest(engine);
    if (engine->n_spills > 0 || victim != submission) {
        if (engine->n_spills == 0 && victim && fingerprints_memory(&victim->seen) >= MIN_SPILL &&
            (r = spill(victim)) < 0)
            return r;
        r = fingerprints_add(
            &submission->seen, print, allowed(submission, max + others_max(engine) / N_UNITS));
        if (r != -ENOBUFS)
            return r;
    }
    if (fingerprints_memory(&submission->seen) >= MIN_SPILL && (r = spill(submission)) < 0)
        return r;
    return fingerprints_add(&submission->seen, print, SIZE_MAX);
}

void submission_shrink(struct engine *engine)
{
    engine->submit_shrinks = engine->submit_memory > engine->settings->max_submit_memory;
    LIST_FOR_EACH (link, &engine->submissions) {
        struct engine_submission *submission = CONTAINER_OF(link, struct engine_submission, in_engine);

        if (engine->submit_memory <= engine->settings->max_submit_memory)
            return;
        if (submission->is_import || submission->committing || submission->abandoned || submission->error < 0)
            continue;
        /* Where it fails the next line says so. */
        if (fingerprints_memory(&submission->seen) >= MIN_SPILL)
            (void)submission_spill(submission);
        submission_close_lot(submission);
        submission_queue_batch(submission);
        submission_charge(submission);
        submission_go_on(submission);
    }
}

static bool gives_back(const struct engine *engine)
{
    LIST_FOR_EACH (link, &engine->submissions) {
        const struct engine_submission *submission = CONTAINER_OF(link, struct engine_submission, in_engine);

        if (submission->n_batches > 0 || submission->lots)
            return true;
    }
    return false;
}

bool submission_is_beyond_memory(const struct engine_submission *submission)
{
    const struct engine *engine = submission->engine;

    if (engine->submit_memory <= engine->settings->max_submit_memory)
        return false;
    return !engine->submit_shrinks || !gives_back(engine);
}

bool submission_has_memory(const struct engine_submission *submission)
{
    const struct engine *engine = submission->engine;
    uint64_t max = engine->settings->max_submit_memory;

    if (engine->n_spills > 0 && engine->submit_sets > sets_max(engine))
        return false;
    return engine->submit_memory <= max - max / 4 ||
        (submission->n_batches == 0 && !submission->lots && engine->n_spills == 0);
}
