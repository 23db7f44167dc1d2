#include "server/own_jobs.h"

#include "base/array.h"
#include "base/list.h"
#include "store/store.h"
#include "store/store_read.h"
#include <stdlib.h>

void own_jobs_deinit(struct own_jobs *own)
{
    store_rows_free(own->read.rows);
    free(own->numbers);
}

static int add_step(struct own_jobs *own)
{
    int r = 0;

    for (size_t i = 0; i < own->read.n_rows && r == 0; i++) {
        if (own->read.rows[i].uid != call_peer(own->work->call)->uid)
            continue;
        r = array_reserve_one(&own->numbers, own->n, &own->capacity, sizeof(*own->numbers));
        if (r == 0)
            own->numbers[own->n++] = own->read.rows[i].job;
    }
    return r;
}

static void came(struct store_request *request, void *receiver)
{
    struct own_jobs *own = CONTAINER_OF(request, struct own_jobs, read.request);
    struct store_read_jobs *read = &own->read;
    bool last;
    int r = request->r;

    if (!work_came_back(own->work))
        return;
    if (r == 0)
        r = add_step(own);
    if (r < 0) {
        work_fail(own->work, r);
        return;
    }
    last = read->n_rows < STORE_STEP_ROWS;
    if (!last)
        read->after = read->rows[read->n_rows - 1].job;
    store_rows_free(TAKE(read->rows));
    if (last)
        own->found(own->work);
    else
        work_submit(own->work, request);
}

void own_jobs_find(
    struct own_jobs *own, struct work *work, enum store_select select, void (*found)(void *work))
{
    own->work = work;
    own->found = found;
    own->read =
        (struct store_read_jobs){.request = {.kind = STORE_READ_JOBS, .done = came}, .select = select};
    work_submit(work, &own->read.request);
}

static int compare_numbers(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;

    return (left > right) - (left < right);
}

bool own_jobs_contain(const struct own_jobs *own, uint64_t job)
{
    return own->n > 0 && bsearch(&job, own->numbers, own->n, sizeof(job), compare_numbers) != NULL;
}
