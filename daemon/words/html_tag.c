/* The tokenizer's states inside a tag. */
#include "words/html_attribute.h"
#include "words/html_states.h"

#include <string.h>

void html_begin_tag(struct html *html, bool end)
{
    html->tag = (struct html_tag){.name = ELEMENT_HASH_START, .end = end};
    html->n_name = 0;
    html->seen = 0;
    html->wanted_value = false;
}

void html_append_name(struct html *html, uint8_t byte)
{
    if (html->n_name < HTML_MAX_NAME)
        html->name[html->n_name++] = (char)byte;
}

void html_append_value(struct html *html, const uint8_t *bytes, size_t size)
{
    if (!html->wanted_value)
        return;
    if (size > HTML_MAX_VALUE - html->n_value)
        size = HTML_MAX_VALUE - html->n_value;
    memcpy(html->value + html->n_value, bytes, size);
    html->n_value += size;
}

/* At the ">" of html->tag: hands it on, and goes on with the content that it has. Returns where that begins.
 */
static const uint8_t *emit_tag(struct html *html, const uint8_t *at, int *r)
{
    struct html_tag *tag = &html->tag;

    tag->element = element_from_hash(tag->name);
    if (tag->end) /* what else it has means nothing */
        *tag = (struct html_tag){.element = tag->element, .name = tag->name, .end = true};
    *r = html_hand_on_tag(html, tag);
    return at + 1;
}

const uint8_t *html_tag_open_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    if (html_is_letter(*at)) {
        html_begin_tag(html, false);
        html->state = STATE_TAG_NAME;
        return at;
    }
    switch (*at) {
    case '!':
        html->state = STATE_MARKUP_DECLARATION;
        html->n_lookahead = 0;
        return at + 1;
    case '/':
        html->state = STATE_END_TAG_OPEN;
        return at + 1;
    case '?':
        html->state = STATE_BOGUS_COMMENT;
        return at;
    default:
        html->state = STATE_TEXT;
        *r = html_put_text(html, "<", 1);
        return at;
    }
}

const uint8_t *html_end_tag_open_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    if (html_is_letter(*at)) {
        html_begin_tag(html, true);
        html->state = STATE_TAG_NAME;
        return at;
    }
    if (*at == '>') {
        html->state = STATE_TEXT;
        return at + 1;
    }
    html->state = STATE_BOGUS_COMMENT;
    return at;
}

const uint8_t *html_tag_name_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    uint64_t hash = html->tag.name;

    while (at < end && !bytes_is_space(*at) && *at != '/' && *at != '>')
        hash = element_hash(hash, html_lower(*at++));
    html->tag.name = hash;
    if (at == end)
        return at;
    if (*at == '>')
        return emit_tag(html, at, r);
    html->state = *at == '/' ? STATE_SELF_CLOSING : STATE_BEFORE_ATTRIBUTE_NAME;
    return at + 1;
}

static void begin_attribute(struct html *html)
{
    html->state = STATE_ATTRIBUTE_NAME;
    html->n_name = 0;
    html->n_value = 0;
    html->wanted_value = false;
}

const uint8_t *html_before_name_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    while (at < end && bytes_is_space(*at))
        at++;
    if (at == end)
        return at;
    if (*at == '/' || *at == '>') {
        html->state = STATE_AFTER_ATTRIBUTE_NAME;
        return at;
    }
    begin_attribute(html);
    if (*at != '=')
        return at;
    html_append_name(html, '=');
    return at + 1;
}

/* A value is kept if it matters; of an attribute that comes again, none does. */
static void end_name(struct html *html)
{
    enum attribute attribute = html_attribute_of((const uint8_t *)html->name, html->n_name);
    bool has_value = attribute == ATTRIBUTE_STYLE || attribute == ATTRIBUTE_TYPE;

    html->attribute = (uint8_t)attribute;
    html->wanted_value = has_value && !(html->seen & attribute);
    if (has_value)
        html->seen |= attribute;
    else
        (void)html_note_attribute(&html->tag, &html->seen, attribute, NULL, 0);
}

static void end_value(struct html *html)
{
    uint8_t seen = 0;

    if (!html->wanted_value)
        return;
    html->wanted_value = false;
    (void)html_note_attribute(
        &html->tag, &seen, (enum attribute)html->attribute, (const uint8_t *)html->value, html->n_value);
}

const uint8_t *html_name_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    while (at < end && !bytes_is_space(*at) && *at != '/' && *at != '>' && *at != '=')
        html_append_name(html, html_lower(*at++));
    if (at == end)
        return at;
    end_name(html);
    html->state = *at == '=' ? STATE_BEFORE_ATTRIBUTE_VALUE : STATE_AFTER_ATTRIBUTE_NAME;
    return *at == '=' ? at + 1 : at;
}

const uint8_t *html_after_name_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    while (at < end && bytes_is_space(*at))
        at++;
    if (at == end)
        return at;
    switch (*at) {
    case '/':
        html->state = STATE_SELF_CLOSING;
        return at + 1;
    case '=':
        html->state = STATE_BEFORE_ATTRIBUTE_VALUE;
        return at + 1;
    case '>':
        return emit_tag(html, at, r);
    default:
        begin_attribute(html);
        return at;
    }
}

const uint8_t *html_before_value_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    while (at < end && bytes_is_space(*at))
        at++;
    if (at == end)
        return at;
    switch (*at) {
    case '"':
        html->state = STATE_VALUE_DOUBLE_QUOTED;
        return at + 1;
    case '\'':
        html->state = STATE_VALUE_SINGLE_QUOTED;
        return at + 1;
    case '>':
        end_value(html);
        return emit_tag(html, at, r);
    default:
        html->state = STATE_VALUE_UNQUOTED;
        return at;
    }
}

static const uint8_t *begin_reference(struct html *html, const uint8_t *at)
{
    html->reference_return = html->state;
    html->state = STATE_REFERENCE;
    reference_begin(&html->reference, true);
    return at + 1;
}

static const uint8_t *quoted(struct html *html, const uint8_t *at, const uint8_t *end, uint8_t quote)
{
    const uint8_t *stop = memchr(at, quote, (size_t)(end - at));

    if (html->wanted_value) {
        const uint8_t *limit = stop ? stop : end;
        const uint8_t *reference = memchr(at, '&', (size_t)(limit - at));

        html_append_value(html, at, (size_t)((reference ? reference : limit) - at));
        if (reference)
            return begin_reference(html, reference);
    }
    if (!stop)
        return end;
    end_value(html);
    html->state = STATE_AFTER_VALUE_QUOTED;
    return stop + 1;
}

const uint8_t *html_double_quoted_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    return quoted(html, at, end, '"');
}

const uint8_t *html_single_quoted_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    return quoted(html, at, end, '\'');
}

const uint8_t *html_unquoted_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    const uint8_t *start = at;

    while (at < end && !bytes_is_space(*at) && *at != '>' && (*at != '&' || !html->wanted_value))
        at++;
    html_append_value(html, start, (size_t)(at - start));
    if (at == end)
        return at;
    if (*at == '&')
        return begin_reference(html, at);
    end_value(html);
    if (*at == '>')
        return emit_tag(html, at, r);
    html->state = STATE_BEFORE_ATTRIBUTE_NAME;
    return at + 1;
}

const uint8_t *html_after_quoted_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    if (*at == '>')
        return emit_tag(html, at, r);
    if (*at == '/') {
        html->state = STATE_SELF_CLOSING;
        return at + 1;
    }
    html->state = STATE_BEFORE_ATTRIBUTE_NAME;
    return at;
}

const uint8_t *html_self_closing_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    if (*at == '>') {
        html->tag.self_closing = true;
        return emit_tag(html, at, r);
    }
    html->state = STATE_BEFORE_ATTRIBUTE_NAME;
    return at;
}
