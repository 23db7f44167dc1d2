#include "words/plain_block.h"

#if CPU_X86
#include <immintrin.h>

#define INLINE PLAIN_INLINE CPU_TARGET_AVX512

INLINE __m512i load(const uint8_t *bytes)
{
    return _mm512_loadu_si512(bytes);
}

/* Whether the bit of each byte's lowest six bits is set in the table. */
INLINE uint64_t has_bit(__m512i x, const uint8_t *table)
{
    const __m512i bits = _mm512_set1_epi64((int64_t)UINT64_C(0x8040201008040201));
    __m512i bytes = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(const void *)table));
    __m512i place = _mm512_and_si512(_mm512_srli_epi16(x, 3), _mm512_set1_epi8(7));

    return _mm512_test_epi8_mask(_mm512_shuffle_epi8(bytes, place),
        _mm512_shuffle_epi8(bits, _mm512_and_si512(x, _mm512_set1_epi8(7))));
}

/* Whether the second byte is in the range that goes with the first. */
INLINE uint64_t is_inside(const struct plain_range *range, __m512i first, __m512i second)
{
    __m512i low = _mm512_permutexvar_epi8(first, load(range->low));
    __m512i width = _mm512_permutexvar_epi8(first, load(range->width));

    return _mm512_cmplt_epu8_mask(_mm512_sub_epi8(second, low), width);
}

INLINE uint64_t find_pairs(__m512i first, __m512i second)
{
    const struct plain_tables *tables = &plain_tables;
    uint64_t except =
        _mm512_cmpeq_epi8_mask(second, _mm512_permutexvar_epi8(first, load(tables->except[0]))) |
        _mm512_cmpeq_epi8_mask(second, _mm512_permutexvar_epi8(first, load(tables->except[1])));
    uint64_t is_first = _mm512_cmpge_epu8_mask(first, _mm512_set1_epi8((char)0xC0)) &
        _mm512_cmplt_epu8_mask(first, _mm512_set1_epi8((char)0xE0));

    return is_inside(&tables->pairs, first, second) & is_first & ~except;
}

INLINE uint64_t equals(__m512i x, uint8_t byte)
{
    return _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8((char)byte));
}

INLINE void classify(const uint8_t *text, uint8_t *lower, struct plain_masks *ret)
{
    const struct plain_tables *tables = &plain_tables;
    __m512i x = load(text);
    uint64_t high = _mm512_movepi8_mask(x);
    uint64_t is_upper =
        _mm512_cmplt_epu8_mask(_mm512_sub_epi8(x, _mm512_set1_epi8('A')), _mm512_set1_epi8(26));
    __m512i class = _mm512_maskz_permutex2var_epi8(~high, load(tables->ascii), x, load(tables->ascii + 64));

    _mm512_storeu_si512(lower, _mm512_mask_add_epi8(x, is_upper, x, _mm512_set1_epi8(0x20)));
    ret->letter = _mm512_test_epi8_mask(class, _mm512_set1_epi8(PLAIN_LETTER));
    ret->digit = _mm512_test_epi8_mask(class, _mm512_set1_epi8(PLAIN_DIGIT));
    ret->joining = _mm512_test_epi8_mask(class, _mm512_set1_epi8(PLAIN_JOINING));
    ret->between_letters = _mm512_test_epi8_mask(class, _mm512_set1_epi8(PLAIN_BETWEEN_LETTERS));
    ret->between_digits = _mm512_test_epi8_mask(class, _mm512_set1_epi8(PLAIN_BETWEEN_DIGITS));
    ret->separating = _mm512_test_epi8_mask(class, _mm512_set1_epi8(PLAIN_SEPARATING));
    ret->unknown = high;
    ret->upper = 0;
    if (high != 0) {
        __m512i second = load(text + 1), third = load(text + 2);
        struct plain_high all = {
            .pairs = find_pairs(x, second),
            .lower = is_inside(&tables->lower, x, second),
            .latin = equals(x, 0xC2) & has_bit(second, tables->latin_separating),
            .general = equals(x, 0xE2) & equals(second, 0x80) & has_bit(third, tables->general_separating),
        };

        plain_add_high(ret, &all);
    }
}

/* The words of a block all at once: the numbers of the bits that are set, moved together. */
INLINE void write_all(uint64_t starts, uint64_t ends, size_t place, struct plain_words *ret)
{
    static const uint8_t numbers[PLAIN_BLOCK] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17,
        18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42,
        43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
    __m512i all = load(numbers);
    __m256i first = _mm512_castsi512_si256(_mm512_maskz_compress_epi8(starts, all));
    __m256i behind = _mm512_castsi512_si256(_mm512_maskz_compress_epi8(ends, all));
    __m512i at = _mm512_add_epi16(_mm512_cvtepu8_epi16(first), _mm512_set1_epi16((short)place));

    _mm512_storeu_si512(ret->at + ret->n, at);
    _mm256_storeu_si256((__m256i *)(void *)(ret->length + ret->n), _mm256_sub_epi8(behind, first));
    ret->n += (size_t)__builtin_popcountll(ends);
}

CPU_TARGET_AVX512 size_t plain_find_avx512(
    const uint8_t *text, size_t at, size_t end, struct plain_words *ret, size_t *ret_separated)
{
    return plain_walk(text, at, end, ret, ret_separated, classify, write_all);
}
#endif
