/* Jobs that go some time after their end: those that their owner names, and those whose time is over. */
#include "store/store_change.h"
#include "store/writer.h"

#include <errno.h>

/* Whether it has ended by what this transaction knows, which may be more than what is in the tables. */
static bool has_ended(const struct job *job)
{
    return job->state == JOB_DONE || job->state == JOB_CANCELLED;
}

/* 1 if it was removed. */
static int remove_if_ended(struct writer *writer, uint64_t id)
{
    struct job *job;
    int r = jobs_get(&writer->jobs, writer->sql, id, &job);

    if (r < 0 || !has_ended(job))
        return r;
    r = writer_remove_job(writer, job);
    return r < 0 ? r : 1;
}

int write_remove_ended(struct writer *writer, struct store_remove_ended *remove)
{
    struct call call = call_begin(writer->sql, SQL_JOB_ENDED);
    uint64_t found[STORE_REMOVE_JOBS];
    size_t n = 0;
    int r;

    call_u64(&call, remove->uid);
    call_u64(&call, remove->after);
    call_u64(&call, remove->ended_usec);
    call_text(&call, remove->name);
    call_u64(&call, STORE_REMOVE_JOBS);
    while ((r = call_row(&call)) > 0)
        found[n++] = row_u64(&call, 0);
    call_end(&call);
    remove->n_jobs = 0;
    remove->next_after = n == STORE_REMOVE_JOBS ? found[n - 1] : 0;
    for (size_t i = 0; r >= 0 && i < n; i++) {
        r = remove_if_ended(writer, found[i]);
        if (r > 0)
            remove->jobs[remove->n_jobs++] = found[i];
    }
    return r < 0 ? r : 0;
}

/* Jobs that ended, in the order in which their time is over. */
struct candidates {
    uint64_t jobs[STORE_REMOVE_JOBS];
    uint64_t over_usec[STORE_REMOVE_JOBS];
    size_t n, next;
};

static int find_candidates(
    struct writer *writer, enum statement which, uint64_t keep_usec, struct candidates *candidates)
{
    struct call call = call_begin(writer->sql, which);
    int r;

    call_u64(&call, STORE_REMOVE_JOBS);
    while ((r = call_row(&call)) > 0) {
        uint64_t since = row_u64(&call, 1);

        candidates->jobs[candidates->n] = row_u64(&call, 0);
        candidates->over_usec[candidates->n++] =
            since > UINT64_MAX - keep_usec ? UINT64_MAX : since + keep_usec;
    }
    call_end(&call);
    return r;
}

/* The one of the two whose next job is first; NULL if neither has one. */
static struct candidates *first_of(struct candidates *a, struct candidates *b)
{
    if (a->next == a->n || b->next == b->n)
        return a->next < a->n ? a : b->next < b->n ? b : NULL;
    return a->over_usec[a->next] <= b->over_usec[b->next] ? a : b;
}

/* How many may go before their time. */
static size_t max_early(const struct writer *writer, const struct store_expire *expire)
{
    return expire->for_room && !writer->sweep ? STORE_EXPIRE_EARLY : 0;
}

static int remove_over(struct writer *writer, struct store_expire *expire, struct candidates *configured,
    struct candidates *told)
{
    size_t early = max_early(writer, expire);
    struct candidates *first;

    while ((first = first_of(configured, told))) {
        uint64_t over_usec = first->over_usec[first->next];
        bool is_over = over_usec <= expire->now_usec;
        int r;

        if (expire->n_jobs == STORE_REMOVE_JOBS || (!is_over && expire->n_jobs >= early)) {
            expire->next_usec = over_usec;
            return 0;
        }
        r = remove_if_ended(writer, first->jobs[first->next]);
        if (r < 0)
            return r;
        if (r > 0)
            expire->jobs[expire->n_jobs++] = first->jobs[first->next];
        first->next++;
    }
    return 0;
}

int write_expire(struct writer *writer, struct store_expire *expire)
{
    struct candidates configured = {.n = 0};
    struct candidates told = {.n = 0};
    int r = 0;

    expire->n_jobs = 0;
    expire->next_usec = 0;
    if (expire->keep_usec != UINT64_MAX)
        r = find_candidates(writer, SQL_JOB_NEXT_ENDED, expire->keep_usec, &configured);
    if (r >= 0)
        r = find_candidates(writer, SQL_JOB_NEXT_EXPIRED, 0, &told);
    if (r >= 0)
        r = remove_over(writer, expire, &configured, &told);
    /* Where one of the two was not read to its end, more may be over than was seen. */
    if (r >= 0 && expire->n_jobs > 0 && expire->next_usec == 0)
        expire->next_usec = expire->now_usec;
    return r;
}
