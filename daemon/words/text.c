/* The text that is counted, laid out for a reader: white space collapsed outside of preformatted text, blocks
 * on lines of their own, cells a tab apart. To the rules of words all of these are alike: they end a word on
 * both sides. */
#include "base/array.h"
#include "base/cleanup.h"
#include "words/bytes.h"
#include "words/reader.h"
#include "words/words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_BATCH 16384

/* What stands between the last character and the next; the greater one of several counts. */
enum gap {
    GAP_NONE,
    GAP_SPACE,
    GAP_CELL,
    GAP_LINE,
};

struct words_text {
    struct reader *reader;
    words_sink sink;
    void *userdata;
    struct buffer output;
    enum gap gap;
    bool begun;        /* a character has been written */
    bool after_return; /* the last one was CR, in preformatted text */
};

DEFINE_CLEANUP(struct words_text *, words_text_free)

static int flush(struct words_text *text)
{
    int r;

    if (text->output.size == 0)
        return 0;
    r = text->sink(text->userdata, (const char *)text->output.bytes, text->output.size);
    text->output.size = 0;
    return r < 0 ? r : 0;
}

static void widen_gap(struct words_text *text, enum gap gap)
{
    if (gap > text->gap)
        text->gap = gap;
}

static int put_gap(struct words_text *text)
{
    static const char *const gaps[] = {
        [GAP_NONE] = "", [GAP_SPACE] = " ", [GAP_CELL] = "\t", [GAP_LINE] = "\n"};
    enum gap gap = text->begun ? text->gap : GAP_NONE;

    text->gap = GAP_NONE;
    return buffer_append_text(&text->output, gaps[gap]);
}

static int put(struct words_text *text, const uint8_t *utf8, size_t size)
{
    int r = put_gap(text);

    /* What begins like a byte order mark would be taken for one. */
    if (r == 0 && !text->begun && size >= 3 && memcmp(utf8, "\xEF\xBB\xBF", 3) == 0)
        r = buffer_append_text(&text->output, "\n");
    if (r == 0)
        r = buffer_append(&text->output, utf8, size);
    text->begun = true;
    if (r == 0 && text->output.size >= TEXT_BATCH)
        r = flush(text);
    return r;
}

static int put_collapsed(struct words_text *text, const uint8_t *utf8, size_t size)
{
    size_t at = 0;
    int r = 0;

    text->after_return = false;
    while (r == 0 && at < size) {
        size_t start = at;

        while (at < size && !bytes_is_space(utf8[at]))
            at++;
        if (at > start)
            r = put(text, utf8 + start, at - start);
        if (at < size)
            widen_gap(text, GAP_SPACE);
        while (at < size && bytes_is_space(utf8[at]))
            at++;
    }
    return r;
}

/* Lines end with LF, whatever they end with in the page. */
static int put_preformatted(struct words_text *text, const uint8_t *utf8, size_t size)
{
    size_t at = 0;
    int r = 0;

    while (r == 0 && at < size) {
        const uint8_t *stop = memchr(utf8 + at, '\r', size - at);
        size_t end = stop ? (size_t)(stop - utf8) : size;

        if (text->after_return && utf8[at] == '\n')
            at++;
        text->after_return = false;
        if (end > at)
            r = put(text, utf8 + at, end - at);
        at = end;
        if (r == 0 && stop) {
            r = put(text, (const uint8_t *)"\n", 1);
            text->after_return = true;
            at++;
        }
    }
    return r;
}

static int text_text(void *userdata, const uint8_t *utf8, size_t size, bool preformatted)
{
    struct words_text *text = userdata;

    return preformatted ? put_preformatted(text, utf8, size) : put_collapsed(text, utf8, size);
}

static int text_end_word(void *userdata, enum visible_break kind)
{
    static const enum gap gaps[] = {
        [VISIBLE_BOX] = GAP_SPACE, [VISIBLE_CELL] = GAP_CELL, [VISIBLE_BLOCK] = GAP_LINE};
    struct words_text *text = userdata;

    widen_gap(text, gaps[kind]);
    text->after_return = false;
    return 0;
}

static int text_title(void *userdata, const uint8_t *utf8, size_t size)
{
    return 0;
}

static const struct visible_sink text_sink = {
    .text = text_text,
    .end_word = text_end_word,
    .title = text_title,
};

int words_text_new(
    const struct words_options *options, words_sink sink, void *userdata, struct words_text **ret)
{
    CLEANUP(words_text_freep) struct words_text *text = calloc(1, sizeof(*text));
    int r;

    if (!text)
        return -ENOMEM;
    text->sink = sink;
    text->userdata = userdata;
    r = reader_new(&text_sink, text, &text->reader);
    if (r == 0)
        r = reader_begin(text->reader, options);
    if (r < 0)
        return r;
    *ret = TAKE(text);
    return 0;
}

void words_text_free(struct words_text *text)
{
    if (!text)
        return;
    reader_free(text->reader);
    buffer_deinit(&text->output);
    free(text);
}

int words_text_feed(struct words_text *text, const void *bytes, size_t size)
{
    return reader_feed(text->reader, bytes, size);
}

int words_text_finish(struct words_text *text)
{
    int r = reader_finish(text->reader);

    if (r == 0 && text->begun)
        r = buffer_append_text(&text->output, "\n");
    return r < 0 ? r : flush(text);
}
