#include "words/style.h"

#include "words/bytes.h"
#include <string.h>
#include <strings.h>

struct span {
    const char *at;
    const char *end;
};

static void skip_comment(struct span *span)
{
    const char *end = memmem(span->at + 2, (size_t)(span->end - span->at - 2), "*/", 2);

    span->at = end ? end + 2 : span->end;
}

static bool at_comment(const struct span *span)
{
    return span->end - span->at >= 2 && span->at[0] == '/' && span->at[1] == '*';
}

static void skip_blank(struct span *span)
{
    while (span->at < span->end) {
        if (at_comment(span))
            skip_comment(span);
        else if (bytes_is_space((uint8_t)*span->at))
            span->at++;
        else
            break;
    }
}

static void skip_string(struct span *span)
{
    char quote = *span->at++;

    while (span->at < span->end && *span->at != quote) {
        if (*span->at == '\\' && span->end - span->at > 1)
            span->at++;
        span->at++;
    }
    if (span->at < span->end)
        span->at++;
}

/* To behind the semicolon that ends the declaration, which is in no string, comment or bracket. */
static void skip_declaration(struct span *span)
{
    size_t depth = 0;

    while (span->at < span->end) {
        char c = *span->at;

        if (at_comment(span)) {
            skip_comment(span);
            continue;
        }
        if (c == '"' || c == '\'') {
            skip_string(span);
            continue;
        }
        span->at++;
        if (c == '(' || c == '[' || c == '{')
            depth++;
        else if ((c == ')' || c == ']' || c == '}') && depth > 0)
            depth--;
        else if (c == '\\' && span->at < span->end)
            span->at++;
        else if (c == ';' && depth == 0)
            return;
    }
}

static bool skip_word(struct span *span, const char *word)
{
    size_t size = strlen(word);

    if ((size_t)(span->end - span->at) < size || strncasecmp(span->at, word, size) != 0)
        return false;
    span->at += size;
    return true;
}

/* What a keyword of display is (CSS Display 3, section 2). */
enum keyword_kind {
    KEYWORD_NONE = 1 << 0,
    KEYWORD_ALONE = 1 << 1,   /* stands with no other */
    KEYWORD_OUTSIDE = 1 << 2, /* may stand with one of each of the kinds below, but see is_legal() */
    KEYWORD_INSIDE = 1 << 3,
    KEYWORD_FLOW = 1 << 4, /* is inside, too, and the only one that stands with a list item */
    KEYWORD_LIST_ITEM = 1 << 5,
};

/* The last ones are of CSS Cascade, of the Compatibility Standard, and of MathML Core. */
static const struct {
    const char *name;
    enum keyword_kind kind;
} keywords[] = {
    {"none", KEYWORD_NONE},
    {"block", KEYWORD_OUTSIDE},
    {"inline", KEYWORD_OUTSIDE},
    {"run-in", KEYWORD_OUTSIDE},
    {"flow", KEYWORD_FLOW},
    {"flow-root", KEYWORD_FLOW},
    {"table", KEYWORD_INSIDE},
    {"flex", KEYWORD_INSIDE},
    {"grid", KEYWORD_INSIDE},
    {"ruby", KEYWORD_INSIDE},
    {"list-item", KEYWORD_LIST_ITEM},
    {"contents", KEYWORD_ALONE},
    {"inline-block", KEYWORD_ALONE},
    {"inline-table", KEYWORD_ALONE},
    {"inline-flex", KEYWORD_ALONE},
    {"inline-grid", KEYWORD_ALONE},
    {"table-row-group", KEYWORD_ALONE},
    {"table-header-group", KEYWORD_ALONE},
    {"table-footer-group", KEYWORD_ALONE},
    {"table-row", KEYWORD_ALONE},
    {"table-cell", KEYWORD_ALONE},
    {"table-column-group", KEYWORD_ALONE},
    {"table-column", KEYWORD_ALONE},
    {"table-caption", KEYWORD_ALONE},
    {"ruby-base", KEYWORD_ALONE},
    {"ruby-text", KEYWORD_ALONE},
    {"ruby-base-container", KEYWORD_ALONE},
    {"ruby-text-container", KEYWORD_ALONE},
    {"initial", KEYWORD_ALONE},
    {"inherit", KEYWORD_ALONE},
    {"unset", KEYWORD_ALONE},
    {"revert", KEYWORD_ALONE},
    {"revert-layer", KEYWORD_ALONE},
    {"-webkit-box", KEYWORD_ALONE},
    {"-webkit-inline-box", KEYWORD_ALONE},
    {"-webkit-flex", KEYWORD_ALONE},
    {"-webkit-inline-flex", KEYWORD_ALONE},
    {"math", KEYWORD_INSIDE},
};

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
        c == '_' || (unsigned char)c >= 0x80;
}

/* 0, and the span is where it was, if no keyword is there. */
static unsigned skip_keyword(struct span *span)
{
    const char *end = span->at;

    while (end < span->end && is_name(*end))
        end++;
    for (size_t i = 0; i < sizeof(keywords) / sizeof(*keywords); i++) {
        struct span rest = {.at = span->at, .end = end};

        if (skip_word(&rest, keywords[i].name) && rest.at == end) {
            span->at = end;
            return keywords[i].kind;
        }
    }
    return 0;
}

/* The kinds of the keywords that are there, up to one of a kind that was before. */
static unsigned skip_keywords(struct span *span)
{
    unsigned kinds = 0;

    for (;;) {
        struct span rest = *span;
        unsigned kind = skip_keyword(&rest);

        if (kind == 0 || (kinds & kind))
            return kinds;
        kinds |= kind;
        *span = rest;
        skip_blank(span);
    }
}

static bool is_legal(unsigned kinds)
{
    bool is_one = kinds != 0 && (kinds & (kinds - 1)) == 0;

    return is_one ||
        (kinds != 0 && !(kinds & (KEYWORD_NONE | KEYWORD_ALONE)) &&
            !((kinds & KEYWORD_INSIDE) && (kinds & (KEYWORD_FLOW | KEYWORD_LIST_ITEM))));
}

/* Where a variable is put in, a declaration is valid whatever it says beside it (CSS Variables 3). */
static bool has_variable(struct span value, bool *ret_important)
{
    struct span rest = value;

    skip_declaration(&rest);
    *ret_important = memchr(value.at, '!', (size_t)(rest.at - value.at)) != NULL;
    for (bool within = false; value.at < rest.at; within = is_name(*value.at++))
        if (!within && (skip_word(&value, "var(") || skip_word(&value, "env(")))
            return true;
    return false;
}

enum display {
    DISPLAY_INVALID, /* the declaration is none */
    DISPLAY_SHOWN,
    DISPLAY_NONE,
};

/* The value behind "display:", which is left somewhere in the declaration. */
static enum display read_display(struct span *span, bool *ret_important)
{
    struct span value = *span;
    unsigned kinds;

    skip_blank(span);
    kinds = skip_keywords(span);
    *ret_important = span->at < span->end && *span->at == '!';
    if (*ret_important) {
        span->at++;
        skip_blank(span);
        if (!skip_word(span, "important"))
            return DISPLAY_INVALID;
        skip_blank(span);
    }
    if (is_legal(kinds) && (span->at == span->end || *span->at == ';'))
        return kinds == KEYWORD_NONE ? DISPLAY_NONE : DISPLAY_SHOWN;
    *span = value;
    return has_variable(value, ret_important) ? DISPLAY_SHOWN : DISPLAY_INVALID;
}

bool style_hides(const char *declarations, size_t size)
{
    struct span span = {.at = declarations, .end = declarations + size};
    bool hides = false, decided = false;

    while (span.at < span.end) {
        skip_blank(&span);
        if (skip_word(&span, "display")) {
            skip_blank(&span);
            if (span.at < span.end && *span.at == ':') {
                enum display display;
                bool important;

                span.at++;
                display = read_display(&span, &important);
                if (display != DISPLAY_INVALID && (important || !decided)) {
                    hides = display == DISPLAY_NONE;
                    decided = important;
                }
            }
        }
        skip_declaration(&span);
    }
    return hides;
}
