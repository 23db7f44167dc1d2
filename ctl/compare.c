/* compare: words that came, went, rose and fell from one job to another. */
#include "ctl/call.h"
#include "ctl/cell.h"
#include "ctl/filter_options.h"
#include "ctl/job.h"
#include "ctl/render.h"
#include "ctl/say.h"
#include "wire/messages.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const struct render_column columns[] = {
    {"rank", "RANK", STYLE_NUMBER},
    {"word", "WORD", STYLE_TEXT},
    {"change", "CHANGE", STYLE_TEXT},
    {"baseTokens", "BASE", STYLE_NUMBER},
    {"newTokens", "NEW", STYLE_NUMBER},
    {"basePerMillion", "BASE PER MILLION", STYLE_DECIMAL},
    {"newPerMillion", "NEW PER MILLION", STYLE_DECIMAL},
    {"logLikelihood", "LL", STYLE_DECIMAL},
    {"logRatio", "LOG RATIO", STYLE_DECIMAL},
    {0},
};
static const struct render_layout layout = {
    .shape = &wire_compare_out_shape, .list = "words", .columns = columns};

struct comparison {
    struct context *context;
    const char *const *sides; /* as they were given: base and new */
    bool any;                 /* a word has come */
};

/* ---- what is said beside the words ---- */

static void say_pages(const struct context *context, const struct wire_compare_out *out)
{
    CLEANUP(buffer_deinit) struct buffer base = {0}, newer = {0}, pages = {0};

    if (cell_format_count(&base, out->base.counted, "page", "pages") < 0 ||
        cell_format_count(&newer, out->newer.counted, "page", "pages") < 0 ||
        cell_format_count(&pages, out->base.pages, "page", "pages") < 0 || buffer_append(&base, "", 1) < 0 ||
        buffer_append(&newer, "", 1) < 0 || buffer_append(&pages, "", 1) < 0)
        return;
    if (strcmp(out->pages, "both") == 0)
        say_note(context, "compared %s that %s counted in both, of %s in the base and %s in the new one",
            (char *)pages.bytes, out->base.pages == 1 ? "was" : "were", (char *)base.bytes,
            (char *)newer.bytes);
    else
        say_note(context, "%s: %s in the base and %s in the new one",
            out->overlap.set && out->base.counted > 0 && out->newer.counted > 0
                ? "the lists have no URL in common, so all pages are compared"
                : "compared all pages",
            (char *)base.bytes, (char *)newer.bytes);
}

static void say_incomplete(const struct context *context, const struct wire_compared_side *side)
{
    if (!side->complete)
        say_note(context, "job %" PRId64 " is not complete: %" PRId64 " of %" PRId64 " URLs still wait",
            side->job, side->queued, side->total);
}

/* A host of which there is nothing may have been written otherwise. */
static void say_host(const struct context *context, const struct wire_compared_side *side, const char *text)
{
    const char *slash = strrchr(text, '/');

    if (slash && slash[1] && side->counted == 0)
        say_note(context,
            "job %" PRId64 " has no counted page of %s: urlstatctl top --per=host %" PRId64
            " names its hosts",
            side->job, slash + 1, side->job);
}

static void say_sides(const struct comparison *comparison, const struct wire_compare_out *out)
{
    const struct context *context = comparison->context;

    say_host(context, &out->base, comparison->sides[0]);
    say_host(context, &out->newer, comparison->sides[1]);
    say_incomplete(context, &out->base);
    if (out->newer.job != out->base.job)
        say_incomplete(context, &out->newer);
    if (out->base.tokens == 0 || out->newer.tokens == 0)
        say_note(context, "nothing can be compared: %s without words",
            out->newer.tokens > 0      ? "the base is"
                : out->base.tokens > 0 ? "the new one is"
                                       : "both are");
    else if (!comparison->any)
        say_note(context, "no word has changed");
}

/* Counts of different ids differ by more than what the pages say. */
static int say_engines(const struct context *context, const struct wire_compare_out *out)
{
    const struct wire_compared_side *base = &out->base, *newer = &out->newer;
    CLEANUP(buffer_deinit) struct buffer line = {0};
    int r;

    if (base->n_engines == 0 || newer->n_engines == 0 ||
        (base->n_engines == 1 && newer->n_engines == 1 && strcmp(base->engines[0], newer->engines[0]) == 0))
        return 0;
    r = buffer_append_text(&line, "the base was counted under the engine id ");
    if (r == 0)
        r = cell_format_list(&line, base->engines, base->n_engines);
    if (r == 0)
        r = buffer_append_text(&line, ", the new one under ");
    if (r == 0)
        r = cell_format_list(&line, newer->engines, newer->n_engines);
    if (r == 0)
        r = buffer_append(&line, "", 1);
    if (r == 0)
        say_note(context, "warning: %s: words may differ by the rules alone", (char *)line.bytes);
    return r;
}

static int take(void *userdata, const void *reply, bool last)
{
    const struct wire_compare_out *out = reply;
    struct comparison *comparison = userdata;
    struct context *context = comparison->context;
    int r = render_part(context, out, last);

    comparison->any |= out->n_words > 0;
    if (r < 0 || !last)
        return r;
    say_pages(context, out);
    say_sides(comparison, out);
    return say_engines(context, out);
}

/* ---- what is asked ---- */

/* JOB or JOB/HOST. */
static int check_side(const struct context *context, const char *text)
{
    const char *slash = strrchr(text, '/');
    CLEANUP(freep) char *job = slash ? strndup(text, (size_t)(slash - text)) : strdup(text);
    const char *reason;

    if (!job)
        return -ENOMEM;
    reason = job_check(job);
    return reason ? say_usage(context, "%s is no JOB or JOB/HOST: %s", text, reason) : 0;
}

static int parse(struct context *context, struct filter_options *filter, struct wire_compare_in *in)
{
    static const char *const pages[] = {"both", "all", NULL},
                             *const bys[] = {"log-likelihood", "log-ratio", NULL},
                             *const by_names[] = {"logLikelihood", "logRatio"};
    uint64_t k = 0, min_tokens = 0;
    size_t page = 0, by = 0;
    int r = option_number(context, "top", INT64_MAX, &k);

    if (r == 0)
        r = option_number(context, "min-tokens", INT64_MAX, &min_tokens);
    if (r == 0)
        r = option_choice(context, "pages", pages, &page);
    if (r == 0)
        r = option_choice(context, "by", bys, &by);
    if (r == 0)
        r = filter_options_parse(context, filter);
    if (option_flag(context, "top"))
        in->k = wire_some_int((int64_t)k);
    if (option_flag(context, "min-tokens"))
        in->min_tokens = wire_some_int((int64_t)min_tokens);
    if (option_flag(context, "pages"))
        in->pages = pages[page];
    if (option_flag(context, "by"))
        in->by = by_names[by];
    in->filter = filter->words;
    return r;
}

/* What is no host may be the end of a job's name. */
static void say_names(const struct context *context, int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        const char *slash = strrchr(argv[i], '/');

        if (strstr(argv[i], "://"))
            say_note(context, "a host stands behind its job without a scheme: JOB/example.org");
        else if (slash && slash[1] && !strpbrk(slash, ".:"))
            say_note(context, "behind the last slash of %s stands a host: a job of that name is %s/", argv[i],
                argv[i]);
    }
}

int verb_compare(struct context *context, int argc, char **argv)
{
    CLEANUP(filter_options_deinit) struct filter_options filter = {0};
    struct comparison comparison = {.context = context, .sides = (const char *const *)argv};
    struct wire_compare_in in = {.base = argv[0], .newer = argv[1]};
    int r = parse(context, &filter, &in);

    for (int i = 0; i < argc && r == 0; i++)
        r = check_side(context, argv[i]);
    if (r == 0)
        r = render_begin(context, &layout);
    if (r != 0)
        return r;
    r = call_stream(context, WIRE_COMPARE, &in, take, &comparison);
    if (r == EXIT_REFUSED)
        say_names(context, argc, argv);
    return r;
}
