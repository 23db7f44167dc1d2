#include "store/store_list.h"
#include "store/writer.h"

#include <errno.h>
#include <string.h>

/* URLs go into the queue this many at a time: the more, the longer the runs in which the queue's tree grows.
 */
#define MAX_UNFILED 100000

static int find_use(struct writer *writer, uid_t uid, uint64_t *ret)
{
    struct call call = call_begin(writer->sql, SQL_JOB_USE);
    int r;

    call_u64(&call, uid);
    r = call_row(&call);
    if (r > 0)
        *ret = row_u64(&call, 1);
    call_end(&call);
    return r;
}

int write_begin(struct writer *writer, struct store_begin *begin)
{
    int r = begin->with_use ? find_use(writer, begin->uid, &begin->user_bytes) : 0;

    if (r >= 0) {
        struct call call = call_begin(writer->sql, SQL_JOB_INSERT);

        r = call_run(&call);
    }
    if (r < 0)
        return r;
    begin->job = (uint64_t)sqlite3_last_insert_rowid(writer->sql->db);
    return 0;
}

static int get_open(struct writer *writer, uint64_t id, struct job **ret)
{
    struct job *job;
    int r = jobs_get(&writer->jobs, writer->sql, id, &job);

    if (r < 0)
        return r;
    if (job->state != JOB_STATE_OPEN)
        return -ENOENT;
    *ret = job;
    return 0;
}

/* Of a URL's row and its part of a queue row, beside the texts. */
#define URL_ROW_BYTES 24

static uint64_t url_bytes(const struct store_new_url *url)
{
    return strlen(url->url) + (url->submitted ? strlen(url->submitted) : 0) + strlen(url->host) +
        (url->label ? strlen(url->label) : 0) + URL_ROW_BYTES;
}

static int insert_url(struct sql *sql, uint64_t job, uint64_t seq, const struct store_new_url *url)
{
    struct call call = call_begin(sql, SQL_URL_INSERT);

    call_u64(&call, job);
    call_u64(&call, seq);
    call_u64(&call, store_partition(url->host));
    call_text(&call, url->host);
    call_text(&call, url->url);
    call_text(&call, url->submitted && strcmp(url->submitted, url->url) != 0 ? url->submitted : NULL);
    call_u64(&call, url->source);
    call_u64(&call, url->line);
    call_text(&call, url->label);
    return call_run(&call);
}

static int collect(struct filing *filing, struct sql *sql, uint64_t job, uint64_t after, uint64_t last)
{
    struct call call = call_begin(sql, SQL_URL_HOSTS);
    const char *host;
    size_t length;
    int r;

    call_u64(&call, job);
    call_u64(&call, after);
    call_u64(&call, last);
    while ((r = call_row(&call)) > 0) {
        r = -ENOMEM;
        if (row_text(&call, 1, &host, &length))
            r = filing_add(filing, host, length, row_u64(&call, 0));
        if (r < 0)
            break;
    }
    call_end(&call);
    return r;
}

/* Makes queue rows of the appended URLs that are in none. They are read back rather than kept: a submission
 * may be as long as it likes, and there may be many, each at its own pace. */
static int file_appended(struct writer *writer, struct job *job)
{
    while (job->filed < job->total) {
        CLEANUP(filing_freep) struct filing *filing = NULL;
        uint64_t n = job->total - job->filed < MAX_UNFILED ? job->total - job->filed : MAX_UNFILED;
        int r = filing_new(&writer->jobs.key, &filing);

        if (r >= 0)
            r = collect(filing, writer->sql, job->id, job->filed, job->filed + n);
        if (r >= 0)
            r = filing_write(filing, writer->sql, job->id, STORE_STEP_ROWS, &job->next_batch);
        if (r < 0)
            return r;
        job->filed += n;
        job->changed = true;
    }
    return 0;
}

int write_append(struct writer *writer, struct store_append *append)
{
    struct job *job;
    int r = get_open(writer, append->job, &job);

    if (r < 0)
        return r;
    /* An append before this one failed. */
    if (append->first_seq != job->total + 1)
        return -EINVAL;
    for (size_t i = 0; i < append->n_urls; i++) {
        r = insert_url(writer->sql, job->id, append->first_seq + i, &append->urls[i]);
        if (r < 0)
            return r;
        job->stored += url_bytes(&append->urls[i]);
    }
    append->job_bytes = job->stored;
    job->total += append->n_urls;
    job->changed = true;
    return job->total - job->filed >= MAX_UNFILED ? file_appended(writer, job) : 0;
}

/* 1 and the job that this user's key already names, 0 if none. */
static int find_by_key(struct writer *writer, const struct store_commit *commit, uint64_t *ret)
{
    struct call call;
    int r;

    if (!commit->key)
        return 0;
    call = call_begin(writer->sql, SQL_JOB_BY_DEDUPE);
    call_u64(&call, commit->uid);
    call_text(&call, commit->key);
    r = call_row(&call);
    if (r > 0)
        *ret = row_u64(&call, 0);
    call_end(&call);
    return r;
}

static int insert_sources(struct writer *writer, const struct store_commit *commit)
{
    for (size_t i = 0; i < commit->n_sources; i++) {
        struct call call = call_begin(writer->sql, SQL_SOURCE_INSERT);
        int r;

        call_u64(&call, commit->job);
        call_u64(&call, i);
        call_text(&call, commit->sources[i]);
        r = call_run(&call);
        if (r < 0)
            return r;
    }
    return 0;
}

static int describe(struct writer *writer, const struct store_commit *commit)
{
    struct call call = call_begin(writer->sql, SQL_JOB_COMMIT);

    call_u64(&call, commit->job);
    call_text(&call, commit->name);
    call_text(&call, commit->user);
    call_u64(&call, commit->uid);
    call_i64(&call, commit->priority);
    call_text(&call, commit->key);
    call_u64(&call, commit->duplicates);
    call_u64(&call, commit->submitted_usec);
    call_i64(&call, commit->max_age_usec);
    call_u64(&call, commit->deadline_usec);
    call_i64(&call, commit->keep_usec);
    call_text(&call, commit->settings);
    call_u64(&call, commit->imported);
    return call_run(&call);
}

int write_commit(struct writer *writer, struct store_commit *commit)
{
    struct job *job;
    uint64_t known = 0;
    int r = get_open(writer, commit->job, &job);

    commit->existed = false;
    if (r < 0)
        return r;
    if (commit->total != job->total)
        return -EINVAL;
    r = find_by_key(writer, commit, &known);
    if (r > 0) {
        writer_drop_job(writer, job);
        commit->begun = commit->job;
        commit->job = known;
        commit->existed = true;
        return 0;
    }
    if (r >= 0)
        r = file_appended(writer, job);
    if (r >= 0)
        r = insert_sources(writer, commit);
    if (r >= 0)
        r = describe(writer, commit);
    job->state = JOB_QUEUED;
    job->changed = true;
    return r;
}

int write_abort(struct writer *writer, struct store_abort *abort)
{
    struct job *job;
    int r = get_open(writer, abort->job, &job);

    if (r >= 0)
        writer_drop_job(writer, job);
    return r;
}
