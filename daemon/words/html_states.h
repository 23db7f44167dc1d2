/* The states of the tokenizer, one function each. For html*.c alone.
 *
 * A function reads from `at` as far as its state lasts, sets the next state and returns where it stopped; it
 * may stop before a byte that the next state is to read ("reconsume"). A negative errno in *r ends the run.
 */
#pragma once

#include "words/html.h"

enum html_state {
    STATE_TEXT, /* data, RCDATA, RAWTEXT and PLAINTEXT, by html->content */
    STATE_REFERENCE,
    STATE_TAG_OPEN,
    STATE_END_TAG_OPEN,
    STATE_TAG_NAME,
    STATE_BEFORE_ATTRIBUTE_NAME,
    STATE_ATTRIBUTE_NAME,
    STATE_AFTER_ATTRIBUTE_NAME,
    STATE_BEFORE_ATTRIBUTE_VALUE,
    STATE_VALUE_DOUBLE_QUOTED,
    STATE_VALUE_SINGLE_QUOTED,
    STATE_VALUE_UNQUOTED,
    STATE_AFTER_VALUE_QUOTED,
    STATE_SELF_CLOSING,
    STATE_BOGUS_COMMENT, /* DOCTYPE, too: it ends at the first ">" whatever it holds */
    STATE_MARKUP_DECLARATION,
    STATE_COMMENT_START,
    STATE_COMMENT_START_DASH,
    STATE_COMMENT,
    STATE_COMMENT_END_DASH,
    STATE_COMMENT_END,
    STATE_COMMENT_END_BANG,
    STATE_CDATA,
    STATE_CDATA_BRACKET,
    STATE_CDATA_END,
    /* In RCDATA and RAWTEXT: */
    STATE_TEXT_LESS_THAN,
    STATE_TEXT_END_TAG_OPEN,
    STATE_TEXT_END_TAG_NAME,
    /* Script data, and its escaped and double escaped forms: */
    STATE_SCRIPT,
    STATE_SCRIPT_LESS_THAN,
    STATE_SCRIPT_END_TAG_OPEN,
    STATE_SCRIPT_END_TAG_NAME,
    STATE_SCRIPT_ESCAPE_START,
    STATE_SCRIPT_ESCAPE_START_DASH,
    STATE_ESCAPED,
    STATE_ESCAPED_DASH,
    STATE_ESCAPED_DASH_DASH,
    STATE_ESCAPED_LESS_THAN,
    STATE_ESCAPED_END_TAG_OPEN,
    STATE_ESCAPED_END_TAG_NAME,
    STATE_DOUBLE_ESCAPE_START,
    STATE_DOUBLE_ESCAPED,
    STATE_DOUBLE_ESCAPED_DASH,
    STATE_DOUBLE_ESCAPED_DASH_DASH,
    STATE_DOUBLE_ESCAPED_LESS_THAN,
    STATE_DOUBLE_ESCAPE_END,
    N_STATES,
};

typedef const uint8_t *(*html_state_function)(
    struct html *html, const uint8_t *at, const uint8_t *end, int *r);

html_state_function html_tag_state(enum html_state state);
html_state_function html_markup_state(enum html_state state);
html_state_function html_script_state(enum html_state state);

int html_put_text(struct html *html, const void *utf8, size_t size);
void html_append_value(struct html *html, const uint8_t *bytes, size_t size);

/* A tag begins; its name follows. */
void html_begin_tag(struct html *html, bool end);

/* A name of which only what fits is kept. */
void html_append_name(struct html *html, uint8_t byte);

/* Whether the name that was read is that of the element that the text belongs to. */
bool html_is_appropriate_end(const struct html *html);

/* The end tag's name has been read up to `byte`: the state to go on with, or `other` if it is not the
 * element's. */
enum html_state html_end_tag_name_ends(struct html *html, uint8_t byte, enum html_state other);

static inline bool html_is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

static inline bool html_is_letter(uint8_t c)
{
    return (uint8_t)((c | 0x20) - 'a') < 26;
}

static inline uint8_t html_lower(uint8_t c)
{
    return (uint8_t)(c - 'A') < 26 ? c | 0x20 : c;
}
