/* The list of a job that is there, once more: its lines come from the store instead of the client. */
#include "server/submission.h"

#include "base/cleanup.h"
#include "base/list.h"
#include "store/store.h"
#include "store/store_read.h"

#include <errno.h>

static void repeat_some(struct call *call);

static int add_row(struct adding *adding, const struct store_url_row *row)
{
    struct engine_submission *list = adding->submission->list;
    struct engine_entry line = {
        .url = row->submitted, .label = row->label, .source = ADDING_NO_SOURCE, .line = row->line};
    enum engine_added added;
    const char *reason;
    int r = row->source ? engine_submission_add_source(list, row->source, &line.source) : 0;

    /* What was accepted once is no bad line now, unless this is a newer version with other rules. */
    return r < 0 ? r : engine_submission_add(list, &line, &added, &reason);
}

static void read_next(struct adding *adding)
{
    struct store_read_urls *read = &adding->read;

    store_rows_free(TAKE(read->rows));
    read->n_rows = adding->next = 0;
    if (read->end) {
        adding_settle(adding, adding->repeated);
        return;
    }
    read->after = read->next_after;
    work_submit(&adding->work, &read->request);
}

/* The store has room again, or failed. */
static void ready(void *userdata, int r)
{
    struct adding *adding = userdata;

    if (r < 0)
        adding_fail(adding, r);
    else
        call_set_drain(adding->work.call, repeat_some);
}

/* One turn: of the rows that were read, as many as there is room for, or the next read. */
static void repeat_some(struct call *call)
{
    struct adding *adding = call_data(call);
    const struct engine_submission *list = adding->submission->list;
    const struct store_read_urls *read = &adding->read;
    size_t n = read->n_rows - adding->next;
    int r = 0;

    if (n == 0) {
        read_next(adding);
        return;
    }
    if (n > SUBMISSION_LINES_PER_TURN)
        n = SUBMISSION_LINES_PER_TURN;
    for (size_t i = 0; i < n && r == 0 && (i == 0 || engine_submission_has_room(list)); i++)
        r = add_row(adding, &read->rows[adding->next++]);
    if (r == 0)
        r = engine_submission_wait(adding->submission->list, ready, adding);
    if (r != 0)
        ready(adding, r < 0 ? r : 0);
}

static void came(struct store_request *request, void *receiver)
{
    struct adding *adding = CONTAINER_OF(request, struct adding, read.request);

    if (!work_came_back(&adding->work))
        return;
    if (request->r < 0)
        adding_fail(adding, request->r);
    else if (adding->read.n_rows > 0)
        repeat_some(adding->work.call);
    else
        read_next(adding);
}

static void found(void *work)
{
    struct adding *adding = work;

    adding->read = (struct store_read_urls){
        .request = {.kind = STORE_READ_URLS, .done = came}, .job = adding->work.rows[0]->job, .state = -1};
    read_next(adding);
}

void adding_repeat(struct adding *adding, const char *job, void (*repeated)(struct adding *adding))
{
    if (adding->submission->known.job > 0) {
        repeated(adding);
        return;
    }
    adding->repeated = repeated;
    work_find(&adding->work, &job, 1, WORK_TO_READ, found);
}
