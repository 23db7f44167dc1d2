#include "server/submission.h"

#include "base/clock.h"
#include "base/list.h"
#include "base/log.h"
#include "server/view.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DEADLINE_SEC (10 * 365.25 * 86400)

void submission_free(struct submission *submission)
{
    if (!submission)
        return;
    sd_event_source_disable_unref(submission->idle);
    engine_submission_abort(submission->list);
    import_free(submission->import);
    arena_deinit(&submission->arena);
    free(submission);
}

static int on_idle(sd_event_source *source, uint64_t usec, void *userdata)
{
    struct submission *submission = userdata;

    log_info(
        "A list of uid %u was dropped: nothing came for it within SubmitIdleSec=", (unsigned)submission->uid);
    engine_submission_abort(TAKE(submission->list));
    submission->known.job = 0;
    arena_deinit(&submission->arena);
    submission->arena = (struct arena){0};
    submission->n_sources = 0;
    return 0;
}

int submission_wait(struct submission *submission, struct service *service)
{
    uint64_t span = service->settings.configuration.submit_idle_usec;

    if (span == 0 || span == USEC_NEVER)
        return 0;
    return sd_event_add_time_relative(
        service->event, &submission->idle, CLOCK_BOOTTIME, span, 0, on_idle, submission);
}

struct submission *submission_resume(struct call *call, bool is_import)
{
    struct submission *submission = call_session(call);

    if (!submission) {
        call_refuse(call, WIRE_NO_SUBMISSION, "no list is open on this connection: call Begin first");
        return NULL;
    }
    if ((submission->import != NULL) != is_import) {
        call_refuse(call, WIRE_SUBMISSION_OPEN, "%s on this connection: %s",
            is_import ? "a list is open" : "an import is under way",
            is_import ? "commit it first" : "end that first");
        return NULL;
    }
    submission->idle = sd_event_source_disable_unref(submission->idle);
    if (submission->list || submission->known.job > 0)
        return submission;
    call_set_session(call, NULL, NULL);
    call_refuse(call, WIRE_NO_SUBMISSION,
        "the list was dropped, as nothing came for it within SubmitIdleSec=: send it again");
    return NULL;
}

/* NULL, or why the parameters are refused. */
static const char *check_texts(const struct wire_begin_in *in)
{
    const char *reason = in->name ? engine_check_name(in->name) : NULL;

    if (!reason && in->label)
        reason = engine_check_label(in->label);
    if (!reason && in->key)
        reason = engine_check_key(in->key);
    for (size_t i = 0; !reason && i < in->n_sources; i++)
        reason = engine_check_source(in->sources[i]);
    return reason;
}

static int refuse(struct call *call, enum wire_error error, const char *reason)
{
    call_refuse(call, error, "%s", reason);
    return -EINVAL;
}

/* A number that is none is not between these. */
static bool is_span(const struct wire_float *seconds)
{
    return !seconds->set || (seconds->value >= 0 && seconds->value <= SUBMISSION_MAX_AGE_SEC);
}

static int64_t keep_usec(const struct wire_begin_in *in)
{
    if (in->keep.value)
        return STORE_KEEP_ALWAYS;
    return in->expire.set ? (int64_t)(in->expire.value * 1e6) + 1 : STORE_KEEP_DEFAULT;
}

static int64_t max_age_usec(const struct wire_begin_in *in)
{
    return in->max_age.set ? (int64_t)(in->max_age.value * 1e6) : STORE_NO_MAX_AGE;
}

static int check(struct call *call, const struct wire_begin_in *in)
{
    const char *reason = check_texts(in);

    if (reason)
        return refuse(call, WIRE_INVALID_INPUT, reason);
    if (in->n_sources > ENGINE_MAX_SOURCES)
        return refuse(call, WIRE_INVALID_INPUT, "a list may have at most 10000 sources");
    if (!service_check_priority(call, in->priority.value))
        return -EINVAL;
    if (in->deadline.set && !(in->deadline.value > 0 && in->deadline.value <= MAX_DEADLINE_SEC))
        return refuse(call, WIRE_INVALID_INPUT, "a deadline is more than 0 seconds and at most ten years");
    if (!is_span(&in->max_age))
        return refuse(call, WIRE_INVALID_INPUT, "maxAge is in seconds, from 0 to a hundred years");
    if (!is_span(&in->expire))
        return refuse(call, WIRE_INVALID_INPUT, "expire is in seconds, from 0 to a hundred years");
    if (in->keep.value && in->expire.set)
        return refuse(call, WIRE_INVALID_INPUT, "a job is kept, or expires: not both");
    return 0;
}

static int copy_sources(struct submission *submission, const struct wire_begin_in *in)
{
    const char **sources = arena_allocate(&submission->arena, (in->n_sources + 1) * sizeof(*sources));

    if (!sources)
        return -ENOMEM;
    for (size_t i = 0; i < in->n_sources; i++) {
        sources[i] = arena_copy(&submission->arena, in->sources[i]);
        if (!sources[i])
            return -ENOMEM;
    }
    submission->sources = sources;
    submission->n_sources = in->n_sources;
    return 0;
}

static int open_list(struct call *call, const struct wire_begin_in *in, struct submission *submission)
{
    struct service *service = call_context(call);
    const char *user = service_user_name(service, submission->uid);

    if (!user)
        return -ENOMEM;
    return engine_submission_new(service->settings.engine,
        &(struct engine_submit_options){.name = in->name,
            .label = in->label,
            .key = in->key,
            .user = user,
            .uid = submission->uid,
            .priority = (int32_t)in->priority.value,
            .deadline_usec = in->deadline.set ? (uint64_t)(in->deadline.value * 1e6) + 1 : 0,
            .strict = in->strict.value,
            .max_age_usec = max_age_usec(in),
            .keep_usec = keep_usec(in),
            .sources = submission->sources,
            .n_sources = submission->n_sources},
        &submission->list);
}

static void finish_open(struct call *call, const struct wire_begin_in *in,
    const struct known_submission *known, void (*opened)(struct call *call, struct submission *submission))
{
    CLEANUP(submission_freep) struct submission *submission = calloc(1, sizeof(*submission));
    int r = submission ? copy_sources(submission, in) : -ENOMEM;

    if (r == 0) {
        submission->uid = call_peer(call)->uid;
        submission->known = *known;
        if (known->job == 0)
            r = open_list(call, in, submission);
    }
    if (r < 0)
        call_fail(call, r);
    else
        opened(call, TAKE(submission));
}

/* A list whose key is looked up. */
struct opening {
    struct work work;
    struct wire_begin_in in;
    struct store_read_jobs read;
    void (*opened)(struct call *call, struct submission *submission);
};

static void release_opening(void *work)
{
    struct opening *opening = work;

    store_rows_free(opening->read.rows);
}

static void key_came(struct store_request *request, void *receiver)
{
    struct opening *opening = CONTAINER_OF(request, struct opening, read.request);
    struct store_read_jobs *read = &opening->read;
    void (*opened)(struct call * call, struct submission * submission) = opening->opened;
    struct wire_begin_in in = opening->in;
    struct call *call = opening->work.call;
    struct known_submission known = {0};

    if (!work_came_back(&opening->work))
        return;
    if (request->r < 0 && request->r != -ENOENT) {
        work_fail(&opening->work, request->r);
        return;
    }
    if (request->r == 0 && read->n_rows > 0)
        known = (struct known_submission){read->rows[0].job, read->rows[0].total, read->rows[0].duplicates};
    call_set_cancel(call, NULL);
    call_set_data(call, NULL);
    work_end(&opening->work);
    finish_open(call, &in, &known, opened);
}

void submission_open(struct call *call, const struct wire_begin_in *in,
    void (*opened)(struct call *call, struct submission *submission))
{
    struct opening *opening;

    if (check(call, in) < 0)
        return;
    if (!in->key) {
        finish_open(call, in, &(struct known_submission){0}, opened);
        return;
    }
    opening = work_new(call, sizeof(*opening));
    if (!opening)
        return;
    opening->work.release = release_opening;
    opening->in = *in;
    opening->opened = opened;
    opening->read = (struct store_read_jobs){.request = {.kind = STORE_READ_JOBS, .done = key_came},
        .select = SELECT_KEY,
        .uid = call_peer(call)->uid};
    if (work_copy(&opening->work, in->key, &opening->read.name) < 0)
        work_fail(&opening->work, -ENOMEM);
    else
        work_submit(&opening->work, &opening->read.request);
}

const struct wire_slowest_host *adding_slowest(
    const struct engine_committed *committed, struct wire_slowest_host *storage)
{
    const struct engine_slowest *slowest = &committed->slowest;

    if (!slowest->host)
        return NULL;
    *storage = (struct wire_slowest_host){.host = slowest->host,
        .urls = (int64_t)slowest->n_urls,
        .delay = view_seconds(slowest->delay_usec),
        .seconds = view_seconds(slowest->total_usec)};
    return storage;
}
