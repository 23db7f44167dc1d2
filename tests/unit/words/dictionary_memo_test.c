#include "cmocka_words.h"
#include "words/dictionary_memo.h"

static bool find(const struct memo *memo, const uint16_t *text, size_t n, uint16_t *ret_ends)
{
    struct memo_key key;

    memo_key_make(memo, text, n, &key);
    return memo_find(memo, &key, ret_ends);
}

static void add(struct memo *memo, const uint16_t *text, size_t n, uint16_t ends)
{
    struct memo_key key;

    memo_key_make(memo, text, n, &key);
    memo_add(memo, &key, ends);
}

static void what_was_added_is_found(void **state)
{
    static const uint16_t text[1 + MEMO_READ_UNITS] =
        u"\u3042\u3044\u3046\u3048\u304A\u304B\u304D\u304F\u3051\u3053\u3055\u3057\u3059\u305B\u305D\u305F";
    struct memo *memo;
    uint16_t ends = 7;

    assert_int_equal(memo_new(&memo), 0);
    assert_false(find(memo, text, 3, &ends));
    assert_int_equal(ends, 7);
    for (size_t n = 1; n <= MEMO_MAX_UNITS; n++)
        add(memo, text, n, (uint16_t)(5 * n));
    for (size_t n = 1; n <= MEMO_MAX_UNITS; n++) {
        assert_true(find(memo, text, n, &ends));
        assert_int_equal(ends, 5 * n);
        assert_false(find(memo, text + 1, n, &ends));
    }
    add(memo, text, MEMO_MAX_UNITS, 0x7FFF);
    assert_true(find(memo, text, MEMO_MAX_UNITS, &ends));
    assert_int_equal(ends, 0x7FFF);
    memo_free(memo);
}

/* What stands behind a text is no part of it. */
static void texts_are_told_apart_by_each_unit(void **state)
{
    struct memo *memo;
    uint16_t ends;

    assert_int_equal(memo_new(&memo), 0);
    for (size_t n = 1; n <= MEMO_MAX_UNITS; n++) {
        uint16_t text[MEMO_READ_UNITS];

        for (size_t i = 0; i < MEMO_READ_UNITS; i++)
            text[i] = (uint16_t)(0x4E00 + 100 * n + i);
        add(memo, text, n, 1);
        for (size_t i = 0; i < MEMO_READ_UNITS; i++) {
            text[i] ^= 0x40;
            assert_int_equal(find(memo, text, n, &ends), i >= n);
            text[i] ^= 0x40;
        }
    }
    memo_free(memo);
}

static void set_text(uint16_t text[static MEMO_READ_UNITS], uint32_t i)
{
    text[0] = (uint16_t)(0x4E00 + i % 0x1000);
    text[1] = (uint16_t)(0x4E00 + i / 0x1000);
}

/* As long as half of it is free, little is forgotten. */
static void what_there_is_room_for_is_kept(void **state)
{
    struct memo *memo;
    uint32_t n = MEMO_SLOTS / 2, n_found = 0;

    assert_int_equal(memo_new(&memo), 0);
    for (uint32_t i = 0; i < n; i++) {
        uint16_t text[MEMO_READ_UNITS] = {0};

        set_text(text, i);
        add(memo, text, 2, 1);
    }
    for (uint32_t i = 0; i < n; i++) {
        uint16_t text[MEMO_READ_UNITS] = {0}, ends;

        set_text(text, i);
        n_found += find(memo, text, 2, &ends);
    }
    assert_in_range(n_found, n - n / 20, n);
    memo_free(memo);
}

/* More texts than it has room for: the last ones are found, and none with what another one has. */
static void newer_texts_take_the_place_of_older_ones(void **state)
{
    struct memo *memo;
    uint32_t n = 4 * MEMO_SLOTS, n_found = 0;

    assert_int_equal(memo_new(&memo), 0);
    for (uint32_t i = 0; i < n; i++) {
        uint16_t text[MEMO_READ_UNITS] = {0}, ends;

        set_text(text, i);
        add(memo, text, 2, (uint16_t)(i * 7));
        assert_true(find(memo, text, 2, &ends));
    }
    for (uint32_t i = 0; i < n; i++) {
        uint16_t text[MEMO_READ_UNITS] = {0}, ends;

        set_text(text, i);
        if (!find(memo, text, 2, &ends))
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
        cmocka_unit_test(texts_are_told_apart_by_each_unit),
        cmocka_unit_test(what_there_is_room_for_is_kept),
        cmocka_unit_test(newer_texts_take_the_place_of_older_ones),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
