#include "server/list_reply.h"
#include "server/work.h"

#include "base/array.h"
#include "base/list.h"
#include "counts/pack.h"
#include "server/view.h"
#include "store/store_read.h"
#include "wire/messages.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What a URL and a word take in a message beside their texts, about. */
#define URL_BYTES 512
#define WORD_BYTES 12

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
    bool in_row;
    struct counts_reader counts; /* of that one */
    /* The part that is being made. Items point into words and counts once it is whole. */
    struct arena arena;
    struct wire_page_counts *items;
    size_t n_items, items_capacity;
    const char **texts;
    size_t n_texts, texts_capacity;
    int64_t *numbers;
    size_t numbers_capacity;
    size_t bytes;
};

static void go_on(struct export *export);

static void release(void *work)
{
    struct export *export = work;

    store_rows_free(export->list.rows);
    store_rows_free(export->words.rows);
    store_rows_free(export->read.rows);
    arena_deinit(&export->arena);
    free(export->items);
    free(export->texts);
    free(export->numbers);
}

/* ---- a part ---- */

static bool is_full(const struct export *export)
{
    return export->bytes >= LIST_PART_BYTES;
}

static void clear_part(struct export *export)
{
    arena_deinit(&export->arena);
    export->arena = (struct arena){0};
    export->n_items = 0;
    export->n_texts = 0;
    export->bytes = 0;
}

static struct wire_export_out part_of(struct export *export)
{
    size_t at = 0;

    for (size_t i = 0; i < export->n_items; i++) {
        struct wire_page_counts *item = &export->items[i];

        item->words = export->texts + at;
        item->counts = export->numbers + at;
        item->n_counts = item->n_words;
        at += item->n_words;
    }
    return (struct wire_export_out){.job = export->job,
        .engine = export->engine,
        .settings = export->settings,
        .n_settings = export->n_settings,
        .pages = export->items,
        .n_pages = export->n_items};
}

static size_t text_bytes(const struct wire_url *url)
{
    const char *texts[] = {url->source, url->label, url->submitted, url->url, url->final_url, url->host,
        url->detail, url->content_type, url->charset, url->title};
    size_t bytes = URL_BYTES;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        bytes += texts[i] ? strlen(texts[i]) : 0;
    return bytes;
}

/* An item for the row, whose words are still to come. */
static int add_item(struct export *export, const struct store_url_row *row)
{
    struct wire_page_counts *item;
    int r =
        array_reserve_one(&export->items, export->n_items, &export->items_capacity, sizeof(*export->items));

    if (r < 0)
        return r;
    item = &export->items[export->n_items];
    *item = (struct wire_page_counts){.engine = row->engine_id};
    r = view_url(export->work.service, row, &export->arena, &item->url);
    if (r < 0)
        return r;
    export->bytes += text_bytes(&item->url);
    export->n_items++;
    return 0;
}

static int add_word(struct export *export, const struct counts_pair *pair)
{
    const struct store_words_row *word = &export->words.rows[pair->id];
    int r =
        array_reserve_one(&export->texts, export->n_texts, &export->texts_capacity, sizeof(*export->texts));

    if (r == 0)
        r = array_reserve_one(
            &export->numbers, export->n_texts, &export->numbers_capacity, sizeof(*export->numbers));
    if (r < 0)
        return r;
    export->texts[export->n_texts] = word->text;
    export->numbers[export->n_texts++] = (int64_t)pair->tokens;
    export->items[export->n_items - 1].n_words++;
    export->bytes += word->length + WORD_BYTES;
    return 0;
}

/* Words until the row or the part ends. 1: the row has ended; 0: the part is full; negative errno. */
static int add_words(struct export *export)
{
    while (!is_full(export)) {
        struct counts_pair pair;
        int r = counts_reader_next(&export->counts, &pair);

        if (r <= 0)
            return r == 0 ? 1 : -EUCLEAN;
        /* All words of a job that has ended were there before its pages were read. */
        if (pair.id >= export->words.n_rows || !export->words.rows[pair.id].text)
            return -EUCLEAN;
        r = add_word(export, &pair);
        if (r < 0)
            return r;
    }
    if (export->counts.position == export->counts.end)
        return 1;
    export->items[export->n_items - 1].more = wire_some_bool(true);
    return 0;
}

/* 1: the row is in the part, up to its end; 0: the part is full; negative errno; -EAGAIN: it waits again. */
static int add_row(struct export *export, const struct store_url_row *row)
{
    bool is_counted = outcome_state(row->outcome) == URL_COUNTED;
    int r;

    if (row->outcome == OUTCOME_NONE)
        return -EAGAIN;
    if (is_counted && !row->counts)
        return -EUCLEAN;
    r = add_item(export, row);
    if (r < 0)
        return r;
    if (!export->in_row && is_counted)
        counts_reader_init(&export->counts, row->counts, row->counts_size);
    export->in_row = true;
    r = is_counted ? add_words(export) : 1;
    if (r > 0)
        export->in_row = false;
    return r;
}

/* ---- reading and sending ---- */

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

/* Items borrow from the rows, so that a part goes out before the next rows are read. */
static void send_part(struct export *export)
{
    const struct wire_export_out out = part_of(export);
    int r = call_continue(export->work.call, &out);

    clear_part(export);
    if (r < 0)
        work_fail(&export->work, r);
    else
        call_set_drain(export->work.call, drained);
}

static void finish(struct export *export)
{
    const struct wire_export_out out = part_of(export);

    call_reply(export->work.call, &out);
    work_end(&export->work);
}

static void go_on(struct export *export)
{
    int r = 1;

    while (r > 0 && export->row < export->read.n_rows && !is_full(export)) {
        r = add_row(export, &export->read.rows[export->row]);
        export->row += r > 0;
    }
    if (r < 0)
        fail(export, r);
    else if (export->row >= export->read.n_rows && export->read.end)
        finish(export);
    else if (export->n_items > 0)
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
    export->work.release = release;
    work_find(&export->work, &in->job, in->job ? 1 : 0, WORK_TO_READ, found);
}
