#include "counts/filter.h"
#include "counts/rank.h"
#include "words/words.h"

#include <string.h>

/* UTF-8 of unknown origin: a byte that begins no valid character counts as one. */
static uint32_t code_point(const char *text, uint32_t length, uint32_t *ret_size)
{
    const uint8_t *bytes = (const uint8_t *)text;
    uint32_t size = bytes[0] < 0xC0 ? 1 : bytes[0] < 0xE0 ? 2 : bytes[0] < 0xF0 ? 3 : 4;
    uint32_t c;

    if (size > length)
        size = 1;
    c = size == 1 ? bytes[0] : bytes[0] & (0x7Fu >> size);
    for (uint32_t i = 1; i < size; i++)
        c = c << 6 | (bytes[i] & 0x3F);
    *ret_size = size;
    return c;
}

static uint32_t count_code_points(const char *word, uint32_t length)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < length; i++)
        n += ((uint8_t)word[i] & 0xC0) != 0x80;
    return n;
}

/* Behind "[": whether the set holds `c`. *ret_size is its length with the closing bracket; 0 if it has none.
 */
static bool set_holds(const char *set, uint32_t length, uint32_t c, uint32_t *ret_size)
{
    bool negated = length > 0 && (set[0] == '!' || set[0] == '^'), holds = false;
    uint32_t at = negated, first = at, size;

    while (at < length && (set[at] != ']' || at == first)) {
        uint32_t low = code_point(set + at, length - at, &size), high = low;

        at += size;
        if (length - at >= 2 && set[at] == '-' && set[at + 1] != ']') {
            high = code_point(set + at + 1, length - at - 1, &size);
            at += 1 + size;
        }
        holds = holds || (c >= low && c <= high);
    }
    *ret_size = at < length ? at + 1 : 0;
    return holds != negated;
}

/* Whether the glob's first element, which is no star, takes `c`; *ret_size is its length. */
static bool element_takes(const char *glob, uint32_t length, uint32_t c, uint32_t *ret_size)
{
    if (glob[0] == '?') {
        *ret_size = 1;
        return true;
    }
    if (glob[0] == '[') {
        uint32_t size;
        bool holds = set_holds(glob + 1, length - 1, c, &size);

        if (size > 0) {
            *ret_size = size + 1;
            return holds;
        }
    }
    return code_point(glob, length, ret_size) == c;
}

/* Only the last star that was met is ever tried again, so the time is the product of the lengths at most. */
bool counts_glob_matches(const char *glob, const char *word, uint32_t length)
{
    uint32_t n_glob = (uint32_t)strlen(glob), g = 0, w = 0, size, element;
    uint32_t star = UINT32_MAX, star_word = 0;

    while (w < length) {
        uint32_t c = code_point(word + w, length - w, &size);

        if (g < n_glob && glob[g] == '*') {
            star = ++g;
            star_word = w;
            continue;
        }
        if (g < n_glob && element_takes(glob + g, n_glob - g, c, &element)) {
            g += element;
            w += size;
            continue;
        }
        if (star == UINT32_MAX)
            return false;
        (void)code_point(word + star_word, length - star_word, &size);
        star_word += size;
        w = star_word;
        g = star;
    }
    while (g < n_glob && glob[g] == '*')
        g++;
    return g == n_glob;
}

static bool matches_any(const struct counts_filter *filter, const char *word, uint32_t length)
{
    for (size_t i = 0; i < filter->n_matches; i++)
        if (counts_glob_matches(filter->matches[i], word, length))
            return true;
    return filter->n_matches == 0;
}

/* As strcmp() would have it if the word ended with a NUL. */
static int compare(const char *word, uint32_t length, const char *key)
{
    int order = strncmp(word, key, length);

    return order != 0 ? order : key[length] == '\0' ? 0 : -1;
}

static bool is_excluded(const struct counts_filter *filter, const char *word, uint32_t length)
{
    size_t low = 0, high = filter->n_excluded;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(word, length, filter->excluded[middle]);

        if (order == 0)
            return true;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

bool counts_filter_is_empty(const struct counts_filter *filter)
{
    return filter->min_length == 0 && !filter->no_numbers && filter->n_matches == 0 &&
        filter->n_excluded == 0;
}

bool counts_filter_passes(const struct counts_filter *filter, const char *word, uint32_t length)
{
    if (filter->min_length > 0 && count_code_points(word, length) < filter->min_length)
        return false;
    if (filter->no_numbers && !words_key_has_letter(word, length))
        return false;
    return !is_excluded(filter, word, length) && matches_any(filter, word, length);
}
