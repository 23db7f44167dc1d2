#include "base/list.h"
#include "server/export_part.h"
#include "server/view.h"
#include "server/work.h"
#include "store/store_read.h"
#include "wire/messages.h"
#include <errno.h>
#include <stdio.h>

struct export
{
    struct work work;
    struct wire_job job;
    struct wire_engine engine;
    const struct wire_setting *settings;
    size_t n_settings;
    struct store_scan_list list; /* of its settings */
    struct store_read_words words;
    struct store_read_urls read;
    size_t row; /* of read.rows: the one under way, or the next one */
    struct export_part part;
};

static void go_on(struct export *export);

static void release(void *work)
{
    struct export *export = work;

    store_rows_free(export->list.rows);
    store_rows_free(export->words.rows);
    store_rows_free(export->read.rows);
    export_part_deinit(&export->part);
}

static void refuse_state(struct export *export, const char *state)
{
    unsigned long job = (unsigned long)export->job.job;
    char message[160];

    (void)snprintf(message, sizeof(message),
        "job %lu is %s: what is exported has ended; wait for that (urlstatctl wait %lu), or cancel it", job,
        state, job);
    call_error(export->work.call, WIRE_WRONG_STATE,
        &(struct wire_error_parameters){.number = (int64_t)job, .state = state, .message = message});
    work_end(&export->work);
}

static void fail(struct export *export, int r)
{
    /* Somebody retries its failed URLs meanwhile. */
    if (r == -EAGAIN)
        refuse_state(export, store_job_state_to_string(JOB_RUNNING));
    else
        work_fail(&export->work, r);
}

static void came(struct store_request *request, void *receiver)
{
    struct export *export = CONTAINER_OF(request, struct export, read.request);

    if (!work_came_back(&export->work))
        return;
    export->row = 0;
    if (request->r < 0)
        work_fail(&export->work, request->r);
    else
        go_on(export);
}

static void read_next(struct export *export)
{
    struct store_read_urls *read = &export->read;

    store_rows_free(TAKE(read->rows));
    read->n_rows = 0;
    read->after = read->next_after;
    export->row = 0;
    work_submit(&export->work, &read->request);
}

static void drained(struct call *call)
{
    go_on(call_data(call));
}

static struct wire_export_out message(struct export *export)
{
    return (struct wire_export_out){.job = export->job,
        .engine = export->engine,
        .settings = export->settings,
        .n_settings = export->n_settings,
        .pages = export_part_pages(&export->part),
        .n_pages = export->part.n_items};
}

/* Items borrow from the rows, so that a part goes out before the next rows are read. */
static void send_part(struct export *export)
{
    const struct wire_export_out out = message(export);
    int r = call_continue(export->work.call, &out);

    export_part_clear(&export->part);
    if (r < 0)
        work_fail(&export->work, r);
    else
        call_set_drain(export->work.call, drained);
}

static void finish(struct export *export)
{
    const struct wire_export_out out = message(export);

    call_reply(export->work.call, &out);
    work_end(&export->work);
}

static void go_on(struct export *export)
{
    int r = 1;

    while (r > 0 && export->row < export->read.n_rows && !export_part_is_full(&export->part)) {
        r = export_part_add(&export->part, &export->read.rows[export->row]);
        export->row += r > 0;
    }
    if (r < 0)
        fail(export, r);
    else if (export->row >= export->read.n_rows && export->read.end)
        finish(export);
    else if (export->part.n_items > 0)
        send_part(export);
    else
        read_next(export);
}

static void words_came(struct store_request *request, void *receiver)
{
    struct export *export = CONTAINER_OF(request, struct export, words.request);

    if (!work_came_back(&export->work))
        return;
    if (request->r < 0)
        work_fail(&export->work, request->r);
    else
        read_next(export);
}

static int skip_url(void *userdata, const struct store_list_row *row)
{
    return 0;
}

static void settings_came(struct store_request *request, void *receiver)
{
    struct export *export = CONTAINER_OF(request, struct export, list.request);
    int r = request->r;

    if (!work_came_back(&export->work))
        return;
    if (r == 0)
        r = view_settings(export->list.settings, &export->work.arena, &export->settings, &export->n_settings);
    if (r < 0)
        work_fail(&export->work, r);
    else
        work_submit(&export->work, &export->words.request);
}

static void found(void *work)
{
    struct export *export = work;
    const struct store_job_row *row = export->work.rows[0];
    int r =
        view_job(export->work.service, call_peer(export->work.call), row, &export->work.arena, &export->job);

    if (r < 0) {
        work_fail(&export->work, r);
        return;
    }
    if (row->state != JOB_DONE && row->state != JOB_CANCELLED) {
        refuse_state(export, store_job_state_to_string(row->state));
        return;
    }
    export->words =
        (struct store_read_words){.request = {.kind = STORE_READ_WORDS, .done = words_came}, .job = row->job};
    export->read = (struct store_read_urls){.request = {.kind = STORE_READ_URLS, .done = came},
        .job = row->job,
        .state = -1,
        .with_counts = true,
        .with_uncounted = true};
    /* The settings come with the list's first row. */
    export->list.request = (struct store_request){.kind = STORE_SCAN_LIST, .done = settings_came};
    export->list.job = row->job;
    export->list.max_rows = 1;
    export->list.url = skip_url;
    work_submit(&export->work, &export->list.request);
}

void serve_export(struct call *call)
{
    const struct wire_export_in *in = call_in(call);
    struct export *export = work_new(call, sizeof(*export));

    if (!export)
        return;
    export->engine = view_engine();
    export->part.service = export->work.service;
    export->part.known = &export->words;
    export->work.release = release;
    work_find(&export->work, &in->job, in->job ? 1 : 0, WORK_TO_READ, found);
}
