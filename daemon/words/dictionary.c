#include "words/dictionary.h"

#include "words/dictionary_joints.h"
#include "words/dictionary_parts.h"
#include "words/utf8.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

struct dictionary {
    UBreakIterator *iterator; /* NULL until it is needed: in many processes it never is */
    UChar *units;
    int32_t max_units;
    struct dictionary_parts parts; /* of the units */
    size_t n_plain;                /* units of plain texts that it was given */
};

/* ICU divides so many units in the time that reading the dictionary takes: for a few names on pages in
 * English, that would not pay. */
#define DICTIONARY_FEW 4096

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
    dictionary_parts_deinit(&dictionary->parts);
    free(dictionary->units);
    free(dictionary);
}

/* UTF-8 has at least as many bytes as UTF-16 has units, and a plain text three times as many: then there are
 * MEMO_READ_UNITS more. */
static int reserve_units(struct dictionary *dictionary, size_t size)
{
    UChar *units;
    int r;

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
    r = dictionary_parts_reserve(&dictionary->parts, size * 2);
    if (r == 0)
        dictionary->max_units = (int32_t)size * 2;
    return r;
}

static int begin_iteration(struct dictionary *dictionary, const UChar *units, int32_t n)
{
    UErrorCode status = U_ZERO_ERROR;

    /* The data were there when the process began: what fails now is memory. */
    if (!dictionary->iterator && open_iterator(&dictionary->iterator) < 0)
        return -ENOMEM;
    ubrk_setText(dictionary->iterator, units, n, &status);
    return U_FAILURE(status) ? -ENOMEM : 0;
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

/* By ICU alone. */
static int divide_any(struct dictionary *dictionary, const uint8_t *text, size_t size,
    const struct dictionary_sink *sink, void *userdata)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t n, from = 0, to;
    int r;

    u_strFromUTF8(dictionary->units, dictionary->max_units, &n, (const char *)text, (int32_t)size, &status);
    if (U_FAILURE(status))
        return -ENOMEM;
    r = begin_iteration(dictionary, dictionary->units, n);
    if (r < 0)
        return r;
    while ((to = ubrk_next(dictionary->iterator)) != UBRK_DONE) {
        size_t part = utf8_size(dictionary->units, from, to);

        if (ubrk_getRuleStatus(dictionary->iterator) >= UBRK_WORD_NUMBER) {
            r = sink->word(userdata, text, part);
            if (r < 0)
                return r;
        }
        text += part;
        from = to;
    }
    return 0;
}

/* The units of a text that is plain throughout, three bytes each; 0 if it is not. */
static size_t plain_units(const uint8_t *text, size_t size, UChar *units)
{
    size_t n = 0;

    for (size_t at = 0; at + 3 <= size; at += 3) {
        uint32_t c = utf8_get_three(text + at);

        if ((text[at] & 0xF0) != 0xE0 || !joints_is_plain(c))
            return 0;
        units[n++] = (UChar)c;
    }
    return n * 3 == size ? n : 0;
}

/* Has ICU mark the words of the parts from `from` to `to`. */
static int mark_words(struct dictionary *dictionary, size_t from, size_t to)
{
    uint8_t *marks = dictionary->parts.marks + from;
    int32_t end;
    int r = begin_iteration(dictionary, dictionary->units + from, (int32_t)(to - from));

    if (r < 0)
        return r;
    while ((end = ubrk_next(dictionary->iterator)) != UBRK_DONE)
        marks[end - 1] |= DICTIONARY_WORD;
    return 0;
}

static int flush(struct plain_words *words, const uint8_t *text, size_t size,
    const struct dictionary_sink *sink, void *userdata)
{
    int r;

    if (words->n == 0)
        return 0;
    words->text = text;
    memcpy(words->keys, text, size);
    r = sink->plain(userdata, words);
    words->n = 0;
    return r;
}

/* A plain character is its own key, whatever stands around it, and so is a word of them. */
static int put_words(struct dictionary *dictionary, const uint8_t *text, size_t n, struct plain_words *words,
    const struct dictionary_sink *sink, void *userdata)
{
    size_t base = 0, start = 0;
    int r = 0;

    words->n = 0;
    words->more = false;
    for (size_t at = 0; r == 0 && at < n; at++) {
        size_t end = 3 * (at + 1), size = end - start;

        if (!(dictionary->parts.marks[at] & DICTIONARY_WORD))
            continue;
        if (size > PLAIN_BLOCK || end - base > PLAIN_BATCH) {
            r = flush(words, text + base, start - base, sink, userdata);
            base = start;
        }
        if (size <= PLAIN_BLOCK) {
            words->at[words->n] = (uint16_t)(start - base);
            words->length[words->n++] = (uint8_t)size;
        } else if (r == 0) {
            r = sink->word(userdata, text + start, size);
            base = end;
        }
        start = end;
    }
    return r < 0 ? r : flush(words, text + base, start - base, sink, userdata);
}

/* By parts, of which many are remembered. In a plain text every part is a word. */
static int divide_plain(struct dictionary *dictionary, size_t n)
{
    struct dictionary_unknown unknown;
    int r = dictionary_parts_find(&dictionary->parts, dictionary->units, n, &unknown);

    if (r < 0 || unknown.from == unknown.to)
        return r;
    r = mark_words(dictionary, unknown.from, unknown.to);
    if (r == 0)
        dictionary_parts_remember(&dictionary->parts, dictionary->units, &unknown);
    return r;
}

int dictionary_divide(struct dictionary *dictionary, const uint8_t *text, size_t size,
    struct plain_words *room, const struct dictionary_sink *sink, void *userdata)
{
    size_t n;
    int r = reserve_units(dictionary, size);

    if (r < 0)
        return r;
    n = plain_units(text, size, dictionary->units);
    dictionary->n_plain += n;
    if (n == 0 || dictionary->n_plain <= DICTIONARY_FEW)
        return divide_any(dictionary, text, size, sink, userdata);
    r = divide_plain(dictionary, n);
    return r < 0 ? r : put_words(dictionary, text, n, room, sink, userdata);
}
