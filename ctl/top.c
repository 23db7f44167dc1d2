/* top: the most used words of jobs, or of each of their pages, hosts, labels or of each job. */
#include "ctl/top.h"

#include "ctl/cell.h"
#include "ctl/escape.h"
#include "ctl/join.h"
#include "ctl/keywords.h"
#include "ctl/render.h"
#include "ctl/say.h"
#include "ctl/top_options.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COLOR_BOLD "\033[1m"
#define COLOR_RESET "\033[0m"

static const struct render_column word_columns[] = {
    {"rank", "RANK", STYLE_NUMBER},
    {"word", "WORD", STYLE_TEXT},
    {"tokens", "TOKENS", STYLE_NUMBER},
    {"perMillion", "PER MILLION", STYLE_DECIMAL},
    {"pages", "PAGES", STYLE_NUMBER},
    {"hosts", "HOSTS", STYLE_NUMBER},
};

/* These, and a bar of the number that ranks. */
#define N_WORD_COLUMNS (sizeof(word_columns) / sizeof(word_columns[0]))

static const struct render_column no_columns[] = {{0}};

static const char *const page_fields[] = {"job", "page", "words.rank", "words.word", "words.tokens", NULL};
static const char *const page_url_fields[] = {
    "job", "page", "words.rank", "words.word", "words.tokens", "url", NULL};
static const char *const host_fields[] = {"host", "words.rank", "words.word", "words.tokens", NULL};
static const char *const label_fields[] = {"label", "words.rank", "words.word", "words.tokens", NULL};
static const char *const job_fields[] = {"job", "words.rank", "words.word", "words.tokens", NULL};

static const char *const *const fields[] = {
    [TOP_WORDS] = NULL,
    [TOP_PER_PAGE] = page_fields,
    [TOP_PER_HOST] = host_fields,
    [TOP_PER_LABEL] = label_fields,
    [TOP_PER_JOB] = job_fields,
};

struct top {
    struct context *context;
    enum top_kind kind;
    struct buffer line;
    uint64_t n_groups;
    struct join join;
};

static void top_deinit(struct top *top)
{
    join_deinit(&top->join);
    buffer_deinit(&top->line);
}

static int bold(const struct context *context, struct buffer *line, const char *text)
{
    int r = context->color ? buffer_append_text(line, COLOR_BOLD) : 0;

    if (r == 0)
        r = escape_append(line, text, strlen(text));
    return r == 0 && context->color ? buffer_append_text(line, COLOR_RESET) : r;
}

/* What the group is of: "7/12  https://example.org/", "example.org", "job 7". */
static int append_name(
    const struct context *context, struct buffer *line, enum top_kind kind, const struct wire_group *group)
{
    char number[64];

    switch (kind) {
    case TOP_WORDS:
        return 0;
    case TOP_PER_PAGE:
        if (buffer_printf(line, "%" PRId64 "/%" PRId64 "  ", group->job.value, group->page.value) < 0)
            return -ENOMEM;
        return bold(context, line, group->url ? group->url : "");
    case TOP_PER_HOST:
        return bold(context, line, group->host ? group->host : "");
    case TOP_PER_LABEL:
        return bold(context, line, group->label ? group->label : "(no label)");
    case TOP_PER_JOB:
        snprintf(number, sizeof(number), "job %" PRId64, group->job.value);
        return bold(context, line, number);
    }
    return 0;
}

int top_append_heading(
    const struct context *context, struct buffer *line, enum top_kind kind, const struct wire_group *group)
{
    int r = append_name(context, line, kind, group);

    if (r == 0)
        r = buffer_append_text(line, "  (");
    if (r == 0 && group->pages.set) {
        r = cell_format_count(line, group->pages.value, "page", "pages");
        if (r == 0)
            r = buffer_append_text(line, ", ");
    }
    if (r == 0)
        r = cell_format_count(line, group->tokens, "word", "words");
    if (r == 0)
        r = buffer_append_text(line, ", ");
    if (r == 0)
        r = cell_format_count(line, group->distinct, "distinct", "distinct");
    return r < 0 ? r : buffer_append_text(line, ")\n    ");
}

/* A group is two lines: what it is of, and its words. */
static int print_group(struct top *top, const struct wire_group *group)
{
    int r;

    top->line.size = 0;
    r = top_append_heading(top->context, &top->line, top->kind, group);
    for (size_t i = 0; i < group->n_words && r == 0; i++) {
        r = buffer_append_text(&top->line, i > 0 ? ", " : "");
        if (r == 0)
            r = escape_append(&top->line, group->words[i].word, strlen(group->words[i].word));
        if (r == 0)
            r = buffer_printf(&top->line, " %" PRId64, group->words[i].tokens);
    }
    if (r == 0)
        r = buffer_append_text(&top->line, "\n");
    if (r == 0)
        (void)fwrite(top->line.bytes, 1, top->line.size, stdout);
    return r;
}

/* Under a table: "2,580 pages, 1,234,567 words, 45,678 distinct; 1 failed, 2 skipped". */
static int print_legend(struct top *top, const struct wire_top_out *out)
{
    struct buffer *line = &top->line;
    int r;

    line->size = 0;
    r = buffer_append_text(line, "\n");
    if (r == 0)
        r = cell_format_count(line, out->pages, "page", "pages");
    if (r == 0)
        r = buffer_append_text(line, ", ");
    if (r == 0)
        r = cell_format_count(line, out->tokens, "word", "words");
    if (r == 0)
        r = buffer_append_text(line, ", ");
    if (r == 0)
        r = cell_format_count(line, out->distinct, "distinct", "distinct");
    if (r == 0 && out->failed > 0)
        r = buffer_printf(line, "; %" PRId64 " failed", out->failed);
    if (r == 0 && out->skipped > 0)
        r = buffer_printf(line, "%s %" PRId64 " skipped", out->failed > 0 ? "," : ";", out->skipped);
    if (r == 0)
        r = buffer_append_text(line, "\n");
    if (r == 0)
        (void)fwrite(line->bytes, 1, line->size, stdout);
    return r;
}

void top_say_incomplete(const struct context *context, const struct wire_top_out *out)
{
    const char *several = out->n_jobs == 1 ? "job" : "jobs";

    if (out->complete)
        return;
    if (out->n_jobs == 1)
        say_note(context, "job %" PRId64 " is not complete: %" PRId64 " of %" PRId64 " URLs still wait",
            out->jobs[0], out->queued, out->total);
    else
        say_note(context, "the %s are not complete: %" PRId64 " of %" PRId64 " URLs still wait", several,
            out->queued, out->total);
}

bool top_mixes_engines(const struct wire_top_out *out)
{
    return out->n_engines > 1 || (out->n_engines == 1 && strcmp(out->engines[0], out->engine.id) != 0);
}

int top_say_engines(const struct context *context, const char *what, const struct wire_top_out *out)
{
    CLEANUP(buffer_deinit) struct buffer line = {0};
    int r;

    if (!top_mixes_engines(out))
        return 0;
    r = buffer_printf(&line, "%s counted under the engine id%s ", what, out->n_engines > 1 ? "s" : "");
    if (r == 0)
        r = cell_format_list(&line, out->engines, out->n_engines);
    if (r == 0 && out->n_engines == 1)
        r = buffer_printf(&line, ", the daemon's own is %s", out->engine.id);
    if (r == 0)
        r = buffer_append(&line, "", 1);
    if (r == 0)
        say_note(context, "warning: %s: words may differ by the rules alone", (char *)line.bytes);
    return r;
}

static int take(void *userdata, const void *reply, bool last)
{
    const struct wire_top_out *out = reply;
    struct wire_top_out joined = *out;
    struct top *top = userdata;
    struct context *context = top->context;
    int r = 0;

    if (top->kind != TOP_WORDS)
        r = join_take(&top->join, out->groups, out->n_groups, last, &joined.groups, &joined.n_groups);
    if (r < 0)
        return r;
    if (context->format == FORMAT_TABLE && top->kind != TOP_WORDS)
        for (size_t i = 0; i < joined.n_groups && r == 0; i++)
            r = print_group(top, &joined.groups[i]);
    else
        r = render_part(context, &joined, last);
    if (r == 0 && last && context->format == FORMAT_TABLE && context->legend && top->kind == TOP_WORDS)
        r = print_legend(top, out);
    if (r < 0 || !last)
        return r;
    top_say_incomplete(context, out);
    return top_say_engines(context, "the pages were", out);
}

int top_print(struct context *context, const struct wire_top_in *in, enum top_kind kind, bool with_url)
{
    CLEANUP(top_deinit) struct top top = {.context = context, .kind = kind};
    struct render_column columns[N_WORD_COLUMNS + 2] = {0};
    struct render_layout layout = {
        .shape = &wire_top_out_shape,
        .list = kind == TOP_WORDS ? "words" : "groups",
        .columns = kind == TOP_WORDS ? columns : no_columns,
        .empty = "no words",
        .fields = kind == TOP_PER_PAGE && with_url ? page_url_fields : fields[kind],
    };
    int r;

    memcpy(columns, word_columns, sizeof(word_columns));
    columns[N_WORD_COLUMNS] = (struct render_column){in->by ? in->by : "tokens", "", STYLE_BAR};
    r = render_begin(context, &layout);
    if (r == 0)
        r = call_stream(context, WIRE_TOP, in, take, &top);
    /* The layout ends with this function. */
    render_free(context->render);
    context->render = NULL;
    return r;
}

int top_default(struct context *context, int64_t *ret)
{
    CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
    const struct wire_status_out *status;
    const void *out;
    int r = call_once(context, WIRE_STATUS, NULL, &reply, &out);

    if (r != 0)
        return r;
    status = out;
    *ret = status->top_words;
    return 0;
}

static int print_keywords(struct context *context, const struct wire_top_in *in, enum top_kind kind)
{
    int64_t k = in->k.value;
    int r = in->k.set ? 0 : top_default(context, &k);

    return r != 0 ? r : keywords_print(context, in, kind, (uint64_t)k, option_text(context, "vs"));
}

int verb_top(struct context *context, int argc, char **argv)
{
    CLEANUP(top_options_deinit) struct top_options options = {0};
    struct wire_top_in in = {.jobs = argc > 0 ? (const char *const *)argv : NULL, .n_jobs = (size_t)argc};
    enum top_kind kind;
    int r = top_options_parse(context, &options, &in);

    if (r == 0)
        r = call_check_jobs(context, argc, argv);
    if (r == 0 && argc > 0 && option_flag(context, "all"))
        r = say_usage(context, "top: --all is every job; leave out %s", argv[0]);
    if (r != 0)
        return r;
    kind = in.per ? (enum top_kind)(TOP_PER_PAGE + options.per) : TOP_WORDS;
    if (option_flag(context, "vs"))
        return print_keywords(context, &in, kind);
    return top_print(context, &in, kind, option_flag(context, "with-url"));
}
