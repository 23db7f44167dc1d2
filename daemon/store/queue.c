#include "store/queue.h"
#include "store/store_change.h"

#include "store/seqs.h"
#include "store/writer.h"
#include <errno.h>
#include <string.h>

/* A trim looks at this many rows at most. */
#define MAX_TRIMMED 8

int queue_find(
    struct sql *sql, uint64_t job, const char *host, uint64_t batch, uint64_t seq, struct call *call)
{
    const char *moved_to;
    size_t length;
    int r;

    *call = call_begin(sql, SQL_WAITING);
    call_u64(call, job);
    call_u64(call, seq);
    r = call_row(call);
    if (r < 0)
        return r;
    /* Every seq of a queue row has its url row. */
    if (r == 0)
        return -EUCLEAN;
    if (row_u64(call, 0) != 0)
        return 0;
    if (!row_text(call, 2, &moved_to, &length))
        return -ENOMEM;
    if (!moved_to)
        return 1;
    return row_u64(call, 3) == batch && length == strlen(host) && memcmp(moved_to, host, length) == 0;
}

static int any_waits(
    struct sql *sql, const struct store_trim *trim, uint64_t batch, const void *seqs, size_t size)
{
    struct seqs_reader reader = {.position = seqs, .end = (const uint8_t *)seqs + size};
    uint64_t seq;
    int r;

    while ((r = seqs_next(&reader, &seq)) > 0) {
        struct call call;

        r = queue_find(sql, trim->job, trim->host, batch, seq, &call);
        call_end(&call);
        if (r != 0)
            return r;
    }
    return r;
}

static int delete_row(struct sql *sql, const struct store_trim *trim, uint64_t batch)
{
    struct call call = call_begin(sql, SQL_QUEUE_DELETE);

    call_u64(&call, trim->job);
    call_text(&call, trim->host);
    call_u64(&call, batch);
    return call_run(&call);
}

/* A row goes only if nothing waits in it, whatever the caller believes: what is in no row is never fetched.
 */
static int trim_row(struct writer *writer, const struct store_trim *trim, const struct call *row)
{
    uint64_t batch = row_u64(row, 0);
    const char *seqs;
    size_t size;
    int r;

    if (!row_text(row, 1, &seqs, &size))
        return -ENOMEM;
    r = any_waits(writer->sql, trim, batch, seqs, size);
    return r == 0 ? delete_row(writer->sql, trim, batch) : r;
}

int write_trim(struct writer *writer, struct store_trim *trim)
{
    struct call call;
    struct job *job;
    int rows = 0;
    int r = writer_get_job(writer, trim->job, &job);

    if (r < 0)
        return r == -ENOENT ? 0 : r;
    call = call_begin(writer->sql, SQL_QUEUE_ROWS);
    call_u64(&call, trim->job);
    call_text(&call, trim->host);
    call_u64(&call, 0);
    while (rows++ < MAX_TRIMMED && (r = call_row(&call)) > 0 && row_u64(&call, 0) <= trim->batch) {
        r = trim_row(writer, trim, &call);
        if (r < 0)
            break;
    }
    call_end(&call);
    return r < 0 ? r : 0;
}
