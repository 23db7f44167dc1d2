/* All the bytes that are looked for differ in their lower four bits: a shuffle by these brings up the one
 * that a byte could be, and it is one if both are equal. Of bytes from 0x80 on it makes zero, which they are
 * not. */
#include "words/html_mark.h"

#if CPU_X86
#include <immintrin.h>

/* By the lower four bits; where there is none, a byte with others. */
#define BY_LOWER_BITS '\0', 0, '"', 0, 0, 0, '&', '\'', 0, 0, 0, 0, '<', '=', '>', 0

CPU_TARGET_SSE42 void html_mark_sse42(const uint8_t *bytes, size_t n_blocks, uint64_t *ret_marks)
{
    const __m128i table = _mm_setr_epi8(BY_LOWER_BITS);

    for (size_t block = 0; block < n_blocks; block++) {
        uint64_t marks = 0;

        for (unsigned i = 0; i < HTML_MARK_BLOCK; i += 16) {
            __m128i part = _mm_loadu_si128((const __m128i *)(bytes + i));
            __m128i equal = _mm_cmpeq_epi8(_mm_shuffle_epi8(table, part), part);

            marks |= (uint64_t)(uint32_t)_mm_movemask_epi8(equal) << i;
        }
        ret_marks[block] = marks;
        bytes += HTML_MARK_BLOCK;
    }
}

CPU_TARGET_AVX2 void html_mark_avx2(const uint8_t *bytes, size_t n_blocks, uint64_t *ret_marks)
{
    const __m256i table = _mm256_setr_epi8(BY_LOWER_BITS, BY_LOWER_BITS);

    for (size_t block = 0; block < n_blocks; block++) {
        __m256i low = _mm256_loadu_si256((const __m256i *)bytes);
        __m256i high = _mm256_loadu_si256((const __m256i *)(bytes + 32));
        __m256i low_equal = _mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, low), low);
        __m256i high_equal = _mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, high), high);

        ret_marks[block] = (uint64_t)(uint32_t)_mm256_movemask_epi8(high_equal) << 32 |
            (uint32_t)_mm256_movemask_epi8(low_equal);
        bytes += HTML_MARK_BLOCK;
    }
}

CPU_TARGET_AVX512 void html_mark_avx512(const uint8_t *bytes, size_t n_blocks, uint64_t *ret_marks)
{
    const __m512i table = _mm512_broadcast_i32x4(_mm_setr_epi8(BY_LOWER_BITS));

    for (size_t block = 0; block < n_blocks; block++) {
        __m512i all = _mm512_loadu_si512(bytes);

        ret_marks[block] = _mm512_cmpeq_epi8_mask(_mm512_shuffle_epi8(table, all), all);
        bytes += HTML_MARK_BLOCK;
    }
}
#endif
