#include "words/decode_utf8_block.h"

#if CPU_X86
#include <immintrin.h>

#define INLINE static inline __attribute__((always_inline))

/* What bytes are, bit by bit, the first one lowest. */
struct masks {
    uint64_t further;    /* 80 to BF */
    uint64_t upper;      /* of those, A0 to BF; of others, anything */
    uint64_t two, three; /* the first byte of so many */
    uint64_t e0, ed;
};

/* The length of what is valid, of a block that is not all ASCII and begins with a character. `rest` are its
 * bytes beyond ASCII. */
INLINE unsigned check(uint64_t rest, const struct masks *masks)
{
    uint64_t expected = masks->two << 1 | masks->three << 1 | masks->three << 2;
    uint64_t wrong = (masks->further ^ expected) | (rest & ~(masks->further | masks->two | masks->three)) |
        (masks->e0 << 1 & ~masks->upper) | (masks->ed << 1 & masks->upper);
    unsigned end = wrong != 0 ? (unsigned)__builtin_ctzll(wrong) : UTF8_BLOCK;
    uint64_t open = end > 0 ? (masks->two | masks->three) >> (end - 1) & 1 : 0;

    if (open != 0)
        return end - 1;
    return end > 1 && (masks->three >> (end - 2) & 1) ? end - 2 : end;
}

CPU_TARGET_SSE42 INLINE uint32_t mask_16(__m128i x)
{
    return (uint32_t)_mm_movemask_epi8(x);
}

CPU_TARGET_SSE42 size_t decode_utf8_blocks_sse42(const uint8_t *bytes, size_t size)
{
    size_t at = 0;

    while (size - at >= UTF8_BLOCK) {
        struct masks masks = {0};
        uint64_t rest = 0;
        unsigned valid = UTF8_BLOCK;

        for (unsigned i = 0; i < UTF8_BLOCK; i += 16)
            rest |= (uint64_t)mask_16(_mm_loadu_si128((const __m128i *)(const void *)(bytes + at + i))) << i;
        for (unsigned i = 0; rest != 0 && i < UTF8_BLOCK; i += 16) {
            __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(bytes + at + i));
            __m128i three = _mm_and_si128(x, _mm_set1_epi8((char)0xF0));
            __m128i two = _mm_and_si128(x, _mm_set1_epi8((char)0xE0));
            __m128i bad = _mm_and_si128(x, _mm_set1_epi8((char)0xFE));
            const __m128i c0 = _mm_set1_epi8((char)0xC0), e0 = _mm_set1_epi8((char)0xE0);

            masks.further |= (uint64_t)mask_16(_mm_cmplt_epi8(x, c0)) << i;
            masks.upper |= (uint64_t)mask_16(_mm_slli_epi16(x, 2)) << i;
            masks.two |= (uint64_t)mask_16(_mm_andnot_si128(_mm_cmpeq_epi8(bad, c0), _mm_cmpeq_epi8(two, c0)))
                << i;
            masks.three |= (uint64_t)mask_16(_mm_cmpeq_epi8(three, e0)) << i;
            masks.e0 |= (uint64_t)mask_16(_mm_cmpeq_epi8(x, e0)) << i;
            masks.ed |= (uint64_t)mask_16(_mm_cmpeq_epi8(x, _mm_set1_epi8((char)0xED))) << i;
        }
        if (rest != 0)
            valid = check(rest, &masks);
        at += valid;
        if (valid < UTF8_BLOCK - 2)
            break;
    }
    return at;
}

CPU_TARGET_AVX2 INLINE uint64_t mask_64(__m256i low, __m256i high)
{
    return (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32 | (uint32_t)_mm256_movemask_epi8(low);
}

/* Which of 64 bytes are equal to `value` in the bits that are set in `bits`. */
CPU_TARGET_AVX2 INLINE uint64_t equals_64(__m256i low, __m256i high, uint8_t bits, uint8_t value)
{
    const __m256i mask = _mm256_set1_epi8((char)bits), wanted = _mm256_set1_epi8((char)value);

    return mask_64(_mm256_cmpeq_epi8(_mm256_and_si256(low, mask), wanted),
        _mm256_cmpeq_epi8(_mm256_and_si256(high, mask), wanted));
}

CPU_TARGET_AVX2 size_t decode_utf8_blocks_avx2(const uint8_t *bytes, size_t size)
{
    size_t at = 0;

    while (size - at >= UTF8_BLOCK) {
        __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)(bytes + at));
        __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(bytes + at + 32));
        uint64_t rest = mask_64(low, high);
        unsigned valid = UTF8_BLOCK;

        if (rest != 0) {
            struct masks masks = {
                .further = equals_64(low, high, 0xC0, 0x80),
                .upper = mask_64(_mm256_slli_epi16(low, 2), _mm256_slli_epi16(high, 2)),
                .two = equals_64(low, high, 0xE0, 0xC0) & ~equals_64(low, high, 0xFE, 0xC0),
                .three = equals_64(low, high, 0xF0, 0xE0),
                .e0 = equals_64(low, high, 0xFF, 0xE0),
                .ed = equals_64(low, high, 0xFF, 0xED),
            };

            valid = check(rest, &masks);
        }
        at += valid;
        if (valid < UTF8_BLOCK - 2)
            break;
    }
    return at;
}

CPU_TARGET_AVX512 INLINE uint64_t equals_512(__m512i x, uint8_t bits, uint8_t value)
{
    return _mm512_cmpeq_epi8_mask(
        _mm512_and_si512(x, _mm512_set1_epi8((char)bits)), _mm512_set1_epi8((char)value));
}

CPU_TARGET_AVX512 size_t decode_utf8_blocks_avx512(const uint8_t *bytes, size_t size)
{
    size_t at = 0;

    while (size - at >= UTF8_BLOCK) {
        __m512i x = _mm512_loadu_si512(bytes + at);
        uint64_t rest = _mm512_movepi8_mask(x);
        unsigned valid = UTF8_BLOCK;

        if (rest != 0) {
            struct masks masks = {
                .further = equals_512(x, 0xC0, 0x80),
                .upper = _mm512_test_epi8_mask(x, _mm512_set1_epi8(0x20)),
                .two = equals_512(x, 0xE0, 0xC0) & ~equals_512(x, 0xFE, 0xC0),
                .three = equals_512(x, 0xF0, 0xE0),
                .e0 = equals_512(x, 0xFF, 0xE0),
                .ed = equals_512(x, 0xFF, 0xED),
            };

            valid = check(rest, &masks);
        }
        at += valid;
        if (valid < UTF8_BLOCK - 2)
            break;
    }
    return at;
}
#endif
