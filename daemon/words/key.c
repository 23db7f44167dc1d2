#include "words/key.h"

#include "words/utf8.h"

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

/* NFKC makes of one code point at most 18 UTF-16 units (U+FDFA), lower case of one at most 3. */
#define KEY_MAX_UNITS (KEY_MAX_CODE_POINTS * 18)
#define KEY_BUFFER_UNITS (KEY_MAX_UNITS * 3)

#define APOSTROPHE 0x27
#define RIGHT_QUOTE 0x2019
#define ZWNJ 0x200C
#define ZWJ 0x200D

/* For the characters below U+10000 whose part of a key is one character whatever stands around them, that
 * character; NOT_SIMPLE for the others, whose words take the long way through ICU. 0 as long as nobody has
 * asked: to ask ICU for all of them would take a third of the time that the program needs to start. */
static _Atomic uint16_t simple[0x10000];
#define NOT_SIMPLE 1
static const UNormalizer2 *nfkc;

static bool stays_in_nfkc(UChar32 c)
{
    return u_getIntPropertyValue(c, UCHAR_NFKC_QUICK_CHECK) == UNORM_YES && u_getCombiningClass(c) == 0;
}

static uint16_t simple_of(UChar32 c)
{
    UChar unit = (UChar)c, lower[4];
    UErrorCode status = U_ZERO_ERROR;

    if (c == RIGHT_QUOTE)
        return APOSTROPHE;
    /* Capital sigma becomes one of two letters by what follows it. */
    if (c <= NOT_SIMPLE || c == 0x03A3 || U_IS_SURROGATE(c) || !stays_in_nfkc(c) ||
        u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) || c == ' ')
        return 0;
    if (!u_hasBinaryProperty(c, UCHAR_CHANGES_WHEN_LOWERCASED))
        return (uint16_t)c;
    if (u_strToLower(lower, 4, &unit, 1, "", &status) != 1 || U_FAILURE(status))
        return 0;
    return stays_in_nfkc(lower[0]) ? lower[0] : 0;
}

int key_init(void)
{
    UErrorCode status = U_ZERO_ERROR;

    nfkc = unorm2_getNFKCInstance(&status);
    if (U_FAILURE(status))
        return status == U_MEMORY_ALLOCATION_ERROR ? -ENOMEM : -ELIBBAD;
    return 0;
}

/* Threads that ask at once get, and keep, the same. */
uint32_t key_simple(uint32_t c)
{
    uint16_t known = atomic_load_explicit(&simple[c], memory_order_relaxed);

    if (known == 0) {
        known = simple_of((UChar32)c);
        if (known == 0)
            known = NOT_SIMPLE;
        atomic_store_explicit(&simple[c], known, memory_order_relaxed);
    }
    return known == NOT_SIMPLE ? 0 : known;
}

/* Whether all characters of the word are simple. */
static bool make_simple(const uint8_t *word, size_t size, uint8_t *key, size_t *ret_size)
{
    size_t n = 0, i = 0, length;

    while (i < size) {
        uint32_t c = utf8_get(word + i, &length);
        uint32_t mapped = c < 0x10000 ? key_simple(c) : 0;

        if (mapped == 0)
            return false;
        n += utf8_put(key + n, mapped);
        i += length;
    }
    *ret_size = n;
    return true;
}

static bool is_joiner(UChar c)
{
    return c == ZWNJ || c == ZWJ;
}

/* Removes default-ignorable characters and spaces, in place, and returns the new length. */
static int32_t remove_ignorable(UChar *text, int32_t length)
{
    int32_t from = 0, to = 0, first = 0;

    while (from < length) {
        int32_t start = from;
        UChar32 c;

        U16_NEXT(text, from, length, c);
        if (c == ' ' || (!is_joiner((UChar)c) && u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)))
            continue;
        while (start < from)
            text[to++] = text[start++];
    }
    while (to > 0 && is_joiner(text[to - 1]))
        to--;
    while (first < to && is_joiner(text[first]))
        first++;
    memmove(text, text + first, (size_t)(to - first) * sizeof(*text));
    return to - first;
}

static int32_t finish_units(UChar *text, int32_t length)
{
    int32_t to = 0;

    for (int32_t i = 0; i < length; i++)
        if (text[i] != ' ')
            text[to++] = text[i] == RIGHT_QUOTE ? APOSTROPHE : text[i];
    return to;
}

static int make_by_icu(const uint8_t *word, size_t size, uint8_t *key, size_t *ret_size)
{
    UChar a[KEY_BUFFER_UNITS], b[KEY_BUFFER_UNITS];
    UErrorCode status = U_ZERO_ERROR;
    int32_t n;

    u_strFromUTF8WithSub(a, KEY_BUFFER_UNITS, &n, (const char *)word, (int32_t)size, 0xFFFD, NULL, &status);
    n = unorm2_normalize(nfkc, a, n, b, KEY_BUFFER_UNITS, &status);
    if (U_SUCCESS(status))
        n = remove_ignorable(b, n);
    n = u_strToLower(a, KEY_BUFFER_UNITS, b, n, "", &status);
    n = unorm2_normalize(nfkc, a, n, b, KEY_BUFFER_UNITS, &status);
    if (U_SUCCESS(status))
        n = finish_units(b, n);
    u_strToUTF8WithSub((char *)key, WORDS_MAX_KEY, &n, b, n, 0xFFFD, NULL, &status);
    if (status == U_MEMORY_ALLOCATION_ERROR)
        return -ENOMEM;
    assert(U_SUCCESS(status));
    *ret_size = (size_t)n;
    return 0;
}

static size_t first_code_points(const uint8_t *word, size_t size)
{
    size_t n = 0;

    if (size <= KEY_MAX_CODE_POINTS)
        return size;
    for (size_t i = 0; i < size; i++) {
        if ((word[i] & 0xC0) != 0x80 && n++ == KEY_MAX_CODE_POINTS)
            return i;
    }
    return size;
}

int key_make(const uint8_t *word, size_t size, uint8_t key[static KEY_ROOM], size_t *ret_size)
{
    int r;

    size = first_code_points(word, size);
    r = make_simple(word, size, key, ret_size) ? 0 : make_by_icu(word, size, key, ret_size);
    if (r == 0)
        memset(key + *ret_size, 0, KEY_UNIT);
    return r;
}

bool words_key_has_letter(const char *key, size_t size)
{
    size_t length;

    for (size_t i = 0; i < size; i += length)
        if (u_isalpha((UChar32)utf8_get((const uint8_t *)key + i, &length)))
            return true;
    return false;
}
