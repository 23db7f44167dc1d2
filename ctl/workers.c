/* workers: what each worker is doing. */
#include "ctl/call.h"
#include "ctl/cell.h"
#include "ctl/render.h"
#include "ctl/table.h"
#include "wire/messages.h"
#include <inttypes.h>
#include <stdio.h>

static const struct render_column columns[] = {
    {"worker", "WORKER", STYLE_PLAIN},
    {"active", "IN FLIGHT", STYLE_NUMBER},
    {"fetched", "FETCHED", STYLE_NUMBER},
    {"bytes", "BYTES", STYLE_SIZE},
    {"tokens", "WORDS", STYLE_NUMBER},
    {0},
};
static const struct render_layout layout = {
    .shape = &wire_workers_out_shape, .list = "workers", .columns = columns, .empty = "no workers"};

/* What is in flight, under the table of workers. */
static const struct render_column transfer_columns[] = {
    {"worker", "WORKER", STYLE_PLAIN},
    {"transfers.job", "JOB", STYLE_PLAIN},
    {"transfers.page", "PAGE", STYLE_PLAIN},
    {"transfers.seconds", "FOR", STYLE_SPAN},
    {"transfers.url", "URL", STYLE_TEXT},
    {0},
};
static const struct render_layout transfer_layout = {
    .shape = &wire_workers_out_shape, .list = "workers", .columns = transfer_columns};

static bool any_transfer(const struct wire_workers_out *workers)
{
    for (size_t i = 0; i < workers->n_workers; i++)
        if (workers->workers[i].n_transfers > 0)
            return true;
    return false;
}

int verb_workers(struct context *context, int argc, char **argv)
{
    CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
    const void *out;
    int r = call_once(context, WIRE_WORKERS, NULL, &reply, &out);

    if (r == 0)
        r = render_reply(context, &layout, out);
    if (r != 0 || context->format != FORMAT_TABLE || !context->legend || !any_transfer(out))
        return r;
    putchar('\n');
    return render_reply(context, &transfer_layout, out);
}
