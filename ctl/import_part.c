#include "ctl/import_part.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What a page and a word take in a message beside their texts, about. */
#define PAGE_BYTES 512
#define WORD_BYTES 12

int import_part_set_settings(struct import_part *part, const struct counts_file_head *head)
{
    part->settings = calloc(head->n_settings + 1, sizeof(*part->settings));
    if (!part->settings)
        return -ENOMEM;
    for (size_t i = 0; i < head->n_settings; i++) {
        char *text = arena_copy(&part->texts, head->settings[i]);
        char *value;

        if (!text)
            return -ENOMEM;
        part->bytes += strlen(text);
        value = text + strcspn(text, "=");
        if (*value)
            *value++ = '\0';
        part->settings[i] = (struct wire_setting){.name = text, .value = value};
    }
    part->in.settings = part->settings;
    part->in.n_settings = head->n_settings;
    return part->bytes > IMPORT_PART_BYTES ? -E2BIG : 0;
}

static const char *copy(struct import_part *part, const char *text, int *r)
{
    const char *copied = arena_copy(&part->texts, text);

    if (text && !copied)
        *r = -ENOMEM;
    part->bytes += text ? strlen(text) : 0;
    return copied;
}

static int fill_url(struct import_part *part, const struct counts_file_page *page, struct wire_url *url)
{
    bool is_counted = outcome_state(page->outcome) == URL_COUNTED;
    int r = 0;

    *url = (struct wire_url){
        .state = url_state_to_string(outcome_state(page->outcome)),
        .outcome = outcome_to_string(page->outcome),
        .url = copy(part, page->url, &r),
        .submitted = copy(part, page->submitted ? page->submitted : page->url, &r),
        .label = copy(part, page->label, &r),
        .final_url = copy(part, page->final_url, &r),
        .host = copy(part, page->host, &r),
        .detail = copy(part, page->detail, &r),
        .content_type = copy(part, page->content_type, &r),
        .charset = copy(part, page->charset, &r),
        .charset_from = copy(part, page->charset_from, &r),
        .title = copy(part, page->title, &r),
        .content_hash = copy(part, page->content_hash, &r),
        .fetched = copy(part, page->fetched, &r),
        .counted_from = copy(part, page->counted_from, &r),
        .body_bytes = wire_some_int((int64_t)page->body_bytes),
    };
    part->bytes += PAGE_BYTES;
    if (page->http_status > 0)
        url->http_status = wire_some_int(page->http_status);
    if (page->fetched) {
        url->wire_bytes = wire_some_int((int64_t)page->wire_bytes);
        url->attempts = wire_some_int((int64_t)page->attempts);
        url->seconds = wire_some_float((double)page->msec / 1000);
    }
    if (is_counted) {
        url->replaced = wire_some_int((int64_t)page->replaced);
        url->tokens = wire_some_int((int64_t)page->tokens);
        url->distinct = wire_some_int((int64_t)page->distinct);
    }
    return r;
}

int import_part_add(
    struct import_part *part, const char *engine, const struct counts_input_item *item, size_t *at)
{
    size_t left = item->n_words - *at;
    struct wire_page_counts *page;
    const char **words;
    int64_t *counts;
    size_t n = 0;
    int r = array_reserve_one(&part->pages, part->n_pages, &part->pages_capacity, sizeof(*part->pages));

    if (r < 0)
        return r;
    if (left > IMPORT_PART_BYTES / WORD_BYTES)
        left = IMPORT_PART_BYTES / WORD_BYTES;
    page = &part->pages[part->n_pages];
    *page = (struct wire_page_counts){0};
    r = fill_url(part, item->page, &page->url);
    words = arena_allocate(&part->texts, (left + 1) * sizeof(*words));
    counts = arena_allocate(&part->texts, (left + 1) * sizeof(*counts));
    if (!words || !counts)
        return -ENOMEM;
    while (r == 0 && n < left && (n == 0 || part->bytes < IMPORT_PART_BYTES)) {
        words[n] = copy(part, item->words[*at].text, &r);
        counts[n++] = (int64_t)item->words[(*at)++].tokens;
        part->bytes += WORD_BYTES;
    }
    if (outcome_state(item->page->outcome) == URL_COUNTED)
        page->engine = engine;
    page->words = words;
    page->counts = counts;
    page->n_words = page->n_counts = n;
    if (*at < item->n_words)
        page->more = wire_some_bool(true);
    part->n_pages++;
    return r;
}

bool import_part_is_full(const struct import_part *part)
{
    return part->bytes >= IMPORT_PART_BYTES;
}

const struct wire_import_in *import_part_message(struct import_part *part)
{
    part->in.pages = part->pages;
    part->in.n_pages = part->n_pages;
    return &part->in;
}

void import_part_clear(struct import_part *part)
{
    arena_deinit(&part->texts);
    free(part->settings);
    *part = (struct import_part){.pages = part->pages, .pages_capacity = part->pages_capacity};
}

void import_part_deinit(struct import_part *part)
{
    import_part_clear(part);
    free(part->pages);
}
