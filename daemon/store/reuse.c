#include "store/reuse.h"
#include "store/store_change.h"

#include <errno.h>
#include <string.h>

void reused_deinit(struct reused *reused)
{
    arena_deinit(&reused->arena);
}

static int copy_text(struct reused *reused, const struct call *call, int column, const char **ret)
{
    const char *text;
    size_t length;
    char *copy;

    if (!row_text(call, column, &text, &length))
        return -ENOMEM;
    if (!text)
        return 0;
    copy = arena_allocate(&reused->arena, length + 1);
    if (!copy)
        return -ENOMEM;
    memcpy(copy, text, length);
    copy[length] = '\0';
    *ret = copy;
    return 0;
}

/* What the server said last of its validators holds; the rest is the page's. */
static int take_texts(struct reused *reused, const struct call *call)
{
    struct store_outcome *outcome = &reused->outcome;
    const struct {
        int column;
        const char **text;
    } texts[] = {
        {0, &outcome->host},
        {1, &outcome->url},
        {2, &outcome->content_type},
        {3, &outcome->charset},
        {4, &outcome->charset_from},
        {5, &outcome->title},
        {6, outcome->etag ? NULL : &outcome->etag},
        {7, outcome->last_modified ? NULL : &outcome->last_modified},
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        int r = texts[i].text ? copy_text(reused, call, texts[i].column, texts[i].text) : 0;

        if (r < 0)
            return r;
    }
    return 0;
}

static int take_counts(struct reused *reused, const struct call *call)
{
    const char *bytes;
    size_t size;
    void *copy;

    if (!row_text(call, 8, &bytes, &size))
        return -ENOMEM;
    if (!bytes || size != STORE_HASH_SIZE)
        return -EUCLEAN;
    memcpy(reused->outcome.content_hash, bytes, STORE_HASH_SIZE);
    if (!row_text(call, 16, &bytes, &size))
        return -ENOMEM;
    copy = arena_allocate(&reused->arena, size + 1);
    if (!copy)
        return -ENOMEM;
    if (size > 0)
        memcpy(copy, bytes, size);
    reused->packed = copy;
    reused->packed_size = size;
    return 0;
}

static int take_page(struct reused *reused, const struct call *call)
{
    struct store_outcome *outcome = &reused->outcome;
    int r;

    if (outcome->outcome == OUTCOME_FRESH) {
        outcome->http_status = (int)row_u64(call, 9);
        outcome->fetched_usec = row_u64(call, 10);
    }
    reused->counted_from_usec = row_u64(call, 11);
    outcome->body_bytes = row_u64(call, 12);
    outcome->replaced = row_u64(call, 13);
    outcome->tokens = row_u64(call, 14);
    outcome->n_words = (size_t)row_u64(call, 15);
    r = take_texts(reused, call);
    return r < 0 ? r : take_counts(reused, call);
}

/* The final URL is one only if it is not the submitted one. */
static int take_final_url(struct reused *reused, struct writer *writer)
{
    struct store_outcome *outcome = &reused->outcome;
    struct call call = call_begin(writer->sql, SQL_URL_GET);
    const char *submitted;
    size_t length;
    int r;

    call_u64(&call, outcome->job);
    call_u64(&call, outcome->seq);
    r = call_row(&call);
    if (r > 0 && !row_text(&call, 0, &submitted, &length))
        r = -ENOMEM;
    if (r > 0)
        outcome->final_url = strcmp(submitted, outcome->url) == 0 ? NULL : outcome->url;
    call_end(&call);
    return r == 0 ? -EUCLEAN : r;
}

int reused_load(struct reused *reused, struct writer *writer, const struct store_outcome *outcome)
{
    struct call call = call_begin(writer->sql, SQL_OUTCOME_REUSED);
    int r;

    reused->outcome = *outcome;
    call_u64(&call, outcome->reuse.job);
    call_u64(&call, outcome->reuse.seq);
    call_text(&call, outcome->engine_id);
    r = call_row(&call);
    if (r > 0) {
        int taken = take_page(reused, &call);

        r = taken < 0 ? taken : 1;
    }
    call_end(&call);
    return r > 0 ? take_final_url(reused, writer) : r;
}

int reused_number_words(const struct reused *reused, struct writer *writer, struct job *job)
{
    const struct store_outcome *outcome = &reused->outcome;
    struct word_ids *words;
    struct word_map *map;
    int r = writer_reserve_pairs(writer, outcome->n_words);

    if (r >= 0)
        r = writer->hooks.unpack(reused->packed, reused->packed_size, writer->pairs, outcome->n_words);
    if (r >= 0)
        r = job_words(job, writer->hooks.hash, writer->sql, &words);
    if (r >= 0)
        r = word_maps_get(&writer->maps, outcome->reuse.job, job->id, &map);
    for (size_t i = 0; r >= 0 && i < outcome->n_words; i++)
        r = word_map_get(map, writer->sql, words, writer->pairs[i].id, &writer->pairs[i].id);
    return r;
}
