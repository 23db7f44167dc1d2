#include "words/key.h"
#include "words/plain.h"
#include "words/plain_block.h"
#include "words/rules.h"
#include "words/utf8.h"

struct plain_tables plain_tables;
bool plain_begins[256];
plain_finder plain_find;

#define MAX_EXAMPLES 16

static uint8_t class_of(uint16_t category)
{
    if (rules.separating[category])
        return PLAIN_SEPARATING;
    if (category == rules.categories['a'])
        return PLAIN_LETTER;
    if (category == rules.categories['0'])
        return PLAIN_DIGIT;
    if (category == rules.categories['_'])
        return PLAIN_JOINING;
    if (category == rules.categories['.'] || category == rules.categories['\''])
        return PLAIN_BETWEEN_LETTERS | PLAIN_BETWEEN_DIGITS;
    return category == rules.categories[','] ? PLAIN_BETWEEN_DIGITS : 0;
}

/* One character of each category that ASCII has. */
static size_t choose_examples(uint8_t examples[MAX_EXAMPLES])
{
    size_t n = 0;

    for (uint8_t c = 0; c < 128 && n < MAX_EXAMPLES; c++) {
        size_t i = 0;

        while (i < n && rules.categories[examples[i]] != rules.categories[c])
            i++;
        if (i == n)
            examples[n++] = c;
    }
    return n;
}

/* As the rules have it: bit i of *ret_words if byte i is part of a word, of *ret_starts if a word starts
 * there. */
static void divide_by_rules(const uint8_t *text, unsigned size, uint64_t *ret_words, uint64_t *ret_starts)
{
    *ret_words = *ret_starts = 0;
    for (unsigned start = 0, end; start < size; start = end) {
        uint16_t state = RULES_START;
        bool word = false;

        end = start + 1;
        for (unsigned at = start; at < size && state != RULES_STOP; at++) {
            state = rules.ascii[state * 128 + text[at]];
            if (rules.states[state].accepting) {
                end = at + 1;
                word = rules.states[state].word;
            }
        }
        if (word) {
            *ret_starts |= UINT64_C(1) << start;
            *ret_words |= plain_below(end) & ~plain_below(start);
        }
    }
}

static void divide_by_masks(const uint8_t *text, unsigned size, uint64_t *ret_words, uint64_t *ret_starts)
{
    struct plain_masks masks = {0};

    for (unsigned i = 0; i < size; i++) {
        uint64_t class = plain_tables.ascii[text[i]], bit = UINT64_C(1) << i;

        masks.letter |= class & PLAIN_LETTER ? bit : 0;
        masks.digit |= class & PLAIN_DIGIT ? bit : 0;
        masks.joining |= class & PLAIN_JOINING ? bit : 0;
        masks.between_letters |= class & PLAIN_BETWEEN_LETTERS ? bit : 0;
        masks.between_digits |= class & PLAIN_BETWEEN_DIGITS ? bit : 0;
    }
    *ret_words = plain_runs(&masks);
    *ret_starts = *ret_words & ~(*ret_words << 1);
}

bool plain_agrees(unsigned length)
{
    uint8_t examples[MAX_EXAMPLES], text[16];
    uint64_t words[2], starts[2];
    size_t n = choose_examples(examples), total = 1;

    if (n == MAX_EXAMPLES)
        return false;
    for (unsigned i = 0; i < length; i++)
        total *= n;
    for (size_t number = 0; number < total; number++) {
        size_t rest = number;

        for (unsigned i = 0; i < length; i++, rest /= n)
            text[i] = examples[rest % n];
        divide_by_rules(text, length, &words[0], &starts[0]);
        divide_by_masks(text, length, &words[1], &starts[1]);
        if (words[0] != words[1] || starts[0] != starts[1])
            return false;
    }
    return true;
}

static void make_ascii(void)
{
    for (uint8_t c = 0; c < 128; c++) {
        plain_tables.ascii[c] = class_of(rules.categories[c]);
        for (unsigned class = 0; class < PLAIN_N_CLASSES; class ++)
            if (plain_tables.ascii[c] >> class & 1)
                plain_tables.by_nibble[class][c & 15] |= (uint8_t)(1 << (c >> 4));
    }
}

static bool is_plain_letter(uint32_t c)
{
    uint32_t lower = key_simple(c);

    return rules.categories[c] == rules.categories['a'] && lower >= 0x80 && lower < 0x800;
}

/* The range of second bytes that has the most letters of lower case, or of no case, without more than two
 * exceptions; of several, the widest. */
static void make_pairs(unsigned first)
{
    struct plain_tables *tables = &plain_tables;
    unsigned most = 0;

    for (unsigned low = 0; low < 64; low++) {
        unsigned n_except = 0, n_lower = 0;
        uint8_t except[2] = {0};

        for (unsigned i = low; i < 64; i++) {
            uint32_t c = first << 6 | i;

            if (!is_plain_letter(c) && n_except == 2)
                break;
            if (!is_plain_letter(c))
                except[n_except++] = (uint8_t)(0x80 | i);
            else
                n_lower += key_simple(c) == c;
            if (is_plain_letter(c) &&
                (n_lower > most || (n_lower == most && i - low >= tables->pairs.width[first]))) {
                most = n_lower;
                tables->pairs.low[first] = (uint8_t)(0x80 | low);
                tables->pairs.width[first] = (uint8_t)(i + 1 - low);
                tables->except[0][first] = except[0];
                tables->except[1][first] = except[1];
            }
        }
    }
}

/* The longest range of second bytes that lower case leaves as they are. */
static void make_lower(unsigned first)
{
    struct plain_range *range = &plain_tables.lower;

    for (unsigned low = 0; low < 64; low++)
        for (unsigned i = low; i < 64 && key_simple(first << 6 | i) == (first << 6 | i); i++)
            if (i + 1 - low > range->width[first]) {
                range->low[first] = (uint8_t)(0x80 | low);
                range->width[first] = (uint8_t)(i + 1 - low);
            }
}

static void make_high(void)
{
    for (uint32_t c = 0x80; c < 0x800; c++) {
        uint32_t lower = is_plain_letter(c) ? key_simple(c) : c;

        (void)utf8_put(plain_tables.pair_lower[c], lower);
    }
    for (unsigned first = 2; first < 32; first++) {
        make_pairs(first);
        make_lower(first);
    }
    for (unsigned i = 0; i < 64; i++) {
        plain_tables.latin_separating[i >> 3] |=
            (uint8_t)(rules.separating[rules.categories[0x80 + i]] << (i & 7));
        plain_tables.general_separating[i >> 3] |=
            (uint8_t)(rules.separating[rules.categories[0x2000 + i]] << (i & 7));
    }
}

void plain_init(void)
{
    plain_find = plain_finder_of(cpu_level());
    make_ascii();
    if (!plain_agrees(3))
        return;
    make_high();
    for (unsigned byte = 0; byte < 256; byte++)
        plain_begins[byte] = byte < 0x80 || byte == 0xC2 || byte == 0xE2 ||
            (byte >= 0xC0 && byte < 0xE0 && plain_tables.pairs.width[byte & 0x1F] > 0);
}
