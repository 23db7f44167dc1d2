#include "words/style.h"

#include <string.h>
#include <strings.h>

struct span {
    const char *at;
    const char *end;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

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
        else if (is_space(*span->at))
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

/* One value after "display:"; a value of several words or an unknown one is none that hides. */
static bool value_hides(struct span *span, bool *ret_important)
{
    bool none;

    skip_blank(span);
    none = skip_word(span, "none");
    skip_blank(span);
    *ret_important = false;
    if (!none) {
        struct span rest = {.at = span->at, .end = span->end};

        skip_declaration(&rest);
        *ret_important = memchr(span->at, '!', (size_t)(rest.at - span->at)) != NULL;
        return false;
    }
    if (span->at < span->end && *span->at == '!') {
        span->at++;
        skip_blank(span);
        *ret_important = skip_word(span, "important");
        if (!*ret_important)
            return false;
        skip_blank(span);
    }
    return span->at == span->end || *span->at == ';';
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
                bool important, this_hides;

                span.at++;
                this_hides = value_hides(&span, &important);
                if (important || !decided)
                    hides = this_hides;
                decided = decided || important;
            }
        }
        skip_declaration(&span);
    }
    return hides;
}
