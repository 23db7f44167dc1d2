#include "cmocka_words.h"
#include "words/dictionary_memo.h"

static void what_was_added_is_found(void **state)
{
    static const uint16_t text[MEMO_MAX_UNITS] = u"\u3042\u3044\u3046\u3048\u304A\u304B\u304D";
    struct memo *memo;
    uint16_t ends = 7;

    assert_int_equal(memo_new(&memo), 0);
    assert_false(memo_find(memo, text, 3, &ends));
    assert_int_equal(ends, 7);
    memo_add(memo, text, 3, 5);
    memo_add(memo, text, MEMO_MAX_UNITS, 0x1FFF);
    assert_true(memo_find(memo, text, 3, &ends));
    assert_int_equal(ends, 5);
    assert_false(memo_find(memo, text, 2, &ends));
    assert_false(memo_find(memo, text + 1, 3, &ends));
    assert_true(memo_find(memo, text, MEMO_MAX_UNITS, &ends));
    assert_int_equal(ends, 0x1FFF);
    memo_free(memo);
}

/* More texts than it has room for: the last ones are found, and none with what another one has. */
static void newer_texts_take_the_place_of_older_ones(void **state)
{
    struct memo *memo;
    uint32_t n = 4 * MEMO_SLOTS, n_found = 0;

    assert_int_equal(memo_new(&memo), 0);
    for (uint32_t i = 0; i < n; i++) {
        uint16_t text[] = {(uint16_t)i, (uint16_t)(i >> 16)}, ends;

        memo_add(memo, text, 2, (uint16_t)(i * 7));
        assert_true(memo_find(memo, text, 2, &ends));
    }
    for (uint32_t i = 0; i < n; i++) {
        uint16_t text[] = {(uint16_t)i, (uint16_t)(i >> 16)}, ends;

        if (!memo_find(memo, text, 2, &ends))
            continue;
        assert_int_equal(ends, (uint16_t)(i * 7));
        n_found++;
    }
    assert_in_range(n_found, MEMO_SLOTS / 2, MEMO_SLOTS);
    memo_free(memo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_added_is_found),
        cmocka_unit_test(newer_texts_take_the_place_of_older_ones),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
