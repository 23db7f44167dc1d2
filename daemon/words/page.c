#include "base/cleanup.h"
#include "words/key.h"
#include "words/reader.h"
#include "words/result.h"
#include "words/segment.h"
#include "words/title.h"
#include "words/words.h"

#include <errno.h>
#include <stdlib.h>

struct words_page {
    struct reader *reader;
    struct segmenter *segmenter;
    struct table table;
    struct title title;
};

DEFINE_CLEANUP(struct words_page *, words_page_free)

static int page_text(void *userdata, const uint8_t *utf8, size_t size, bool preformatted)
{
    struct words_page *page = userdata;

    return segmenter_feed(page->segmenter, utf8, size);
}

static int page_title(void *userdata, const uint8_t *utf8, size_t size)
{
    struct words_page *page = userdata;

    title_append(&page->title, utf8, size);
    return 0;
}

static int page_word(void *userdata, const uint8_t *word, size_t size)
{
    struct words_page *page = userdata;
    uint8_t key[KEY_ROOM];
    size_t key_size;
    int r = key_make(word, size, key, &key_size);

    if (r < 0 || key_size == 0)
        return r;
    return table_add(&page->table, key, (uint32_t)key_size);
}

static int page_plain(void *userdata, const struct plain_words *words)
{
    struct words_page *page = userdata;

    return table_add_plain(&page->table, words);
}

static const struct segment_sink page_segments = {.word = page_word, .plain = page_plain};

/* To the rules, a line feed is what the end of a text is: no end_word is needed. */
static const struct visible_sink page_sink = {
    .text = page_text,
    .title = page_title,
};

int words_page_new(struct words_page **ret)
{
    CLEANUP(words_page_freep) struct words_page *page = calloc(1, sizeof(*page));
    int r;

    if (!page)
        return -ENOMEM;
    r = reader_new(&page_sink, page, &page->reader);
    if (r == 0)
        r = segmenter_new(&page_segments, page, &page->segmenter);
    if (r < 0)
        return r;
    *ret = TAKE(page);
    return 0;
}

void words_page_free(struct words_page *page)
{
    if (!page)
        return;
    reader_free(page->reader);
    segmenter_free(page->segmenter);
    table_deinit(&page->table);
    free(page);
}

int words_page_begin(struct words_page *page, const struct words_options *options)
{
    segmenter_begin(page->segmenter);
    table_clear(&page->table);
    title_begin(&page->title);
    return reader_begin(page->reader, options);
}

static int end_text(struct words_page *page)
{
    int r = reader_finish(page->reader);

    return r < 0 ? r : segmenter_finish(page->segmenter);
}

int words_page_next(struct words_page *page, const struct words_options *options)
{
    int r = end_text(page);

    if (r < 0)
        return r;
    segmenter_begin(page->segmenter);
    title_begin(&page->title);
    return reader_begin(page->reader, options);
}

int words_page_feed(struct words_page *page, const void *bytes, size_t size)
{
    return reader_feed(page->reader, bytes, size);
}

int words_page_finish(struct words_page *page, struct words_counts **ret)
{
    int r = end_text(page);

    if (r < 0)
        return r;
    title_finish(&page->title);
    return words_counts_new(&page->table, ret);
}

enum words_type words_page_type(const struct words_page *page)
{
    return reader_sniffed(page->reader)->type;
}

const char *words_page_charset(const struct words_page *page)
{
    return reader_sniffed(page->reader)->encoding->name;
}

enum words_charset_from words_page_charset_from(const struct words_page *page)
{
    return reader_sniffed(page->reader)->from;
}

uint64_t words_page_replaced(const struct words_page *page)
{
    return reader_replaced(page->reader);
}

const char *words_page_title(const struct words_page *page)
{
    return page->title.text;
}
