#include "server/work.h"

#include "base/list.h"
#include "base/text.h"
#include "store/store.h"
#include "store/store_read.h"
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void free_rows(struct work *work)
{
    for (size_t i = 0; i < work->n_rows; i++)
        store_rows_free(work->rows[i]);
    free(work->rows);
    work->rows = NULL;
    work->n_rows = 0;
}

static void work_free(struct work *work)
{
    assert(work->out == 0);
    if (work->release)
        work->release(work);
    free_rows(work);
    free(work->texts);
    arena_deinit(&work->arena);
    free(work);
}

static void on_cancel(struct call *call)
{
    struct work *work = call_data(call);

    work->call = NULL;
    work_sends(work);
    if (work->cancelled)
        work->cancelled(work);
    (void)work_came_back(work);
}

void *work_new(struct call *call, size_t size)
{
    struct work *work = calloc(1, size);

    if (!work) {
        call_fail(call, -ENOMEM);
        return NULL;
    }
    work->call = call;
    work->service = call_context(call);
    call_set_data(call, work);
    call_set_cancel(call, on_cancel);
    return work;
}

void work_end(struct work *work)
{
    work->call = NULL;
    if (work->out == 0)
        work_free(work);
}

void work_fail(struct work *work, int r)
{
    call_fail(work->call, r);
    work_end(work);
}

void work_sends(struct work *work)
{
    work->out++;
}

bool work_came_back(struct work *work)
{
    assert(work->out > 0);
    work->out--;
    if (work->call)
        return true;
    if (work->out == 0)
        work_free(work);
    return false;
}

void work_submit(struct work *work, struct store_request *request)
{
    work_sends(work);
    store_submit(engine_store(work->service->settings.engine), request);
}

int work_copy(struct work *work, const char *text, const char **ret)
{
    const char *copy = text ? arena_copy(&work->arena, text) : NULL;

    if (text && !copy)
        return -ENOMEM;
    *ret = copy;
    return 0;
}

/* ---- finding jobs ---- */

static void read_next(struct work *work);

static void refuse_missing(struct work *work, const char *text)
{
    char message[256] = "you have no job yet";

    if (work->missing) {
        work->missing(work);
        return;
    }
    if (text)
        (void)snprintf(message, sizeof(message), "there is no job \"%.200s\"", text);
    call_error(
        work->call, WIRE_NO_SUCH_JOB, &(struct wire_error_parameters){.job = text, .message = message});
    work_end(work);
}

static bool is_permitted(const struct work *work, const struct store_job_row *row)
{
    const struct peer *peer = call_peer(work->call);

    switch (work->need) {
    case WORK_TO_SEE:
        return true;
    case WORK_TO_READ:
        return service_may_read(work->service, peer, row->uid);
    case WORK_TO_CHANGE:
        return service_may_change(peer, row->uid);
    }
    return false;
}

static void refuse_permission(struct work *work, uint64_t job)
{
    call_refuse(work->call, WIRE_NOT_PERMITTED,
        work->need == WORK_TO_CHANGE
            ? "job %lu belongs to another user: only its owner and root may change it"
            : "job %lu belongs to another user, and ReadJobs=owner is set",
        (unsigned long)job);
    work_end(work);
}

static bool has_row(const struct work *work, uint64_t job)
{
    for (size_t i = 0; i < work->n_rows; i++)
        if (work->rows[i]->job == job)
            return true;
    return false;
}

/* The answer to one text. */
static void take_found(struct work *work, const char *text, struct store_job_row *row)
{
    if (!row) {
        refuse_missing(work, text);
    } else if (!is_permitted(work, row)) {
        uint64_t job = row->job;

        store_rows_free(row);
        refuse_permission(work, job);
    } else {
        if (has_row(work, row->job))
            store_rows_free(row);
        else
            work->rows[work->n_rows++] = row;
        work->next++;
        read_next(work);
    }
}

/* A row that was read again, or has gone. */
static void take_reread(struct work *work, struct store_job_row *row)
{
    store_rows_free(work->rows[work->next]);
    work->rows[work->next] = row;
    if (row) {
        work->next++;
    } else {
        work->n_rows--;
        memmove(&work->rows[work->next], &work->rows[work->next + 1],
            (work->n_rows - work->next) * sizeof(struct store_job_row *));
    }
    read_next(work);
}

static void came(struct store_request *request, void *receiver)
{
    struct work *work = CONTAINER_OF(request, struct work, read.request);
    struct store_job_row *rows = TAKE(work->read.rows);
    int r = work->read.request.r;

    if (r < 0 || work->read.n_rows == 0) {
        store_rows_free(rows);
        rows = NULL;
    }
    if (!work->call)
        store_rows_free(rows);
    if (!work_came_back(work))
        return;
    if (r < 0 && r != -ENOENT)
        work_fail(work, r);
    else if (work->rereading)
        take_reread(work, rows);
    else
        take_found(work, work->n_texts > 0 ? work->texts[work->next] : NULL, rows);
}

/* "7", "docs", "docs~1": what to read for it. */
static int choose(struct work *work, const char *text)
{
    struct store_read_jobs *read = &work->read;
    const char *tilde = strrchr(text, '~');
    uint64_t back = 0;
    char *name;

    if (text_parse_u64(text, INT64_MAX, &read->number) == 0) {
        read->select = SELECT_NUMBER;
        return 0;
    }
    name = arena_copy(&work->arena, text);
    if (!name)
        return -ENOMEM;
    if (tilde && text_parse_u64(tilde + 1, UINT32_MAX, &back) == 0)
        name[tilde - text] = '\0';
    read->select = SELECT_NAME;
    read->name = name;
    read->back = (uint32_t)back;
    return 0;
}

static int prepare(struct work *work)
{
    work->read = (struct store_read_jobs){.request = {.kind = STORE_READ_JOBS, .done = came},
        .select = SELECT_LATEST,
        .uid = call_peer(work->call)->uid};
    if (work->rereading) {
        work->read.select = SELECT_NUMBER;
        work->read.number = work->rows[work->next]->job;
        return 0;
    }
    return work->n_texts > 0 ? choose(work, work->texts[work->next]) : 0;
}

static void read_next(struct work *work)
{
    size_t n = work->rereading ? work->n_rows : work->n_texts > 0 ? work->n_texts : 1;
    int r;

    if (work->next >= n) {
        work->found(work);
        return;
    }
    r = prepare(work);
    if (r < 0)
        work_fail(work, r);
    else
        work_submit(work, &work->read.request);
}

static int copy_texts(struct work *work, const char *const *jobs, size_t n_jobs)
{
    work->rows = calloc(n_jobs + 1, sizeof(*work->rows));
    work->texts = calloc(n_jobs + 1, sizeof(*work->texts));
    if (!work->rows || !work->texts)
        return -ENOMEM;
    work->n_texts = n_jobs;
    for (size_t i = 0; i < n_jobs; i++) {
        work->texts[i] = arena_copy(&work->arena, jobs[i]);
        if (!work->texts[i])
            return -ENOMEM;
    }
    return 0;
}

void work_find(
    struct work *work, const char *const *jobs, size_t n_jobs, enum work_need need, void (*found)(void *work))
{
    int r;

    if (n_jobs > WORK_MAX_JOBS) {
        call_error(work->call, WIRE_LIMIT_REACHED,
            &(struct wire_error_parameters){
                .limit = "WORK_MAX_JOBS", .message = "a call may name at most 1000 jobs"});
        work_end(work);
        return;
    }
    work->need = need;
    work->found = found;
    r = copy_texts(work, jobs, n_jobs);
    if (r < 0)
        work_fail(work, r);
    else
        read_next(work);
}

void work_reread(struct work *work, void (*found)(void *work))
{
    work->rereading = true;
    work->next = 0;
    work->found = found;
    read_next(work);
}
