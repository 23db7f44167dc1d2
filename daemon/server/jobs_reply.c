#include "server/jobs_reply.h"

#include "server/view.h"
#include "store/store_read.h"
#include <errno.h>
#include <stdlib.h>

static int compare_rows(const void *a, const void *b)
{
    const struct store_job_row *left = *(struct store_job_row *const *)a;
    const struct store_job_row *right = *(struct store_job_row *const *)b;

    return (left->job > right->job) - (left->job < right->job);
}

int jobs_view(struct work *work, struct wire_job **ret)
{
    struct wire_job *jobs = arena_allocate(&work->arena, (work->n_rows + 1) * sizeof(*jobs));

    if (!jobs)
        return -ENOMEM;
    qsort(work->rows, work->n_rows, sizeof(struct store_job_row *), compare_rows);
    for (size_t i = 0; i < work->n_rows; i++) {
        int r = view_job(work->service, call_peer(work->call), work->rows[i], &work->arena, &jobs[i]);

        if (r < 0)
            return r;
    }
    *ret = jobs;
    return 0;
}

void jobs_reply(struct work *work)
{
    struct wire_job *jobs;
    int r = jobs_view(work, &jobs);

    if (r < 0) {
        work_fail(work, r);
        return;
    }
    call_reply(work->call, &(struct wire_jobs_out){.jobs = jobs, .n_jobs = work->n_rows});
    work_end(work);
}
