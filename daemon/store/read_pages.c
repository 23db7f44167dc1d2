#include "store/reader.h"
#include "store/store_read.h"

#include <errno.h>
#include <string.h>

static struct call select_pages(struct read_turn *turn, const struct store_scan_pages *scan)
{
    struct call call = call_begin(turn->sql, scan->host ? SQL_READ_HOST_PAGES : SQL_READ_PAGES);

    call_u64(&call, scan->job);
    call_text_copy(&call, scan->host ? scan->host : read_noted_host(turn));
    call_u64(&call, turn->state.last);
    return call;
}

/* `call` is the label's, and stays open while its text is in use. Leaves *ret as it is if there is none. */
static int find_label(struct read_turn *turn, uint64_t job, uint64_t seq, struct call *call, const char **ret)
{
    int r;

    *call = call_begin(turn->sql, SQL_READ_LABEL);
    call_u64(call, job);
    call_u64(call, seq);
    r = call_row(call);
    if (r <= 0)
        return r < 0 ? r : -EUCLEAN;
    if (row_is_null(call, 0))
        return 0;
    *ret = (const char *)sqlite3_column_text(call->statement, 0);
    return *ret ? 0 : -ENOMEM;
}

static int show_page(struct read_turn *turn, struct store_scan_pages *scan, const struct call *call)
{
    struct store_page_row row = {.seq = row_u64(call, 1), .tokens = row_u64(call, 2)};
    struct call label = {0};
    const char *host;
    const char *hash;
    const char *counts;
    size_t length, hash_size;
    int r;

    if (!row_text(call, 0, &host, &length) || !row_text(call, 3, &hash, &hash_size) ||
        !row_text(call, 4, &counts, &row.counts_size))
        return -ENOMEM;
    if (hash_size != STORE_HASH_SIZE)
        return -EUCLEAN;
    memcpy(row.content_hash, hash, STORE_HASH_SIZE);
    row.counts = counts;
    /* The note is terminated, which the column need not be, and it is where the next turn goes on. */
    if (strlen(read_noted_host(turn)) != length || memcmp(read_noted_host(turn), host, length) != 0) {
        r = read_note_host(turn, host, length);
        if (r < 0)
            return r;
    }
    row.host = read_noted_host(turn);
    turn->state.last = row.seq;
    r = scan->with_labels ? find_label(turn, scan->job, row.seq, &label, &row.label) : 0;
    if (r >= 0)
        r = scan->page(scan->userdata, &row);
    turn->n_pages++;
    call_end(&label);
    return r < 0 ? r : 0;
}

int read_page(
    struct read_turn *turn, struct store_scan_pages *scan, const struct store_page_key *key, size_t *bytes)
{
    struct call call = call_begin(turn->sql, SQL_READ_PAGE);
    int r;

    call_u64(&call, scan->job);
    call_text(&call, key->host);
    call_u64(&call, key->seq);
    r = call_row(&call);
    if (r > 0) {
        *bytes += (size_t)sqlite3_column_bytes(call.statement, 4);
        r = show_page(turn, scan, &call);
        r = r < 0 ? r : 1;
    }
    call_end(&call);
    return r;
}

static int read_keys(struct read_turn *turn, struct store_scan_pages *scan)
{
    size_t bytes = 0;

    for (size_t n = 0; turn->state.phase < scan->n_keys; n++, turn->state.phase++) {
        int r;

        if (n == STORE_STEP_ROWS || bytes >= READ_STEP_BYTES)
            return READ_MORE;
        r = scan->cancelled ? -ECANCELED : read_page(turn, scan, &scan->keys[turn->state.phase], &bytes);
        if (r < 0)
            return r;
    }
    return 0;
}

int read_pages(struct read_turn *turn)
{
    struct store_scan_pages *scan = (struct store_scan_pages *)turn->request;
    struct read_job job;
    struct call call;
    size_t bytes = 0;
    size_t n = 0;
    int r = scan->partial ? read_partial(turn) : READ_ALL;

    if (r != READ_ALL)
        return r;
    r = scan->job > 0 ? read_job(turn, scan->job, &job) : 0;
    if (r < 0 || scan->job == 0)
        return r;
    if (scan->keys)
        return read_keys(turn, scan);
    if (!turn->state.begun && scan->after_host && !scan->host) {
        r = read_note_host(turn, scan->after_host, strlen(scan->after_host));
        if (r < 0)
            return r;
        turn->state.last = INT64_MAX;
    }
    turn->state.begun = true;
    call = select_pages(turn, scan);
    while ((r = call_row(&call)) > 0) {
        n++;
        bytes += (size_t)sqlite3_column_bytes(call.statement, 4);
        r = scan->cancelled ? -ECANCELED : show_page(turn, scan, &call);
        if (r < 0 || bytes >= READ_STEP_BYTES)
            break;
    }
    call_end(&call);
    if (r < 0)
        return r;
    return n == STORE_STEP_ROWS || bytes >= READ_STEP_BYTES ? READ_MORE : 0;
}
