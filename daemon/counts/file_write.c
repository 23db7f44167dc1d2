#include "counts/file.h"

#include "counts/file_text.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

struct counts_file_writer {
    XXH3_state_t *sum; /* of all bytes so far */
    struct counts_file_totals totals;
};

/* ---- pages and words ---- */

static int put_counts(struct buffer *buffer, const struct counts_file_page *page)
{
    int r;

    if (outcome_state(page->outcome) != URL_COUNTED)
        return buffer_append(buffer, "\t\t\t", 3);
    r = file_put_number(buffer, page->replaced);
    if (r == 0)
        r = file_put_number(buffer, page->tokens);
    return r < 0 ? r : file_put_number(buffer, page->distinct);
}

/* Of a page whose time of fetching is not known, nothing was measured. */
static int put_times(struct buffer *buffer, const struct counts_file_page *page)
{
    char seconds[32];
    int r = file_put_text(buffer, page->fetched);

    (void)snprintf(
        seconds, sizeof(seconds), "%" PRIu64 ".%03u", page->msec / 1000, (unsigned)(page->msec % 1000));
    if (r == 0)
        r = file_put_text(buffer, page->counted_from);
    if (r == 0)
        r = file_put_text(buffer, seconds);
    return r < 0 ? r : file_put_number(buffer, page->attempts);
}

/* Whether a page had been fetched before is of no matter where times are none. */
static const char *outcome_of(const struct counts_file_page *page, bool with_times)
{
    bool is_counted = outcome_state(page->outcome) == URL_COUNTED;

    return outcome_to_string(is_counted && !with_times ? OUTCOME_COUNTED : page->outcome);
}

static int put_status(struct buffer *buffer, const struct counts_file_page *page, bool with_times)
{
    bool is_told = with_times || outcome_state(page->outcome) != URL_COUNTED;

    return is_told && page->http_status > 0 ? file_put_number(buffer, page->http_status)
                                            : file_put_text(buffer, NULL);
}

int counts_format_page(struct buffer *buffer, const struct counts_file_page *page, bool with_times)
{
    bool has_times = with_times && page->fetched;
    /* In the order of enum file_column. */
    const char *first[] = {page->url, page->submitted, page->label, outcome_of(page, with_times)};
    const char *then[] = {page->host, page->final_url, page->content_type, page->charset, page->charset_from,
        page->title, page->content_hash};
    int r = buffer_append_text(buffer, FILE_PAGE);

    for (size_t i = 0; i < sizeof(first) / sizeof(first[0]) && r == 0; i++)
        r = file_put_text(buffer, first[i]);
    if (r == 0)
        r = put_status(buffer, page, with_times);
    for (size_t i = 0; i < sizeof(then) / sizeof(then[0]) && r == 0; i++)
        r = file_put_text(buffer, then[i]);
    if (r == 0)
        r = file_put_number(buffer, page->body_bytes);
    if (r == 0)
        r = has_times ? file_put_number(buffer, page->wire_bytes) : file_put_text(buffer, NULL);
    if (r == 0)
        r = put_counts(buffer, page);
    if (r == 0)
        r = has_times ? put_times(buffer, page) : buffer_append(buffer, "\t\t\t\t", 4);
    if (r == 0)
        r = file_put_text(buffer, page->detail);
    return r < 0 ? r : buffer_append(buffer, "\n", 1);
}

int counts_format_word(struct buffer *buffer, const char *word, size_t length, uint64_t tokens)
{
    int r = file_put(buffer, word, length);

    if (r == 0)
        r = file_put_number(buffer, tokens);
    return r < 0 ? r : buffer_append(buffer, "\n", 1);
}

/* ---- a file ---- */

int counts_file_writer_new(struct counts_file_writer **ret)
{
    CLEANUP(counts_file_writer_freep) struct counts_file_writer *writer = calloc(1, sizeof(*writer));

    if (!writer)
        return -ENOMEM;
    writer->sum = XXH3_createState();
    if (!writer->sum)
        return -ENOMEM;
    XXH3_128bits_reset(writer->sum);
    *ret = TAKE(writer);
    return 0;
}

void counts_file_writer_free(struct counts_file_writer *writer)
{
    if (!writer)
        return;
    XXH3_freeState(writer->sum);
    free(writer);
}

static int put_list(struct buffer *buffer, const char *keyword, const char *const *texts, size_t n)
{
    int r = 0;

    for (size_t i = 0; i < n && r == 0; i++) {
        r = buffer_append_text(buffer, keyword);
        if (r == 0)
            r = file_put_text(buffer, texts[i]);
        if (r == 0)
            r = buffer_append(buffer, "\n", 1);
    }
    return r;
}

int counts_file_begin(
    struct counts_file_writer *writer, const struct counts_file_head *head, struct buffer *buffer)
{
    size_t before = buffer->size;
    int r = buffer_printf(buffer, FILE_MAGIC "\t%d\n" FILE_ENGINE "\t%s\n" FILE_TIMES "\t%s\n",
        COUNTS_FILE_VERSION, head->engine, head->has_times ? "yes" : "no");

    if (r == 0)
        r = put_list(buffer, FILE_SETTING, head->settings, head->n_settings);
    if (r == 0)
        r = put_list(buffer, FILE_NAME, head->names, head->n_names);
    if (r == 0)
        r = buffer_printf(buffer, FILE_COLUMNS "\t%s\n", file_columns);
    if (r == 0)
        XXH3_128bits_update(writer->sum, buffer->bytes + before, buffer->size - before);
    return r;
}

static void note_time(struct counts_file_totals *totals, const char *fetched)
{
    if (!fetched)
        return;
    if (!totals->first[0] || strcmp(fetched, totals->first) < 0)
        (void)snprintf(totals->first, sizeof(totals->first), "%s", fetched);
    if (strcmp(fetched, totals->last) > 0)
        (void)snprintf(totals->last, sizeof(totals->last), "%s", fetched);
}

void counts_file_note(struct counts_file_totals *totals, const struct counts_file_page *page)
{
    totals->urls++;
    totals->tokens += page->tokens;
    note_time(totals, page->fetched);
    switch (outcome_state(page->outcome)) {
    case URL_COUNTED:
        totals->counted++;
        break;
    case URL_FAILED:
        totals->failed++;
        break;
    case URL_SKIPPED:
        totals->skipped++;
        break;
    case URL_CANCELLED:
        totals->cancelled++;
        break;
    case URL_QUEUED:
    case URL_ACTIVE:
        break;
    }
}

void counts_file_add(
    struct counts_file_writer *writer, const struct counts_file_page *page, const void *text, size_t size)
{
    counts_file_note(&writer->totals, page);
    XXH3_128bits_update(writer->sum, text, size);
}

int counts_format_end(struct buffer *buffer, const struct counts_file_totals *totals)
{
    return buffer_printf(buffer,
        FILE_END "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%s\t%s\n",
        totals->urls, totals->counted, totals->failed, totals->skipped, totals->cancelled, totals->tokens,
        totals->first, totals->last);
}

int counts_format_sum(struct buffer *buffer, const struct XXH3_state_s *sum)
{
    XXH128_canonical_t canonical;
    int r = buffer_append_text(buffer, FILE_SUM "\t");

    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(sum));
    for (size_t i = 0; i < sizeof(canonical.digest) && r == 0; i++)
        r = buffer_printf(buffer, "%02x", canonical.digest[i]);
    return r < 0 ? r : buffer_append(buffer, "\n", 1);
}

int counts_file_end(struct counts_file_writer *writer, struct buffer *buffer)
{
    size_t before = buffer->size;
    int r = counts_format_end(buffer, &writer->totals);

    if (r < 0)
        return r;
    XXH3_128bits_update(writer->sum, buffer->bytes + before, buffer->size - before);
    return counts_format_sum(buffer, writer->sum);
}

const struct counts_file_totals *counts_file_written(const struct counts_file_writer *writer)
{
    return &writer->totals;
}
