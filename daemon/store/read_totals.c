#include "store/reader.h"
#include "store/store_read.h"

#include <errno.h>
#include <string.h>

static int copy_totals(const struct call *call, void **ret, size_t *ret_size)
{
    const char *bytes;
    size_t size;
    void *copy;

    if (!row_text(call, 0, &bytes, &size))
        return -ENOMEM;
    copy = malloc(size + 1);
    if (!copy)
        return -ENOMEM;
    memcpy(copy, bytes, size);
    *ret = copy;
    *ret_size = size;
    return 0;
}

int read_totals(struct read_turn *turn)
{
    struct store_read_totals *totals = (struct store_read_totals *)turn->request;
    struct read_job job;
    struct call call;
    int r = read_job(turn, totals->job, &job);

    if (r < 0)
        return r;
    totals->counted = job.counted;
    call = call_begin(turn->sql, SQL_READ_TOTALS);
    call_u64(&call, totals->job);
    r = call_row(&call);
    if (r > 0)
        r = copy_totals(&call, &totals->bytes, &totals->size);
    else if (r == 0)
        totals->bytes = NULL, totals->size = 0;
    call_end(&call);
    return r;
}
