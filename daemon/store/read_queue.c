#include "store/known.h"
#include "store/queue.h"
#include "store/reader.h"
#include "store/seqs.h"
#include "store/store_change.h"
#include "store/store_read.h"
#include <errno.h>
#include <string.h>

/* One queue row: its host's further row, or a new host's first. 1 once the answer is full. */
static int take_host(struct read_turn *turn, const struct call *call)
{
    const struct store_read_hosts *hosts = (const struct store_read_hosts *)turn->request;
    struct read_state *state = &turn->state;
    const char *host;
    size_t length;
    struct store_host_row *row;

    if (!row_text(call, 0, &host, &length))
        return -ENOMEM;
    row = state->rows.n > 0 ? rows_last(&state->rows) : NULL;
    if (!row || strlen(row->host) != length || memcmp(row->host, host, length) != 0) {
        if (state->rows.n == (hosts->max_rows > 0 ? hosts->max_rows : STORE_STEP_ROWS))
            return 1;
        row = rows_add(&state->rows);
        if (!row)
            return -ENOMEM;
        row->host = rows_copy(&state->rows, host, length);
        if (!row->host)
            return -ENOMEM;
    }
    row->n_urls += row_u64(call, 2);
    state->last = row_u64(call, 1);
    return read_note_host(turn, host, length);
}

int read_hosts(struct read_turn *turn)
{
    struct store_read_hosts *hosts = (struct store_read_hosts *)turn->request;
    struct read_state *state = &turn->state;
    struct read_job job;
    struct call call;
    size_t n = 0;
    int r = read_job(turn, hosts->job, &job);

    if (r < 0)
        return r;
    if (!state->begun) {
        rows_init(&state->rows, sizeof(struct store_host_row));
        state->begun = true;
        /* Behind every row of that host. */
        state->last = INT64_MAX;
        r = read_note_host(turn, hosts->after ? hosts->after : "", hosts->after ? strlen(hosts->after) : 0);
        if (r < 0)
            return r;
    }
    call = call_begin(turn->sql, SQL_READ_HOSTS);
    call_u64(&call, hosts->job);
    call_text_copy(&call, read_noted_host(turn));
    call_u64(&call, state->last);
    call_u64(&call, STORE_STEP_ROWS);
    while ((r = call_row(&call)) > 0) {
        n++;
        r = take_host(turn, &call);
        if (r != 0)
            break;
    }
    call_end(&call);
    if (r < 0)
        return r;
    if (r == 0 && n == STORE_STEP_ROWS)
        return READ_MORE;
    hosts->rows = rows_take(&state->rows, &hosts->n_rows);
    return 0;
}

/* The window while it is being filled. */
struct window {
    struct read_turn *turn;
    struct store_read_window *request;
    uint64_t base_attempt;
    uint64_t rest_before; /* lower attempts ended with the job */
    uint64_t given_up[2]; /* batches below have no more http, https that wait */
    size_t looked;        /* seqs, in this turn */
};

static int take_waiting(struct window *window, const struct call *call, uint64_t seq)
{
    struct store_waiting_row *row = rows_add(&window->turn->state.rows);
    uint64_t attempt = row_u64(call, 1);
    int r;

    if (!row)
        return -ENOMEM;
    row->seq = seq;
    row->attempt = (uint32_t)(attempt > window->base_attempt ? attempt : window->base_attempt);
    row->hops = (uint32_t)row_u64(call, 5);
    row->tries = (uint32_t)row_u64(call, 6);
    r = read_copy(window->turn, call, 4, &row->url);
    if (r < 0 || !window->request->with_known)
        return r;
    return known_find(window->turn, row->url, &window->request->rule, &row->known);
}

/* Negative errno; else whether the URL of queue_find()'s row is of the scheme that is asked for, and has not
 * ended with others. */
static int is_asked_for(const struct window *window, const struct call *call, uint64_t batch)
{
    const char *scheme = window->request->scheme;
    uint64_t attempt = row_u64(call, 1);
    const char *url;
    size_t length;
    bool is_https;

    if (!row_text(call, 4, &url, &length))
        return -ENOMEM;
    is_https = strncmp(url, "https:", 6) == 0;
    if (attempt < window->base_attempt)
        attempt = window->base_attempt;
    if (batch < window->given_up[is_https] || attempt < window->rest_before)
        return false;
    return !scheme || is_https == (strcmp(scheme, "https") == 0);
}

static int read_given_up(struct window *window)
{
    struct call call = call_begin(window->turn->sql, SQL_READ_GIVEN_UP);
    uint64_t all = 0;
    int r;

    call_u64(&call, window->request->job);
    call_text(&call, window->request->host);
    while ((r = call_row(&call)) > 0) {
        bool is_https = row_u64(&call, 0) != 0;

        window->given_up[is_https] = row_u64(&call, 1);
        /* Nothing of the other scheme was there. */
        if (row_u64(&call, 2) == 0 && row_u64(&call, 1) > all)
            all = row_u64(&call, 1);
    }
    call_end(&call);
    for (size_t i = 0; i < 2; i++)
        if (window->given_up[i] < all)
            window->given_up[i] = all;
    return r;
}

/* The first batch in which something of what is asked for may wait. */
static uint64_t first_batch(const struct window *window)
{
    const char *scheme = window->request->scheme;
    const uint64_t *given_up = window->given_up;

    if (scheme)
        return given_up[strcmp(scheme, "https") == 0];
    return given_up[0] < given_up[1] ? given_up[0] : given_up[1];
}

static bool has_enough(const struct window *window)
{
    size_t max = window->request->max_rows > 0 ? window->request->max_rows : STORE_WINDOW_ROWS;

    return window->turn->state.rows.n >= max;
}

static bool is_full(const struct window *window)
{
    return has_enough(window) || window->looked >= STORE_STEP_ROWS;
}

/* One queue row, from its offset on. 0 at its end, 1 if the turn is over before. */
static int take_row(struct window *window, uint64_t batch, const char *seqs, size_t size, uint64_t *offset)
{
    struct seqs_reader reader = {(const uint8_t *)seqs, (const uint8_t *)seqs + size, 0};
    uint64_t seq;
    uint64_t i = 0;
    int r;

    while ((r = seqs_next(&reader, &seq)) > 0) {
        struct call call;

        if (i++ < *offset)
            continue;
        if (is_full(window))
            return 1;
        window->looked++;
        r = queue_find(window->turn->sql, window->request->job, window->request->host, batch, seq, &call);
        if (r > 0)
            r = is_asked_for(window, &call, batch);
        if (r > 0)
            r = take_waiting(window, &call, seq);
        call_end(&call);
        if (r < 0)
            return r;
        ++*offset;
    }
    return r;
}

/* 0 if there are no more queue rows, 1 if the turn is over before. */
static int take_rows(struct window *window, struct store_position *position)
{
    struct call call = call_begin(window->turn->sql, SQL_QUEUE_ROWS);
    int r;

    call_u64(&call, window->request->job);
    call_text(&call, window->request->host);
    call_u64(&call, position->batch);
    while ((r = call_row(&call)) > 0) {
        uint64_t batch = row_u64(&call, 0);
        const char *seqs;
        size_t size;

        if (batch > position->batch)
            *position = (struct store_position){.batch = batch};
        r = row_text(&call, 1, &seqs, &size) ? take_row(window, batch, seqs, size, &position->offset)
                                             : -ENOMEM;
        if (r != 0)
            break;
    }
    call_end(&call);
    return r;
}

/* Whoever reads a host's rows one after the other has, when it goes on to the next one, seen the end of those
 * before the last one. Without them the next start finds what waits at once. If memory is short, they stay.
 */
static void trim_behind(struct read_turn *turn, const struct store_read_window *request)
{
    size_t size = strlen(request->host) + 1;
    struct own_trim *own;

    if (request->position.batch == 0 || request->position.batch == turn->state.position.batch)
        return;
    own = calloc(1, sizeof(*own) + size);
    if (!own)
        return;
    memcpy(own->host, request->host, size);
    own->trim = (struct store_trim){
        .request = {.kind = STORE_TRIM},
        .job = request->job,
        .host = own->host,
        .batch = request->position.batch - 1,
    };
    mailbox_post(turn->writer, &own->trim.request.mail);
}

int read_window(struct read_turn *turn)
{
    struct store_read_window *request = (struct store_read_window *)turn->request;
    struct window window = {.turn = turn, .request = request};
    struct read_job job;
    int r = read_job(turn, request->job, &job);

    if (r < 0)
        return r;
    if (!turn->state.begun) {
        rows_init(&turn->state.rows, sizeof(struct store_waiting_row));
        turn->state.position = request->position;
        turn->state.begun = true;
    }
    window.base_attempt = job.base_attempt;
    window.rest_before = job.rest_before;
    r = read_given_up(&window);
    if (r < 0)
        return r;
    if (turn->state.position.batch < first_batch(&window))
        turn->state.position = (struct store_position){.batch = first_batch(&window)};
    if (job.state != JOB_CANCELLED)
        r = take_rows(&window, &turn->state.position);
    if (r < 0)
        return r;
    if (r > 0 && !has_enough(&window))
        return READ_MORE;
    trim_behind(turn, request);
    request->position = turn->state.position;
    request->end = r == 0;
    request->rows = rows_take(&turn->state.rows, &request->n_rows);
    return 0;
}
