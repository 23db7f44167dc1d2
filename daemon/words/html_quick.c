/* The way of most text and most tags through the tokenizer: from one byte that may mean something to the
 * next. What is cut or written in an odd way is left to the states, which know all of it; this file knows
 * only what leaves no doubt, and must do the same. */
#include "words/html_attribute.h"
#include "words/html_states.h"

#include "words/bytes.h"

/* Bytes behind those that are marked which can be read. */
#define SLACK BATCH_UNIT

struct cursor {
    const uint8_t *base;   /* html->marked */
    const uint16_t *place; /* the first in html->places that has not been looked at */
    struct html *html;
    const uint8_t *end; /* of the chunk */
    bool states;        /* what follows is for the states to read */
};

static bool mark(struct html *html, const uint8_t *at, const uint8_t *end)
{
    size_t n = end - at > SLACK ? (size_t)(end - at - SLACK) / HTML_MARK_BLOCK : 0;

    if (n > HTML_MARK_MAX_BLOCKS)
        n = HTML_MARK_MAX_BLOCKS;
    html->mark(at, n, html->places);
    html->marked = at;
    html->marked_end = at + n * HTML_MARK_BLOCK;
    html->place = html->places;
    return n > 0;
}

/* To what is marked at `at` or behind it. */
static bool begin(struct cursor *cursor, const uint8_t *at)
{
    struct html *html = cursor->html;
    size_t offset;

    if ((at < html->marked || at >= html->marked_end) && !mark(html, at, cursor->end))
        return false;
    offset = (size_t)(at - html->marked);
    while (*html->place < offset)
        html->place++;
    cursor->base = html->marked;
    cursor->place = html->place;
    return true;
}

/* Behind the last place of what is marked: to the next that there is. By value, so that the cursor can stay
 * in registers where it is used. */
static __attribute__((noinline)) struct cursor go_on(struct cursor cursor)
{
    struct html *html = cursor.html;

    do {
        if (!mark(html, html->marked_end, cursor.end))
            break;
    } while (*html->place == HTML_MARK_END);
    cursor.base = html->marked;
    cursor.place = html->place;
    return cursor;
}

/* The next marked byte, or NULL if none is known. */
static inline __attribute__((always_inline)) const uint8_t *next(struct cursor *cursor)
{
    if (__builtin_expect(*cursor->place == HTML_MARK_END, 0)) {
        *cursor = go_on(*cursor);
        if (*cursor->place == HTML_MARK_END)
            return NULL;
    }
    return cursor->base + *cursor->place++;
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

/* From before the opening quote of a value to the closing one, or NULL. */
static inline const uint8_t *quick_value(struct cursor *cursor, uint8_t quote)
{
    const uint8_t *close;

    if ((quote != '"' && quote != '\'') || !next(cursor))
        return NULL;
    do {
        close = next(cursor);
    } while (close && *close != quote);
    return close;
}

/* Whether one of the attributes follows that most are, which mean nothing to text. */
static inline bool is_common(const uint8_t *at)
{
    uint64_t eight = bytes_load(at);

    return eight == bytes_load((const uint8_t *)" class=\"") ||
        eight == bytes_load((const uint8_t *)" title=\"") ||
        bytes_first(eight, 7) == bytes_load((const uint8_t *)" href=\"") ||
        bytes_first(eight, 5) == bytes_load((const uint8_t *)" id=\"\0\0");
}

/* An attribute with a value in quotes: `at` is before its name, `stop` at the "=" behind. Returns the quote
 * that ends it, or NULL. */
static inline const uint8_t *quick_attribute(
    struct cursor *cursor, struct html_tag *tag, uint8_t *seen, const uint8_t *at, const uint8_t *stop)
{
    enum attribute attribute = ATTRIBUTE_OTHER;
    const uint8_t *close;
    size_t size;

    if (is_common(at))
        return quick_value(cursor, '"');
    while (*at <= ' ' && bytes_is_space(*at))
        at++;
    size = (size_t)(stop - at);
    if (size == 0 || has_separator(at, size))
        return NULL;
    close = quick_value(cursor, stop[1]);
    if (close && size <= 8)
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
    while (*at <= ' ' && bytes_is_space(*at))
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

    while (at < stop && !bytes_is_space(*at) && *at != '/')
        hash = element_hash(hash, html_lower(*at++));
    *ret_size = (size_t)(at - start);
    *ret_hash = hash;
    return element_from_hash(hash);
}

static inline const uint8_t *hand_on(
    struct cursor *cursor, const struct html_tag *tag, const uint8_t *at, int *r)
{
    struct html *html = cursor->html;

    *r = html_hand_on_tag(html, tag);
    cursor->states = *r < 0 || html->content != HTML_DATA;
    return at + 1;
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

    /* Of eight bytes that are all of a name, the name may go on behind. */
    if (size < sizeof(eight) && size < (size_t)(stop - at))
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
    if (end) /* what else it has means nothing */
        tag = (struct html_tag){.element = tag.element, .name = tag.name, .end = true};
    return hand_on(cursor, &tag, at, r);
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
    return hand_on(cursor, &(struct html_tag){.element = element, .end = end}, stop, r);
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
    return *r < 0 ? NULL : at + size;
}

const uint8_t *html_quick_text(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    struct cursor cursor = {.html = html, .end = end};

    if (!begin(&cursor, at))
        return at;
    for (;;) {
        const uint8_t *stop = next(&cursor), *after = NULL;

        if (!stop) {
            /* A reference may reach beyond; then there is nothing to put, and too little to read. */
            stop = html->marked_end > at ? html->marked_end : at;
            while (stop > at && (*stop & 0xC0) == 0x80) /* pieces are cut between characters */
                stop--;
            *r = stop > at ? put(html, at, stop) : 0;
            return stop;
        }
        if (*stop == '<') {
            *r = put(html, at, stop);
            after = *r < 0 ? NULL : quick_tag(&cursor, stop + 1, r);
        } else if (*stop == '&') {
            *r = put(html, at, stop);
            after = *r < 0 ? NULL : quick_reference(html, stop + 1, r);
        } else if (*stop == '\0') {
            *r = put(html, at, stop);
        } else {
            continue;
        }
        if (!after)
            return stop;
        at = after;
        if (cursor.states)
            return at;
    }
}
