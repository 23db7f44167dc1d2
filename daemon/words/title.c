#include "words/title.h"

#include "words/utf8.h"
#include <string.h>

void title_begin(struct title *title)
{
    title->size = 0;
    title->space = false;
    title->full = false;
    title->text[0] = '\0';
}

static bool is_space(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

void title_append(struct title *title, const uint8_t *utf8, size_t size)
{
    size_t length;

    for (size_t i = 0; i < size && !title->full; i += length) {
        bool space = title->space && title->size > 0;

        (void)utf8_get(utf8 + i, &length);
        if (is_space(utf8[i])) {
            title->space = true;
            continue;
        }
        if (utf8[i] == '\0')
            continue;
        if (title->size + space + length > WORDS_MAX_TITLE) {
            title->full = true;
            break;
        }
        if (space)
            title->text[title->size++] = ' ';
        memcpy(title->text + title->size, utf8 + i, length);
        title->size += length;
        title->space = false;
    }
}

void title_finish(struct title *title)
{
    title->text[title->size] = '\0';
}
