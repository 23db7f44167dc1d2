#include "cmocka_words.h"
#include "words/rules.h"
#include "words_oracle.h"

static void categories_are_those_of_the_unicode_properties(void **state)
{
    for (int32_t c = 0; c <= 0x10FFFF; c++) {
        uint16_t category = rules_category((uint32_t)c);

        if (c >= 0xD800 && c <= 0xDFFF)
            continue;
        if ((category >= rules.dictionary_start) != oracle_is_dictionary(c) ||
            rules.separating[category] != oracle_is_separating(c))
            fail_msg("U+%04X has category %u", (unsigned)c, category);
    }
}

/* What a stretch relies on: before such a character a segment ends, or it is one of several. */
static void segment_ends_before_what_separates(void **state)
{
    for (uint16_t category = 0; category < rules.n_categories; category++) {
        if (!rules.separating[category])
            continue;
        for (uint16_t from = RULES_START + 1; from < rules.n_states; from++) {
            uint16_t next = rules.transitions[(size_t)from * rules.n_categories + category];

            assert_true(next == RULES_STOP || !rules.states[next].word);
        }
    }
}

static void ascii_table_says_the_same(void **state)
{
    for (uint16_t from = 0; from < rules.n_states; from++)
        for (uint32_t c = 0; c < 128; c++)
            assert_int_equal(rules.ascii[from * 128 + c],
                rules.transitions[(size_t)from * rules.n_categories + rules_category(c)]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(categories_are_those_of_the_unicode_properties),
        cmocka_unit_test(segment_ends_before_what_separates),
        cmocka_unit_test(ascii_table_says_the_same),
    };

    return cmocka_run_group_tests(tests, load_words, NULL);
}
