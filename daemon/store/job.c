#include "store/jobs.h"

#include "store/store.h"
#include <assert.h>
#include <errno.h>
#include <string.h>

bool job_takes_outcomes(const struct job *job)
{
    return job->state == JOB_QUEUED || job->state == JOB_RUNNING || job->state == JOB_PAUSED;
}

uint64_t job_unended(const struct job *job)
{
    return job->total - job->counted - job->failed - job->skipped - job->cancelled;
}

int job_words(struct job *job, word_hash hash, struct sql *sql, struct word_ids **ret)
{
    if (!job->words) {
        int r = word_ids_new(hash, sql, job->id, job->n_words, job->n_indexed, &job->words);

        if (r < 0)
            return r;
    }
    *ret = job->words;
    return 0;
}

/* Nearly every page has the id of the one before it. */
int job_note_engine(struct job *job, struct sql *sql, const char *engine_id)
{
    CLEANUP(freep) char *copy = NULL;
    struct call call;
    int r;

    if (!engine_id || (job->engine_id && strcmp(job->engine_id, engine_id) == 0))
        return 0;
    copy = strdup(engine_id);
    if (!copy)
        return -ENOMEM;
    call = call_begin(sql, SQL_ENGINE_INSERT);
    call_u64(&call, job->id);
    call_text(&call, engine_id);
    r = call_run(&call);
    if (r < 0)
        return r;
    free(job->engine_id);
    job->engine_id = TAKE(copy);
    return 0;
}

static uint64_t *counter(struct job *job, enum outcome outcome)
{
    switch (outcome_state(outcome)) {
    case URL_COUNTED:
        return &job->counted;
    case URL_SKIPPED:
        return &job->skipped;
    case URL_FAILED:
        return &job->failed;
    case URL_CANCELLED:
        return &job->cancelled;
    case URL_QUEUED:
    case URL_ACTIVE:
        break;
    }
    assert(!"an outcome");
    return NULL;
}

void job_tally_many(struct job *job, enum outcome outcome, uint64_t n, uint64_t first_seq)
{
    struct tally *tally = &job->tallies[outcome];

    if (n == 0)
        return;
    if (tally->n == 0 || first_seq < tally->first_seq)
        tally->first_seq = first_seq; /* an unknown one stays unknown */
    tally->n += n;
    *counter(job, outcome) += n;
    tally->changed = job->changed = true;
}

void job_untally_many(struct job *job, enum outcome outcome, uint64_t n, uint64_t first_seq)
{
    struct tally *tally = &job->tallies[outcome];

    assert(tally->n >= n);
    tally->n -= n;
    if (first_seq == 0 || tally->first_seq == first_seq)
        tally->first_seq = 0;
    *counter(job, outcome) -= n;
    tally->changed = job->changed = true;
}

void job_tally(struct job *job, enum outcome outcome, uint64_t seq)
{
    job_tally_many(job, outcome, 1, seq);
}

void job_untally(struct job *job, enum outcome outcome, uint64_t seq)
{
    job_untally_many(job, outcome, 1, seq);
}

int job_file(struct job *job, const struct hash_key *key, const char *host, uint64_t seq, uint64_t *ret_batch)
{
    if (!job->refiled) {
        int r = filing_new(key, &job->refiled);

        if (r < 0)
            return r;
        job->refile_batch = job->next_batch++;
        job->changed = true;
    }
    *ret_batch = job->refile_batch;
    return filing_add(job->refiled, host, strlen(host), seq);
}
