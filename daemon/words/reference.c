#include "words/reference.h"

#include "words/bytes.h"
#include "words/utf8.h"
#include <string.h>

static const struct {
    char name[REFERENCE_MAX_NAME + 1];
    char text[7];
} names[] = {
#define REFERENCE(name, text) {name, text},
#include "words/references.inc"
#undef REFERENCE
};
#define N_NAMES (sizeof(names) / sizeof(*names))

_Static_assert(N_NAMES < UINT16_MAX, "indices fit");

/* Names of up to eight bytes that end with their semicolon, by slot_of(), or in the slots after it; 0 is a
 * free one, and else one more than the name's index. */
#define N_SLOTS 8192
static uint16_t slots[N_SLOTS];

/* What numbers mean that are control characters of ISO 8859 (HTML 13.2.5.80): windows-1252 was meant. */
static const uint16_t windows_1252[32] = {
    0x20AC,
    0x81,
    0x201A,
    0x0192,
    0x201E,
    0x2026,
    0x2020,
    0x2021,
    0x02C6,
    0x2030,
    0x0160,
    0x2039,
    0x0152,
    0x8D,
    0x017D,
    0x8F,
    0x90,
    0x2018,
    0x2019,
    0x201C,
    0x201D,
    0x2022,
    0x2013,
    0x2014,
    0x02DC,
    0x2122,
    0x0161,
    0x203A,
    0x0153,
    0x9D,
    0x017E,
    0x0178,
};

void reference_begin(struct reference *reference, bool in_attribute)
{
    *reference = (struct reference){
        .state = REFERENCE_START,
        .in_attribute = in_attribute,
        .last = N_NAMES,
    };
}

static bool is_alphanumeric(int c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The first of [first, last) whose byte at `at` is not below `byte`. */
static uint16_t lower_bound(uint16_t first, uint16_t last, size_t at, int byte)
{
    while (first < last) {
        uint16_t middle = (uint16_t)((first + last) / 2);

        if ((uint8_t)names[middle].name[at] < byte)
            first = (uint16_t)(middle + 1);
        else
            last = middle;
    }
    return first;
}

/* Narrows the names to those that go on with the byte; false if none does. */
static bool narrow(struct reference *reference, int byte)
{
    size_t at = reference->n_name;
    uint16_t first, last;

    if (at == REFERENCE_MAX_NAME || (!is_alphanumeric(byte) && byte != ';'))
        return false;
    first = lower_bound(reference->first, reference->last, at, byte);
    last = lower_bound(first, reference->last, at, byte + 1);
    if (first == last)
        return false;
    reference->first = first;
    reference->last = last;
    reference->name[reference->n_name++] = (char)byte;
    /* The shortest sorts first. */
    if (names[first].name[at + 1] == '\0') {
        reference->matched = first;
        reference->n_matched = reference->n_name;
    }
    return true;
}

static size_t literally(const struct reference *reference, size_t from, uint8_t *text)
{
    memcpy(text, reference->name + from, reference->n_name - from);
    return reference->n_name - from;
}

static size_t finish_named(const struct reference *reference, int byte, uint8_t *text)
{
    size_t matched = reference->n_matched, n;
    int next = matched < reference->n_name ? reference->name[matched] : byte;

    /* For historical reasons: in an attribute, "&copy=" and "&copyright" are parts of a URL. */
    if (matched > 0 && reference->in_attribute && reference->name[matched - 1] != ';' &&
        (next == '=' || is_alphanumeric(next)))
        matched = 0;
    if (matched == 0) {
        text[0] = '&';
        return 1 + literally(reference, 0, text + 1);
    }
    n = strlen(names[reference->matched].text);
    memcpy(text, names[reference->matched].text, n);
    return n + literally(reference, matched, text + n);
}

static size_t finish_number(const struct reference *reference, uint8_t *text)
{
    uint32_t c = reference->number;

    if (c == 0 || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        c = 0xFFFD;
    else if (c >= 0x80 && c < 0xA0)
        c = windows_1252[c - 0x80];
    return utf8_put(text, c);
}

static int digit_value(int byte, int base)
{
    int value = -1;

    if (byte >= '0' && byte <= '9')
        value = byte - '0';
    else if (byte >= 0 && (byte | 0x20) >= 'a' && (byte | 0x20) <= 'f')
        value = (byte | 0x20) - 'a' + 10;
    return value < base ? value : -1;
}

static bool add_digit(struct reference *reference, int byte, int base)
{
    int value = digit_value(byte, base);

    if (value < 0)
        return false;
    if (reference->number <= 0x10FFFF)
        reference->number = reference->number * (uint32_t)base + (uint32_t)value;
    return true;
}

static bool feed_number_start(struct reference *reference, int byte, uint8_t *text, size_t *ret_size)
{
    bool hexadecimal = reference->state == REFERENCE_HEXADECIMAL_START;

    if (!hexadecimal && (byte == 'x' || byte == 'X')) {
        reference->name[0] = (char)byte;
        reference->state = REFERENCE_HEXADECIMAL_START;
        return true;
    }
    if (add_digit(reference, byte, hexadecimal ? 16 : 10)) {
        reference->state = hexadecimal ? REFERENCE_HEXADECIMAL : REFERENCE_DECIMAL;
        return true;
    }
    *ret_size = hexadecimal ? 3 : 2;
    text[0] = '&';
    text[1] = '#';
    text[2] = (uint8_t)reference->name[0];
    return false;
}

/* A semicolon that ends a number belongs to it; what follows is no part of it, whatever it is. */
static bool feed_number(struct reference *reference, int byte, int base, uint8_t *text, size_t *ret_size)
{
    if (reference->n_matched == 0) {
        if (add_digit(reference, byte, base))
            return true;
        if (byte == ';') {
            reference->n_matched = 1;
            return true;
        }
    }
    *ret_size = finish_number(reference, text);
    return false;
}

bool reference_feed(
    struct reference *reference, int byte, uint8_t text[static REFERENCE_MAX_TEXT], size_t *ret_size)
{
    switch (reference->state) {
    case REFERENCE_START:
        if (byte == '#') {
            reference->state = REFERENCE_NUMERIC_START;
            return true;
        }
        reference->state = REFERENCE_NAMED;
        /* fall through */
    case REFERENCE_NAMED:
        /* A name with its semicolon is complete; no other follows it. */
        if (narrow(reference, byte))
            return true;
        *ret_size = finish_named(reference, byte, text);
        return false;
    case REFERENCE_NUMERIC_START:
    case REFERENCE_HEXADECIMAL_START:
        return feed_number_start(reference, byte, text, ret_size);
    case REFERENCE_DECIMAL:
        return feed_number(reference, byte, 10, text, ret_size);
    case REFERENCE_HEXADECIMAL:
        return feed_number(reference, byte, 16, text, ret_size);
    }
    return false;
}

static size_t slot_of(uint64_t name)
{
    return name * UINT64_C(0x9E3779B97F4A7C15) >> 51;
}

void reference_init(void)
{
    memset(slots, 0, sizeof(slots));
    for (size_t i = 0; i < N_NAMES; i++) {
        size_t at, size = strlen(names[i].name);

        if (size > REFERENCE_WHOLE_SIZE || names[i].name[size - 1] != ';')
            continue;
        at = slot_of(bytes_load((const uint8_t *)names[i].name));
        while (slots[at] != 0)
            at = (at + 1) % N_SLOTS;
        slots[at] = (uint16_t)(i + 1);
    }
}

/* Of the first `size` bytes of `eight`, which begin with "#". */
static size_t whole_number(uint64_t eight, size_t size, uint8_t *text)
{
    struct reference reference = {.number = 0};
    bool hexadecimal = (eight >> 8 & 0xDF) == 'X';
    size_t i = hexadecimal ? 2 : 1;

    if (i == size)
        return 0;
    for (; i < size; i++)
        if (!add_digit(&reference, (int)(eight >> (8 * i) & 0xFF), hexadecimal ? 16 : 10))
            return 0;
    return finish_number(&reference, text);
}

size_t reference_whole(const uint8_t *at, uint8_t text[static REFERENCE_MAX_TEXT], size_t *ret_size)
{
    uint64_t eight = bytes_load(at);
    size_t size = bytes_which(bytes_equal(eight, ';')); /* without the semicolon */
    uint64_t name = bytes_first(eight, size + 1);

    if (size == 8)
        return 0;
    if (*at == '#') {
        *ret_size = whole_number(eight, size, text);
        return *ret_size > 0 ? size + 1 : 0;
    }
    for (size_t slot = slot_of(name); slots[slot] != 0; slot = (slot + 1) % N_SLOTS) {
        size_t i = slots[slot] - 1u;

        if (bytes_load((const uint8_t *)names[i].name) != name)
            continue;
        *ret_size = strlen(names[i].text);
        memcpy(text, names[i].text, *ret_size);
        return size + 1;
    }
    return 0;
}
