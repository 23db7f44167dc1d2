/* The way of most text and most tags through the tokenizer: from one byte that may mean something to the
 * next. What is cut or written in an odd way is left to the states, which know all of it; this file knows
 * only what leaves no doubt, and must do the same. */
#include "words/html_attribute.h"
#include "words/html_states.h"

#include "words/bytes.h"

/* Bytes behind those that are marked which can be read. */
#define SLACK BATCH_UNIT

struct cursor {
    struct html *html;
    const uint8_t *end;   /* of the chunk */
    const uint8_t *block; /* that the bits are of */
    uint64_t bits;        /* those that have not been looked at */
};

static bool mark(struct html *html, const uint8_t *at, const uint8_t *end)
{
    size_t n = end - at > SLACK ? (size_t)(end - at - SLACK) / HTML_MARK_BLOCK : 0;

    if (n > HTML_MARKS)
        n = HTML_MARKS;
    html->mark(at, n, html->marks);
    html->marked = at;
    html->marked_end = at + n * HTML_MARK_BLOCK;
    return n > 0;
}

/* To what is marked at `at` or behind it. */
static bool place(struct cursor *cursor, const uint8_t *at)
{
    struct html *html = cursor->html;
    size_t offset;

    if ((at < html->marked || at >= html->marked_end) && !mark(html, at, cursor->end))
        return false;
    offset = (size_t)(at - html->marked);
    cursor->block = html->marked + offset / HTML_MARK_BLOCK * HTML_MARK_BLOCK;
    cursor->bits = html->marks[offset / HTML_MARK_BLOCK] & (UINT64_MAX << offset % HTML_MARK_BLOCK);
    return true;
}

/* Into the next block; false where the marks end. */
static bool go_on(struct cursor *cursor)
{
    struct html *html = cursor->html;

    cursor->block += HTML_MARK_BLOCK;
    if (cursor->block == html->marked_end && !mark(html, cursor->block, cursor->end))
        return false;
    cursor->bits = html->marks[(size_t)(cursor->block - html->marked) / HTML_MARK_BLOCK];
    return true;
}

/* The next marked byte, or NULL if none is known. */
static inline const uint8_t *next(struct cursor *cursor)
{
    const uint8_t *at;

    while (cursor->bits == 0)
        if (!go_on(cursor))
            return NULL;
    at = cursor->block + __builtin_ctzll(cursor->bits);
    cursor->bits &= cursor->bits - 1;
    return at;
}

/* Whether there is a byte that is in no name: white space, or the slash. Other control characters are taken
 * for such. */
static bool has_separator(const uint8_t *at, size_t size)
{
    for (; size > 8; at += 8, size -= 8)
        if (bytes_below(bytes_load(at), 0x21) | bytes_equal(bytes_load(at), '/'))
            return true;
    return bytes_first(bytes_below(bytes_load(at), 0x21) | bytes_equal(bytes_load(at), '/'), size) != 0;
}

/* An attribute with a value in quotes: `at` is before its name, `stop` at the "=" behind. Returns the quote
 * that ends it, or NULL. */
static inline const uint8_t *quick_attribute(
    struct cursor *cursor, struct html_tag *tag, uint8_t *seen, const uint8_t *at, const uint8_t *stop)
{
    uint8_t quote = stop[1];
    const uint8_t *close;
    enum attribute attribute = ATTRIBUTE_OTHER;
    size_t size;

    while (html_is_space(*at))
        at++;
    size = (size_t)(stop - at);
    if (size == 0 || has_separator(at, size) || (quote != '"' && quote != '\'') || !next(cursor))
        return NULL;
    do {
        close = next(cursor);
        if (!close)
            return NULL;
    } while (*close != quote);
    if (size <= 8)
        attribute = html_attribute_from_key(bytes_first(bytes_lower(bytes_load(at)), size));
    if (attribute != ATTRIBUTE_OTHER &&
        !html_note_attribute(tag, seen, attribute, stop + 2, (size_t)(close - stop - 2)))
        return NULL;
    return close;
}

/* From behind the name to the ">", which it returns, or NULL; `stop` is the next marked byte. */
static inline const uint8_t *quick_attributes(
    struct cursor *cursor, struct html_tag *tag, const uint8_t *at, const uint8_t *stop)
{
    uint8_t seen = 0;

    while (*stop == '=') {
        at = quick_attribute(cursor, tag, &seen, at, stop);
        if (!at)
            return NULL;
        at++;
        stop = next(cursor);
        if (!stop)
            return NULL;
    }
    if (at == stop)
        return *stop == '>' ? stop : NULL;
    while (html_is_space(*at))
        at++;
    if (*at == '/' && at + 1 == stop) {
        tag->self_closing = true;
        at++;
    }
    return *stop == '>' && at == stop ? stop : NULL;
}

/* Names of any length, and those that are none of HTML's. */
static enum element any_name(const uint8_t *at, const uint8_t *stop, size_t *ret_size, uint64_t *ret_hash)
{
    const uint8_t *start = at;
    uint64_t hash = ELEMENT_HASH_START;

    while (at < stop && !html_is_space(*at) && *at != '/')
        hash = element_hash(hash, html_lower(*at++));
    *ret_size = (size_t)(at - start);
    *ret_hash = hash;
    return element_from_hash(hash);
}

static inline bool is_plain(const struct html *html, enum element element)
{
    return html->n_open && !(element_flags[element] & ~(uint32_t)FLAGS_PLAIN);
}

static inline void count_plain(struct html *html, enum element element, bool end)
{
    uint32_t *n = &html->n_open[element];

    *n = end ? *n - (*n > 0) : *n + 1;
}

/* A tag that has attributes, or no simple name, which begins at `at`; `stop` is the first marked byte behind
 * it. */
static inline const uint8_t *quick_other_tag(
    struct cursor *cursor, const uint8_t *at, const uint8_t *stop, bool end, int *r)
{
    struct html *html = cursor->html;
    struct html_tag tag = {.end = end};
    uint64_t eight = bytes_load(at);
    size_t size = bytes_which(bytes_below(eight, 0x21));

    if (size < (size_t)(stop - at))
        tag.element = element_from_key(bytes_first(bytes_lower(eight), size));
    if (tag.element == ELEMENT_OTHER) {
        if (!html_is_letter(*at))
            return NULL;
        tag.element = any_name(at, stop, &size, &tag.name);
    }
    at = quick_attributes(cursor, &tag, at + size, stop);
    if (!at)
        return NULL;
    if (is_plain(html, tag.element) && !tag.has_hidden && !tag.display_none) {
        count_plain(html, tag.element, end);
        return at + 1;
    }
    html->tag = tag;
    return html_hand_on_tag(html, at, r);
}

/* `at` is behind a "<". Returns where its tag ends, which has been dealt with, or NULL, and nothing has been
 * done. */
static inline const uint8_t *quick_tag(struct cursor *cursor, const uint8_t *at, int *r)
{
    struct html *html = cursor->html;
    const uint8_t *stop = next(cursor);
    enum element element = ELEMENT_OTHER;
    bool end = *at == '/';

    if (!stop)
        return NULL;
    at += end;
    if (*stop == '>' && stop - at <= 8)
        element = element_from_key(bytes_first(bytes_lower(bytes_load(at)), (size_t)(stop - at)));
    if (element == ELEMENT_OTHER)
        return quick_other_tag(cursor, at, stop, end, r);
    if (is_plain(html, element)) {
        count_plain(html, element, end);
        return stop + 1;
    }
    html->tag = (struct html_tag){.element = element, .end = end};
    return html_hand_on_tag(html, stop, r);
}

static inline int put(struct html *html, const uint8_t *at, const uint8_t *stop)
{
    size_t size = (size_t)(stop - at);

    if (html->batch && batch_put_unit(html->batch, at, size))
        return 0;
    return html_put_text(html, at, size);
}

static const uint8_t *quick_reference(struct html *html, const uint8_t *at, int *r)
{
    uint8_t text[REFERENCE_MAX_TEXT];
    size_t text_size, size = reference_whole(at, text, &text_size);

    if (size == 0)
        return NULL;
    *r = html_put_text(html, text, text_size);
    return at + size;
}

const uint8_t *html_quick_text(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    struct cursor cursor = {.html = html, .end = end};

    if (!place(&cursor, at))
        return at;
    for (;;) {
        const uint8_t *stop = next(&cursor), *after = NULL;

        if (!stop) {
            /* A reference may reach beyond. */
            stop = html->marked_end > at ? html->marked_end : at;
            while (stop > at && (*stop & 0xC0) == 0x80) /* pieces are cut between characters */
                stop--;
            *r = put(html, at, stop);
            return stop;
        }
        if (*stop != '<' && *stop != '&' && *stop != '\0')
            continue;
        *r = put(html, at, stop);
        if (*r < 0)
            return stop;
        if (*stop == '<')
            after = quick_tag(&cursor, stop + 1, r);
        else if (*stop == '&')
            after = quick_reference(html, stop + 1, r);
        if (!after || *r < 0 || html->state != STATE_TEXT || html->content != HTML_DATA)
            return after ? after : stop;
        at = after;
    }
}
