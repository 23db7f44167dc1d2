#include "store/reuse.h"
#include "store/store_change.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

/* Words are looked up so many steps after their places were asked for, which memory needs to come near. */
#define AHEAD 8

static int has_outcome(struct writer *writer, const struct job *job, uint64_t seq)
{
    struct call call = call_begin(writer->sql, SQL_OUTCOME_GET);
    int r;

    call_u64(&call, job->id);
    call_u64(&call, seq);
    r = call_row(&call);
    call_end(&call);
    return r;
}

static int is_of_attempt(struct writer *writer, const struct job *job, uint64_t seq, uint32_t attempt)
{
    uint64_t current = job->base_attempt;
    struct call call;
    int r;

    /* Nobody was retried alone: no row can have a later attempt. */
    if (job->last_attempt == job->base_attempt)
        return attempt == job->base_attempt;
    call = call_begin(writer->sql, SQL_REFILE_GET);
    call_u64(&call, job->id);
    call_u64(&call, seq);
    r = call_row(&call);
    if (r > 0 && row_u64(&call, 0) > current)
        current = row_u64(&call, 0);
    call_end(&call);
    return r < 0 ? r : attempt == current;
}

/* 1 if the URL is one of the job's, which takes outcomes, this is its attempt, and it has not ended with
 * others, by a row of the job or of its host; else 0. */
static int is_current(
    struct writer *writer, const struct job *job, uint64_t seq, uint32_t attempt, bool into_open)
{
    bool takes = into_open ? job->state == JOB_STATE_OPEN : job_takes_outcomes(job);
    int r;

    if (!takes || seq == 0 || seq > job->total || attempt < job->rest_before)
        return 0;
    r = is_of_attempt(writer, job, seq, attempt);
    if (r <= 0)
        return r;
    r = job_is_given_up(writer, job, seq);
    return r < 0 ? r : r == 0;
}

/* By which a page is found when its URL comes again. */
struct keys {
    uint64_t url, asked; /* 0: none */
};

/* The key of the submitted URL, which led to another one. */
static int find_asked(struct writer *writer, const struct store_outcome *outcome, uint64_t *ret)
{
    struct call call = call_begin(writer->sql, SQL_URL_GET);
    const char *url;
    size_t length;
    int r;

    call_u64(&call, outcome->job);
    call_u64(&call, outcome->seq);
    r = call_row(&call);
    if (r > 0) {
        r = row_text(&call, 0, &url, &length) ? 0 : -ENOMEM;
        *ret = r < 0 ? 0 : store_url_key(url);
    }
    call_end(&call);
    return r;
}

static int find_keys(struct writer *writer, const struct store_outcome *outcome, struct keys *ret)
{
    if (outcome_state(outcome->outcome) != URL_COUNTED || !outcome->url || !outcome->engine_id)
        return 0;
    ret->url = store_url_key(outcome->url);
    return outcome->final_url ? find_asked(writer, outcome, &ret->asked) : 0;
}

static void call_nonzero(struct call *call, uint64_t value)
{
    if (value > 0)
        call_u64(call, value);
    else
        call_text(call, NULL);
}

static int add_keys(struct writer *writer, const struct store_outcome *outcome, const struct keys *keys)
{
    struct known_key key = {.key = keys->url, .job = outcome->job, .seq = outcome->seq};
    int r = key.key > 0 ? known_keys_add(&writer->known_keys, writer->sql, &key) : 0;

    key.key = keys->asked;
    key.asked = true;
    return r == 0 && key.key > 0 ? known_keys_add(&writer->known_keys, writer->sql, &key) : r;
}

/* 1 if it was written, 0 if there is one. */
static int insert_outcome(struct writer *writer, const struct store_outcome *outcome, uint64_t counted_from)
{
    struct keys keys = {0};
    struct call call;
    int r = find_keys(writer, outcome, &keys);

    if (r < 0)
        return r;
    call = call_begin(writer->sql, SQL_OUTCOME_INSERT);
    call_u64(&call, outcome->job);
    call_u64(&call, outcome->seq);
    call_u64(&call, store_partition(outcome->host));
    call_u64(&call, outcome->outcome);
    call_text(&call, outcome->host);
    call_text(&call, outcome->final_url);
    call_text(&call, outcome->content_type);
    call_text(&call, outcome->charset);
    call_text(&call, outcome->charset_from);
    call_text(&call, outcome->title);
    call_text(&call, outcome->etag);
    call_text(&call, outcome->last_modified);
    call_text(&call, outcome->detail);
    call_text(&call, outcome->engine_id);
    if (outcome->counts || outcome->reuse.job > 0)
        call_blob(&call, outcome->content_hash, STORE_HASH_SIZE);
    else
        call_text(&call, NULL);
    call_i64(&call, outcome->http_status);
    call_u64(&call, outcome->tries);
    call_u64(&call, outcome->fetched_usec);
    call_u64(&call, outcome->duration_usec);
    call_u64(&call, outcome->body_bytes);
    call_u64(&call, outcome->wire_bytes);
    call_u64(&call, outcome->replaced);
    call_u64(&call, outcome->tokens);
    call_u64(&call, outcome->n_words);
    call_nonzero(&call, counted_from);
    call_nonzero(&call, keys.url);
    call_nonzero(&call, keys.asked);
    r = call_run(&call);
    if (r < 0 || sqlite3_changes(writer->sql->db) == 0)
        return r;
    r = add_keys(writer, outcome, &keys);
    return r < 0 ? r : 1;
}

int writer_reserve_pairs(struct writer *writer, size_t n)
{
    struct store_pair *grown;

    if (n <= writer->n_pairs)
        return 0;
    grown = reallocarray(writer->pairs, n, sizeof(*grown));
    if (!grown)
        return -ENOMEM;
    writer->pairs = grown;
    writer->n_pairs = n;
    return 0;
}

/* The page's words as pairs of id and tokens; new words are written. */
static int number_words(struct writer *writer, struct job *job, const struct store_outcome *outcome)
{
    struct store_word ahead[AHEAD];
    struct word_ids *words;
    int r = writer_reserve_pairs(writer, outcome->n_words);

    if (r >= 0)
        r = job_words(job, writer->hooks.hash, writer->sql, &words);
    if (r < 0)
        return r;
    for (size_t i = 0; i < outcome->n_words + AHEAD; i++) {
        struct store_word *word = &ahead[i % AHEAD];

        if (i >= AHEAD) {
            struct store_pair *pair = &writer->pairs[i - AHEAD];

            r = word_ids_get(words, word->hash, word->text, word->length, &pair->id);
            if (r < 0)
                return r;
            pair->tokens = word->tokens;
        }
        if (i < outcome->n_words) {
            *word = writer->hooks.word(outcome->counts, i);
            word_ids_near(words, word->hash);
        }
    }
    return 0;
}

/* Of an outcome's row, and of a page's, beside texts and counts. */
#define OUTCOME_ROW_BYTES 64
#define PAGE_ROW_BYTES 40

static uint64_t text_bytes(const char *text)
{
    return text ? strlen(text) : 0;
}

static uint64_t outcome_bytes(const struct store_outcome *outcome)
{
    return OUTCOME_ROW_BYTES + text_bytes(outcome->host) + text_bytes(outcome->final_url) +
        text_bytes(outcome->content_type) + text_bytes(outcome->title) + text_bytes(outcome->etag) +
        text_bytes(outcome->last_modified) + text_bytes(outcome->detail);
}

/* The page of words that are in writer->pairs. */
static int insert_page(struct writer *writer, struct job *job, const struct store_outcome *outcome)
{
    CLEANUP(freep) void *packed = NULL;
    size_t size = 0;
    struct call call;
    int r = writer->hooks.pack(writer->pairs, outcome->n_words, &packed, &size);

    if (r < 0)
        return r;
    call = call_begin(writer->sql, SQL_PAGE_INSERT);
    call_u64(&call, job->id);
    call_text(&call, outcome->host);
    call_u64(&call, outcome->seq);
    call_u64(&call, store_partition(outcome->host));
    call_u64(&call, outcome->tokens);
    call_blob(&call, outcome->content_hash, STORE_HASH_SIZE);
    call_blob(&call, packed, size);
    job->stored += size + text_bytes(outcome->host) + PAGE_ROW_BYTES;
    r = call_run(&call);
    return r < 0 ? r : job_note_engine(job, writer->sql, outcome->engine_id);
}

static void tally(struct job *job, const struct store_outcome *outcome)
{
    job->stored += outcome_bytes(outcome);
    job_tally(job, outcome->outcome, outcome->seq);
    job->tokens += outcome->tokens;
    job->body_bytes += outcome->body_bytes;
}

static int write_fetched(struct writer *writer, struct job *job, struct store_outcome *outcome)
{
    int r = insert_outcome(writer, outcome, outcome->counted_from_usec);

    if (r <= 0)
        return r;
    tally(job, outcome);
    outcome->accepted = true;
    r = outcome->counts ? number_words(writer, job, outcome) : 0;
    return r >= 0 && outcome->counts ? insert_page(writer, job, outcome) : r;
}

static int write_reused(struct writer *writer, struct job *job, struct store_outcome *outcome)
{
    CLEANUP(reused_deinit) struct reused reused = {0};
    int r = reused_load(&reused, writer, outcome);

    outcome->reuse_lost = r == 0;
    if (r > 0)
        r = insert_outcome(writer, &reused.outcome, reused.counted_from_usec);
    if (r <= 0)
        return r;
    tally(job, &reused.outcome);
    outcome->accepted = true;
    r = reused_number_words(&reused, writer, job);
    return r < 0 ? r : insert_page(writer, job, &reused.outcome);
}

int write_outcome(struct writer *writer, struct store_outcome *outcome)
{
    struct job *job;
    int r = jobs_get(&writer->jobs, writer->sql, outcome->job, &job);

    assert(outcome->outcome != OUTCOME_NONE);
    assert(!outcome->counts || outcome_state(outcome->outcome) == URL_COUNTED);
    assert(outcome->reuse.job == 0 || (!outcome->counts && outcome_state(outcome->outcome) == URL_COUNTED));
    outcome->accepted = outcome->reuse_lost = false;
    /* Removed meanwhile: nobody asks any more. */
    if (r == -ENOENT)
        return 0;
    if (r >= 0)
        r = is_current(writer, job, outcome->seq, outcome->attempt, outcome->into_open);
    if (r <= 0)
        return r;
    return outcome->reuse.job > 0 ? write_reused(writer, job, outcome) : write_fetched(writer, job, outcome);
}

static int store_refile(struct writer *writer, const struct store_refile *refile, uint64_t batch)
{
    struct call call = call_begin(writer->sql, SQL_REFILE_STORE);

    call_u64(&call, refile->job);
    call_u64(&call, refile->seq);
    call_u64(&call, refile->attempt);
    call_u64(&call, store_partition(refile->host));
    call_text(&call, refile->host);
    call_u64(&call, batch);
    call_text(&call, refile->url);
    call_u64(&call, refile->hops);
    call_u64(&call, refile->tries);
    return call_run(&call);
}

int write_refile(struct writer *writer, struct store_refile *refile)
{
    struct job *job;
    uint64_t batch = 0;
    int r = jobs_get(&writer->jobs, writer->sql, refile->job, &job);

    refile->accepted = false;
    if (r == -ENOENT)
        return 0;
    if (r >= 0)
        r = is_current(writer, job, refile->seq, refile->attempt, false);
    if (r <= 0)
        return r;
    r = has_outcome(writer, job, refile->seq);
    if (r != 0)
        return r < 0 ? r : 0;
    r = job_file(job, &writer->jobs.key, refile->host, refile->seq, &batch);
    if (r >= 0)
        r = store_refile(writer, refile, batch);
    refile->accepted = r >= 0;
    return r;
}
