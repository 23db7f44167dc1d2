#include "ctl/outcomes.h"

#include "ctl/cell.h"
#include "ctl/table.h"
#include <stdio.h>

static const struct table_column columns[] = {
    {"OUTCOME", false}, {"URLS", true}, {"FOR EXAMPLE", false}, {"DETAIL", false}};

static int add(struct table *table, const struct wire_outcome_count *outcome)
{
    int r = table_row(table);

    if (r == 0)
        r = table_text(table, outcome->outcome, cell_color(STYLE_STATE, outcome->state));
    if (r == 0)
        r = table_number(table, outcome->urls);
    if (r == 0)
        r = table_text(table, outcome->example_url ? outcome->example_url : "", NULL);
    return r < 0 ? r : table_text(table, outcome->example_detail ? outcome->example_detail : "", NULL);
}

int outcomes_table(struct context *context, const struct wire_job *job)
{
    CLEANUP(table_freep) struct table *table = NULL;
    int r = table_new(context, columns, sizeof(columns) / sizeof(columns[0]), &table);

    for (size_t i = 0; i < job->n_outcomes && r == 0; i++)
        r = add(table, &job->outcomes[i]);
    return r < 0 ? r : table_finish(table);
}

int outcomes_print(struct context *context, const char *job, bool gap)
{
    CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
    struct wire_show_in in = {.job = job};
    const struct wire_jobs_out *shown;
    const void *out;
    int r = call_once(context, WIRE_SHOW, &in, &reply, &out);

    if (r != 0)
        return r;
    shown = out;
    if (shown->n_jobs == 0 || shown->jobs[0].counted == shown->jobs[0].total)
        return 0;
    if (gap)
        putchar('\n');
    return outcomes_table(context, &shown->jobs[0]);
}
