/* The states of the tokenizer, one function each. For html*.c alone. Thread: the tokenizer's.
 *
 * A function reads from `at` as far as its state lasts, sets the next state and returns where it stopped; it
 * may stop before a byte that the next state is to read ("reconsume"). A negative errno in *r ends the run.
 */
#pragma once

#include "words/bytes.h"
#include "words/html.h"

/* STATE(name, function). "Text" is data, RCDATA, RAWTEXT and PLAINTEXT, by html->content; a bogus comment is
 * a DOCTYPE, too: it ends at the first ">" whatever it holds. */
#define HTML_STATES                                                                                          \
    STATE(TEXT, text)                                                                                        \
    STATE(REFERENCE, reference)                                                                              \
    STATE(TAG_OPEN, tag_open)                                                                                \
    STATE(END_TAG_OPEN, end_tag_open)                                                                        \
    STATE(TAG_NAME, tag_name)                                                                                \
    STATE(BEFORE_ATTRIBUTE_NAME, before_name)                                                                \
    STATE(ATTRIBUTE_NAME, name)                                                                              \
    STATE(AFTER_ATTRIBUTE_NAME, after_name)                                                                  \
    STATE(BEFORE_ATTRIBUTE_VALUE, before_value)                                                              \
    STATE(VALUE_DOUBLE_QUOTED, double_quoted)                                                                \
    STATE(VALUE_SINGLE_QUOTED, single_quoted)                                                                \
    STATE(VALUE_UNQUOTED, unquoted)                                                                          \
    STATE(AFTER_VALUE_QUOTED, after_quoted)                                                                  \
    STATE(SELF_CLOSING, self_closing)                                                                        \
    STATE(BOGUS_COMMENT, bogus_comment)                                                                      \
    STATE(MARKUP_DECLARATION, markup_declaration)                                                            \
    STATE(COMMENT_START, comment_start)                                                                      \
    STATE(COMMENT_START_DASH, comment_start_dash)                                                            \
    STATE(COMMENT, comment)                                                                                  \
    STATE(COMMENT_END_DASH, comment_end_dash)                                                                \
    STATE(COMMENT_END, comment_end)                                                                          \
    STATE(COMMENT_END_BANG, comment_end_bang)                                                                \
    STATE(CDATA, cdata)                                                                                      \
    STATE(CDATA_BRACKET, cdata_bracket)                                                                      \
    STATE(CDATA_END, cdata_end)                                                                              \
    STATE(TEXT_LESS_THAN, text_less_than)                                                                    \
    STATE(TEXT_END_TAG_OPEN, text_end_tag_open)                                                              \
    STATE(TEXT_END_TAG_NAME, text_end_tag_name)                                                              \
    STATE(SCRIPT, script)                                                                                    \
    STATE(SCRIPT_LESS_THAN, script_less_than)                                                                \
    STATE(SCRIPT_END_TAG_OPEN, script_end_tag_open)                                                          \
    STATE(SCRIPT_END_TAG_NAME, script_end_tag_name)                                                          \
    STATE(SCRIPT_ESCAPE_START, script_escape_start)                                                          \
    STATE(SCRIPT_ESCAPE_START_DASH, script_escape_start)                                                     \
    STATE(ESCAPED, escaped)                                                                                  \
    STATE(ESCAPED_DASH, escaped_dash)                                                                        \
    STATE(ESCAPED_DASH_DASH, escaped_dash_dash)                                                              \
    STATE(ESCAPED_LESS_THAN, escaped_less_than)                                                              \
    STATE(ESCAPED_END_TAG_OPEN, script_end_tag_open)                                                         \
    STATE(ESCAPED_END_TAG_NAME, script_end_tag_name)                                                         \
    STATE(DOUBLE_ESCAPE_START, double_escape)                                                                \
    STATE(DOUBLE_ESCAPED, escaped)                                                                           \
    STATE(DOUBLE_ESCAPED_DASH, escaped_dash)                                                                 \
    STATE(DOUBLE_ESCAPED_DASH_DASH, escaped_dash_dash)                                                       \
    STATE(DOUBLE_ESCAPED_LESS_THAN, double_escaped_less_than)                                                \
    STATE(DOUBLE_ESCAPE_END, double_escape)

enum html_state {
#define STATE(state, function) STATE_##state,
    HTML_STATES
#undef STATE
        N_STATES,
};

typedef const uint8_t *(*html_state_function)(
    struct html *html, const uint8_t *at, const uint8_t *end, int *r);

#define STATE(state, function)                                                                               \
    const uint8_t *html_##function##_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r);
HTML_STATES
#undef STATE

/* Reads text and tags of HTML_DATA in STATE_TEXT, as far as they are whole and simple. Returns where it
 * stopped: before what the states must read, if the state is still STATE_TEXT and the content HTML_DATA. */
const uint8_t *html_quick_text(struct html *html, const uint8_t *at, const uint8_t *end, int *r);

/* From so many bytes on it is worth it. */
#define HTML_QUICK_SIZE 128

int html_put_text(struct html *html, const void *utf8, size_t size);
void html_append_value(struct html *html, const uint8_t *bytes, size_t size);

/* A tag begins; its name follows. */
void html_begin_tag(struct html *html, bool end);

/* A name of which only what fits is kept. */
void html_append_name(struct html *html, uint8_t byte);

/* The end tag's name has been read up to `byte`: the state to go on with, or `other` if it is not the
 * element's. */
enum html_state html_end_tag_name_ends(struct html *html, uint8_t byte, enum html_state other);

/* Gives a tag to the handler, and goes on with the content that it has. Returns what the handler did. */
static inline int html_hand_on_tag(struct html *html, const struct html_tag *tag)
{
    int r;

    html->content = HTML_DATA;
    r = html->handler->tag(html->userdata, tag);
    html->state = html->content == HTML_SCRIPT ? STATE_SCRIPT : STATE_TEXT;
    return r;
}

static inline bool html_is_letter(uint8_t c)
{
    return (uint8_t)((c | 0x20) - 'a') < 26;
}

static inline uint8_t html_lower(uint8_t c)
{
    return (uint8_t)(c - 'A') < 26 ? c | 0x20 : c;
}
