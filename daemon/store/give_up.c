/* All that waits under one scheme of a host ends by one row. First the row seals them: none of them takes an
 * outcome or moves any more, and what comes under the host from then on is in later batches. What cannot
 * change is counted, a step a transaction, and writes nothing. The number makes the row count, for the job
 * and for its readers at once. A seal without number is of a daemon that ended, and is broken at the next
 * start. */
#include "store/queue.h"
#include "store/seqs.h"
#include "store/store_change.h"
#include "store/writer.h"

#include <errno.h>
#include <string.h>

/* URLs counted in one transaction: some 10 ms. */
#define COUNT_STEP 2000

static struct call begin_row(struct writer *writer, enum statement which, const struct store_give_up *give_up)
{
    struct call call = call_begin(writer->sql, which);

    call_u64(&call, give_up->job);
    call_text(&call, give_up->host);
    call_u64(&call, give_up->https);
    return call;
}

/* Negative errno; 0 if there is none; else its batch, and whether it is sealed only. */
static int find_row(
    struct writer *writer, const struct store_give_up *give_up, uint64_t *ret_batch, bool *ret_is_sealed)
{
    struct call call = begin_row(writer, SQL_GIVEN_UP_GET, give_up);
    int r = call_row(&call);

    if (r > 0) {
        *ret_batch = row_u64(&call, 0);
        *ret_is_sealed = row_u64(&call, 1) != 0;
    }
    call_end(&call);
    return r;
}

static int seal(struct writer *writer, struct job *job, const struct store_give_up *give_up)
{
    struct call call = begin_row(writer, SQL_GIVEN_UP_INSERT, give_up);

    call_u64(&call, store_partition(give_up->host));
    call_u64(&call, give_up->outcome);
    call_u64(&call, job->next_batch);
    call_u64(&call, give_up->usec);
    call_text(&call, give_up->detail);
    job->n_given_up++;
    return call_run(&call);
}

static int break_seal(struct writer *writer, struct job *job, const struct store_give_up *give_up)
{
    struct call call = begin_row(writer, SQL_GIVEN_UP_DELETE, give_up);

    job->n_given_up--;
    return call_run(&call);
}

static int count_one(struct writer *writer, struct store_give_up *give_up, uint64_t seq)
{
    const char *url;
    size_t length;
    struct call call;
    int r = queue_find(writer->sql, give_up->job, give_up->host, give_up->batch, seq, &call);

    if (r > 0 && !row_text(&call, 4, &url, &length)) {
        r = -ENOMEM;
    } else if (r > 0) {
        const bool is_https = strncmp(url, "https:", 6) == 0;

        give_up->n += is_https == give_up->https;
        give_up->others += is_https != give_up->https;
        if (is_https == give_up->https && (give_up->first_seq == 0 || seq < give_up->first_seq))
            give_up->first_seq = seq;
    }
    call_end(&call);
    return r < 0 ? r : 0;
}

/* One queue row, from where the last step left it. 0 at its end, 1 if the step is over before. */
static int count_row(
    struct writer *writer, struct store_give_up *give_up, const char *seqs, size_t size, size_t *looked)
{
    struct seqs_reader reader = {(const uint8_t *)seqs, (const uint8_t *)seqs + size, 0};
    uint64_t i = 0;
    uint64_t seq;
    int r;

    while ((r = seqs_next(&reader, &seq)) > 0) {
        if (i++ < give_up->offset)
            continue;
        if (++*looked > COUNT_STEP)
            return 1;
        r = count_one(writer, give_up, seq);
        if (r < 0)
            return r;
        give_up->offset++;
    }
    return r;
}

/* 0 once all rows before `limit` are counted, 1 if there may be more. */
static int count_some(struct writer *writer, struct store_give_up *give_up, uint64_t limit)
{
    struct call call = call_begin(writer->sql, SQL_QUEUE_ROWS);
    size_t looked = 0;
    int r;

    call_u64(&call, give_up->job);
    call_text(&call, give_up->host);
    call_u64(&call, give_up->batch);
    while ((r = call_row(&call)) > 0) {
        uint64_t batch = row_u64(&call, 0);
        const char *seqs;
        size_t size;

        if (batch >= limit) {
            r = 0;
            break;
        }
        if (batch > give_up->batch) {
            give_up->batch = batch;
            give_up->offset = 0;
        }
        r = row_text(&call, 1, &seqs, &size) ? count_row(writer, give_up, seqs, size, &looked) : -ENOMEM;
        if (r != 0)
            break;
    }
    call_end(&call);
    return r;
}

static int end_all(struct writer *writer, struct job *job, const struct store_give_up *give_up)
{
    struct call call;

    if (give_up->n == 0)
        return break_seal(writer, job, give_up);
    job_tally_many(job, give_up->outcome, give_up->n, give_up->first_seq);
    call = begin_row(writer, SQL_GIVEN_UP_SET, give_up);
    call_u64(&call, give_up->n);
    call_u64(&call, give_up->others);
    return call_run(&call);
}

int write_give_up(struct writer *writer, struct store_give_up *give_up)
{
    bool is_sealed = true;
    uint64_t limit = 0;
    struct job *job;
    int r = writer_get_job(writer, give_up->job, &job);

    if (r >= 0)
        r = find_row(writer, give_up, &limit, &is_sealed);
    if (r < 0)
        return r;
    give_up->existed = r > 0 && !is_sealed;
    if (give_up->existed)
        return 0;
    if (!job_takes_outcomes(job)) {
        /* Whatever ended the job meanwhile has ended these too. */
        give_up->n = 0;
        return r > 0 ? break_seal(writer, job, give_up) : 0;
    }
    if (r == 0) {
        /* What this transaction moved here is in the queue when it is over. */
        r = seal(writer, job, give_up);
        return r < 0 ? r : WRITE_MORE;
    }
    r = count_some(writer, give_up, limit);
    if (r != 0)
        return r < 0 ? r : WRITE_MORE;
    return end_all(writer, job, give_up);
}

int job_is_given_up(struct writer *writer, const struct job *job, uint64_t seq)
{
    struct call call;
    int r;

    if (job->n_given_up == 0)
        return 0;
    call = call_begin(writer->sql, SQL_GIVEN_UP_HAS);
    call_u64(&call, job->id);
    call_u64(&call, seq);
    r = call_row(&call);
    call_end(&call);
    return r;
}
