/* The way of most tags through the tokenizer. */
#include "words/html_attribute.h"
#include "words/html_states.h"

#include <string.h>

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
        return html_note_attribute(tag, seen, html_attribute_of(name, size), at, 0) ? at : NULL;
    value = at + 2;
    if (end - at < 3 || (at[1] != '"' && at[1] != '\''))
        return NULL;
    stop = memchr(value, at[1], (size_t)(end - value));
    if (!stop ||
        !html_note_attribute(tag, seen, html_attribute_of(name, size), value, (size_t)(stop - value)))
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
    return html_emit_tag(html, at, r);
}
