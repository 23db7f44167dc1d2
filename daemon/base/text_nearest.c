#include "base/text_nearest.h"

#include <stddef.h>
#include <string.h>

#define MAX_NAME 64

static size_t smallest(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;

    return least < c ? least : c;
}

/* Damerau-Levenshtein distance in its restricted form: insert, delete, replace, swap two neighbours, nothing
 * edited twice. Both are at most MAX_NAME long. */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t rows[3][MAX_NAME + 1];

    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        const size_t *before = rows[(i - 1) % 3];
        const size_t *two_before = rows[(i + 1) % 3];
        size_t *row = rows[i % 3];

        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            row[j] = smallest(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                two_before[j - 2] + 1 < row[j])
                row[j] = two_before[j - 2] + 1;
        }
    }
    return rows[a_length % 3][b_length];
}

const char *text_nearest(const char *text, const char *const *names)
{
    size_t length = strlen(text);
    const char *nearest = NULL;
    size_t limit = length / 3 > 1 ? length / 3 : 1;

    if (length > MAX_NAME)
        return NULL;
    for (; *names; names++) {
        size_t name_length = strlen(*names);
        size_t d;

        if (name_length > MAX_NAME)
            continue;
        d = distance(text, length, *names, name_length);
        /* Nearer than any before: of equally near names the first stands. */
        if (d <= limit && d < (nearest ? limit : limit + 1)) {
            nearest = *names;
            limit = d;
        }
    }
    return nearest;
}
