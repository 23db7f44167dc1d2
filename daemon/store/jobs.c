#include "store/jobs.h"

#include "store/store.h"
#include <assert.h>
#include <errno.h>

#define MAX_JOBS 256

static void job_free(struct job *job)
{
    if (!job)
        return;
    word_ids_free(job->words);
    filing_free(job->refiled);
    free(job->engine_id);
    free(job);
}
DEFINE_CLEANUP(struct job *, job_free)

void jobs_forget(struct jobs *jobs)
{
    while (jobs->first) {
        struct job *next = jobs->first->next;

        job_free(jobs->first);
        jobs->first = next;
    }
}

static int load_tallies(struct job *job, struct sql *sql)
{
    struct call call = call_begin(sql, SQL_TALLY_LOAD);
    int r;

    call_u64(&call, job->id);
    while ((r = call_row(&call)) > 0) {
        uint64_t outcome = row_u64(&call, 0);

        if (outcome > OUTCOME_MAX) {
            r = -EUCLEAN;
            break;
        }
        job->tallies[outcome].n = row_u64(&call, 1);
        job->tallies[outcome].first_seq = row_u64(&call, 2);
    }
    call_end(&call);
    return r;
}

static int load_given_up(struct job *job, struct sql *sql)
{
    struct call call = call_begin(sql, SQL_GIVEN_UP_COUNT);
    int r;

    call_u64(&call, job->id);
    r = call_row(&call);
    if (r > 0)
        job->n_given_up = row_u64(&call, 0);
    call_end(&call);
    return r;
}

static int load(struct job *job, struct sql *sql)
{
    struct call call = call_begin(sql, SQL_JOB_LOAD);
    int r;

    call_u64(&call, job->id);
    r = call_row(&call);
    if (r > 0) {
        job->state = (int)row_u64(&call, 0);
        job->sweep = (int)row_u64(&call, 1);
        job->sweep_batch = row_u64(&call, 2);
        job->finished_usec = row_u64(&call, 3);
        job->total = row_u64(&call, 4);
        job->counted = row_u64(&call, 5);
        job->failed = row_u64(&call, 6);
        job->skipped = row_u64(&call, 7);
        job->cancelled = row_u64(&call, 8);
        job->tokens = row_u64(&call, 9);
        job->body_bytes = row_u64(&call, 10);
        job->filed = row_u64(&call, 11);
        job->next_batch = row_u64(&call, 12);
        job->n_words = row_u64(&call, 13);
        job->n_indexed = row_u64(&call, 14);
        job->base_attempt = row_u64(&call, 15);
        job->last_attempt = row_u64(&call, 16);
        job->has_totals = row_u64(&call, 17) != 0;
        job->stored = row_u64(&call, 18);
        job->rest_before = row_u64(&call, 19);
        job->rest = row_u64(&call, 20);
    }
    call_end(&call);
    if (r == 0)
        return -ENOENT;
    if (r >= 0)
        r = load_given_up(job, sql);
    return r < 0 ? r : load_tallies(job, sql);
}

int jobs_get(struct jobs *jobs, struct sql *sql, uint64_t id, struct job **ret)
{
    CLEANUP(job_freep) struct job *job = NULL;
    int r;

    for (struct job **at = &jobs->first; *at; at = &(*at)->next) {
        struct job *found = *at;

        if (found->id != id)
            continue;
        *at = found->next;
        found->next = jobs->first;
        jobs->first = *ret = found;
        return 0;
    }
    job = calloc(1, sizeof(*job));
    if (!job)
        return -ENOMEM;
    job->id = id;
    r = load(job, sql);
    if (r < 0)
        return r;
    job->next = jobs->first;
    *ret = jobs->first = TAKE(job);
    return 0;
}

const struct job *jobs_find(const struct jobs *jobs, uint64_t id)
{
    const struct job *job = jobs->first;

    while (job && job->id != id)
        job = job->next;
    return job;
}

static int store_tallies(struct job *job, struct sql *sql)
{
    for (int outcome = 0; outcome <= OUTCOME_MAX; outcome++) {
        struct tally *tally = &job->tallies[outcome];
        struct call call;
        int r;

        if (!tally->changed)
            continue;
        call = call_begin(sql, tally->n > 0 ? SQL_TALLY_STORE : SQL_TALLY_DROP);
        call_u64(&call, job->id);
        call_u64(&call, (uint64_t)outcome);
        if (tally->n > 0) {
            call_u64(&call, tally->n);
            call_u64(&call, tally->first_seq);
        }
        r = call_run(&call);
        if (r < 0)
            return r;
        tally->changed = false;
    }
    return 0;
}

static int store_job(struct job *job, struct sql *sql)
{
    struct call call = call_begin(sql, SQL_JOB_STORE);
    int r;

    call_u64(&call, job->id);
    call_u64(&call, (uint64_t)job->state);
    call_u64(&call, (uint64_t)job->sweep);
    call_u64(&call, job->sweep_batch);
    call_u64(&call, job->finished_usec);
    call_u64(&call, job->total);
    call_u64(&call, job->counted);
    call_u64(&call, job->failed);
    call_u64(&call, job->skipped);
    call_u64(&call, job->cancelled);
    call_u64(&call, job->tokens);
    call_u64(&call, job->body_bytes);
    call_u64(&call, job->filed);
    call_u64(&call, job->next_batch);
    call_u64(&call, job->n_words);
    call_u64(&call, job->n_indexed);
    call_u64(&call, job->base_attempt);
    call_u64(&call, job->last_attempt);
    call_u64(&call, job->has_totals);
    call_u64(&call, job->stored);
    r = call_run(&call);
    if (r >= 0)
        r = store_tallies(job, sql);
    if (r >= 0)
        job->changed = false;
    return r;
}

static int store_refiled(struct job *job, struct sql *sql)
{
    uint64_t batch = job->refile_batch;
    int r;

    if (!job->refiled)
        return 0;
    /* As one row a host: each URL's refile row names the batch that its seq is in. */
    r = filing_write(job->refiled, sql, job->id, SIZE_MAX, &batch);
    filing_free(TAKE(job->refiled));
    return r;
}

static int store_words(struct job *job, bool is_crowded)
{
    int r;

    if (!job->words || word_ids_n_words(job->words) == job->n_words)
        return 0;
    r = word_ids_store(job->words, is_crowded);
    job->n_words = word_ids_n_words(job->words);
    job->n_indexed = word_ids_n_indexed(job->words);
    job->changed = true;
    return r;
}

/* Some words may have to leave memory soon. */
static bool is_crowded(const struct jobs *jobs)
{
    size_t bytes = 0;

    for (const struct job *job = jobs->first; job; job = job->next)
        bytes += job->words ? word_ids_bytes(job->words) : 0;
    return bytes > jobs->max_words_bytes / 2;
}

int jobs_store(struct jobs *jobs, struct sql *sql)
{
    const bool crowded = is_crowded(jobs);

    for (struct job *job = jobs->first; job; job = job->next) {
        int r = store_refiled(job, sql);

        if (r >= 0)
            r = store_words(job, crowded);
        if (r >= 0 && job->changed)
            r = store_job(job, sql);
        if (r < 0)
            return r;
    }
    return 0;
}

void jobs_trim(struct jobs *jobs)
{
    struct job **at = &jobs->first;
    size_t bytes = 0;
    size_t n = 0;

    while (*at) {
        struct job *job = *at;
        size_t words = job->words ? word_ids_bytes(job->words) : 0;

        assert(!job->changed && !job->refiled);
        if (++n > MAX_JOBS) {
            *at = job->next;
            job_free(job);
            continue;
        }
        if (words > jobs->max_words_bytes - bytes)
            word_ids_free(TAKE(job->words));
        else
            bytes += words;
        at = &job->next;
    }
}
