/* Import: a file of counts becomes a job. The connection's session is a list whose URLs come with what became
 * of them; each call answers when its pages are on disk, so that no client is faster than the store. */
#include "server/import.h"

#include "base/array.h"
#include "base/list.h"
#include "server/submission.h"
#include "server/view.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct importing {
    struct adding adding;
    struct engine_watch *watch; /* of the job, until it is done */
    struct wire_import_out out;
};

static void release_import(void *work)
{
    struct importing *importing = work;

    engine_watch_free(importing->watch);
    if (importing->adding.owns_submission)
        submission_free(importing->adding.submission);
}

void import_free(struct import *import)
{
    if (!import)
        return;
    import_next(import);
    free(import->words);
    free(import);
}

/* ---- the end ---- */

static void job_changed(void *userdata, uint64_t job, enum store_job_state state, bool exists)
{
    struct importing *importing = userdata;

    if (exists && state != JOB_DONE && state != JOB_CANCELLED)
        return;
    importing->out.job = wire_some_int((int64_t)job);
    call_reply(importing->adding.work.call, &importing->out);
    work_end(&importing->adding.work);
}

/* It is on disk, whole; its totals are made now, and then it is done. */
static void committed(struct adding *adding, const struct engine_committed *committed)
{
    static const struct engine_watch_callbacks callbacks = {.job_changed = job_changed};
    struct importing *importing = CONTAINER_OF(adding, struct importing, adding);
    int r;

    if (committed->job == 0) {
        call_refuse(adding->work.call, WIRE_INVALID_INPUT, "there is no URL in it: no job was made");
        work_end(&adding->work);
        return;
    }
    r = engine_watch_new(
        adding->work.service->settings.engine, committed->job, &callbacks, importing, &importing->watch);
    if (r < 0)
        work_fail(&adding->work, r);
}

static void flushed(void *userdata, int r)
{
    struct importing *importing = userdata;
    struct adding *adding = &importing->adding;
    struct call *call = adding->work.call;
    const struct wire_import_in *in = call_in(call);

    if (r < 0) {
        adding_fail(adding, r);
        return;
    }
    importing->out.urls = (int64_t)engine_submission_accepted(adding->submission->list);
    importing->out.tokens = (int64_t)adding->submission->import->tokens;
    if (in->end.value) {
        /* From here on the list belongs to the call, not to the connection. */
        call_take_session(call);
        adding->owns_submission = true;
        adding_commit(adding, committed);
        return;
    }
    (void)submission_wait(adding->submission, adding->work.service);
    call_reply(call, &importing->out);
    work_end(&adding->work);
}

/* ---- pages ---- */

/* Nothing is left of the import; `url` is none of its own texts. */
static void refuse(struct importing *importing, const char *url, const char *reason)
{
    struct adding *adding = &importing->adding;

    call_set_session(adding->work.call, NULL, NULL);
    adding->submission = NULL;
    call_refuse(adding->work.call, WIRE_INVALID_INPUT, "%.200s: %s", url, reason);
    work_end(&adding->work);
}

/* 0; -EINVAL with *ret_reason; another errno. */
static int take_item(
    struct submission *submission, const struct wire_page_counts *item, const char **ret_reason)
{
    struct import *import = submission->import;
    uint8_t hash[STORE_HASH_SIZE];
    struct engine_page page;
    int r;

    *ret_reason = import_take(import, item, hash, &page, &r);
    if (!*ret_reason && r > 0) {
        r = engine_submission_add_page(submission->list, &page, ret_reason);
        import->tokens += import->page_tokens;
        import_next(import);
    }
    if (!*ret_reason && r == 0)
        r = engine_submission_hold(
            submission->list, import->arena.memory + import->capacity * sizeof(*import->words));
    return *ret_reason ? -EINVAL : r;
}

static void take_pages(struct call *call, struct submission *submission)
{
    const struct wire_import_in *in = call_in(call);
    struct adding *adding;
    struct importing *importing;
    int r = 0;

    importing = work_new(call, sizeof(*importing));
    if (!importing)
        return;
    adding = &importing->adding;
    adding->submission = submission;
    adding->work.release = release_import;
    importing->out.engine = view_engine().id;
    for (size_t i = 0; i < in->n_pages && r == 0; i++) {
        const char *reason;

        r = take_item(submission, &in->pages[i], &reason);
        if (reason) {
            refuse(importing, in->pages[i].url.url, reason);
            return;
        }
    }
    if (r == 0 && in->end.value && submission->import->url) {
        refuse(importing, "the last page", "it was to go on");
        return;
    }
    if (r == 0)
        r = engine_submission_flush(submission->list, flushed, importing);
    if (r != 0)
        flushed(importing, r < 0 ? r : 0);
}

/* ---- the beginning ---- */

static void release_session(void *session)
{
    submission_free(session);
}

/* 0; -EINVAL: a setting is none; -ENOMEM. */
static int note_settings(struct engine_submission *list, const struct wire_import_in *in)
{
    CLEANUP(buffer_deinit) struct buffer lines = {0};
    int r = 0;

    for (size_t i = 0; i < in->n_settings && r == 0; i++) {
        const struct wire_setting *setting = &in->settings[i];

        if (!*setting->name || strpbrk(setting->name, "=\n") || strchr(setting->value, '\n'))
            return -EINVAL;
        r = buffer_printf(&lines, "%s=%s\n", setting->name, setting->value);
    }
    if (r == 0)
        r = buffer_append(&lines, "", 1);
    return r < 0 ? r : engine_submission_note(list, (const char *)lines.bytes);
}

static void opened(struct call *call, struct submission *submission)
{
    CLEANUP(submission_freep) struct submission *owned = submission;
    int r;

    submission->import = calloc(1, sizeof(*submission->import));
    r = submission->import ? note_settings(submission->list, call_in(call)) : -ENOMEM;
    if (r == -EINVAL) {
        call_refuse(call, WIRE_INVALID_INPUT,
            "the name of a setting is empty or has \"=\" in it, or a setting is not one line");
    } else if (r < 0) {
        call_fail(call, r);
    } else {
        call_set_session(call, TAKE(owned), release_session);
        take_pages(call, submission);
    }
}

void serve_import(struct call *call)
{
    const struct wire_import_in *in = call_in(call);
    const struct wire_begin_in begin = {.name = in->name, .keep = in->keep, .expire = in->expire};
    struct submission *submission;

    if (!call_session(call)) {
        submission_open(call, &begin, opened);
        return;
    }
    submission = submission_resume(call, true);
    if (submission)
        take_pages(call, submission);
}
