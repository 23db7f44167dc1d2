/* explain: why a URL, a host or a job waits, and what would become of it. */
#include "ctl/call.h"
#include "ctl/facts.h"
#include "ctl/render.h"
#include "wire/messages.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* As data: three lists come with it, and the sentence is of none of them. */
static const char *const data_fields[] = {"kind", "subject", "reason", "next", "job.job", "job.state",
    "prospect.allowed", "prospect.rule", "prospect.ruleLine", "hostCount", NULL};
static const struct render_layout data_layout = {.shape = &wire_explain_out_shape, .fields = data_fields};

static const struct render_column host_columns[] = {
    {"host", "HOST", STYLE_TEXT},
    {"state", "STATE", STYLE_STATE},
    {"queued", "WAITING", STYLE_NUMBER},
    {"next", "NEXT START", STYLE_TIME},
    {"reason", "WHY", STYLE_TEXT},
    {0},
};
static const struct render_layout host_layout = {
    .shape = &wire_explain_out_shape, .list = "hosts", .columns = host_columns};

static const struct render_column origin_columns[] = {
    {"origin", "ORIGIN", STYLE_TEXT},
    {"robots", "ROBOTS.TXT", STYLE_TEXT},
    {"robotsFetched", "FETCHED", STYLE_TIME},
    {"robotsUntil", "KEPT UNTIL", STYLE_TIME},
    {"crawlDelay", "CRAWL-DELAY", STYLE_SPAN},
    {"failures", "FAILURES", STYLE_NUMBER},
    {"until", "HELD UNTIL", STYLE_TIME},
    {"detail", "DETAIL", STYLE_TEXT},
    {0},
};
static const struct render_layout origin_layout = {
    .shape = &wire_explain_out_shape, .list = "origins", .columns = origin_columns};

static const struct render_column url_columns[] = {
    {"job", "JOB", STYLE_PLAIN},
    {"page", "PAGE", STYLE_PLAIN},
    {"state", "STATE", STYLE_STATE},
    {"outcome", "OUTCOME", STYLE_OUTCOME},
    {"httpStatus", "STATUS", STYLE_PLAIN},
    {"fetched", "FETCHED", STYLE_TIME},
    {"detail", "DETAIL", STYLE_TEXT},
    {0},
};
static const struct render_layout url_layout = {
    .shape = &wire_explain_out_shape, .list = "urls", .columns = url_columns};

static int print_cause(struct table *table, const struct wire_explain_out *out)
{
    int r = facts_add(table, "Why", out->reason, NULL);

    if (r == 0)
        r = facts_field(table, "Next start", &wire_explain_out_shape, out, "next", STYLE_TIME);
    return r;
}

static int print_job(struct table *table, const struct wire_job *job)
{
    static const struct {
        const char *name, *path;
        enum render_style style;
    } rows[] = {
        {"Job", "job", STYLE_PLAIN},
        {"Name", "name", STYLE_TEXT},
        {"State", "state", STYLE_STATE},
        {"Priority", "priority", STYLE_PLAIN},
        {"Deadline", "deadline", STYLE_TIME},
        {"URLs", "total", STYLE_NUMBER},
        {"Queued", "queued", STYLE_NUMBER},
        {"In flight", "active", STYLE_NUMBER},
    };
    int r = 0;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && r == 0; i++)
        r = facts_field(table, rows[i].name, &wire_job_shape, job, rows[i].path, rows[i].style);
    return r;
}

static int print_verdict(struct table *table, const struct wire_explain_out *out)
{
    const struct wire_prospect *prospect = out->prospect;
    const bool is_off = out->n_origins > 0 && strcmp(out->origins[0].robots, "off") == 0;
    const char *verdict = is_off  ? "not asked for: Robots=no"
        : !prospect->allowed.set  ? "not known yet: it is asked for before the URL is"
        : prospect->allowed.value ? "allowed"
                                  : "forbidden";

    if (!prospect->rule)
        return facts_add(table, "robots.txt", verdict, NULL);
    return facts_printf(table, "robots.txt", "%s by line %" PRId64 " (%s), in the group of line %" PRId64,
        verdict, prospect->rule_line.value, prospect->rule, prospect->group_line.value);
}

static int print_prospect(struct table *table, const struct wire_explain_out *out)
{
    const struct wire_prospect *prospect = out->prospect;
    int r = print_verdict(table, out);

    if (r == 0)
        r = facts_add(table, "ETag", prospect->etag, NULL);
    if (r == 0)
        r = facts_add(table, "Last-Modified", prospect->last_modified, NULL);
    if (r == 0 && prospect->job.set)
        r = facts_printf(
            table, "Counted", "page %" PRId64 " of job %" PRId64, prospect->page.value, prospect->job.value);
    if (r == 0)
        r = facts_field(table, "Asked", &wire_prospect_shape, prospect, "asked", STYLE_TIME);
    if (r == 0 && prospect->jobs_left > 0)
        r = facts_printf(table, "Searched", "the newest %" PRId64 " of your jobs, not %" PRId64 " older ones",
            prospect->jobs_searched, prospect->jobs_left);
    return r;
}

static int print_rule(struct table *table, const struct wire_host *host)
{
    if (!host->rule)
        return 0;
    if (!host->rule_from)
        return facts_printf(table, "Section", "[Host %s]", host->rule);
    return facts_printf(table, "Section", "[Host %s], %s", host->rule, host->rule_from);
}

static int print_host(struct table *table, const struct wire_host *host)
{
    int r = facts_add(table, "Host", host->host, NULL);

    if (r == 0)
        r = facts_field(table, "State", &wire_host_shape, host, "state", STYLE_STATE);
    if (r == 0)
        r = facts_printf(table, "Delay", "%g s, %s", host->delay,
            strcmp(host->delay_from, "robots") == 0        ? "as its robots.txt asks"
                : strcmp(host->delay_from, "latency") == 0 ? "as it takes long to answer"
                                                           : "as it is configured");
    if (r == 0)
        r = print_rule(table, host);
    if (r == 0)
        r = facts_add(table, "Paused by", host->paused_by, NULL);
    if (r == 0)
        r = facts_printf(table, "Transfers", "%" PRId64 " run, at most %" PRId64 " at once", host->active,
            host->connections);
    if (r == 0 && host->queued > 0)
        r = facts_field(table, "Waiting", &wire_host_shape, host, "queued", STYLE_NUMBER);
    if (r == 0 && host->refusals > 0)
        r = facts_printf(table, "Refusals", "%" PRId64 " in a row", host->refusals);
    return r < 0 ? r : facts_add(table, "Last outcomes", host->last_outcomes, NULL);
}

static int print_facts(struct context *context, const struct wire_explain_out *out)
{
    CLEANUP(table_freep) struct table *table = NULL;
    int r = facts_new(context, &table);

    if (r == 0)
        r = print_cause(table, out);
    if (r == 0 && out->job)
        r = print_job(table, out->job);
    if (r == 0 && !out->job && strcmp(out->kind, "url") == 0)
        r = facts_add(table, "URL", out->subject, NULL);
    if (r == 0 && out->prospect)
        r = print_prospect(table, out);
    if (r == 0 && !out->job && out->n_hosts > 0)
        r = print_host(table, &out->hosts[0]);
    return r < 0 ? r : table_finish(table);
}

static int print_list(struct context *context, const struct render_layout *layout, const void *out, size_t n)
{
    if (n == 0)
        return 0;
    putchar('\n');
    return render_reply(context, layout, out);
}

static int print(struct context *context, const struct wire_explain_out *out)
{
    int r = print_facts(context, out);

    if (r == 0 && out->job)
        r = print_list(context, &host_layout, out, out->n_hosts);
    if (r == 0)
        r = print_list(context, &origin_layout, out, out->n_origins);
    return r != 0 ? r : print_list(context, &url_layout, out, out->n_urls);
}

int verb_explain(struct context *context, int argc, char **argv)
{
    CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
    const struct wire_explain_in in = {.subject = argc > 0 ? argv[0] : NULL};
    const void *out;
    int r = call_once(context, WIRE_EXPLAIN, &in, &reply, &out);

    if (r != 0)
        return r;
    return context->format == FORMAT_TABLE ? print(context, out) : render_reply(context, &data_layout, out);
}
