#include "server/submission.h"

#include "base/text.h"
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_some(struct call *call);

static void release(void *work)
{
    struct adding *adding = work;

    free(adding->rejected);
    store_rows_free(adding->read.rows);
    if (adding->owns_submission)
        submission_free(adding->submission);
}

struct adding *adding_new(struct call *call, struct submission *submission, bool owns_submission)
{
    struct adding *adding = work_new(call, sizeof(*adding));

    if (!adding) {
        if (owns_submission)
            submission_free(submission);
        return NULL;
    }
    adding->submission = submission;
    adding->owns_submission = owns_submission;
    adding->work.release = release;
    return adding;
}

/* Of the list nothing is left: lines that came in are as if they had never been sent. */
static void drop_list(struct adding *adding)
{
    if (!adding->owns_submission)
        call_set_session(adding->work.call, NULL, NULL);
    adding->submission = NULL;
    adding->owns_submission = false;
}

static void refuse_limit(struct adding *adding, const char *limit, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void refuse_limit(struct adding *adding, const char *limit, const char *format, ...)
{
    char message[256];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    call_error(adding->work.call, WIRE_LIMIT_REACHED,
        &(struct wire_error_parameters){.limit = limit, .message = message});
    work_end(&adding->work);
}

static void refuse_queued(struct adding *adding, uint64_t listed, bool is_import)
{
    const struct engine *engine = adding->work.service->settings.engine;
    uint64_t queued = engine_user_queued(engine, call_peer(adding->work.call)->uid);

    /* Of an import nothing waits: time does not help. */
    if (is_import) {
        refuse_limit(adding, "MaxQueuedUrlsPerUser",
            "MaxQueuedUrlsPerUser=%" PRIu64 " holds for an import as for a list: %" PRIu64
            " URLs of yours wait, and this file has more than %" PRIu64 ": have the limit raised",
            engine_settings(engine)->max_queued_per_user, queued, listed);
        return;
    }
    refuse_limit(adding, "MaxQueuedUrlsPerUser",
        "MaxQueuedUrlsPerUser=%" PRIu64 " is reached: %" PRIu64
        " URLs of yours wait, and this list has more than %" PRIu64
        ": send a shorter one, wait until some have ended, or cancel a job",
        engine_settings(engine)->max_queued_per_user, queued, listed);
}

static void refuse_stored(struct adding *adding, uint64_t stored)
{
    uint64_t max = engine_settings(adding->work.service->settings.engine)->max_store_per_user;
    char used[TEXT_SIZE_SIZE];
    char limit[TEXT_SIZE_SIZE];

    refuse_limit(adding, "MaxStorePerUser",
        "MaxStorePerUser=%s is reached: your jobs, with this list as far as it came, take %s in the store; "
        "remove some "
        "that have ended (urlstatctl remove --before=30d), or have them expire (submit --expire)",
        text_format_size(max, limit), text_format_size(stored, used));
}

void adding_fail(struct adding *adding, int r)
{
    const struct engine_submission *list = adding->submission ? adding->submission->list : NULL;
    uint64_t listed = list ? engine_submission_accepted(list) : adding->listed;
    bool is_import = adding->submission && adding->submission->import;
    uint64_t stored = list ? engine_submission_user_bytes(list) : adding->stored;

    if (adding->owns_submission)
        submission_free(adding->submission);
    drop_list(adding);
    switch (-r) {
    case ENOBUFS:
        refuse_limit(adding, "MaxSubmitMemory",
            "MaxSubmitMemory= is reached: too many lists are open at once, or the lines of this one are too "
            "long: "
            "try again in a while");
        return;
    case EDQUOT:
        refuse_queued(adding, listed, is_import);
        return;
    case EFBIG:
        refuse_stored(adding, stored);
        return;
    default:
        work_fail(&adding->work, r);
    }
}

/* A parameter that no list of lines can have: the whole call is wrong, not a line of it. */
static bool entry_fits(const struct adding *adding, const struct wire_entry *entry)
{
    if (entry->source.set &&
        (entry->source.value < 0 || (uint64_t)entry->source.value >= adding->submission->n_sources))
        return false;
    return !entry->line.set || (entry->line.value >= 0 && entry->line.value <= UINT32_MAX);
}

static bool entries_fit(const struct adding *adding)
{
    for (size_t i = 0; i < adding->n_entries; i++)
        if (!entry_fits(adding, &adding->entries[i]))
            return false;
    return true;
}

/* The first characters of a line, in the work's arena. */
static char *cut_text(struct adding *adding, const char *text)
{
    size_t n = 0;
    size_t size = 0;
    char *copy;

    for (; text[size]; size++) {
        n += ((unsigned char)text[size] & 0xC0) != 0x80;
        if (n > SUBMISSION_MAX_TEXT)
            break;
    }
    copy = arena_allocate(&adding->work.arena, size + 1);
    if (!copy)
        return NULL;
    memcpy(copy, text, size);
    copy[size] = '\0';
    return copy;
}

static int add_rejected(struct adding *adding, const struct wire_entry *entry, const char *reason)
{
    const char *source = entry->source.set ? adding->submission->sources[(size_t)entry->source.value] : NULL;
    char *text;

    adding->rejected_count++;
    if (adding->n_rejected == SUBMISSION_MAX_REJECTED ||
        adding->rejected_bytes > SUBMISSION_MAX_REJECTED_BYTES)
        return 0;
    if (!adding->rejected) {
        adding->rejected = calloc(SUBMISSION_MAX_REJECTED, sizeof(*adding->rejected));
        if (!adding->rejected)
            return -ENOMEM;
    }
    text = cut_text(adding, entry->url);
    if (!text)
        return -ENOMEM;
    adding->rejected_bytes += strlen(text) + strlen(reason) + (source ? strlen(source) : 0);
    adding->rejected[adding->n_rejected++] =
        (struct wire_rejected){.source = source, .line = entry->line, .text = text, .reason = reason};
    return 0;
}

static int add_entry(struct adding *adding, const struct wire_entry *entry)
{
    const struct engine_entry line = {.url = entry->url,
        .label = entry->label,
        .source = entry->source.set ? (uint32_t)entry->source.value : ADDING_NO_SOURCE,
        .line = entry->line.set ? (uint32_t)entry->line.value : 0};
    enum engine_added added;
    const char *reason;
    int r = engine_submission_add(adding->submission->list, &line, &added, &reason);

    if (r < 0)
        return r;
    switch (added) {
    case ENGINE_ADDED:
    case ENGINE_DUPLICATE:
        return 0;
    case ENGINE_REJECTED:
        return add_rejected(adding, entry, reason);
    }
    return -EINVAL;
}

/* The store has room again for the next lines, or failed. */
static void ready(void *userdata, int r)
{
    struct adding *adding = userdata;

    if (r < 0)
        adding_fail(adding, r);
    else
        call_set_drain(adding->work.call, add_some);
}

static void settled(void *userdata, int r)
{
    struct adding *adding = userdata;

    if (r < 0) {
        adding_fail(adding, r);
        return;
    }
    adding->accepted =
        (int64_t)(engine_submission_accepted(adding->submission->list) - adding->accepted_before);
    adding->duplicates =
        (int64_t)(engine_submission_duplicates(adding->submission->list) - adding->duplicates_before);
    adding->settled(adding);
}

void adding_settle(struct adding *adding, void (*then)(struct adding *adding))
{
    int r;

    adding->settled = then;
    r = engine_submission_settle(adding->submission->list, settled, adding);
    if (r != 0)
        settled(adding, r);
}

/* One turn. */
static void add_some(struct call *call)
{
    struct adding *adding = call_data(call);
    const struct engine_submission *list = adding->submission->list;
    size_t n = adding->n_entries - adding->next;
    int r = 0;

    if (n > SUBMISSION_LINES_PER_TURN)
        n = SUBMISSION_LINES_PER_TURN;
    for (size_t i = 0; i < n && r == 0 && (i == 0 || engine_submission_has_room(list)); i++)
        r = add_entry(adding, &adding->entries[adding->next++]);
    if (r == 0 && adding->next == adding->n_entries) {
        adding_settle(adding, adding->added);
        return;
    }
    if (r == 0)
        r = engine_submission_wait(adding->submission->list, ready, adding);
    if (r != 0)
        ready(adding, r < 0 ? r : 0);
}

void adding_run(struct adding *adding, const struct wire_entry *entries, size_t n_entries,
    void (*added)(struct adding *adding))
{
    adding->entries = entries;
    adding->n_entries = n_entries;
    adding->added = added;
    if (adding->submission->list) {
        adding->accepted_before = engine_submission_accepted(adding->submission->list);
        adding->duplicates_before = engine_submission_duplicates(adding->submission->list);
    }
    if (!entries_fit(adding)) {
        call_error(
            adding->work.call, WIRE_INVALID_PARAMETER, &(struct wire_error_parameters){.parameter = "urls"});
        work_end(&adding->work);
        return;
    }
    if (adding->submission->known.job > 0)
        added(adding);
    else
        add_some(adding->work.call);
}

static void done(void *userdata, const struct engine_committed *committed)
{
    struct adding *adding = userdata;

    if (committed->r < 0) {
        adding->listed = committed->accepted;
        adding->stored = engine_submission_user_bytes(adding->submission->list);
    }
    adding->submission->list = NULL;
    if (!work_came_back(&adding->work))
        return;
    if (committed->r < 0)
        adding_fail(adding, committed->r);
    else
        adding->committed(adding, committed);
}

void adding_commit(
    struct adding *adding, void (*committed)(struct adding *adding, const struct engine_committed *committed))
{
    const struct known_submission *known = &adding->submission->known;

    if (known->job > 0) {
        committed(adding,
            &(struct engine_committed){.job = known->job,
                .existed = true,
                .accepted = known->accepted,
                .duplicates = known->duplicates});
        return;
    }
    adding->committed = committed;
    work_sends(&adding->work);
    engine_submission_commit(adding->submission->list, done, adding);
}
