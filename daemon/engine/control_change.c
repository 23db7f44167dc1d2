#include "engine/control_change.h"

#include "engine/state.h"
#include <errno.h>
#include <stdlib.h>

struct control_change *control_change_new(
    struct engine *engine, uint64_t number, engine_changed done, void *userdata)
{
    struct control_change *change = calloc(1, sizeof(*change));

    if (!change)
        return NULL;
    change->engine = engine;
    change->number = number;
    change->done = done;
    change->userdata = userdata;
    list_init(&change->in_engine);
    return change;
}

void control_change_free(struct control_change *change)
{
    free(change->outcomes);
    free(change);
}

void control_change_submit(struct control_change *change)
{
    engine_request(change->engine, &change->request);
}

void control_change_answer(struct control_change *change, int r, uint64_t n)
{
    change->done(change->userdata, r, n);
    control_change_free(change);
}

void control_change_read_row(
    struct control_change *change, void (*came)(struct store_request *request, void *receiver))
{
    change->read = (struct store_read_jobs){
        .request = {.kind = STORE_READ_JOBS, .done = came},
        .select = SELECT_NUMBER,
        .number = change->number,
    };
    control_change_submit(change);
}

int control_change_take_row(struct control_change *change, const struct store_job_row **ret)
{
    engine_request_came(change->engine);
    if (change->request.r < 0)
        return change->request.r;
    if (change->read.n_rows != 1)
        return -ENOENT;
    *ret = &change->read.rows[0];
    return 0;
}
