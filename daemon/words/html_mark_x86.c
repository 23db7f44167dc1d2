/* All the bytes that are looked for differ in their lower four bits: a shuffle by these brings up the one
 * that a byte could be, and it is one if both are equal. Of bytes from 0x80 on it makes zero, which they are
 * not. */
#include "words/html_mark.h"

#if CPU_X86
#include <immintrin.h>

/* By the lower four bits; where there is none, a byte with others. */
#define BY_LOWER_BITS '\0', 0, '"', 0, 0, 0, '&', '\'', 0, 0, 0, 0, '<', '=', '>', 0

CPU_TARGET_SSE42 void html_mark_sse42(
    const uint8_t *bytes, size_t n_blocks, uint16_t ret_places[static HTML_MARK_PLACES])
{
    const __m128i table = _mm_setr_epi8(BY_LOWER_BITS);

    for (size_t base = 0; base < n_blocks * HTML_MARK_BLOCK; base += HTML_MARK_BLOCK) {
        uint64_t marks = 0;

        for (unsigned i = 0; i < HTML_MARK_BLOCK; i += 16) {
            __m128i part = _mm_loadu_si128((const __m128i *)(bytes + base + i));
            __m128i equal = _mm_cmpeq_epi8(_mm_shuffle_epi8(table, part), part);

            marks |= (uint64_t)(uint32_t)_mm_movemask_epi8(equal) << i;
        }
        for (; marks; marks &= marks - 1)
            *ret_places++ = (uint16_t)(base + (size_t)__builtin_ctzll(marks));
    }
    *ret_places = HTML_MARK_END;
}

CPU_TARGET_AVX2 void html_mark_avx2(
    const uint8_t *bytes, size_t n_blocks, uint16_t ret_places[static HTML_MARK_PLACES])
{
    const __m256i table = _mm256_setr_epi8(BY_LOWER_BITS, BY_LOWER_BITS);

    for (size_t base = 0; base < n_blocks * HTML_MARK_BLOCK; base += HTML_MARK_BLOCK) {
        __m256i low = _mm256_loadu_si256((const __m256i *)(bytes + base));
        __m256i high = _mm256_loadu_si256((const __m256i *)(bytes + base + 32));
        __m256i low_equal = _mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, low), low);
        __m256i high_equal = _mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, high), high);

        uint64_t marks = (uint64_t)(uint32_t)_mm256_movemask_epi8(high_equal) << 32 |
            (uint32_t)_mm256_movemask_epi8(low_equal);
        uint16_t *end = ret_places + __builtin_popcountll(marks);

        /* Most blocks have eight or some less: what is too many is written over. */
        for (; ret_places < end; ret_places += 8)
            for (unsigned i = 0; i < 8; i++) {
                ret_places[i] = (uint16_t)(base + _tzcnt_u64(marks));
                marks = _blsr_u64(marks);
            }
        ret_places = end;
    }
    *ret_places = HTML_MARK_END;
}

/* Places are made of all the bytes' numbers, by pressing together those that are marked. */
CPU_TARGET_AVX512 void html_mark_avx512(
    const uint8_t *bytes, size_t n_blocks, uint16_t ret_places[static HTML_MARK_PLACES])
{
    const __m512i table = _mm512_broadcast_i32x4(_mm_setr_epi8(BY_LOWER_BITS));
    uint8_t numbers[HTML_MARK_BLOCK];
    __m512i all_numbers;

    for (unsigned i = 0; i < HTML_MARK_BLOCK; i++)
        numbers[i] = (uint8_t)i;
    all_numbers = _mm512_loadu_si512(numbers);
    for (size_t base = 0; base < n_blocks * HTML_MARK_BLOCK; base += HTML_MARK_BLOCK) {
        __m512i all = _mm512_loadu_si512(bytes + base);
        __mmask64 marks = _mm512_cmpeq_epi8_mask(_mm512_shuffle_epi8(table, all), all);
        __m512i places = _mm512_maskz_compress_epi8(marks, all_numbers);
        __m512i first = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(places));
        size_t n = (size_t)__builtin_popcountll(marks);

        _mm512_storeu_si512(ret_places, _mm512_add_epi16(first, _mm512_set1_epi16((short)base)));
        if (n > HTML_MARK_BLOCK / 2) {
            __m512i second = _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(places, 1));

            _mm512_storeu_si512(
                ret_places + HTML_MARK_BLOCK / 2, _mm512_add_epi16(second, _mm512_set1_epi16((short)base)));
        }
        ret_places += n;
    }
    *ret_places = HTML_MARK_END;
}
#endif
