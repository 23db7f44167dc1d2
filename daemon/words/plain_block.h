/* How plain words are found, for each kind of vector instructions: the classes of 64 bytes as bit masks,
 * which differs, and what follows from them, which does not. For plain*.c only. Thread: any. */
#pragma once

#include "words/plain.h"
#include <string.h>

/* What 64 bytes of text are, bit by bit, the first byte lowest. A character is classified where it begins, by
 * its own bytes; those beyond the block can be read. */
struct plain_masks {
    uint64_t letter;          /* all bytes of letters */
    uint64_t digit;           /* ASCII's */
    uint64_t joining;         /* "_": part of a word beside any other part of one */
    uint64_t between_letters; /* "." and such: part of a word between two letters */
    uint64_t between_digits;  /* "," and such: part of a word between two digits */
    uint64_t separating;      /* the last byte of characters that end a stretch */
    uint64_t unknown;         /* all bytes of characters beyond ASCII that are none of these */
    uint64_t upper;           /* the first byte of letters of two bytes that may not be of lower case */
};

/* The classes of ASCII, as bits. */
enum plain_class {
    PLAIN_LETTER = 1,
    PLAIN_DIGIT = 2,
    PLAIN_JOINING = 4,
    PLAIN_BETWEEN_LETTERS = 8,
    PLAIN_BETWEEN_DIGITS = 16,
    PLAIN_SEPARATING = 32,
};
#define PLAIN_N_CLASSES 6

/* Letters of two bytes are those whose second byte is, for their first one, in a range without two
 * exceptions; a lesser range has none but those of lower case. Tables are by first byte, less C0, and zeros
 * follow. An empty range is low 0, width 0, since no second byte is 0. */
struct plain_range {
    uint8_t low[64], width[64];
};

struct plain_tables {
    uint8_t ascii[128];                     /* enum plain_class */
    uint8_t by_nibble[PLAIN_N_CLASSES][16]; /* likewise: by low nibble, a bit for each high nibble */
    struct plain_range pairs;
    uint8_t except[2][64]; /* from the range of pairs */
    struct plain_range lower;
    uint8_t latin_separating[16];   /* U+0080 to U+00BF, a bit each; zeros follow */
    uint8_t general_separating[16]; /* likewise U+2000 to U+203F */
    uint8_t pair_lower[2048][2];    /* by code point, in UTF-8 */
};
extern struct plain_tables plain_tables;

#define PLAIN_INLINE static inline __attribute__((always_inline))

/* Fills all masks, and writes the block to `lower` with ASCII's letters in lower case. */
typedef void (*plain_classifier)(const uint8_t *text, uint8_t *lower, struct plain_masks *ret);

/* Writes the words that have these first bytes, and these first bytes behind them. `place` is the block's in
 * ret->keys. */
typedef void (*plain_writer)(uint64_t starts, uint64_t ends, size_t place, struct plain_words *ret);

/* The first bytes of characters beyond ASCII. */
struct plain_high {
    uint64_t pairs;   /* letters of two bytes */
    uint64_t lower;   /* among others, of those that are in lower case */
    uint64_t latin;   /* separating ones from U+0080 on */
    uint64_t general; /* from U+2000 on */
};

/* Adds them to the classes of ASCII. */
PLAIN_INLINE void plain_add_high(struct plain_masks *masks, const struct plain_high *high)
{
    uint64_t letter = high->pairs | high->pairs << 1, latin = high->latin | high->latin << 1;
    uint64_t general = high->general | high->general << 1 | high->general << 2;

    masks->letter |= letter;
    masks->upper = high->pairs & ~high->lower;
    masks->separating |= high->latin << 1 | high->general << 2;
    masks->unknown &= ~(letter | latin | general);
}

PLAIN_INLINE void plain_write_each(uint64_t starts, uint64_t ends, size_t place, struct plain_words *ret)
{
    size_t n = ret->n;

    for (; ends != 0; n++) {
        unsigned start = (unsigned)__builtin_ctzll(starts), end = (unsigned)__builtin_ctzll(ends);

        ret->at[n] = (uint16_t)(place + start);
        ret->length[n] = (uint8_t)(end - start);
        starts &= starts - 1;
        ends &= ends - 1;
    }
    ret->n = n;
}

PLAIN_INLINE void plain_lower_pairs(const uint8_t *text, uint8_t *lower, uint64_t upper)
{
    for (; upper != 0; upper &= upper - 1) {
        unsigned i = (unsigned)__builtin_ctzll(upper);

        memcpy(lower + i, plain_tables.pair_lower[(text[i] & 0x1F) << 6 | (text[i + 1] & 0x3F)], 2);
    }
}

PLAIN_INLINE uint64_t plain_below(unsigned bit)
{
    return bit < 64 ? (UINT64_C(1) << bit) - 1 : UINT64_MAX;
}

/* The bytes that are parts of words (UAX #29, WB5 to WB13b). One "_" alone is no word to ICU. */
PLAIN_INLINE uint64_t plain_runs(const struct plain_masks *masks)
{
    uint64_t letter = masks->letter, digit = masks->digit;
    uint64_t runs = letter | digit | masks->joining | (masks->between_letters & letter << 1 & letter >> 1) |
        (masks->between_digits & digit << 1 & digit >> 1);

    return runs & ~(masks->joining & ~(runs << 1) & ~(runs >> 1));
}

/* Writes the block's words, as far as the first unknown byte or the block's end lets them be known, and
 * returns where the first segment begins that they leave open. A segment begins at the block's begin. */
PLAIN_INLINE unsigned plain_take_block(const uint8_t *text, const struct plain_masks *masks, size_t place,
    plain_writer write, struct plain_words *ret)
{
    unsigned known = masks->unknown ? (unsigned)__builtin_ctzll(masks->unknown) : PLAIN_BLOCK, open;
    uint64_t runs = plain_runs(masks);
    uint64_t starts = runs & ~(runs << 1) & plain_below(known);
    uint64_t ends = ~runs & runs << 1 & plain_below(known);

    if (known == 0)
        return 0;
    /* With what follows, it may yet be part of the word. */
    ends &= ~((masks->between_letters | masks->between_digits) & UINT64_C(1) << (known - 1));
    open = known - 1;
    if (starts != 0 && (ends == 0 || starts > ends))
        open = 63 - (unsigned)__builtin_clzll(starts);
    else
        while ((text[open] & 0xC0) == 0x80)
            open--;
    write(starts, ends, place, ret);
    return open;
}

PLAIN_INLINE size_t plain_walk(const uint8_t *text, size_t at, size_t end, struct plain_words *ret,
    size_t *ret_separated, plain_classifier classify, plain_writer write)
{
    size_t begin = at;
    unsigned open;

    ret->text = text + at;
    ret->n = 0;
    do {
        uint8_t *lower = ret->keys + (at - begin);
        struct plain_masks masks;

        classify(text + at, lower, &masks);
        if (end - at < PLAIN_BLOCK)
            masks.unknown |= ~plain_below((unsigned)(end - at));
        if (masks.upper != 0)
            plain_lower_pairs(text + at, lower, masks.upper);
        open = plain_take_block(text + at, &masks, at - begin, write, ret);
        masks.separating &= plain_below(open);
        if (masks.separating != 0)
            *ret_separated = at + PLAIN_BLOCK - (size_t)__builtin_clzll(masks.separating);
        at += open;
        ret->more = open > 0 && masks.unknown == 0;
    } while (ret->more && at - begin < PLAIN_BATCH);
    return at;
}

#if CPU_X86
size_t plain_find_sse42(
    const uint8_t *text, size_t at, size_t end, struct plain_words *ret, size_t *ret_separated);
size_t plain_find_avx2(
    const uint8_t *text, size_t at, size_t end, struct plain_words *ret, size_t *ret_separated);
size_t plain_find_avx512(
    const uint8_t *text, size_t at, size_t end, struct plain_words *ret, size_t *ret_separated);
#endif
