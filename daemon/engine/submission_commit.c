#include "engine/submission_private.h"

#include "base/clock.h"
#include "engine/host.h"
#include "engine/state.h"
#include "engine/table.h"
#include "store/store.h"
#include "store/store_list.h"
#include <assert.h>
#include <errno.h>

/* Batches under way to the store before the client is made to wait. */
#define MAX_BATCHES 1

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

void submission_answer(struct engine_submission *submission, int r, uint64_t job, bool existed)
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
    engine_submission_free(submission);
}

static void committed(struct store_request *request, void *receiver)
{
    struct engine_submission *submission = CONTAINER_OF(request, struct engine_submission, commit.request);

    submission_request_came(submission);
    if (request->r == 0 && !submission->commit.existed)
        submission_adopt(submission);
    else
        submission_answer(
            submission, request->r, request->r == 0 ? submission->commit.job : 0, submission->commit.existed);
}

static void aborted(struct store_request *request, void *receiver)
{
    struct engine_submission *submission = CONTAINER_OF(request, struct engine_submission, abort.request);

    submission_request_came(submission);
    submission_answer(submission, submission->error, 0, false);
}

void submission_failed_came(struct mail *mail, void *receiver)
{
    struct engine_submission *submission = CONTAINER_OF(mail, struct engine_submission, failed_mail);

    engine_request_came(submission->engine);
    submission_answer(submission, submission->error, 0, false);
}

static void write_abort(
    struct engine_submission *submission, void (*done)(struct store_request *request, void *receiver))
{
    submission->abort = (struct store_abort){
        .request = {.kind = STORE_ABORT, .done = done},
        .job = submission->begin.job,
    };
    engine_submission_request(submission, &submission->abort.request);
}

static void write_commit(struct engine_submission *submission)
{
    const struct engine_submit_options *options = &submission->options;
    uint64_t now = clock_realtime_usec();

    submission->commit = (struct store_commit){
        .request = {.kind = STORE_COMMIT, .done = committed},
        .job = submission->begin.job,
        .name = options->name,
        .user = options->user,
        .uid = options->uid,
        .priority = options->priority,
        .max_age_usec = options->max_age_usec,
        .keep_usec = options->keep_usec,
        .key = options->key,
        .settings = submission->noted,
        .imported = submission->is_import,
        .sources = options->sources,
        .n_sources = options->n_sources,
        .total = submission->accepted,
        .duplicates = submission->duplicates,
        .submitted_usec = now,
        .deadline_usec = options->deadline_usec > 0 ? clock_add(now, options->deadline_usec) : 0,
    };
    engine_submission_request(submission, &submission->commit.request);
}

static bool is_wanted(const struct engine_submission *submission)
{
    return submission->error == 0 && !submission->abandoned && submission->accepted > 0 &&
        !(submission->options.strict && submission->rejected > 0);
}

static bool has_room(const struct engine_submission *submission)
{
    return submission->n_batches <= MAX_BATCHES && (!submission->lots || !submission->lots->next) &&
        submission_has_memory(submission);
}

bool engine_submission_has_room(const struct engine_submission *submission)
{
    return submission->error < 0 || has_room(submission);
}

/* The engine's end waits for it as for a request. */
static void post_failure(struct engine_submission *submission)
{
    submission->engine->n_requests++;
    mailbox_post(submission->engine->inbox, &submission->failed_mail);
}

/* Nothing of the list is under way any more, and nothing of it waits for anything. */
static void end(struct engine_submission *submission)
{
    if (submission->prints) {
        submission_forget_prints(submission);
        return;
    }
    submission->writing_commit = true;
    if (submission->begun && is_wanted(submission))
        write_commit(submission);
    else if (submission->begun && !submission->dropped)
        write_abort(submission, aborted);
    else
        post_failure(submission);
}

/* Of a list that has failed no line is judged any more. Its client may be asleep, and others wait for the
 * memory. */
static void give_memory_back(struct engine_submission *submission)
{
    if (submission->screening ||
        (!submission_is_screening(submission) && fingerprints_memory(&submission->seen) == 0))
        return;
    submission_free_lots(submission);
    fingerprints_deinit(&submission->seen);
    submission_charge(submission);
    submission_wake_others(submission->engine);
}

static void dropped(struct store_request *request, void *receiver)
{
    struct engine_submission *submission = CONTAINER_OF(request, struct engine_submission, abort.request);

    submission_request_came(submission);
    submission->dropped = request->r == 0;
    submission_go_on(submission);
}

/* Likewise its room in the store, as soon as nothing of it is under way any more. */
static void give_room_back(struct engine_submission *submission)
{
    if (submission->dropping || !submission->begun || submission->n_requests > 0)
        return;
    submission->dropping = true;
    write_abort(submission, dropped);
}

void submission_go_on(struct engine_submission *submission)
{
    bool goes_on = submission->error == 0 && !submission->abandoned;
    void (*ready)(void *userdata, int r);

    if (!goes_on)
        give_memory_back(submission);
    if (submission->writing_commit)
        return;
    if (submission->error < 0 && !submission->committing && !submission->abandoned)
        give_room_back(submission);
    ready = submission->ready;
    if (goes_on)
        submission_screen_next(submission);
    /* The last lines are judged, and can be sent. */
    if (goes_on && submission->committing && !submission_is_screening(submission) && submission->batch &&
        is_wanted(submission))
        submission_queue_batch(submission);
    if (submission->begun && submission->error == 0 && !submission->abandoned)
        submission_send_waiting(submission);
    if (submission->begun && goes_on && submission->flushing)
        submission_send_imported(submission);
    if ((submission->committing || submission->abandoned) && submission->n_requests == 0 &&
        !(goes_on && submission_is_screening(submission))) {
        end(submission);
        return;
    }
    if (ready &&
        (submission->error < 0 ||
            (submission->flushing          ? submission->n_requests == 0
                    : submission->settling ? !submission_is_screening(submission)
                                           : has_room(submission)))) {
        submission->settling = submission->flushing = false;
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
    if (has_room(submission))
        return 1;
    submission->ready = ready;
    submission->ready_userdata = userdata;
    return 0;
}

int engine_submission_settle(
    struct engine_submission *submission, void (*ready)(void *userdata, int r), void *userdata)
{
    assert(!submission->ready);
    submission_close_lot(submission);
    submission_screen_next(submission);
    if (submission->error < 0)
        return submission->error;
    if (!submission_is_screening(submission))
        return 1;
    submission->settling = true;
    submission->ready = ready;
    submission->ready_userdata = userdata;
    return 0;
}

void engine_submission_commit(struct engine_submission *submission,
    void (*done)(void *userdata, const struct engine_committed *committed), void *userdata)
{
    submission->done = done;
    submission->done_userdata = userdata;
    submission_close_lot(submission);
    submission->committing = true;
    submission_go_on(submission);
}
