#include "cmocka_words.h"
#include "words/dictionary_memo.h"
#include "words/dictionary_parts.h"

/* "Japan" and a particle, which no word has side by side, and "library"; then what may be read behind it. */
static const uint16_t text[6 + MEMO_READ_UNITS] = u"\u65E5\u672C\u3092\u56F3\u66F8\u9928";
#define N_TEXT 6

static struct dictionary_parts new_parts(void)
{
    struct dictionary_parts parts = {0};

    assert_int_equal(dictionary_parts_reserve(&parts, N_TEXT), 0);
    return parts;
}

static void parts_of_one_unit_are_words_and_others_unknown(void **state)
{
    struct dictionary_parts parts = new_parts();
    struct dictionary_unknown unknown;

    assert_int_equal(dictionary_parts_find(&parts, text, N_TEXT, &unknown), 0);

    assert_int_equal(parts.marks[1], DICTIONARY_PART | DICTIONARY_NEW);
    assert_int_equal(parts.marks[2], DICTIONARY_PART | DICTIONARY_WORD);
    assert_int_equal(unknown.from, 0);
    assert_int_equal(unknown.to, N_TEXT);
    dictionary_parts_deinit(&parts);
}

static void what_was_remembered_is_known_the_next_time(void **state)
{
    struct dictionary_parts parts = new_parts();
    struct dictionary_unknown unknown;

    assert_int_equal(dictionary_parts_find(&parts, text, N_TEXT, &unknown), 0);
    parts.marks[1] |= DICTIONARY_WORD;
    parts.marks[5] |= DICTIONARY_WORD;
    dictionary_parts_remember(&parts, text, &unknown);
    assert_int_equal(dictionary_parts_find(&parts, text, N_TEXT, &unknown), 0);

    assert_int_equal(unknown.from, unknown.to);
    assert_int_equal(parts.marks[0], 0);
    assert_int_equal(parts.marks[1], DICTIONARY_PART | DICTIONARY_WORD);
    assert_int_equal(parts.marks[5], DICTIONARY_PART | DICTIONARY_WORD);
    dictionary_parts_deinit(&parts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_of_one_unit_are_words_and_others_unknown),
        cmocka_unit_test(what_was_remembered_is_known_the_next_time),
    };

    return cmocka_run_group_tests(tests, load_words, NULL);
}
