/* The tokenizer's states inside a script. Its text is never counted, so it is not handed on: what matters is
 * which end tag ends it. */
#include "words/html_states.h"

#include <string.h>
#include <strings.h>

static const uint8_t *go(struct html *html, enum html_state state, const uint8_t *next)
{
    html->state = state;
    return next;
}

const uint8_t *html_script_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    const uint8_t *stop = memchr(at, '<', (size_t)(end - at));

    return stop ? go(html, STATE_SCRIPT_LESS_THAN, stop + 1) : end;
}

const uint8_t *html_script_less_than_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    if (*at == '/')
        return go(html, STATE_SCRIPT_END_TAG_OPEN, at + 1);
    if (*at == '!')
        return go(html, STATE_SCRIPT_ESCAPE_START, at + 1);
    return go(html, STATE_SCRIPT, at);
}

const uint8_t *html_script_end_tag_open_state(
    struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    bool escaped = html->state == STATE_ESCAPED_END_TAG_OPEN;

    if (!html_is_letter(*at))
        return go(html, escaped ? STATE_ESCAPED : STATE_SCRIPT, at);
    html_begin_tag(html, true);
    return go(html, escaped ? STATE_ESCAPED_END_TAG_NAME : STATE_SCRIPT_END_TAG_NAME, at);
}

const uint8_t *html_script_end_tag_name_state(
    struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    enum html_state other = html->state == STATE_ESCAPED_END_TAG_NAME ? STATE_ESCAPED : STATE_SCRIPT;

    while (at < end && html_is_letter(*at)) {
        html->tag.name = element_hash(html->tag.name, html_lower(*at));
        html_append_name(html, *at++);
    }
    return at == end ? at : go(html, html_end_tag_name_ends(html, *at, other), at);
}

const uint8_t *html_script_escape_start_state(
    struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    if (*at != '-')
        return go(html, STATE_SCRIPT, at);
    return go(html,
        html->state == STATE_SCRIPT_ESCAPE_START ? STATE_SCRIPT_ESCAPE_START_DASH : STATE_ESCAPED_DASH_DASH,
        at + 1);
}

/* Escaped and double escaped text are alike, but for what "<" begins. */
const uint8_t *html_escaped_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    bool doubly = html->state == STATE_DOUBLE_ESCAPED;

    while (at < end && *at != '-' && *at != '<')
        at++;
    if (at == end)
        return at;
    if (*at == '-')
        return go(html, doubly ? STATE_DOUBLE_ESCAPED_DASH : STATE_ESCAPED_DASH, at + 1);
    return go(html, doubly ? STATE_DOUBLE_ESCAPED_LESS_THAN : STATE_ESCAPED_LESS_THAN, at + 1);
}

const uint8_t *html_escaped_dash_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    bool doubly = html->state == STATE_DOUBLE_ESCAPED_DASH;

    if (*at == '-')
        return go(html, doubly ? STATE_DOUBLE_ESCAPED_DASH_DASH : STATE_ESCAPED_DASH_DASH, at + 1);
    return go(html, doubly ? STATE_DOUBLE_ESCAPED : STATE_ESCAPED, at);
}

const uint8_t *html_escaped_dash_dash_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    bool doubly = html->state == STATE_DOUBLE_ESCAPED_DASH_DASH;

    if (*at == '-')
        return at + 1;
    if (*at == '>')
        return go(html, STATE_SCRIPT, at + 1);
    return go(html, doubly ? STATE_DOUBLE_ESCAPED : STATE_ESCAPED, at);
}

const uint8_t *html_escaped_less_than_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    if (*at == '/')
        return go(html, STATE_ESCAPED_END_TAG_OPEN, at + 1);
    if (!html_is_letter(*at))
        return go(html, STATE_ESCAPED, at);
    html->n_name = 0;
    return go(html, STATE_DOUBLE_ESCAPE_START, at);
}

const uint8_t *html_double_escaped_less_than_state(
    struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    if (*at != '/')
        return go(html, STATE_DOUBLE_ESCAPED, at);
    html->n_name = 0;
    return go(html, STATE_DOUBLE_ESCAPE_END, at + 1);
}

/* "<script" in an escaped text begins one that is doubly escaped, "</script" ends it. */
const uint8_t *html_double_escape_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    enum html_state otherwise =
        html->state == STATE_DOUBLE_ESCAPE_START ? STATE_ESCAPED : STATE_DOUBLE_ESCAPED;
    enum html_state changed = html->state == STATE_DOUBLE_ESCAPE_START ? STATE_DOUBLE_ESCAPED : STATE_ESCAPED;
    bool is_script;

    while (at < end && html_is_letter(*at))
        html_append_name(html, html_lower(*at++));
    if (at == end)
        return at;
    if (!bytes_is_space(*at) && *at != '/' && *at != '>')
        return go(html, otherwise, at);
    is_script = html->n_name == 6 && memcmp(html->name, "script", 6) == 0;
    return go(html, is_script ? changed : otherwise, at + 1);
}
