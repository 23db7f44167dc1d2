/* The tokenizer's states inside a tag. */
#include "words/html_states.h"
#include "words/style.h"

#include <string.h>

enum attribute {
    ATTRIBUTE_OTHER = 0,
    ATTRIBUTE_HIDDEN = 1 << 0,
    ATTRIBUTE_OPEN = 1 << 1,
    ATTRIBUTE_STYLE = 1 << 2,
    ATTRIBUTE_TYPE = 1 << 3,
};

/* `lower` is of the same length. */
static bool same_letters(const uint8_t *name, const char *lower, size_t size)
{
    size_t i = 0;

    while (i < size && html_lower(name[i]) == (uint8_t)lower[i])
        i++;
    return i == size;
}

static enum attribute attribute_of(const uint8_t *name, size_t size)
{
    switch (size) {
    case 4:
        if (same_letters(name, "type", size))
            return ATTRIBUTE_TYPE;
        return same_letters(name, "open", size) ? ATTRIBUTE_OPEN : ATTRIBUTE_OTHER;
    case 5:
        return same_letters(name, "style", size) ? ATTRIBUTE_STYLE : ATTRIBUTE_OTHER;
    case 6:
        return same_letters(name, "hidden", size) ? ATTRIBUTE_HIDDEN : ATTRIBUTE_OTHER;
    default:
        return ATTRIBUTE_OTHER;
    }
}

/* What an attribute means. False if its value cannot be taken as it stands. `seen` are those that the tag
 * has. */
static bool note_attribute(
    struct html_tag *tag, uint8_t *seen, enum attribute attribute, const uint8_t *value, size_t value_size)
{
    bool first = !(*seen & attribute);

    if (attribute == ATTRIBUTE_OTHER)
        return true;
    *seen |= attribute;
    if (value_size > HTML_MAX_VALUE)
        value_size = HTML_MAX_VALUE;
    switch (attribute) {
    case ATTRIBUTE_HIDDEN:
        tag->has_hidden = true;
        break;
    case ATTRIBUTE_OPEN:
        tag->has_open = true;
        break;
    case ATTRIBUTE_STYLE:
        if (first)
            tag->display_none = style_hides((const char *)value, value_size);
        return !memchr(value, '&', value_size);
    case ATTRIBUTE_TYPE:
        if (first)
            tag->type_hidden = value_size == 6 && same_letters(value, "hidden", 6);
        return !memchr(value, '&', value_size);
    case ATTRIBUTE_OTHER:
        break;
    }
    return true;
}

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

static int emit_tag(struct html *html)
{
    html->tag.element = element_from_hash(html->tag.name);
    html->state = STATE_TEXT;
    html->content = HTML_DATA;
    if (html->tag.end) {
        int r;

        html->tag = (struct html_tag){.element = html->tag.element, .name = html->tag.name, .end = true};
        r = html->handler->tag(html->userdata, &html->tag);
        return r;
    }
    return html->handler->tag(html->userdata, &html->tag);
}

static const uint8_t *emit(struct html *html, const uint8_t *at, int *r)
{
    *r = emit_tag(html);
    if (html->content == HTML_SCRIPT)
        html->state = STATE_SCRIPT;
    return at + 1;
}

/* One attribute, if it is written as most are: NAME or NAME="VALUE". NULL if not, or if its end is not there
 * yet. */
static const uint8_t *whole_attribute(
    struct html_tag *tag, uint8_t *seen, const uint8_t *at, const uint8_t *end)
{
    const uint8_t *name = at, *value, *stop;
    size_t size;

    while (at < end && *at != '=' && *at != '>' && *at != '/' && !html_is_space(*at))
        at++;
    size = (size_t)(at - name);
    if (size == 0 || at == end || html_is_space(*at))
        return NULL;
    if (*at != '=')
        return note_attribute(tag, seen, attribute_of(name, size), at, 0) ? at : NULL;
    value = at + 2;
    if (end - at < 3 || (at[1] != '"' && at[1] != '\''))
        return NULL;
    stop = memchr(value, at[1], (size_t)(end - value));
    if (!stop || !note_attribute(tag, seen, attribute_of(name, size), value, (size_t)(stop - value)))
        return NULL;
    return stop + 1;
}

const uint8_t *html_whole_tag(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    struct html_tag tag = {.name = ELEMENT_HASH_START};
    uint8_t seen = 0;

    if (at < end && *at == '/') {
        tag.end = true;
        at++;
    }
    if (at == end || !html_is_letter(*at))
        return NULL;
    while (at < end && *at != '>' && *at != '/' && !html_is_space(*at))
        tag.name = element_hash(tag.name, html_lower(*at++));
    while (at && at < end && *at != '>') {
        if (html_is_space(*at)) {
            at++;
        } else if (*at == '/') {
            tag.self_closing = true;
            at = end - at > 1 && at[1] == '>' ? at + 1 : NULL;
        } else {
            at = whole_attribute(&tag, &seen, at, end);
        }
    }
    if (!at || at == end)
        return NULL;
    html->tag = tag;
    return emit(html, at, r);
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

    while (at < end && !html_is_space(*at) && *at != '/' && *at != '>')
        hash = element_hash(hash, html_lower(*at++));
    html->tag.name = hash;
    if (at == end)
        return at;
    if (*at == '>')
        return emit(html, at, r);
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
    while (at < end && html_is_space(*at))
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
    enum attribute attribute = attribute_of((const uint8_t *)html->name, html->n_name);
    bool has_value = attribute == ATTRIBUTE_STYLE || attribute == ATTRIBUTE_TYPE;

    html->attribute = (uint8_t)attribute;
    html->wanted_value = has_value && !(html->seen & attribute);
    if (has_value)
        html->seen |= attribute;
    else
        (void)note_attribute(&html->tag, &html->seen, attribute, NULL, 0);
}

static void end_value(struct html *html)
{
    uint8_t seen = 0;

    if (!html->wanted_value)
        return;
    html->wanted_value = false;
    (void)note_attribute(
        &html->tag, &seen, (enum attribute)html->attribute, (const uint8_t *)html->value, html->n_value);
}

const uint8_t *html_name_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    while (at < end && !html_is_space(*at) && *at != '/' && *at != '>' && *at != '=')
        html_append_name(html, html_lower(*at++));
    if (at == end)
        return at;
    end_name(html);
    html->state = *at == '=' ? STATE_BEFORE_ATTRIBUTE_VALUE : STATE_AFTER_ATTRIBUTE_NAME;
    return *at == '=' ? at + 1 : at;
}

const uint8_t *html_after_name_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    while (at < end && html_is_space(*at))
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
        return emit(html, at, r);
    default:
        begin_attribute(html);
        return at;
    }
}

const uint8_t *html_before_value_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    while (at < end && html_is_space(*at))
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
        return emit(html, at, r);
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

    while (at < end && !html_is_space(*at) && *at != '>' && (*at != '&' || !html->wanted_value))
        at++;
    html_append_value(html, start, (size_t)(at - start));
    if (at == end)
        return at;
    if (*at == '&')
        return begin_reference(html, at);
    end_value(html);
    if (*at == '>')
        return emit(html, at, r);
    html->state = STATE_BEFORE_ATTRIBUTE_NAME;
    return at + 1;
}

const uint8_t *html_after_quoted_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    if (*at == '>')
        return emit(html, at, r);
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
        return emit(html, at, r);
    }
    html->state = STATE_BEFORE_ATTRIBUTE_NAME;
    return at;
}
