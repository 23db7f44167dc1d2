#include "store/writer.h"

#include "store/schema.h"

static int count_pages(struct sql *sql, enum statement which, uint64_t *ret)
{
    struct call call = call_begin(sql, which);
    int r = call_row(&call);

    if (r > 0)
        *ret = row_u64(&call, 0);
    call_end(&call);
    return r;
}

static int note_size(struct sql *sql, uint64_t *ret_pages, uint64_t *ret_bytes)
{
    uint64_t pages = 0;
    uint64_t unused = 0;
    int r = count_pages(sql, SQL_PAGES, &pages);

    if (r >= 0)
        r = count_pages(sql, SQL_FREE_PAGES, &unused);
    if (r < 0)
        return r;
    *ret_pages = pages;
    *ret_bytes = (pages - unused) * SCHEMA_PAGE_SIZE;
    return 0;
}

/* What becomes less, is what was leaving. Where that is rolled back, the rest is taken for less than it is.
 */
int writer_note_size(struct writer *writer)
{
    const uint64_t before = writer->used_bytes;
    const uint64_t leaving = writer->leaving_bytes;
    uint64_t bytes = 0;
    int r = note_size(writer->sql, &writer->pages, &bytes);

    if (r < 0)
        return r;
    if (bytes < before)
        writer->leaving_bytes = leaving > before - bytes ? leaving - (before - bytes) : 0;
    writer->used_bytes = bytes;
    return 0;
}

void writer_watch_leaving(struct writer *writer)
{
    int64_t bytes = 0;

    /* The first of the two conditions is the index's. */
    if (sql_number(writer->sql, "SELECT coalesce(sum(stored), 0) FROM job WHERE sweep > 0 AND sweep = 2",
            &bytes) >= 0)
        writer->leaving_bytes = bytes > 0 ? (uint64_t)bytes : 0;
}
