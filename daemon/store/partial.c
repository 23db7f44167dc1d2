#include "store/store_partial.h"

#include "store/writer.h"
#include <sys/statvfs.h>

/* One that meets a full disk would take the outcomes of its transaction along. */
static bool has_room(const struct writer *writer, uint64_t size)
{
    struct statvfs disk;

    return statvfs(writer->opening->path, &disk) == 0 &&
        (uint64_t)disk.f_bavail * disk.f_frsize >= 2 * size + STORE_PARTIAL_FREE_BYTES;
}

int writer_drop_partial(struct writer *writer, const struct job *job)
{
    struct call call = call_begin(writer->sql, SQL_PARTIAL_DELETE);

    call_u64(&call, job->id);
    return call_run(&call);
}

int write_put_partial(struct writer *writer, struct store_put_partial *put)
{
    struct call call;
    struct job *job;
    int r = writer_get_job(writer, put->job, &job);

    put->written = false;
    if (r < 0)
        return r;
    if (!put->bytes)
        return writer_drop_partial(writer, job);
    if (!job_takes_outcomes(job) || !has_room(writer, put->size))
        return 0;
    call = call_begin(writer->sql, SQL_PARTIAL_STORE);
    call_u64(&call, job->id);
    call_u64(&call, put->n_pages);
    call_blob(&call, put->bytes, put->size);
    r = call_run(&call);
    put->written = r >= 0;
    return r;
}
