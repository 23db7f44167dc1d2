/* show: one job, what became of its URLs, and what its counts depend on. */
#include "ctl/cite.h"
#include "ctl/facts.h"
#include "ctl/jobs.h"
#include "ctl/outcomes.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct render_layout layout = {
    .shape = &wire_jobs_out_shape, .list = "jobs", .columns = (const struct render_column[]){{0}}};

static const struct {
    const char *name, *path;
    enum render_style style;
    bool unless_zero;
} rows[] = {
    {"Name", "name", STYLE_TEXT, false},
    {"State", "state", STYLE_STATE, false},
    {"User", "user", STYLE_TEXT, false},
    {"Priority", "priority", STYLE_PLAIN, true},
    {"Submitted", "submitted", STYLE_TIME, false},
    {"Finished", "finished", STYLE_TIME, false},
    {"Left", "remaining", STYLE_SPAN, false},
    {"Deadline", "deadline", STYLE_TIME, false},
    {"URLs", "total", STYLE_NUMBER, false},
    {"Duplicates", "duplicates", STYLE_NUMBER, true},
    {"Queued", "queued", STYLE_NUMBER, true},
    {"In flight", "active", STYLE_NUMBER, true},
    {"Counted", "counted", STYLE_NUMBER, false},
    {"Failed", "failed", STYLE_NUMBER, true},
    {"Skipped", "skipped", STYLE_NUMBER, true},
    {"Cancelled", "cancelled", STYLE_NUMBER, true},
    {"Words", "tokens", STYLE_NUMBER, false},
    {"Bytes", "bytes", STYLE_SIZE, false},
};

static bool is_zero(const struct wire_job *job, const char *path)
{
    return *(const int64_t *)((const char *)job + wire_shape_find(&wire_job_shape, path)->offset) == 0;
}

static const char *row_name(const struct wire_job *job, size_t i)
{
    return job->imported.value && strcmp(rows[i].path, "submitted") == 0 ? "Imported" : rows[i].name;
}

/* The engine that counted; the daemon's own where no page tells another one. */
static int print_engine(struct table *table, const struct wire_job *job)
{
    const struct wire_engine *engine = job->engine;
    const struct wire_cite *cite = job->cite;
    int r = 0;

    for (size_t i = 0; cite && i < cite->n_engines && r == 0; i++)
        if (strcmp(cite->engines[i], engine->id) != 0)
            r = facts_printf(table, "Engine", "%s (another than this daemon's)", cite->engines[i]);
    for (size_t i = 0; cite && i < cite->n_engines; i++)
        if (strcmp(cite->engines[i], engine->id) == 0)
            cite = NULL;
    if (r < 0 || (cite && cite->n_engines > 0))
        return r;
    return facts_printf(table, "Engine", "%s (rules %s, ICU %s, Unicode %s)", engine->id, engine->rules,
        engine->icu, engine->unicode);
}

static int print_facts(struct context *context, const struct wire_job *job)
{
    CLEANUP(table_freep) struct table *table = NULL;
    int r = facts_new(context, &table);

    if (r == 0)
        r = facts_printf(table, "Job", "%" PRId64, job->job);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && r == 0; i++)
        if (!rows[i].unless_zero || !is_zero(job, rows[i].path))
            r = facts_field(table, row_name(job, i), &wire_job_shape, job, rows[i].path, rows[i].style);
    if (r == 0 && job->engine)
        r = print_engine(table, job);
    return r < 0 ? r : table_finish(table);
}

static int print_job(struct context *context, const struct wire_job *job)
{
    int r = print_facts(context, job);

    if (r == 0 && job->n_outcomes > 0) {
        putchar('\n');
        r = outcomes_table(context, job);
    }
    if (r < 0 || !job->cite)
        return r;
    r = cite_print_equal(context, job->cite);
    if (r == 0)
        r = cite_print_settings(context, job->cite);
    return r < 0 ? r : cite_print_block(job);
}

int verb_show(struct context *context, int argc, char **argv)
{
    CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
    struct wire_show_in in = {.job = argc > 0 ? argv[0] : NULL, .cite = wire_some_bool(true)};
    CLEANUP(arena_deinit) struct arena arena = {0};
    struct wire_jobs_out jobs;
    const void *out;
    int r = call_check_jobs(context, argc, argv);

    if (r == 0)
        r = call_once(context, WIRE_SHOW, &in, &reply, &out);
    if (r != 0)
        return r;
    if (context->format != FORMAT_TABLE)
        return render_reply(context, &layout, out);
    r = jobs_name_owners(&arena, out, &jobs);
    for (size_t i = 0; r == 0 && i < jobs.n_jobs; i++)
        r = print_job(context, &jobs.jobs[i]);
    return r;
}
