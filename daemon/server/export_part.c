#include "server/export_part.h"

#include "base/array.h"
#include "server/list_reply.h"
#include "server/view.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What a URL and a word take in a message beside their texts, about. */
#define URL_BYTES 512
#define WORD_BYTES 12

void export_part_deinit(struct export_part *part)
{
    arena_deinit(&part->arena);
    free(part->items);
    free(part->texts);
    free(part->numbers);
}

bool export_part_is_full(const struct export_part *part)
{
    return part->bytes >= LIST_PART_BYTES;
}

void export_part_clear(struct export_part *part)
{
    arena_deinit(&part->arena);
    part->arena = (struct arena){0};
    part->n_items = 0;
    part->n_texts = 0;
    part->bytes = 0;
}

const struct wire_page_counts *export_part_pages(struct export_part *part)
{
    size_t at = 0;

    for (size_t i = 0; i < part->n_items; i++) {
        struct wire_page_counts *item = &part->items[i];

        item->words = part->texts + at;
        item->counts = part->numbers + at;
        item->n_counts = item->n_words;
        at += item->n_words;
    }
    return part->items;
}

static size_t text_bytes(const struct wire_url *url)
{
    const char *texts[] = {url->source, url->label, url->submitted, url->url, url->final_url, url->host,
        url->detail, url->content_type, url->charset, url->title};
    size_t bytes = URL_BYTES;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        bytes += texts[i] ? strlen(texts[i]) : 0;
    return bytes;
}

/* An item for the row, whose words are still to come. */
static int add_item(struct export_part *part, const struct store_url_row *row)
{
    struct wire_page_counts *item;
    int r = array_reserve_one(&part->items, part->n_items, &part->items_capacity, sizeof(*part->items));

    if (r < 0)
        return r;
    item = &part->items[part->n_items];
    *item = (struct wire_page_counts){.engine = row->engine_id};
    r = view_url(part->service, row, &part->arena, &item->url);
    if (r < 0)
        return r;
    part->bytes += text_bytes(&item->url);
    part->n_items++;
    return 0;
}

static int add_word(struct export_part *part, const struct counts_pair *pair)
{
    const struct store_words_row *word = &part->known->rows[pair->id];
    int r = array_reserve_one(&part->texts, part->n_texts, &part->texts_capacity, sizeof(*part->texts));

    if (r == 0)
        r = array_reserve_one(&part->numbers, part->n_texts, &part->numbers_capacity, sizeof(*part->numbers));
    if (r < 0)
        return r;
    part->texts[part->n_texts] = word->text;
    part->numbers[part->n_texts++] = (int64_t)pair->tokens;
    part->items[part->n_items - 1].n_words++;
    part->bytes += word->length + WORD_BYTES;
    return 0;
}

/* Words until the row or the part ends. 1: the row has ended; 0: the part is full; negative errno. */
static int add_words(struct export_part *part)
{
    while (!export_part_is_full(part)) {
        struct counts_pair pair;
        int r = counts_reader_next(&part->counts, &pair);

        if (r <= 0)
            return r == 0 ? 1 : -EUCLEAN;
        /* All words of a job that has ended were there before its pages were read. */
        if (pair.id >= part->known->n_rows || !part->known->rows[pair.id].text)
            return -EUCLEAN;
        r = add_word(part, &pair);
        if (r < 0)
            return r;
    }
    if (part->counts.position == part->counts.end)
        return 1;
    part->items[part->n_items - 1].more = wire_some_bool(true);
    return 0;
}

int export_part_add(struct export_part *part, const struct store_url_row *row)
{
    bool is_counted = outcome_state(row->outcome) == URL_COUNTED;
    int r;

    if (row->outcome == OUTCOME_NONE)
        return -EAGAIN;
    if (is_counted && !row->counts)
        return -EUCLEAN;
    r = add_item(part, row);
    if (r < 0)
        return r;
    if (!part->in_row && is_counted)
        counts_reader_init(&part->counts, row->counts, row->counts_size);
    part->in_row = true;
    r = is_counted ? add_words(part) : 1;
    if (r > 0)
        part->in_row = false;
    return r;
}
