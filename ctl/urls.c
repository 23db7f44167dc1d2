/* urls: the URLs of a job and what became of them; or the history of one URL. */
#include "ctl/urls.h"
#include "base/outcome.h"
#include "base/text_nearest.h"
#include "ctl/call.h"
#include "ctl/render.h"
#include "ctl/say.h"
#include "wire/messages.h"

static const struct render_column columns[] = {
    {"page", "PAGE", STYLE_PLAIN},
    {"state", "STATE", STYLE_STATE},
    {"outcome", "OUTCOME", STYLE_OUTCOME},
    {"httpStatus", "HTTP", STYLE_PLAIN},
    {"tokens", "WORDS", STYLE_NUMBER},
    {"seconds", "TIME", STYLE_SPAN},
    {"url", "URL", STYLE_TEXT},
    {0},
};

/* A URL's history begins with the job. */
static const struct render_column history_columns[] = {
    {"job", "JOB", STYLE_PLAIN},
    {"page", "PAGE", STYLE_PLAIN},
    {"state", "STATE", STYLE_STATE},
    {"outcome", "OUTCOME", STYLE_OUTCOME},
    {"httpStatus", "HTTP", STYLE_PLAIN},
    {"tokens", "WORDS", STYLE_NUMBER},
    {"fetched", "FETCHED", STYLE_TIME},
    {"contentHash", "CONTENT", STYLE_TEXT},
    {0},
};

static const struct render_layout layout = {
    .shape = &wire_urls_out_shape, .list = "urls", .columns = columns, .empty = "no URLs"};
static const struct render_layout history_layout = {
    .shape = &wire_urls_out_shape, .list = "urls", .columns = history_columns, .empty = "no URLs"};

int outcome_check(const struct context *context, const char *name)
{
    const char *names[OUTCOME_MAX + 2] = {0}, *near;
    enum outcome outcome;

    if (outcome_from_string(name, &outcome) == 0)
        return 0;
    for (size_t i = 0; outcomes[i] != OUTCOME_NONE; i++)
        names[i] = outcome_to_string(outcomes[i]);
    near = text_nearest(name, names);
    if (near)
        return say_usage(context, "there is no outcome %s; did you mean %s?", name, near);
    return say_usage(context, "there is no outcome %s; man urlstatctl lists them", name);
}

static int check(const struct context *context, int argc, char **argv)
{
    static const char *const states[] = {
        "queued", "active", "counted", "skipped", "failed", "cancelled", NULL};
    size_t state = 0;
    int r = call_check_jobs(context, argc, argv);

    if (r == 0)
        r = option_choice(context, "state", states, &state);
    if (r == 0 && option_flag(context, "outcome"))
        r = outcome_check(context, option_text(context, "outcome"));
    return r;
}

int verb_urls(struct context *context, int argc, char **argv)
{
    struct wire_urls_in in = {
        .job = argc > 0 ? argv[0] : NULL,
        .state = option_text(context, "state"),
        .outcome = option_text(context, "outcome"),
        .host = option_text(context, "host"),
        .url = option_text(context, "url"),
    };
    uint64_t max_tokens = 0;
    int r = check(context, argc, argv);

    if (r == 0)
        r = option_number(context, "max-tokens", INT64_MAX, &max_tokens);
    if (r != 0)
        return r;
    if (option_flag(context, "max-tokens"))
        in.max_tokens = wire_some_int((int64_t)max_tokens);
    r = render_begin(context, in.url && !in.job ? &history_layout : &layout);
    return r != 0 ? r : call_render(context, WIRE_URLS, &in);
}
