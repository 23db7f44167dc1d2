#include "words/rules.h"

#include "base/array.h"
#include "base/cleanup.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/ucptrie.h>

/* ICU's compiled form of rules, format version 6 (ICU 68 and later): a header of 32-bit words, then state
 * tables, a trie from code points to categories, and lists of rule statuses. */
#define RULES_MAGIC 0xB1A0
#define RULES_FORMAT 6

enum header_word {
    HEADER_MAGIC = 0,
    HEADER_FORMAT = 1, /* four bytes; the first is the major version */
    HEADER_LENGTH = 2,
    HEADER_N_CATEGORIES = 3,
    HEADER_FORWARD = 4,
    HEADER_FORWARD_LENGTH = 5,
    HEADER_TRIE = 8,
    HEADER_TRIE_LENGTH = 9,
    HEADER_STATUS = 12,
    HEADER_STATUS_LENGTH = 13,
    HEADER_WORDS = 14,
};

struct state_table {
    uint32_t n_states;
    uint32_t row_length;
    uint32_t dictionary_start;
    uint32_t n_lookahead;
    uint32_t flags;
};
#define FLAG_BOF_REQUIRED 2
#define FLAG_8BIT_ROWS 4

/* A row: accepting, look-ahead, index of its statuses, then the next state by category. */
enum row_cell {
    ROW_ACCEPTING = 0,
    ROW_LOOKAHEAD = 1,
    ROW_STATUS = 2,
    ROW_NEXT = 3,
};

struct rules rules;
static UCPTrie *rules_trie;
/* The trie reads from it as long as the process lives. */
static struct buffer rules_binary;

DEFINE_CLEANUP(UBreakIterator *, ubrk_close)

int rules_load_binary(struct buffer *ret)
{
    UErrorCode status = U_ZERO_ERROR;
    CLEANUP(ubrk_closep) UBreakIterator *iterator = ubrk_open(UBRK_WORD, "", NULL, 0, &status);
    int32_t size;
    int r;

    if (U_FAILURE(status))
        return status == U_MEMORY_ALLOCATION_ERROR ? -ENOMEM : -ELIBBAD;
    size = ubrk_getBinaryRules(iterator, NULL, 0, &status);
    if (U_FAILURE(status) || size < HEADER_WORDS * 4)
        return -ELIBBAD;
    r = buffer_reserve(ret, (size_t)size);
    if (r < 0)
        return r;
    ubrk_getBinaryRules(iterator, ret->bytes, size, &status);
    if (U_FAILURE(status))
        return -ELIBBAD;
    ret->size = (size_t)size;
    return 0;
}

static bool section_fits(const uint32_t *header, uint32_t offset, uint32_t length)
{
    return offset % 4 == 0 && offset <= header[HEADER_LENGTH] && length <= header[HEADER_LENGTH] - offset;
}

static bool header_is_known(const uint32_t *header)
{
    return header[HEADER_MAGIC] == RULES_MAGIC && *(const uint8_t *)&header[HEADER_FORMAT] == RULES_FORMAT &&
        header[HEADER_LENGTH] <= rules_binary.size && header[HEADER_N_CATEGORIES] < UINT16_MAX &&
        header[HEADER_FORWARD_LENGTH] >= sizeof(struct state_table) &&
        section_fits(header, header[HEADER_FORWARD], header[HEADER_FORWARD_LENGTH]) &&
        section_fits(header, header[HEADER_TRIE], header[HEADER_TRIE_LENGTH]) &&
        section_fits(header, header[HEADER_STATUS], header[HEADER_STATUS_LENGTH]);
}

static bool table_is_known(const uint32_t *header, const struct state_table *table)
{
    uint32_t cell = table->flags & FLAG_8BIT_ROWS ? 1 : 2;

    return !(table->flags & FLAG_BOF_REQUIRED) && table->n_lookahead == 0 && table->n_states > RULES_START &&
        table->n_states < UINT16_MAX && table->dictionary_start < UINT16_MAX &&
        table->row_length >= (ROW_NEXT + header[HEADER_N_CATEGORIES]) * cell &&
        sizeof(*table) + (uint64_t)table->n_states * table->row_length <= header[HEADER_FORWARD_LENGTH];
}

static uint16_t read_cell(const struct state_table *table, uint32_t state, uint32_t index)
{
    const uint8_t *row = (const uint8_t *)(table + 1) + (size_t)state * table->row_length;

    return table->flags & FLAG_8BIT_ROWS ? row[index] : ((const uint16_t *)(const void *)row)[index];
}

/* A status list is its length, then that many numbers, ascending; ICU reports the last. */
static int status_is_word(const uint32_t *header, uint32_t index)
{
    const uint32_t *statuses = header + header[HEADER_STATUS] / 4;
    uint32_t n = header[HEADER_STATUS_LENGTH] / 4;

    if (index >= n || statuses[index] == 0 || statuses[index] >= n - index)
        return -ELIBBAD;
    return statuses[index + statuses[index]] >= UBRK_WORD_NUMBER;
}

static int read_state(const uint32_t *header, const struct state_table *table, uint16_t state)
{
    uint16_t accepting = read_cell(table, state, ROW_ACCEPTING);
    int word = status_is_word(header, read_cell(table, state, ROW_STATUS));

    if (word < 0 || accepting > 1 || read_cell(table, state, ROW_LOOKAHEAD) != 0)
        return -ELIBBAD;
    rules.states[state] = (struct rules_state){.accepting = accepting, .word = word};
    for (uint16_t category = 0; category < rules.n_categories; category++) {
        uint16_t next = read_cell(table, state, ROW_NEXT + category);

        if (next >= rules.n_states)
            return -ELIBBAD;
        rules.transitions[(size_t)state * rules.n_categories + category] = next;
    }
    return 0;
}

/* The segmenter relies on it: a state in which a segment cannot end is left for one where it can, or for the
 * stop, or stays as it is; so what it has to remember beyond the last possible end is one kind of character.
 */
static bool pending_states_are_simple(void)
{
    for (uint16_t state = RULES_START + 1; state < rules.n_states; state++) {
        if (rules.states[state].accepting)
            continue;
        for (uint16_t category = 0; category < rules.n_categories; category++) {
            uint16_t next = rules.transitions[(size_t)state * rules.n_categories + category];

            if (next != RULES_STOP && next != state && !rules.states[next].accepting)
                return false;
        }
    }
    return !rules.states[RULES_STOP].accepting;
}

/* Word_Break Other, CR, LF, Newline and WSegSpace: a segment's end stands before each, or one of them. */
static void mark_separating(void)
{
    static const uint16_t examples[] = {'!', '\r', '\n', 0x85, ' '};

    for (size_t i = 0; i < sizeof(examples) / sizeof(*examples); i++)
        rules.separating[rules.categories[examples[i]]] = true;
}

static int read_categories(void)
{
    for (uint32_t c = 0; c < 0x10000; c++) {
        uint32_t category = ucptrie_get(rules_trie, (UChar32)c);

        if (category >= rules.n_categories)
            return -ELIBBAD;
        rules.categories[c] = (uint16_t)category;
    }
    mark_separating();
    for (uint16_t state = 0; state < rules.n_states; state++)
        for (uint32_t c = 0; c < 128; c++)
            rules.ascii[state * 128 + c] =
                rules.transitions[(size_t)state * rules.n_categories + rules.categories[c]];
    return 0;
}

static int allocate(void)
{
    rules.states = calloc(rules.n_states, sizeof(*rules.states));
    rules.transitions = calloc((size_t)rules.n_states * rules.n_categories, sizeof(*rules.transitions));
    rules.ascii = calloc((size_t)rules.n_states * 128, sizeof(*rules.ascii));
    rules.categories = calloc(0x10000, sizeof(*rules.categories));
    rules.separating = calloc(rules.n_categories, sizeof(*rules.separating));
    if (!rules.states || !rules.transitions || !rules.ascii || !rules.categories || !rules.separating)
        return -ENOMEM;
    return 0;
}

int rules_init(void)
{
    const struct state_table *table;
    UErrorCode status = U_ZERO_ERROR;
    const uint32_t *header;
    int r;

    r = rules_load_binary(&rules_binary);
    if (r < 0)
        return r;
    header = (const uint32_t *)(const void *)rules_binary.bytes;
    if (!header_is_known(header))
        return -ELIBBAD;
    table = (const struct state_table *)(header + header[HEADER_FORWARD] / 4);
    if (!table_is_known(header, table))
        return -ELIBBAD;
    rules_trie = ucptrie_openFromBinary(UCPTRIE_TYPE_FAST, UCPTRIE_VALUE_BITS_ANY,
        header + header[HEADER_TRIE] / 4, (int32_t)header[HEADER_TRIE_LENGTH], NULL, &status);
    if (U_FAILURE(status))
        return status == U_MEMORY_ALLOCATION_ERROR ? -ENOMEM : -ELIBBAD;
    rules.n_categories = (uint16_t)header[HEADER_N_CATEGORIES];
    rules.dictionary_start = (uint16_t)table->dictionary_start;
    rules.n_states = (uint16_t)table->n_states;
    r = allocate();
    for (uint16_t state = 0; r == 0 && state < rules.n_states; state++)
        r = read_state(header, table, state);
    if (r == 0 && !pending_states_are_simple())
        r = -ELIBBAD;
    return r < 0 ? r : read_categories();
}

uint16_t rules_category_supplementary(uint32_t c)
{
    return (uint16_t)ucptrie_get(rules_trie, (UChar32)c);
}
