/* The tokenizer's states inside a tag. */
#include "words/html_states.h"
#include "words/style.h"

#include <string.h>
#include <strings.h>

enum attribute {
    ATTRIBUTE_HIDDEN = 1 << 0,
    ATTRIBUTE_OPEN = 1 << 1,
    ATTRIBUTE_STYLE = 1 << 2,
    ATTRIBUTE_TYPE = 1 << 3,
};

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

static const uint8_t *tag_open_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
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

static const uint8_t *end_tag_open_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
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

static const uint8_t *tag_name_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
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

static const uint8_t *before_name_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
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

static bool name_is(const struct html *html, const char *name)
{
    return html->n_name == strlen(name) && memcmp(html->name, name, html->n_name) == 0;
}

static void end_name(struct html *html)
{
    uint8_t seen = html->seen;

    if (name_is(html, "hidden")) {
        html->tag.has_hidden = true;
    } else if (name_is(html, "open")) {
        html->tag.has_open = true;
    } else if (name_is(html, "style")) {
        html->seen |= ATTRIBUTE_STYLE;
        html->wanted_value = !(seen & ATTRIBUTE_STYLE);
    } else if (name_is(html, "type")) {
        html->seen |= ATTRIBUTE_TYPE;
        html->wanted_value = !(seen & ATTRIBUTE_TYPE);
    }
}

static void end_value(struct html *html)
{
    if (!html->wanted_value)
        return;
    html->wanted_value = false;
    if (name_is(html, "style"))
        html->tag.display_none = style_hides(html->value, html->n_value);
    else
        html->tag.type_hidden = html->n_value == 6 && strncasecmp(html->value, "hidden", 6) == 0;
}

static const uint8_t *name_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    while (at < end && !html_is_space(*at) && *at != '/' && *at != '>' && *at != '=')
        html_append_name(html, html_lower(*at++));
    if (at == end)
        return at;
    end_name(html);
    html->state = *at == '=' ? STATE_BEFORE_ATTRIBUTE_VALUE : STATE_AFTER_ATTRIBUTE_NAME;
    return *at == '=' ? at + 1 : at;
}

static const uint8_t *after_name_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
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

static const uint8_t *before_value_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
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

static const uint8_t *quoted_state(struct html *html, const uint8_t *at, const uint8_t *end, uint8_t quote)
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

static const uint8_t *double_quoted_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    return quoted_state(html, at, end, '"');
}

static const uint8_t *single_quoted_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    return quoted_state(html, at, end, '\'');
}

static const uint8_t *unquoted_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
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

static const uint8_t *after_quoted_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
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

static const uint8_t *self_closing_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    if (*at == '>') {
        html->tag.self_closing = true;
        return emit(html, at, r);
    }
    html->state = STATE_BEFORE_ATTRIBUTE_NAME;
    return at;
}

html_state_function html_tag_state(enum html_state state)
{
    static const html_state_function functions[] = {
        [STATE_TAG_OPEN] = tag_open_state,
        [STATE_END_TAG_OPEN] = end_tag_open_state,
        [STATE_TAG_NAME] = tag_name_state,
        [STATE_BEFORE_ATTRIBUTE_NAME] = before_name_state,
        [STATE_ATTRIBUTE_NAME] = name_state,
        [STATE_AFTER_ATTRIBUTE_NAME] = after_name_state,
        [STATE_BEFORE_ATTRIBUTE_VALUE] = before_value_state,
        [STATE_VALUE_DOUBLE_QUOTED] = double_quoted_state,
        [STATE_VALUE_SINGLE_QUOTED] = single_quoted_state,
        [STATE_VALUE_UNQUOTED] = unquoted_state,
        [STATE_AFTER_VALUE_QUOTED] = after_quoted_state,
        [STATE_SELF_CLOSING] = self_closing_state,
    };

    return functions[state];
}
