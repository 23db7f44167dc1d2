#include "words/plain_block.h"

#if CPU_X86
#include <immintrin.h>

#define INLINE PLAIN_INLINE CPU_TARGET_SSE42

INLINE __m128i load_table(const uint8_t *table)
{
    return _mm_loadu_si128((const __m128i *)(const void *)table);
}

INLINE uint64_t mask_of(__m128i x)
{
    return (uint16_t)_mm_movemask_epi8(x);
}

/* Of each byte: whether the bit of its high nibble is set in the table, at its low nibble. Not beyond ASCII.
 */
INLINE uint64_t has_class(__m128i text, __m128i high_bit, const uint8_t *by_nibble)
{
    __m128i bits = _mm_and_si128(_mm_shuffle_epi8(load_table(by_nibble), text), high_bit);

    return mask_of(_mm_cmpeq_epi8(bits, high_bit));
}

/* The bit numbered by the lowest three bits of each byte. */
INLINE __m128i bit_of(__m128i x)
{
    const __m128i bits = _mm_set1_epi64x((int64_t)UINT64_C(0x8040201008040201));

    return _mm_shuffle_epi8(bits, _mm_and_si128(x, _mm_set1_epi8(7)));
}

INLINE uint64_t has_bit(__m128i x, const uint8_t *table)
{
    __m128i place = _mm_and_si128(_mm_srli_epi16(x, 3), _mm_set1_epi8(7)), bit = bit_of(x);

    return mask_of(_mm_cmpeq_epi8(_mm_and_si128(_mm_shuffle_epi8(load_table(table), place), bit), bit));
}

/* By the lowest five bits of each byte. */
INLINE __m128i look_up(const uint8_t *table, __m128i text)
{
    __m128i index = _mm_and_si128(text, _mm_set1_epi8(15)), upper = _mm_slli_epi16(text, 3);

    return _mm_blendv_epi8(
        _mm_shuffle_epi8(load_table(table), index), _mm_shuffle_epi8(load_table(table + 16), index), upper);
}

/* FF but where the second byte is in the range that goes with the first. */
INLINE __m128i is_outside(const struct plain_range *range, __m128i first, __m128i second)
{
    __m128i place = _mm_sub_epi8(second, look_up(range->low, first));

    return _mm_cmpeq_epi8(_mm_subs_epu8(look_up(range->width, first), place), _mm_setzero_si128());
}

INLINE __m128i is_exception(__m128i first, __m128i second)
{
    return _mm_or_si128(_mm_cmpeq_epi8(second, look_up(plain_tables.except[0], first)),
        _mm_cmpeq_epi8(second, look_up(plain_tables.except[1], first)));
}

INLINE __m128i is_first_of_two(__m128i x)
{
    return _mm_cmpeq_epi8(_mm_and_si128(x, _mm_set1_epi8((char)0xE0)), _mm_set1_epi8((char)0xC0));
}

INLINE __m128i load(const uint8_t *text)
{
    return _mm_loadu_si128((const __m128i *)(const void *)text);
}

INLINE uint64_t equals(__m128i x, uint8_t byte)
{
    return mask_of(_mm_cmpeq_epi8(x, _mm_set1_epi8((char)byte)));
}

INLINE struct plain_high classify_high(const uint8_t *text)
{
    const struct plain_tables *tables = &plain_tables;
    __m128i first = load(text), second = load(text + 1), third = load(text + 2);
    __m128i no_pair = _mm_or_si128(is_outside(&tables->pairs, first, second), is_exception(first, second));

    return (struct plain_high){
        .pairs = mask_of(_mm_andnot_si128(no_pair, is_first_of_two(first))),
        .lower = ~mask_of(is_outside(&tables->lower, first, second)),
        .latin = equals(first, 0xC2) & has_bit(second, tables->latin_separating),
        .general = equals(first, 0xE2) & equals(second, 0x80) & has_bit(third, tables->general_separating),
    };
}

INLINE void classify_ascii(const uint8_t *text, uint8_t *lower, unsigned shift, struct plain_masks *ret)
{
    const struct plain_tables *tables = &plain_tables;
    __m128i x = load(text), high_nibble = _mm_and_si128(_mm_srli_epi16(x, 4), _mm_set1_epi8(15));
    __m128i high_bit = bit_of(high_nibble);
    __m128i from_a = _mm_add_epi8(x, _mm_set1_epi8(127 - 'Z'));
    __m128i is_upper = _mm_cmpgt_epi8(from_a, _mm_set1_epi8(127 - 26));

    _mm_storeu_si128((__m128i *)(void *)lower, _mm_or_si128(x, _mm_and_si128(is_upper, _mm_set1_epi8(0x20))));
    ret->letter |= has_class(x, high_bit, tables->by_nibble[0]) << shift;
    ret->digit |= has_class(x, high_bit, tables->by_nibble[1]) << shift;
    ret->joining |= has_class(x, high_bit, tables->by_nibble[2]) << shift;
    ret->between_letters |= has_class(x, high_bit, tables->by_nibble[3]) << shift;
    ret->between_digits |= has_class(x, high_bit, tables->by_nibble[4]) << shift;
    ret->separating |= has_class(x, high_bit, tables->by_nibble[5]) << shift;
    ret->unknown |= mask_of(x) << shift;
}

INLINE void classify(const uint8_t *text, uint8_t *lower, struct plain_masks *ret)
{
    *ret = (struct plain_masks){0};
    for (unsigned i = 0; i < PLAIN_BLOCK; i += 16)
        classify_ascii(text + i, lower + i, i, ret);
    if (ret->unknown != 0) {
        struct plain_high all = {0};

        for (unsigned i = 0; i < PLAIN_BLOCK; i += 16) {
            struct plain_high high = classify_high(text + i);

            all.pairs |= high.pairs << i;
            all.lower |= (high.lower & UINT16_MAX) << i;
            all.latin |= high.latin << i;
            all.general |= high.general << i;
        }
        plain_add_high(ret, &all);
    }
}

CPU_TARGET_SSE42 size_t plain_find_sse42(
    const uint8_t *text, size_t at, size_t end, struct plain_words *ret, size_t *ret_separated)
{
    return plain_walk(text, at, end, ret, ret_separated, classify, plain_write_each);
}
#endif
