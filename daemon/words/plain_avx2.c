#include "words/plain_block.h"

#if CPU_X86
#include <immintrin.h>

#define INLINE PLAIN_INLINE CPU_TARGET_AVX2

INLINE __m256i load_table(const uint8_t *table)
{
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)table));
}

INLINE uint64_t mask_of(__m256i x)
{
    return (uint32_t)_mm256_movemask_epi8(x);
}

/* Of each byte: whether the bit of its high nibble is set in the table, at its low nibble. Not beyond ASCII.
 */
INLINE uint64_t has_class(__m256i text, __m256i high_bit, const uint8_t *by_nibble)
{
    __m256i bits = _mm256_and_si256(_mm256_shuffle_epi8(load_table(by_nibble), text), high_bit);

    return mask_of(_mm256_cmpeq_epi8(bits, high_bit));
}

/* The bit numbered by the lowest three bits of each byte. */
INLINE __m256i bit_of(__m256i x)
{
    const __m256i bits = _mm256_set1_epi64x((int64_t)UINT64_C(0x8040201008040201));

    return _mm256_shuffle_epi8(bits, _mm256_and_si256(x, _mm256_set1_epi8(7)));
}

INLINE uint64_t has_bit(__m256i x, const uint8_t *table)
{
    __m256i place = _mm256_and_si256(_mm256_srli_epi16(x, 3), _mm256_set1_epi8(7)), bit = bit_of(x);

    return mask_of(
        _mm256_cmpeq_epi8(_mm256_and_si256(_mm256_shuffle_epi8(load_table(table), place), bit), bit));
}

/* By the lowest five bits of each byte. */
INLINE __m256i look_up(const uint8_t *table, __m256i text)
{
    __m256i index = _mm256_and_si256(text, _mm256_set1_epi8(15)), upper = _mm256_slli_epi16(text, 3);

    return _mm256_blendv_epi8(_mm256_shuffle_epi8(load_table(table), index),
        _mm256_shuffle_epi8(load_table(table + 16), index), upper);
}

/* FF but where the second byte is in the range that goes with the first. */
INLINE __m256i is_outside(const struct plain_range *range, __m256i first, __m256i second)
{
    __m256i place = _mm256_sub_epi8(second, look_up(range->low, first));

    return _mm256_cmpeq_epi8(_mm256_subs_epu8(look_up(range->width, first), place), _mm256_setzero_si256());
}

INLINE __m256i is_exception(__m256i first, __m256i second)
{
    return _mm256_or_si256(_mm256_cmpeq_epi8(second, look_up(plain_tables.except[0], first)),
        _mm256_cmpeq_epi8(second, look_up(plain_tables.except[1], first)));
}

INLINE __m256i is_first_of_two(__m256i x)
{
    return _mm256_cmpeq_epi8(_mm256_and_si256(x, _mm256_set1_epi8((char)0xE0)), _mm256_set1_epi8((char)0xC0));
}

INLINE __m256i load(const uint8_t *text)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)text);
}

INLINE uint64_t equals(__m256i x, uint8_t byte)
{
    return mask_of(_mm256_cmpeq_epi8(x, _mm256_set1_epi8((char)byte)));
}

INLINE struct plain_high classify_high(const uint8_t *text)
{
    const struct plain_tables *tables = &plain_tables;
    __m256i first = load(text), second = load(text + 1), third = load(text + 2);
    __m256i no_pair = _mm256_or_si256(is_outside(&tables->pairs, first, second), is_exception(first, second));

    return (struct plain_high){
        .pairs = mask_of(_mm256_andnot_si256(no_pair, is_first_of_two(first))),
        .lower = ~mask_of(is_outside(&tables->lower, first, second)),
        .latin = equals(first, 0xC2) & has_bit(second, tables->latin_separating),
        .general = equals(first, 0xE2) & equals(second, 0x80) & has_bit(third, tables->general_separating),
    };
}

INLINE void classify_ascii(const uint8_t *text, uint8_t *lower, unsigned shift, struct plain_masks *ret)
{
    const struct plain_tables *tables = &plain_tables;
    __m256i x = load(text), high_nibble = _mm256_and_si256(_mm256_srli_epi16(x, 4), _mm256_set1_epi8(15));
    __m256i high_bit = bit_of(high_nibble);
    __m256i from_a = _mm256_add_epi8(x, _mm256_set1_epi8(127 - 'Z'));
    __m256i is_upper = _mm256_cmpgt_epi8(from_a, _mm256_set1_epi8(127 - 26));

    _mm256_storeu_si256(
        (__m256i *)(void *)lower, _mm256_or_si256(x, _mm256_and_si256(is_upper, _mm256_set1_epi8(0x20))));
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
    classify_ascii(text, lower, 0, ret);
    classify_ascii(text + 32, lower + 32, 32, ret);
    if (ret->unknown != 0) {
        struct plain_high low = classify_high(text), high = classify_high(text + 32);
        struct plain_high all = {
            .pairs = low.pairs | high.pairs << 32,
            .lower = (uint32_t)low.lower | high.lower << 32,
            .latin = low.latin | high.latin << 32,
            .general = low.general | high.general << 32,
        };

        plain_add_high(ret, &all);
    }
}

CPU_TARGET_AVX2 size_t plain_find_avx2(
    const uint8_t *text, size_t at, size_t end, struct plain_words *ret, size_t *ret_separated)
{
    return plain_walk(text, at, end, ret, ret_separated, classify, plain_write_each);
}
#endif
