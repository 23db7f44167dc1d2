#include "words/plain.h"

#include "words/plain_block.h"
#include <endian.h>

/* Eight bytes, the letters of ASCII among them in lower case. */
static uint64_t lower_eight(uint64_t x)
{
    uint64_t ascii = ~x & UINT64_C(0x8080808080808080), low = x & UINT64_C(0x7F7F7F7F7F7F7F7F);
    uint64_t above_z = low + UINT64_C(0x2525252525252525), from_a = low + UINT64_C(0x3F3F3F3F3F3F3F3F);

    return x | ((from_a ^ above_z) & ascii) >> 2;
}

/* A bit that each of eight bytes has in the same place, as eight bits. */
static uint64_t gather(uint64_t x, unsigned bit)
{
    return (x >> bit & UINT64_C(0x0101010101010101)) * UINT64_C(0x0102040810204080) >> 56;
}

static bool has_bit(const uint8_t *bits, uint8_t byte)
{
    return bits[byte >> 3 & 7] >> (byte & 7) & 1;
}

static bool is_inside(const struct plain_range *range, uint8_t first, uint8_t second)
{
    unsigned i = first & 0x3F;

    return (uint8_t)(second - range->low[i]) < range->width[i];
}

static bool is_pair(uint8_t first, uint8_t second)
{
    const struct plain_tables *tables = &plain_tables;

    return first >= 0xC0 && first <= 0xDF && is_inside(&tables->pairs, first, second) &&
        second != tables->except[0][first & 0x3F] && second != tables->except[1][first & 0x3F];
}

static void classify_high(const uint8_t *text, unsigned i, struct plain_high *ret)
{
    uint64_t bit = UINT64_C(1) << i;
    const uint8_t *c = text + i;

    if (is_pair(c[0], c[1])) {
        ret->pairs |= bit;
        ret->lower |= is_inside(&plain_tables.lower, c[0], c[1]) ? bit : 0;
    } else if (c[0] == 0xC2 && has_bit(plain_tables.latin_separating, c[1])) {
        ret->latin |= bit;
    } else if (c[0] == 0xE2 && c[1] == 0x80 && has_bit(plain_tables.general_separating, c[2])) {
        ret->general |= bit;
    }
}

static void classify(const uint8_t *text, uint8_t *lower, struct plain_masks *ret)
{
    struct plain_high high = {0};

    *ret = (struct plain_masks){0};
    for (unsigned i = 0; i < PLAIN_BLOCK; i += 8) {
        uint64_t x, classes = 0;

        memcpy(&x, text + i, sizeof(x));
        ret->unknown |= gather(le64toh(x), 7) << i;
        x = lower_eight(x);
        memcpy(lower + i, &x, sizeof(x));
        for (unsigned k = 0; k < 8; k++)
            classes |= (uint64_t)(text[i + k] < 0x80 ? plain_tables.ascii[text[i + k]] : 0) << 8 * k;
        ret->letter |= gather(classes, 0) << i;
        ret->digit |= gather(classes, 1) << i;
        ret->joining |= gather(classes, 2) << i;
        ret->between_letters |= gather(classes, 3) << i;
        ret->between_digits |= gather(classes, 4) << i;
        ret->separating |= gather(classes, 5) << i;
    }
    for (uint64_t rest = ret->unknown; rest != 0; rest &= rest - 1)
        classify_high(text, (unsigned)__builtin_ctzll(rest), &high);
    plain_add_high(ret, &high);
}

static size_t plain_find_portable(
    const uint8_t *text, size_t at, size_t end, struct plain_words *ret, size_t *ret_separated)
{
    return plain_walk(text, at, end, ret, ret_separated, classify, plain_write_each);
}

plain_finder plain_finder_of(enum cpu_level level)
{
    switch (level) {
    case CPU_PORTABLE:
        break;
#if CPU_X86
    case CPU_SSE42:
        return plain_find_sse42;
    case CPU_AVX2:
        return plain_find_avx2;
    case CPU_AVX512:
        return plain_find_avx512;
#else
    case CPU_SSE42:
    case CPU_AVX2:
    case CPU_AVX512:
        return NULL;
#endif
    }
    return plain_find_portable;
}
