#include "store/writer.h"

#include "base/clock.h"
#include <errno.h>

/* How long a request may have to wait behind a step. */
#define MAX_STEP_USEC (20 * USEC_PER_MSEC)

/* What a removed job leaves, largest first. Each deletes a bounded number of its rows. */
static const enum statement phases[] = {SQL_SWEEP_URL, SQL_SWEEP_PAGE, SQL_SWEEP_OUTCOME, SQL_SWEEP_WORD_LOG,
    SQL_SWEEP_WORD_INDEX, SQL_SWEEP_QUEUE, SQL_SWEEP_REFILE, SQL_SWEEP_SOURCE, SQL_SWEEP_TALLY,
    SQL_SWEEP_ENGINE, SQL_SWEEP_GIVEN_UP, SQL_SWEEP_TOTALS, SQL_SWEEP_PARTIAL, SQL_JOB_DELETE};
#define N_PHASES (sizeof(phases) / sizeof(phases[0]))

int sweep_open(struct sql *sql)
{
    struct call call = call_begin(sql, SQL_JOB_SWEEP_OPEN);
    int r = call_run(&call);

    if (r < 0)
        return r;
    call = call_begin(sql, SQL_GIVEN_UP_OPEN);
    return call_run(&call);
}

/* 1 and the job, 0 if nothing is to be swept. */
static int next_job(struct writer *writer, struct job **ret)
{
    struct call call = call_begin(writer->sql, SQL_JOB_NEXT_SWEEP);
    uint64_t id = 0;
    int r = call_row(&call);

    if (r > 0)
        id = row_u64(&call, 0);
    call_end(&call);
    if (r <= 0)
        return r;
    r = jobs_get(&writer->jobs, writer->sql, id, ret);
    return r < 0 ? r : 1;
}

/* 1 if rows were deleted. */
static int delete_some(struct writer *writer, const struct job *job, enum statement which)
{
    struct call call = call_begin(writer->sql, which);
    int r;

    call_u64(&call, job->id);
    if (which == SQL_QUEUE_SWEEP)
        call_u64(&call, job->sweep_batch);
    r = call_run(&call);
    return r < 0 ? r : sqlite3_changes(writer->sql->db) > 0;
}

static int sweep_queue(struct writer *writer, struct job *job)
{
    int r = delete_some(writer, job, SQL_QUEUE_SWEEP);

    if (r == 0) {
        job->sweep = SWEEP_NONE;
        job->changed = true;
    }
    return r;
}

static int sweep_all(struct writer *writer, struct job *job)
{
    for (size_t i = 0; i < N_PHASES; i++) {
        int r =
            phases[i] == SQL_SWEEP_OUTCOME ? known_keys_sweep(&writer->known_keys, writer->sql, job->id) : 0;

        if (r == 0)
            r = delete_some(writer, job, phases[i]);

        if (r != 0)
            return r;
    }
    return 0;
}

/* Gives pages back to the file system. 1 if there are more. */
static int vacuum_some(struct writer *writer)
{
    struct call call;
    int64_t n = 0;
    int r = sql_number(writer->sql, "PRAGMA freelist_count", &n);

    if (r < 0 || n == 0)
        return r;
    call = call_begin(writer->sql, SQL_VACUUM);
    while ((r = call_row(&call)) > 0)
        ;
    call_end(&call);
    return r < 0 ? r : 1;
}

static int sweep_some(struct writer *writer)
{
    struct job *job;
    int r = next_job(writer, &job);

    if (r < 0)
        return r;
    if (r == 0) {
        writer->leaving_bytes = 0;
        return vacuum_some(writer);
    }
    r = job->sweep == SWEEP_QUEUE ? sweep_queue(writer, job) : sweep_all(writer, job);
    if (r >= 0)
        r = jobs_store(&writer->jobs, writer->sql);
    return r < 0 ? r : 1;
}

/* Until the step is over, which is short where there is little room for its log; 1 if there may be more. */
static int sweep_for_a_while(struct writer *writer)
{
    uint64_t end_usec = clock_boottime_usec() + MAX_STEP_USEC;
    int r;

    do
        r = sweep_some(writer);
    while (r > 0 && writer->failure == 0 && !writer->is_tight && clock_boottime_usec() < end_usec);
    return r;
}

int sweep_step(struct writer *writer)
{
    int more = sql_begin(writer->sql, SQL_BEGIN);
    int r;

    if (more >= 0)
        more = sweep_for_a_while(writer);
    if (more >= 0) {
        r = writer_note_size(writer);
        more = r < 0 ? r : more;
    }
    if (more < 0)
        return more;
    r = sql_commit(writer->sql);
    return r < 0 ? r : more;
}
