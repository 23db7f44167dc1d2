/* jobs: the list of jobs. */
#include "ctl/jobs.h"

#include "base/clock.h"
#include "base/text.h"
#include "ctl/say.h"
#include <errno.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const struct render_column job_columns[] = {
    {"job", "JOB", STYLE_PLAIN},
    {"name", "NAME", STYLE_TEXT},
    {"state", "STATE", STYLE_STATE},
    {"user", "USER", STYLE_TEXT},
    {"total", "URLS", STYLE_NUMBER},
    {"counted", "COUNTED", STYLE_NUMBER},
    {"failed", "FAILED", STYLE_NUMBER},
    {"skipped", "SKIPPED", STYLE_NUMBER},
    {"tokens", "WORDS", STYLE_NUMBER},
    {"submitted", "SUBMITTED", STYLE_TIME},
    {"remaining", "LEFT", STYLE_SPAN},
    {0},
};

const struct render_layout jobs_layout = {
    .shape = &wire_jobs_out_shape, .list = "jobs", .columns = job_columns, .empty = "no jobs"};

/* "2026-11-22", "2026-11-22T10:00:00Z", or a span ago; local where no Z stands. */
static int parse_since(const struct context *context, char iso[static CLOCK_ISO8601_SIZE])
{
    const char *text = option_text(context, "since"), *end;
    struct tm tm = {.tm_isdst = -1};
    uint64_t span;
    time_t when;

    if (text_parse_span(text, &span) == 0 && span <= clock_realtime_usec()) {
        (void)clock_format_iso8601(clock_realtime_usec() - span, iso);
        return 0;
    }
    end = strptime(text, "%Y-%m-%d", &tm);
    if (end && (*end == 'T' || *end == ' '))
        end = strptime(end + 1, "%H:%M:%S", &tm);
    if (!end || (strcmp(end, "") != 0 && strcmp(end, "Z") != 0))
        return say_usage(context,
            "--since is a date such as 2026-11-22 or 2026-11-22T10:00:00Z, or a time span ago such as 2h, "
            "not %s",
            text);
    when = *end == 'Z' ? timegm(&tm) : mktime(&tm);
    (void)clock_format_iso8601(when > 0 ? (uint64_t)when * USEC_PER_SEC : 0, iso);
    return 0;
}

static char *name_user(struct arena *arena, int64_t uid)
{
    const struct passwd *entry = uid >= 0 && uid < UINT32_MAX ? getpwuid((uid_t)uid) : NULL;
    char number[24];

    if (entry)
        return arena_copy(arena, entry->pw_name);
    snprintf(number, sizeof(number), "%" PRId64, uid);
    return arena_copy(arena, number);
}

int jobs_name_owners(struct arena *arena, const struct wire_jobs_out *jobs, struct wire_jobs_out *ret)
{
    struct wire_job *named = arena_allocate(arena, (jobs->n_jobs + 1) * sizeof(*named));

    if (!named)
        return -ENOMEM;
    for (size_t i = 0; i < jobs->n_jobs; i++) {
        named[i] = jobs->jobs[i];
        if (!named[i].user)
            named[i].user = name_user(arena, named[i].uid);
        if (!named[i].user)
            return -ENOMEM;
    }
    *ret = (struct wire_jobs_out){.jobs = named, .n_jobs = jobs->n_jobs};
    return 0;
}

static int take(void *userdata, const void *out, bool last)
{
    CLEANUP(arena_deinit) struct arena arena = {0};
    struct context *context = userdata;
    struct wire_jobs_out named;
    int r;

    if (context->format != FORMAT_TABLE)
        return render_part(context, out, last);
    r = jobs_name_owners(&arena, out, &named);
    return r < 0 ? r : render_part(context, &named, last);
}

int verb_jobs(struct context *context, int argc, char **argv)
{
    static const char *const states[] = {"queued", "running", "paused", "done", "cancelled", NULL};
    struct wire_jobs_in in = {
        .name = option_text(context, "name"),
        .state = option_text(context, "state"),
        .owner = option_text(context, "owner"),
        .all = option_flag(context, "all") ? wire_some_bool(true) : (struct wire_bool){0},
    };
    char since[CLOCK_ISO8601_SIZE];
    size_t state = 0;
    int r = option_choice(context, "state", states, &state);

    if (r == 0 && option_flag(context, "since")) {
        r = parse_since(context, since);
        in.since = since;
    }
    if (r == 0)
        r = render_begin(context, &jobs_layout);
    return r != 0 ? r : call_stream(context, WIRE_JOBS, &in, take, context);
}

int jobs_control(struct context *context, enum wire_verb verb, int argc, char **argv)
{
    CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
    /* Cancel has the first members of these, and no others. */
    const struct wire_pause_in in = {
        .jobs = argc > 0 ? (const char *const *)argv : NULL, .n_jobs = (size_t)argc};
    const void *out;
    int r = call_check_jobs(context, argc, argv);

    if (r == 0)
        r = call_once(context, verb, &in, &reply, &out);
    return r != 0 ? r : render_reply(context, &jobs_layout, out);
}
