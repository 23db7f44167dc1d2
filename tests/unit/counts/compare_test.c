#include "cmocka_counts.h"
#include "counts/compare.h"
#include "counts/keyness.h"

#include <math.h>

static struct counts_ranking *ranking_of(const struct counts_entry *entries, size_t n)
{
    struct counts_ranking *ranking;

    assert_int_equal(counts_ranking_new(0, COUNTS_BY_WORD, &ranking), 0);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(counts_ranking_add(ranking, &entries[i]), 0);
    counts_ranking_finish(ranking);
    return ranking;
}

static const struct counts_entry before[] = {
    {.word = "the", .length = 3, .tokens = 100, .pages = 9},
    {.word = "went", .length = 4, .tokens = 8, .pages = 2},
    {.word = "fell", .length = 4, .tokens = 40, .pages = 4},
    {.word = "rose", .length = 4, .tokens = 10, .pages = 3},
};
static const struct counts_entry after[] = {
    {.word = "rose", .length = 4, .tokens = 40, .pages = 5},
    {.word = "fell", .length = 4, .tokens = 10, .pages = 1},
    {.word = "came", .length = 4, .tokens = 8, .pages = 2},
    {.word = "th", .length = 2, .tokens = 1, .pages = 1},
    {.word = "the", .length = 3, .tokens = 100, .pages = 9},
};

/* Each change's word and kind, in their order. */
static const char *compare(const struct counts_compare_options *options)
{
    static const char signs[] = {
        [COUNTS_CAME] = '*', [COUNTS_WENT] = '0', [COUNTS_ROSE] = '+', [COUNTS_FELL] = '-'};
    static char text[256];
    struct counts_ranking *base = ranking_of(before, sizeof(before) / sizeof(*before));
    struct counts_ranking *newer = ranking_of(after, sizeof(after) / sizeof(*after));
    struct counts_change *changes;
    size_t n, size = 0;

    assert_int_equal(counts_compare(base, newer, options, &changes, &n), 0);
    text[0] = '\0';
    for (size_t i = 0; i < n; i++)
        size += (size_t)snprintf(text + size, sizeof(text) - size, "%c%.*s ", signs[changes[i].kind],
            (int)changes[i].length, changes[i].word);
    free(changes);
    counts_ranking_free(base);
    counts_ranking_free(newer);
    return text;
}

static const struct counts_compare_options equal = {.base_tokens = 1000, .new_tokens = 1000};

static void words_whose_share_differs_come_by_log_likelihood(void **state)
{
    assert_string_equal(compare(&equal), "-fell +rose *came 0went *th ");
}

static void words_of_the_same_share_of_another_number_of_words_are_no_change(void **state)
{
    struct counts_compare_options options = equal;

    options.new_tokens = 2000;
    assert_string_equal(compare(&options), "-fell -the 0went *came +rose *th ");
    options.base_tokens = 250;
    options.new_tokens = 1000;
    assert_string_equal(compare(&options), "-the -fell 0went *came *th ");
}

static void ratio_puts_first_what_changed_most_either_way(void **state)
{
    struct counts_compare_options options = equal;

    options.by = COUNTS_BY_RATIO;
    assert_string_equal(compare(&options), "*came 0went -fell +rose *th ");
}

static void rare_words_and_all_behind_the_k_th_are_left_out(void **state)
{
    struct counts_compare_options options = equal;

    options.min_tokens = 8;
    assert_string_equal(compare(&options), "-fell +rose *came 0went ");
    options.min_tokens = 9;
    assert_string_equal(compare(&options), "-fell +rose ");
    options.k = 1;
    assert_string_equal(compare(&options), "-fell ");
}

static void a_side_without_words_says_nothing(void **state)
{
    struct counts_compare_options options = equal;

    options.base_tokens = 0;
    assert_string_equal(compare(&options), "");
    options = equal;
    options.new_tokens = 0;
    assert_string_equal(compare(&options), "");
}

static void numbers_are_those_of_keyness_to_four_decimals(void **state)
{
    struct counts_ranking *base = ranking_of(&before[3], 1), *newer = ranking_of(&after[0], 1);
    struct counts_change *changes;
    size_t n;

    assert_int_equal(counts_compare(base, newer, &equal, &changes, &n), 0);
    assert_int_equal(n, 1);
    assert_int_equal(changes[0].base_tokens, 10);
    assert_int_equal(changes[0].new_tokens, 40);
    assert_int_equal(changes[0].base_pages, 3);
    assert_int_equal(changes[0].new_pages, 5);
    assert_true(fabs(changes[0].log_likelihood - counts_log_likelihood(40, 10, 1000, 1000)) < 0.0001);
    assert_true(fabs(changes[0].log_ratio - 2) < 0.0001);
    free(changes);
    counts_ranking_free(base);
    counts_ranking_free(newer);
}

/* So many that the gathered ones are dropped time and again. */
static void the_first_k_of_many_are_those_of_all(void **state)
{
    enum {
        N = 20000,
        K = 17
    };
    static char words[N][8];
    static struct counts_entry entries[N];
    struct counts_compare_options options = {.base_tokens = 1 << 30, .new_tokens = 1 << 30};
    struct counts_ranking *none = ranking_of(NULL, 0), *many;
    struct counts_change *all, *first;
    size_t n_all, n_first;

    for (unsigned i = 0; i < N; i++)
        entries[i] = (struct counts_entry){.word = words[i],
            .length = (uint32_t)snprintf(words[i], sizeof(words[i]), "%u", i),
            .tokens = 1 + i * 7919 % 101};
    many = ranking_of(entries, N);
    assert_int_equal(counts_compare(none, many, &options, &all, &n_all), 0);
    options.k = K;
    assert_int_equal(counts_compare(none, many, &options, &first, &n_first), 0);
    assert_int_equal(n_all, N);
    assert_int_equal(n_first, K);
    for (size_t i = 0; i < K; i++)
        assert_ptr_equal(first[i].word, all[i].word);
    free(all);
    free(first);
    counts_ranking_free(none);
    counts_ranking_free(many);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_whose_share_differs_come_by_log_likelihood),
        cmocka_unit_test(words_of_the_same_share_of_another_number_of_words_are_no_change),
        cmocka_unit_test(ratio_puts_first_what_changed_most_either_way),
        cmocka_unit_test(rare_words_and_all_behind_the_k_th_are_left_out),
        cmocka_unit_test(a_side_without_words_says_nothing),
        cmocka_unit_test(numbers_are_those_of_keyness_to_four_decimals),
        cmocka_unit_test(the_first_k_of_many_are_those_of_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
