#include "fetch/robots_pattern.h"

#include "fetch/escape.h"
#include <string.h>

/* One character or escape at text[*i], which moves on. */
static int append_canonical(struct buffer *buffer, const char *text, size_t size, size_t *i, bool in_query)
{
    int value = escape_decode(text + *i, size - *i);
    unsigned char c = value >= 0 ? (unsigned char)value : (unsigned char)text[*i];
    bool is_bare = value < 0 ? escape_is_plain(c)
                             : escape_is_unreserved(c) || (in_query && c != '\0' && strchr(":/?[]@", c));

    *i += value >= 0 ? 3 : 1;
    if (c == '*' || c == '$' || !is_bare)
        return escape_append(buffer, c);
    return buffer_append(buffer, &c, 1);
}

int robots_path_canonical(struct buffer *buffer, const char *path, size_t size)
{
    bool in_query = false;
    size_t i = 0;

    while (i < size) {
        bool starts_query = path[i] == '?';
        int r = append_canonical(buffer, path, size, &i, in_query);

        if (r < 0)
            return r;
        in_query |= starts_query;
    }
    return 0;
}

int robots_pattern_canonical(struct buffer *buffer, const char *pattern, size_t size)
{
    bool in_query = false;
    size_t i = 0;

    while (i < size) {
        bool starts_query = pattern[i] == '?';
        int r = 0;

        if (pattern[i] == '*' || (pattern[i] == '$' && i + 1 == size)) {
            if (pattern[i] == '$' || i == 0 || pattern[i - 1] != '*')
                r = buffer_append(buffer, pattern + i, 1);
            i++;
        } else {
            r = append_canonical(buffer, pattern, size, &i, in_query);
        }
        if (r < 0)
            return r;
        in_query |= starts_query;
    }
    return 0;
}

/* Between two stars the leftmost place is as good as any, so that nothing is ever tried twice. */
bool robots_pattern_matches(const char *pattern, size_t pattern_size, const char *path, size_t path_size)
{
    const char *end = pattern + pattern_size;
    const char *path_end = path + path_size;
    bool anchored = pattern_size > 0 && end[-1] == '$';
    const char *star;
    size_t length;

    end -= anchored;
    star = memchr(pattern, '*', (size_t)(end - pattern));
    length = (size_t)((star ? star : end) - pattern);
    if (length > path_size || memcmp(pattern, path, length) != 0)
        return false;
    path += length;
    if (!star)
        return !anchored || path == path_end;

    while (star) {
        const char *piece = star + 1;

        star = memchr(piece, '*', (size_t)(end - piece));
        length = (size_t)((star ? star : end) - piece);
        if (length > (size_t)(path_end - path))
            return false;
        if (!star && anchored)
            return memcmp(path_end - length, piece, length) == 0;
        if (length > 0) {
            path = memmem(path, (size_t)(path_end - path), piece, length);
            if (!path)
                return false;
            path += length;
        }
    }
    return true;
}
