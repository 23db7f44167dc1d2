#include "words/dictionary.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

struct dictionary {
    UBreakIterator *iterator; /* NULL until a page needs it: most do not */
    UChar *units;
    int32_t max_units;
};

/* Thai, Lao, Khmer, Burmese, Han, Hiragana, Katakana, Hangul; then the scripts of complex context without a
 * dictionary: Tai Le, New Tai Lue, Tai Tham, Tai Viet, Ahom; and what is common to Hiragana and Katakana. */
const char dictionary_warm_up[] =
    "\u0E01\u0E32\u0E23\u0E17\u0E14\u0E2A\u0E2D\u0E1A \u0E81\u0EB2\u0E99\u0E97\u0EBB\u0E94 "
    "\u1780\u17B6\u179A\u179F\u17B6\u1780 \u1019\u103C\u1014\u103A\u1019\u102C \u6F22\u5B57\u6587\u5B57 "
    "\u3072\u3089\u304C\u306A \u30AB\u30BF\u30AB\u30CA \uD55C\uAD6D\uC5B4 \u1950\u1951\u1952 "
    "\u1980\u1981\u1982 "
    "\u1A20\u1A21\u1A22 \uAA80\uAA81\uAA82 \U00011700\U00011701\U00011702 \u309B\u3031\u30A0";

static int error_of(UErrorCode status)
{
    if (U_SUCCESS(status))
        return 0;
    return status == U_MEMORY_ALLOCATION_ERROR ? -ENOMEM : -ELIBBAD;
}

/* ICU's iterators remember what they have seen, too: each goes over the same string first. */
static int open_iterator(UBreakIterator **ret)
{
    UChar text[sizeof(dictionary_warm_up)];
    UErrorCode status = U_ZERO_ERROR;
    UBreakIterator *iterator;
    int32_t n;

    iterator = ubrk_open(UBRK_WORD, "", NULL, 0, &status);
    if (U_FAILURE(status))
        return error_of(status);
    u_strFromUTF8(text, (int32_t)sizeof(text), &n, dictionary_warm_up, -1, &status);
    ubrk_setText(iterator, text, n, &status);
    if (U_SUCCESS(status))
        while (ubrk_next(iterator) != UBRK_DONE)
            continue;
    ubrk_setText(iterator, u"", 0, &status);
    if (U_FAILURE(status)) {
        ubrk_close(iterator);
        return error_of(status);
    }
    *ret = iterator;
    return 0;
}

int dictionary_init(void)
{
    UBreakIterator *iterator;
    int r = open_iterator(&iterator);

    if (r < 0)
        return r;
    ubrk_close(iterator);
    return 0;
}

int dictionary_new(struct dictionary **ret)
{
    struct dictionary *dictionary = calloc(1, sizeof(*dictionary));

    if (!dictionary)
        return -ENOMEM;
    *ret = dictionary;
    return 0;
}

void dictionary_free(struct dictionary *dictionary)
{
    if (!dictionary)
        return;
    if (dictionary->iterator)
        ubrk_close(dictionary->iterator);
    free(dictionary->units);
    free(dictionary);
}

/* UTF-8 has at least as many bytes as UTF-16 has units. */
static int reserve_units(struct dictionary *dictionary, size_t size)
{
    UChar *units;

    if (size <= (size_t)dictionary->max_units)
        return 0;
    if (size > INT32_MAX / 2)
        return -ENOMEM;
    if (size < 256)
        size = 256;
    units = reallocarray(dictionary->units, size * 2, sizeof(*units));
    if (!units)
        return -ENOMEM;
    dictionary->units = units;
    dictionary->max_units = (int32_t)size * 2;
    return 0;
}

static size_t utf8_size(const UChar *units, int32_t from, int32_t to)
{
    size_t size = 0;

    while (from < to) {
        UChar32 c;

        U16_NEXT(units, from, to, c);
        size += (size_t)U8_LENGTH(c);
    }
    return size;
}

int dictionary_divide(
    struct dictionary *dictionary, const uint8_t *text, size_t size, dictionary_word word, void *userdata)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t n, from = 0, to;
    int r;

    /* The data were there when the process began: what fails now is memory. */
    if (!dictionary->iterator && open_iterator(&dictionary->iterator) < 0)
        return -ENOMEM;
    r = reserve_units(dictionary, size);
    if (r < 0)
        return r;
    u_strFromUTF8(dictionary->units, dictionary->max_units, &n, (const char *)text, (int32_t)size, &status);
    ubrk_setText(dictionary->iterator, dictionary->units, n, &status);
    if (U_FAILURE(status))
        return -ENOMEM;
    while ((to = ubrk_next(dictionary->iterator)) != UBRK_DONE) {
        size_t part = utf8_size(dictionary->units, from, to);

        if (ubrk_getRuleStatus(dictionary->iterator) >= UBRK_WORD_NUMBER) {
            r = word(userdata, text, part);
            if (r < 0)
                return r;
        }
        text += part;
        from = to;
    }
    return 0;
}
