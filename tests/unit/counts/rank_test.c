#include "cmocka_counts.h"
#include "counts/rank.h"

static const struct counts_entry some[] = {
    {.word = "b", .length = 1, .tokens = 5, .pages = 1, .hosts = 1},
    {.word = "a", .length = 1, .tokens = 5, .pages = 2, .hosts = 1},
    {.word = "ab", .length = 2, .tokens = 5, .pages = 3, .hosts = 1},
    {.word = "c", .length = 1, .tokens = 9, .pages = 1, .hosts = 1},
    {.word = "\u00E9", .length = 2, .tokens = 1, .pages = 9, .hosts = 9},
};
enum {
    N_SOME = sizeof(some) / sizeof(*some)
};

/* The words of the top k, each followed by a space. */
static const char *top(uint64_t k, enum counts_by by)
{
    static char text[256];
    struct counts_ranking *ranking;
    size_t size = 0;

    assert_int_equal(counts_ranking_new(k, by, &ranking), 0);
    for (size_t i = 0; i < N_SOME; i++)
        assert_int_equal(counts_ranking_add(ranking, &some[i]), 0);
    counts_ranking_finish(ranking);
    text[0] = '\0';
    for (size_t i = 0; i < counts_ranking_size(ranking); i++) {
        const struct counts_entry *entry = counts_ranking_get(ranking, i);

        size += (size_t)snprintf(text + size, sizeof(text) - size, "%.*s ", (int)entry->length, entry->word);
    }
    counts_ranking_free(ranking);
    return text;
}

static void order_is_by_number_and_then_by_code_points(void **state)
{
    assert_string_equal(top(0, COUNTS_BY_TOKENS), "c a ab b \u00E9 ");
    assert_string_equal(top(0, COUNTS_BY_PAGES), "\u00E9 ab a b c ");
    assert_string_equal(top(0, COUNTS_BY_HOSTS), "\u00E9 a ab b c ");
}

static void only_the_first_are_kept(void **state)
{
    assert_string_equal(top(1, COUNTS_BY_TOKENS), "c ");
    assert_string_equal(top(3, COUNTS_BY_TOKENS), "c a ab ");
    assert_string_equal(top(100, COUNTS_BY_TOKENS), "c a ab b \u00E9 ");
}

static void selection_agrees_with_sorting(void **state)
{
    enum {
        N = 1000
    };
    static char words[N][8];
    struct counts_ranking *all, *first;

    assert_int_equal(counts_ranking_new(0, COUNTS_BY_TOKENS, &all), 0);
    assert_int_equal(counts_ranking_new(77, COUNTS_BY_TOKENS, &first), 0);
    for (unsigned i = 0; i < N; i++) {
        struct counts_entry entry = {.word = words[i], .tokens = i * 2654435761u % 50};

        entry.length = (uint32_t)snprintf(words[i], sizeof(words[i]), "%u", i);
        assert_int_equal(counts_ranking_add(all, &entry), 0);
        assert_int_equal(counts_ranking_add(first, &entry), 0);
    }
    counts_ranking_finish(all);
    counts_ranking_finish(first);

    assert_int_equal(counts_ranking_size(first), 77);
    for (size_t i = 0; i < 77; i++)
        assert_ptr_equal(counts_ranking_get(first, i)->word, counts_ranking_get(all, i)->word);
    counts_ranking_free(first);
    counts_ranking_free(all);
}

static bool may_take(const struct counts_ranking *ranking, uint64_t tokens)
{
    return counts_ranking_may_take(ranking, &(struct counts_entry){.tokens = tokens});
}

static void numbers_alone_tell_what_cannot_be_kept(void **state)
{
    struct counts_ranking *first, *all, *words;

    assert_int_equal(counts_ranking_new(2, COUNTS_BY_TOKENS, &first), 0);
    assert_int_equal(counts_ranking_new(0, COUNTS_BY_TOKENS, &all), 0);
    assert_int_equal(counts_ranking_new(1, COUNTS_BY_WORD, &words), 0);
    for (size_t i = 0; i < N_SOME; i++) {
        assert_int_equal(may_take(first, 0), i < 2);
        assert_int_equal(counts_ranking_add(first, &some[i]), 0);
        assert_int_equal(counts_ranking_add(all, &some[i]), 0);
        assert_int_equal(counts_ranking_add(words, &some[i]), 0);
    }

    assert_false(may_take(first, 4));
    assert_true(may_take(first, 5));
    assert_true(may_take(first, 6));
    assert_true(may_take(all, 0));
    assert_true(may_take(words, 0));
    counts_ranking_free(words);
    counts_ranking_free(all);
    counts_ranking_free(first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_is_by_number_and_then_by_code_points),
        cmocka_unit_test(only_the_first_are_kept),
        cmocka_unit_test(selection_agrees_with_sorting),
        cmocka_unit_test(numbers_alone_tell_what_cannot_be_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
