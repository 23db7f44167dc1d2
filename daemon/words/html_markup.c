/* The tokenizer's states inside what is markup but no tag: comments, DOCTYPE, CDATA sections. */
#include "words/html_states.h"

#include <string.h>
#include <strings.h>

/* "<!" and then a name: all that it may be is known after seven bytes. */
#define MAX_NAME 7

const uint8_t *html_bogus_comment_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    const uint8_t *stop = memchr(at, '>', (size_t)(end - at));

    if (!stop)
        return end;
    html->state = STATE_TEXT;
    return stop + 1;
}

/* The bytes since "<!" are the beginning of the name. */
static bool may_become(const struct html *html, const char *name)
{
    return memcmp(html->lookahead, name,
               html->n_lookahead < strlen(name) ? html->n_lookahead : strlen(name)) == 0;
}

const uint8_t *html_markup_declaration_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    html->lookahead[html->n_lookahead] = *at;
    html->n_lookahead++;
    if (html->n_lookahead == 2 && may_become(html, "--")) {
        html->state = STATE_COMMENT_START;
        return at + 1;
    }
    if (html->foreign && html->n_lookahead == MAX_NAME && may_become(html, "[CDATA[")) {
        html->state = STATE_CDATA;
        return at + 1;
    }
    if ((html->n_lookahead == 1 && *at == '-') || (html->foreign && may_become(html, "[CDATA[")))
        return at + 1;
    /* What was read of a name holds no ">", but for this byte. */
    html->state = STATE_BOGUS_COMMENT;
    return at;
}

const uint8_t *html_comment_start_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    if (*at == '>') {
        html->state = STATE_TEXT;
        return at + 1;
    }
    html->state = *at == '-' ? STATE_COMMENT_START_DASH : STATE_COMMENT;
    return *at == '-' ? at + 1 : at;
}

const uint8_t *html_comment_start_dash_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    if (*at == '>') {
        html->state = STATE_TEXT;
        return at + 1;
    }
    html->state = *at == '-' ? STATE_COMMENT_END : STATE_COMMENT;
    return *at == '-' ? at + 1 : at;
}

/* The standard's states for "<" in a comment only find errors. */
const uint8_t *html_comment_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    const uint8_t *stop = memchr(at, '-', (size_t)(end - at));

    if (!stop)
        return end;
    html->state = STATE_COMMENT_END_DASH;
    return stop + 1;
}

const uint8_t *html_comment_end_dash_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    html->state = *at == '-' ? STATE_COMMENT_END : STATE_COMMENT;
    return at + 1;
}

const uint8_t *html_comment_end_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    if (*at == '>')
        html->state = STATE_TEXT;
    else if (*at == '!')
        html->state = STATE_COMMENT_END_BANG;
    else if (*at != '-')
        html->state = STATE_COMMENT;
    return at + 1;
}

const uint8_t *html_comment_end_bang_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    if (*at == '>')
        html->state = STATE_TEXT;
    else
        html->state = *at == '-' ? STATE_COMMENT_END_DASH : STATE_COMMENT;
    return at + 1;
}

const uint8_t *html_cdata_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    const uint8_t *stop = at;

    while (stop < end && *stop != ']' && *stop != '\0')
        stop++;
    *r = html_put_text(html, at, (size_t)(stop - at));
    if (stop == end || *r < 0)
        return stop;
    if (*stop == ']')
        html->state = STATE_CDATA_BRACKET;
    else
        *r = html_put_text(html, "\xEF\xBF\xBD", 3);
    return stop + 1;
}

const uint8_t *html_cdata_bracket_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    if (*at == ']') {
        html->state = STATE_CDATA_END;
        return at + 1;
    }
    html->state = STATE_CDATA;
    *r = html_put_text(html, "]", 1);
    return at;
}

const uint8_t *html_cdata_end_state(struct html *html, const uint8_t *at, const uint8_t *end, int *r)
{
    if (*at == '>') {
        html->state = STATE_TEXT;
        return at + 1;
    }
    if (*at == ']') {
        *r = html_put_text(html, "]", 1);
        return at + 1;
    }
    html->state = STATE_CDATA;
    *r = html_put_text(html, "]]", 2);
    return at;
}
