/* show: one job, what became of its URLs, and what its counts depend on. */
#include "ctl/facts.h"
#include "ctl/jobs.h"
#include "ctl/outcomes.h"
#include <inttypes.h>
#include <stdio.h>

static const struct render_layout layout = {
    .shape = &wire_jobs_out_shape, .list = "jobs", .columns = (const struct render_column[]){{0}}};

static const struct {
    const char *name, *path;
    enum render_style style;
} rows[] = {
    {"Name", "name", STYLE_TEXT},
    {"State", "state", STYLE_STATE},
    {"User", "user", STYLE_TEXT},
    {"Priority", "priority", STYLE_PLAIN},
    {"Submitted", "submitted", STYLE_TIME},
    {"Finished", "finished", STYLE_TIME},
    {"Left", "remaining", STYLE_SPAN},
    {"URLs", "total", STYLE_NUMBER},
    {"Duplicates", "duplicates", STYLE_NUMBER},
    {"Queued", "queued", STYLE_NUMBER},
    {"In flight", "active", STYLE_NUMBER},
    {"Counted", "counted", STYLE_NUMBER},
    {"Failed", "failed", STYLE_NUMBER},
    {"Skipped", "skipped", STYLE_NUMBER},
    {"Cancelled", "cancelled", STYLE_NUMBER},
    {"Words", "tokens", STYLE_NUMBER},
    {"Bytes", "bytes", STYLE_SIZE},
};

static int print_facts(struct context *context, const struct wire_job *job)
{
    CLEANUP(table_freep) struct table *table = NULL;
    int r = facts_new(context, &table);

    if (r == 0)
        r = facts_printf(table, "Job", "%" PRId64, job->job);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && r == 0; i++)
        r = facts_field(table, rows[i].name, &wire_job_shape, job, rows[i].path, rows[i].style);
    if (r == 0 && job->engine)
        r = facts_printf(table, "Engine", "%s (rules %s, ICU %s, Unicode %s)", job->engine->id,
            job->engine->rules, job->engine->icu, job->engine->unicode);
    return r < 0 ? r : table_finish(table);
}

static int print_job(struct context *context, const struct wire_job *job)
{
    int r = print_facts(context, job);

    if (r < 0 || job->n_outcomes == 0)
        return r;
    putchar('\n');
    return outcomes_table(context, job);
}

int verb_show(struct context *context, int argc, char **argv)
{
    CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
    struct wire_show_in in = {.job = argc > 0 ? argv[0] : NULL};
    const struct wire_jobs_out *jobs;
    const void *out;
    int r = call_check_jobs(context, argc, argv);

    if (r == 0)
        r = call_once(context, WIRE_SHOW, &in, &reply, &out);
    if (r != 0)
        return r;
    if (context->format != FORMAT_TABLE)
        return render_reply(context, &layout, out);
    jobs = out;
    for (size_t i = 0; i < jobs->n_jobs && r == 0; i++)
        r = print_job(context, &jobs->jobs[i]);
    return r;
}
