/* submit: one job of all sources; then, if wanted, its progress, its pages and its top words. */
#include "base/clock.h"
#include "base/text.h"
#include "ctl/cell.h"
#include "ctl/estimate.h"
#include "ctl/follow.h"
#include "ctl/job.h"
#include "ctl/list.h"
#include "ctl/outcomes.h"
#include "ctl/render.h"
#include "ctl/say.h"
#include "ctl/top.h"
#include <inttypes.h>
#include <string.h>

#define MAX_LABEL 256
#define MAX_KEY 256

struct options {
    struct list_options list;
    struct limit limit;
    bool wait, follow, per_page;
    int64_t k; /* negative: as the daemon is configured */
};

static const char *const result_fields[] = {"job", "accepted", "duplicates", "rejectedCount", "existed",
    "slowestHost.host", "slowestHost.seconds", NULL};
static const struct render_layout result_layout = {.shape = &wire_submit_out_shape, .fields = result_fields};

static int parse_priority(const struct context *context, struct list_options *list)
{
    int r = option_priority(context, "priority", &list->priority);

    list->has_priority = r > 0;
    return r < 0 ? EXIT_USAGE : 0;
}

static int parse_span(const struct context *context, const char *option, struct wire_float *ret)
{
    double seconds;
    int r = option_seconds(context, option, &seconds);

    if (r > 0)
        *ret = wire_some_float(seconds);
    return r < 0 ? EXIT_USAGE : 0;
}

static int parse_keep(const struct context *context, struct list_options *list)
{
    list->keep = option_flag(context, "keep");
    if (list->keep && option_flag(context, "expire"))
        return say_usage(context, "--keep or --expire, not both");
    return parse_span(context, "expire", &list->expire);
}

static int parse_deadline(const struct context *context, struct list_options *list)
{
    const char *text = option_text(context, "deadline");
    uint64_t usec = 0;

    if (!text)
        return 0;
    if (text_parse_span(text, &usec) < 0 || usec == 0)
        return say_usage(context, "--deadline is a time span from now on, such as 2h or 1d, not %s", text);
    list->deadline_sec = (double)usec / (double)USEC_PER_SEC;
    return 0;
}

static int parse_texts(const struct context *context, struct list_options *list)
{
    const char *reason;

    list->name = option_text(context, "name");
    list->label = option_text(context, "label");
    list->key = option_text(context, "key");
    list->strict = option_flag(context, "strict");
    list->again = option_text(context, "again");
    reason = list->name ? job_check_name(list->name) : NULL;
    if (reason)
        return say_usage(context, "--name=%s: %s", list->name, reason);
    if (list->label && strlen(list->label) > MAX_LABEL)
        return say_usage(context, "--label has at most %d bytes", MAX_LABEL);
    if (list->key && (!*list->key || strlen(list->key) > MAX_KEY))
        return say_usage(context, "--key has 1 to %d bytes", MAX_KEY);
    return 0;
}

static int check_follow(const struct context *context, const struct options *options)
{
    if (options->per_page && !options->follow)
        return say_usage(context, "--per=page says what --follow shows; give --follow too");
    if (options->per_page && (options->k == 0 || options->k > FOLLOW_MAX_WORDS))
        return say_usage(context,
            "with --per=page, -k is from 1 to %d; afterwards, top --per=page -k 0 has all words",
            FOLLOW_MAX_WORDS);
    if (options->k >= 0 && !options->follow)
        return say_usage(context, "-k says how many words --follow shows; give --follow too");
    if (option_flag(context, "max-failed") && !options->follow && !options->wait)
        return say_usage(context, "--max-failed says how waiting ends; give --wait or --follow too");
    return 0;
}

static int parse(const struct context *context, struct options *options)
{
    static const char *const groups[] = {"page", NULL};
    uint64_t k = UINT64_MAX;
    size_t group = 0;
    int r = parse_texts(context, &options->list);

    *options = (struct options){.list = options->list};
    if (r == 0)
        r = parse_priority(context, &options->list);
    if (r == 0)
        r = parse_span(context, "max-age", &options->list.max_age);
    if (r == 0)
        r = parse_keep(context, &options->list);
    if (r == 0)
        r = parse_deadline(context, &options->list);
    if (r == 0)
        r = option_number(context, "top", INT64_MAX, &k);
    if (r == 0)
        r = option_choice(context, "per", groups, &group);
    if (r == 0)
        r = limit_parse(context, &options->limit);
    options->k = k == UINT64_MAX ? -1 : (int64_t)k;
    options->wait = option_flag(context, "wait");
    options->follow = option_flag(context, "follow");
    options->per_page = option_flag(context, "per");
    return r != 0 ? r : check_follow(context, options);
}

/* "job 7: 2,585 URLs, 12 duplicates, 1 bad line" */
static int describe(const struct wire_submit_out *result, struct buffer *buffer)
{
    int r = buffer_printf(
        buffer, "job %" PRId64 "%s: ", result->job.value, result->existed ? ", which was there already" : "");

    if (r == 0)
        r = cell_format_count(buffer, result->accepted, "URL", "URLs");
    if (r == 0 && result->duplicates > 0) {
        r = buffer_append_text(buffer, ", ");
        if (r == 0)
            r = cell_format_count(buffer, result->duplicates, "duplicate", "duplicates");
    }
    if (r == 0 && result->rejected_count > 0) {
        r = buffer_append_text(buffer, ", ");
        if (r == 0)
            r = cell_format_count(buffer, result->rejected_count, "bad line", "bad lines");
    }
    return r < 0 ? r : buffer_append(buffer, "", 1);
}

/* For people: to stdout, or to stderr where stdout is for the words. */
static int print_for_people(const struct context *context, const struct wire_submit_out *result, bool follow)
{
    CLEANUP(buffer_deinit) struct buffer line = {0}, slowest = {0};
    int r = describe(result, &line);

    if (r == 0 && result->slowest_host)
        r = estimate_format(&slowest, result->slowest_host);
    if (r < 0)
        return r;
    if (follow) {
        say_note(context, "%s", (const char *)line.bytes);
        if (slowest.size > 1)
            say_note(context, "%s", (const char *)slowest.bytes);
        return 0;
    }
    puts((const char *)line.bytes);
    if (slowest.size > 1)
        puts((const char *)slowest.bytes);
    fflush(stdout);
    return 0;
}

static int print_result(struct context *context, const struct wire_submit_out *result, bool follow)
{
    if (context->format != FORMAT_TABLE)
        return follow ? 0 : render_reply(context, &result_layout, result);
    if (!context->quiet)
        return print_for_people(context, result, follow);
    if (!follow)
        printf("%" PRId64 "\n", result->job.value);
    fflush(stdout);
    return 0;
}

/* With -o json the result says why, line by line. */
static int say_nothing(struct context *context, const struct list *list, bool strict)
{
    const struct wire_submit_out *result = list_result(list);
    int r = context->format == FORMAT_JSON ? render_reply(context, &result_layout, result) : 0;

    if (r < 0)
        return r;
    if (strict && result->rejected_count > 0)
        say("nothing was queued: --strict, and %" PRId64 " bad line%s", result->rejected_count,
            result->rejected_count == 1 ? "" : "s");
    else if (strict && list_n_broken(list) > 0)
        say("nothing was queued: --strict, and a source could not be read");
    else
        say("nothing was queued: there is no good URL");
    return EXIT_REFUSED;
}

static int finish_follow(struct context *context, const struct options *options, int64_t number, int status)
{
    char job[32];
    const char *jobs[] = {job};
    struct wire_top_in in = {.jobs = jobs, .n_jobs = 1};
    int r = 0;

    snprintf(job, sizeof(job), "%" PRId64, number);
    if (options->k >= 0)
        in.k = wire_some_int(options->k);
    /* As data, the pages' words were the answer. */
    if (options->follow && (!options->per_page || context->format == FORMAT_TABLE)) {
        if (options->per_page && context->format == FORMAT_TABLE)
            putchar('\n');
        r = top_print(context, &in, TOP_WORDS, false);
    }
    if (r == 0 && context->format == FORMAT_TABLE && !context->quiet)
        r = outcomes_print(context, job, true);
    return r != 0 ? r : status;
}

static int follow(struct context *context, const struct options *options, int64_t number)
{
    char job[32];
    const char *jobs[] = {job};
    struct follow_options watch = {
        .jobs = jobs,
        .n_jobs = 1,
        .limit = options->limit,
        .plain_progress = options->follow && !options->per_page,
        .per_page = options->per_page,
        .k = options->k,
    };
    int r = 0;

    snprintf(job, sizeof(job), "%" PRId64, number);
    if (options->per_page && options->k < 0)
        r = top_default(context, &watch.k);
    if (watch.k == 0 || watch.k > FOLLOW_MAX_WORDS)
        watch.k = FOLLOW_MAX_WORDS;
    if (r == 0)
        r = follow_jobs(context, &watch, NULL);
    if (r != EXIT_DONE && r != EXIT_INCOMPLETE)
        return r;
    return finish_follow(context, options, number, r);
}

int verb_submit(struct context *context, int argc, char **argv)
{
    CLEANUP(list_freep) struct list *list = NULL;
    struct options options = {0};
    const struct wire_submit_out *result;
    int r = parse(context, &options);

    if (r == 0 && argc == 0 && !options.list.again)
        r = say_usage(context, "submit: SOURCE... is missing, or --again=JOB; urlstatctl submit --help");
    if (r == 0)
        r = list_submit(context, &options.list, argc, argv, &list);
    if (r != 0)
        return r;
    result = list_result(list);
    if (!result->job.set)
        return say_nothing(context, list, options.list.strict);
    r = print_result(context, result, options.follow);
    if (fflush(stdout) != 0 || ferror(stdout))
        say("job %" PRId64 " was queued all the same", result->job.value);
    if (r == 0 && (options.wait || options.follow))
        r = follow(context, &options, result->job.value);
    return r;
}
