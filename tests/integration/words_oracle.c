#include "words_oracle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>

#define MAX_STRETCH 65536
#define MAX_CODE_POINTS 256
#define MAX_UNITS 16384

struct oracle {
    char **keys; /* one for each token, sorted */
    size_t n_keys, max_keys;
    struct oracle_word *words;
    size_t n_words;
};

static UBreakIterator *iterator;
static const UNormalizer2 *nfkc;

static void check(int good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "oracle: %s failed\n", what);
    abort();
}

static void *grown(void *pointer, size_t n, size_t size)
{
    pointer = reallocarray(pointer, n ? n : 1, size);
    check(pointer != NULL, "allocation");
    return pointer;
}

void oracle_init(void)
{
    static const UChar warm_up[] =
        u"\u0E01\u0E32\u0E23\u0E17\u0E14\u0E2A\u0E2D\u0E1A \u0E81\u0EB2\u0E99\u0E97\u0EBB\u0E94 "
        u"\u1780\u17B6\u179A\u179F\u17B6\u1780 \u1019\u103C\u1014\u103A\u1019\u102C \u6F22\u5B57\u6587\u5B57 "
        u"\u3072\u3089\u304C\u306A \u30AB\u30BF\u30AB\u30CA \uD55C\uAD6D\uC5B4 \u1950\u1951\u1952 "
        u"\u1980\u1981\u1982 "
        u"\u1A20\u1A21\u1A22 \uAA80\uAA81\uAA82 \U00011700\U00011701\U00011702 \u309B\u3031\u30A0";
    UErrorCode status = U_ZERO_ERROR;

    iterator = ubrk_open(UBRK_WORD, "", warm_up, -1, &status);
    check(U_SUCCESS(status), "ubrk_open");
    while (ubrk_next(iterator) != UBRK_DONE)
        continue;
    nfkc = unorm2_getNFKCInstance(&status);
    check(U_SUCCESS(status), "unorm2_getNFKCInstance");
}

int oracle_is_dictionary(int32_t c)
{
    UErrorCode status = U_ZERO_ERROR;
    UScriptCode script = uscript_getScript(c, &status);

    return u_getIntPropertyValue(c, UCHAR_LINE_BREAK) == U_LB_COMPLEX_CONTEXT || script == USCRIPT_HAN ||
        script == USCRIPT_HIRAGANA || u_getIntPropertyValue(c, UCHAR_WORD_BREAK) == U_WB_KATAKANA ||
        (c >= 0xAC00 && c <= 0xD7A3);
}

int oracle_is_separating(int32_t c)
{
    if (oracle_is_dictionary(c) || u_hasBinaryProperty(c, UCHAR_EXTENDED_PICTOGRAPHIC) ||
        u_hasBinaryProperty(c, UCHAR_IDEOGRAPHIC) || c == '@')
        return 0;
    switch (u_getIntPropertyValue(c, UCHAR_WORD_BREAK)) {
    case U_WB_OTHER:
    case U_WB_CR:
    case U_WB_LF:
    case U_WB_NEWLINE:
    case U_WB_WSEGSPACE:
        return 1;
    case U_WB_MIDLETTER: /* ICU's root locale leaves colons out of it. */
        return c == ':' || c == 0xFE55 || c == 0xFF1A;
    default:
        return 0;
    }
}

static int32_t without_ignorable(UChar *text, int32_t n)
{
    int32_t to = 0, from = 0;

    while (from < n) {
        UChar32 c;

        U16_NEXT(text, from, n, c);
        if (c == ' ' ||
            (u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) && c != 0x200C && c != 0x200D))
            continue;
        U16_APPEND_UNSAFE(text, to, c);
    }
    while (to > 0 && (text[to - 1] == 0x200C || text[to - 1] == 0x200D))
        to--;
    for (from = 0; from < to && (text[from] == 0x200C || text[from] == 0x200D);)
        from++;
    memmove(text, text + from, (size_t)(to - from) * sizeof(*text));
    return to - from;
}

static char *key_of(const UChar *word, int32_t n)
{
    UChar a[MAX_UNITS], b[MAX_UNITS];
    UErrorCode status = U_ZERO_ERROR;
    int32_t end = 0, size, to = 0;
    char *key;

    U16_FWD_N(word, end, n, MAX_CODE_POINTS);
    n = unorm2_normalize(nfkc, word, end, a, MAX_UNITS, &status);
    n = without_ignorable(a, n);
    n = u_strToLower(b, MAX_UNITS, a, n, "", &status);
    n = unorm2_normalize(nfkc, b, n, a, MAX_UNITS, &status);
    for (int32_t i = 0; i < n; i++)
        if (a[i] != ' ')
            a[to++] = a[i] == 0x2019 ? '\'' : a[i];
    key = grown(NULL, (size_t)to * 3 + 1, 1);
    u_strToUTF8WithSub(key, to * 3 + 1, &size, a, to, 0xFFFD, NULL, &status);
    check(U_SUCCESS(status), "key");
    return key;
}

static void add(struct oracle *oracle, const UChar *word, int32_t n)
{
    char *key = key_of(word, n);

    if (!*key) {
        free(key);
        return;
    }
    if (oracle->n_keys == oracle->max_keys) {
        oracle->max_keys = oracle->max_keys * 2 + 64;
        oracle->keys = grown(oracle->keys, oracle->max_keys, sizeof(*oracle->keys));
    }
    oracle->keys[oracle->n_keys++] = key;
}

static void segment(struct oracle *oracle, const UChar *text, int32_t n)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t from = 0, to;

    ubrk_setText(iterator, text, n, &status);
    check(U_SUCCESS(status), "ubrk_setText");
    for (; (to = ubrk_next(iterator)) != UBRK_DONE; from = to)
        if (ubrk_getRuleStatus(iterator) >= UBRK_WORD_NUMBER)
            add(oracle, text + from, to - from);
}

/* Cuts where a stretch for dictionaries would be too long, and segments what is between the cuts. */
static void cut(struct oracle *oracle, const UChar *text, int32_t n)
{
    int32_t begin = 0, at = 0, stretch = 0;
    int has_dictionary = 0;

    while (at < n) {
        int32_t here = at, size;
        UChar32 c;

        U16_NEXT(text, at, n, c);
        size = U8_LENGTH(c);
        if (oracle_is_separating(c)) {
            stretch = 0;
            has_dictionary = 0;
            continue;
        }
        if ((has_dictionary || oracle_is_dictionary(c)) && stretch + size > MAX_STRETCH) {
            segment(oracle, text + begin, here - begin);
            begin = here;
            stretch = 0;
            has_dictionary = 0;
        }
        has_dictionary = has_dictionary || oracle_is_dictionary(c);
        stretch += size;
    }
    segment(oracle, text + begin, n - begin);
}

static int compare(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

struct oracle *oracle_count(const char *utf8, size_t size)
{
    struct oracle *oracle = grown(NULL, 1, sizeof(*oracle));
    UChar *text = grown(NULL, size + 1, sizeof(*text));
    UErrorCode status = U_ZERO_ERROR;
    int32_t n;

    *oracle = (struct oracle){0};
    check(size < INT32_MAX, "size");
    u_strFromUTF8WithSub(text, (int32_t)size + 1, &n, utf8, (int32_t)size, 0xFFFD, NULL, &status);
    check(U_SUCCESS(status), "u_strFromUTF8WithSub");
    cut(oracle, text, n);
    free(text);
    if (oracle->n_keys > 0)
        qsort(oracle->keys, oracle->n_keys, sizeof(*oracle->keys), compare);
    oracle->words = grown(NULL, oracle->n_keys, sizeof(*oracle->words));
    for (size_t i = 0; i < oracle->n_keys; i++) {
        if (i == 0 || strcmp(oracle->keys[i - 1], oracle->keys[i]) != 0)
            oracle->words[oracle->n_words++] = (struct oracle_word){.key = oracle->keys[i]};
        oracle->words[oracle->n_words - 1].tokens++;
    }
    return oracle;
}

void oracle_free(struct oracle *oracle)
{
    for (size_t i = 0; i < oracle->n_keys; i++)
        free(oracle->keys[i]);
    free(oracle->keys);
    free(oracle->words);
    free(oracle);
}

uint64_t oracle_tokens(const struct oracle *oracle)
{
    return oracle->n_keys;
}

size_t oracle_distinct(const struct oracle *oracle)
{
    return oracle->n_words;
}

struct oracle_word oracle_get(const struct oracle *oracle, size_t index)
{
    return oracle->words[index];
}
