#include "words/html.h"

#include "words/html_states.h"

#include <string.h>
#include <strings.h>

static const uint8_t replacement[] = {0xEF, 0xBF, 0xBD};

void html_begin(struct html *html, const struct html_handler *handler, void *userdata)
{
    html->handler = handler;
    html->userdata = userdata;
    html->state = STATE_TEXT;
    html->content = HTML_DATA;
    html->foreign = false;
    html->text_element = ELEMENT_OTHER;
    html->n_lookahead = 0;
    html->batch = NULL;
    html->n_open = NULL;
    html->mark = html_mark_choose();
    html->marked = html->marked_end = NULL;
}

void html_set_aside(struct html *html, struct batch *batch, uint32_t *n_open)
{
    html->batch = batch;
    html->n_open = n_open;
}

void html_set_content(struct html *html, enum html_content content, enum element element)
{
    html->content = content;
    html->text_element = element;
}

void html_set_content_of(struct html *html, enum element element)
{
    enum html_content content = HTML_DATA;

    if (element_has(element, FLAG_RCDATA))
        content = HTML_RCDATA;
    else if (element_has(element, FLAG_RAWTEXT))
        content = HTML_RAWTEXT;
    else if (element_has(element, FLAG_SCRIPT))
        content = HTML_SCRIPT;
    else if (element_has(element, FLAG_PLAINTEXT))
        content = HTML_PLAINTEXT;
    html_set_content(html, content, element);
}

void html_set_foreign(struct html *html, bool foreign)
{
    html->foreign = foreign;
}

int html_put_text(struct html *html, const void *utf8, size_t size)
{
    if (size == 0 || (html->batch && batch_put(html->batch, utf8, size)))
        return 0;
    return html->handler->text(html->userdata, utf8, size);
}

/* The first "<", "&" or NUL. */
static const uint8_t *find_special(const uint8_t *at, const uint8_t *end)
{
    while (end - at >= 8) {
        uint64_t eight = bytes_load(at);

        if (bytes_equal(eight, '\0') | bytes_equal(eight, '<') | bytes_equal(eight, '&'))
            break;
        at += 8;
    }
    while (at < end && *at != '<' && *at != '&' && *at != '\0')
        at++;
    return at;
}

static bool is_special(const struct html *html, uint8_t byte)
{
    switch ((enum html_content)html->content) {
    case HTML_DATA:
    case HTML_RCDATA:
        return true;
    case HTML_RAWTEXT:
        return byte != '&';
    case HTML_PLAINTEXT:
        return byte == '\0';
    case HTML_SCRIPT:
        break;
    }
    return false;
}

/* NUL is left out of a page's text, but shown where the text is raw or foreign (HTML 13.2.6.4.7, 13.2.6.5).
 */
static int put_nul(struct html *html)
{
    if (html->content == HTML_DATA && !html->foreign)
        return 0;
    return html_put_text(html, replacement, sizeof(replacement));
}

/* The byte that ended a piece of text, and what it begins. */
static const uint8_t *read_special(struct html *html, const uint8_t *at, int *r)
{
    switch (*at) {
    case '<':
        html->state = html->content == HTML_DATA ? STATE_TAG_OPEN : STATE_TEXT_LESS_THAN;
        break;
    case '&':
        html->state = STATE_REFERENCE;
        html->reference_return = STATE_TEXT;
        reference_begin(&html->reference, false);
        break;
    default:
        *r = put_nul(html);
        break;
    }
    return at + 1;
}

const uint8_t *html_text_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    while (html->state == STATE_TEXT && at < end && *r == 0) {
        const uint8_t *start;

        if (html->content == HTML_DATA && end - at >= HTML_QUICK_SIZE)
            at = html_quick_text(html, at, end, r);
        if (*r < 0 || html->state != STATE_TEXT)
            break;
        start = at;
        for (;;) {
            at = find_special(at, end);
            if (at == end || is_special(html, *at))
                break;
            at++;
        }
        *r = html_put_text(html, start, (size_t)(at - start));
        if (*r == 0 && at < end)
            at = read_special(html, at, r);
    }
    return at;
}

static int end_reference(struct html *html, const uint8_t *text, size_t size)
{
    html->state = html->reference_return;
    if (html->state == STATE_TEXT)
        return html_put_text(html, text, size);
    html_append_value(html, text, size);
    return 0;
}

const uint8_t *html_reference_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    uint8_t text[REFERENCE_MAX_TEXT];
    size_t size;

    while (at < end) {
        if (!reference_feed(&html->reference, *at, text, &size)) {
            *r = end_reference(html, text, size);
            break;
        }
        at++;
    }
    return at;
}

const uint8_t *html_text_less_than_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    if (*at == '/') {
        html->state = STATE_TEXT_END_TAG_OPEN;
        return at + 1;
    }
    html->state = STATE_TEXT;
    *r = html_put_text(html, "<", 1);
    return at;
}

const uint8_t *html_text_end_tag_open_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    if (html_is_letter(*at)) {
        html_begin_tag(html, true);
        html->state = STATE_TEXT_END_TAG_NAME;
        return at;
    }
    html->state = STATE_TEXT;
    *r = html_put_text(html, "</", 2);
    return at;
}

/* Whether the name that was read is that of the element that the text belongs to. */
static bool is_appropriate_end(const struct html *html)
{
    const char *name = element_name(html->text_element);

    return html->n_name == strlen(name) && html->n_name <= HTML_MAX_NAME &&
        strncasecmp(html->name, name, html->n_name) == 0;
}

enum html_state html_end_tag_name_ends(struct html *html, uint8_t byte, enum html_state other)
{
    if (!is_appropriate_end(html))
        return other;
    if (bytes_is_space(byte))
        return STATE_BEFORE_ATTRIBUTE_NAME;
    if (byte == '/')
        return STATE_SELF_CLOSING;
    /* It reads the ">" again, and emits the tag. */
    return byte == '>' ? STATE_AFTER_ATTRIBUTE_NAME : other;
}

static int put_what_was_no_end_tag(struct html *html)
{
    int r = html_put_text(html, "</", 2);

    return r < 0 ? r : html_put_text(html, html->name, html->n_name);
}

const uint8_t *html_text_end_tag_name_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    while (at < end && html_is_letter(*at) && html->n_name < HTML_MAX_NAME) {
        html->tag.name = element_hash(html->tag.name, html_lower(*at));
        html->name[html->n_name++] = (char)*at++;
    }
    if (at == end)
        return at;
    html->state = html_end_tag_name_ends(html, *at, STATE_TEXT);
    if (html->state == STATE_TEXT)
        *r = put_what_was_no_end_tag(html);
    return at;
}

static const html_state_function functions[N_STATES] = {
#define STATE(state, function) [STATE_##state] = html_##function##_state,
    HTML_STATES
#undef STATE
};

int html_feed(struct html *html, const uint8_t *utf8, size_t size)
{
    const uint8_t *end = utf8 + size;
    int r = 0;

    html->marked = html->marked_end = NULL;
    while (r == 0 && utf8 < end)
        utf8 = functions[html->state](html, utf8, end, &r);
    return r;
}

/* What was read and is no markup after all, since it is not complete. */
int html_finish(struct html *html)
{
    uint8_t text[REFERENCE_MAX_TEXT];
    size_t size;

    switch (html->state) {
    case STATE_REFERENCE:
        (void)reference_feed(&html->reference, -1, text, &size);
        return html->reference_return == STATE_TEXT ? html_put_text(html, text, size) : 0;
    case STATE_TAG_OPEN:
    case STATE_TEXT_LESS_THAN:
        return html_put_text(html, "<", 1);
    case STATE_END_TAG_OPEN:
    case STATE_TEXT_END_TAG_OPEN:
        return html_put_text(html, "</", 2);
    case STATE_TEXT_END_TAG_NAME:
        return put_what_was_no_end_tag(html);
    case STATE_CDATA_BRACKET:
        return html_put_text(html, "]", 1);
    case STATE_CDATA_END:
        return html_put_text(html, "]]", 2);
    default:
        return 0;
    }
}
