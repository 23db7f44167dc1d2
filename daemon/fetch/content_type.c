#include "fetch/content_type.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* RFC 9110 5.6.2. */
static bool is_token_character(unsigned char c)
{
    return isalnum(c) || (c != '\0' && strchr("!#$%&'*+-.^_`|~", c));
}

static size_t token_length(const char *text, size_t size)
{
    size_t length = 0;

    while (length < size && is_token_character((unsigned char)text[length]))
        length++;
    return length;
}

static size_t space_length(const char *text, size_t size)
{
    size_t length = 0;

    while (length < size && (text[length] == ' ' || text[length] == '\t'))
        length++;
    return length;
}

/* The value of a parameter at `text`, quoted or not; returns the bytes it took. */
static size_t parameter_value(const char *text, size_t size, char ret[static CONTENT_TYPE_MAX])
{
    bool quoted = size > 0 && text[0] == '"';
    size_t i = quoted;
    size_t n = 0;

    while (i < size && (quoted ? text[i] != '"' : text[i] != ';')) {
        if (quoted && text[i] == '\\' && i + 1 < size)
            i++;
        if (n + 1 < CONTENT_TYPE_MAX)
            ret[n++] = text[i];
        i++;
    }
    while (!quoted && n > 0 && (ret[n - 1] == ' ' || ret[n - 1] == '\t'))
        n--;
    ret[n] = '\0';
    return i;
}

static bool is_printable(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text <= ' ' || *text > '~')
            return false;
    return true;
}

/* The first charset counts. */
static void parse_parameters(const char *text, size_t size, struct content_type *ret)
{
    while (size > 0) {
        const char *semicolon = memchr(text, ';', size);
        char value[CONTENT_TYPE_MAX];
        size_t name;
        size_t skip;

        if (!semicolon)
            return;
        size -= (size_t)(semicolon + 1 - text);
        text = semicolon + 1;
        skip = space_length(text, size);
        text += skip;
        size -= skip;
        name = token_length(text, size);
        if (name == size || text[name] != '=')
            continue;
        skip = name + 1 + parameter_value(text + name + 1, size - name - 1, value);
        if (name == 7 && strncasecmp(text, "charset", 7) == 0 && ret->charset[0] == '\0' &&
            is_printable(value))
            memcpy(ret->charset, value, sizeof(value));
        text += skip;
        size -= skip;
    }
}

void content_type_parse(const char *value, size_t size, struct content_type *ret)
{
    size_t skip = space_length(value, size);
    size_t type;
    size_t subtype;
    size_t length;
    size_t i;

    *ret = (struct content_type){0};
    value += skip;
    size -= skip;
    type = token_length(value, size);
    if (type > 0 && type < size && value[type] == '/') {
        subtype = token_length(value + type + 1, size - type - 1);
        length = type + 1 + subtype;
        if (subtype > 0 && length < CONTENT_TYPE_MAX)
            for (i = 0; i < length; i++)
                ret->essence[i] = (char)tolower((unsigned char)value[i]);
    }
    if (strcmp(ret->essence, "unknown/unknown") == 0 || strcmp(ret->essence, "application/unknown") == 0 ||
        strchr(ret->essence, '*'))
        ret->essence[0] = '\0';
    parse_parameters(value, size, ret);
}

bool content_type_is_counted(const struct content_type *type)
{
    return type->essence[0] == '\0' || strcmp(type->essence, "text/html") == 0 ||
        strcmp(type->essence, "application/xhtml+xml") == 0 || strcmp(type->essence, "text/plain") == 0;
}
