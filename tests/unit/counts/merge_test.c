#include "cmocka_counts.h"
#include "counts/merge.h"

static void add(struct counts_merge *merge, const char *word, uint64_t tokens, uint32_t pages, uint32_t hosts)
{
    struct counts_sum sum = {.tokens = tokens, .pages = pages, .hosts = hosts};

    assert_int_equal(counts_merge_add(merge, word, (uint32_t)strlen(word), &sum), 0);
}

static struct counts_ranking *ranked(const struct counts_merge *merge, const struct counts_filter *filter)
{
    struct counts_ranking *ranking;

    assert_int_equal(counts_ranking_new(0, COUNTS_BY_TOKENS, &ranking), 0);
    assert_int_equal(counts_merge_rank(merge, filter, ranking), 0);
    counts_ranking_finish(ranking);
    return ranking;
}

static void sums_of_a_word_add_up(void **state)
{
    struct counts_merge *merge;
    struct counts_ranking *ranking;
    const struct counts_entry *entry;

    assert_int_equal(counts_merge_new(&merge), 0);
    add(merge, "a", 1, 1, 1);
    add(merge, "b", 2, 1, 1);
    add(merge, "a", 5, 2, 1);

    assert_int_equal(counts_merge_tokens(merge), 8);
    assert_int_equal(counts_merge_distinct(merge), 2);
    ranking = ranked(merge, &(struct counts_filter){0});
    entry = counts_ranking_get(ranking, 0);
    assert_memory_equal(entry->word, "a", 1);
    assert_int_equal(entry->tokens, 6);
    assert_int_equal(entry->pages, 3);
    assert_int_equal(entry->hosts, 2);
    counts_ranking_free(ranking);
    counts_merge_free(merge);
}

static void another_merge_is_added_whole(void **state)
{
    struct counts_merge *merge, *other;
    struct counts_ranking *ranking;
    const struct counts_entry *entry;

    assert_int_equal(counts_merge_new(&merge), 0);
    assert_int_equal(counts_merge_new(&other), 0);
    add(merge, "a", 1, 1, 1);
    add(merge, "b", 2, 1, 1);
    add(other, "c", 4, 1, 1);
    add(other, "a", 7, 2, 3);

    assert_int_equal(counts_merge_add_merge(merge, other), 0);
    counts_merge_free(other);

    assert_int_equal(counts_merge_tokens(merge), 14);
    assert_int_equal(counts_merge_distinct(merge), 3);
    ranking = ranked(merge, &(struct counts_filter){0});
    entry = counts_ranking_get(ranking, 0);
    assert_memory_equal(entry->word, "a", 1);
    assert_int_equal(entry->tokens, 8);
    assert_int_equal(entry->pages, 3);
    assert_int_equal(entry->hosts, 4);
    counts_ranking_free(ranking);
    counts_merge_free(merge);
}

static void pages_are_added_whole(void **state)
{
    struct words_options options = {.type = WORDS_TEXT};
    struct words_counts *counts;
    struct words_page *page;
    struct counts_merge *merge;

    assert_int_equal(words_init(), 0);
    assert_int_equal(words_page_new(&page), 0);
    assert_int_equal(words_page_begin(page, &options), 0);
    assert_int_equal(words_page_feed(page, "a b a", 5), 0);
    assert_int_equal(words_page_finish(page, &counts), 0);
    assert_int_equal(counts_merge_new(&merge), 0);
    assert_int_equal(counts_merge_add_page(merge, counts), 0);
    assert_int_equal(counts_merge_add_page(merge, counts), 0);

    assert_int_equal(counts_merge_tokens(merge), 6);
    assert_int_equal(counts_merge_distinct(merge), 2);
    counts_merge_free(merge);
    words_counts_free(counts);
    words_page_free(page);
}

static void filter_leaves_words_out(void **state)
{
    struct counts_merge *merge;
    struct counts_ranking *ranking;

    assert_int_equal(counts_merge_new(&merge), 0);
    add(merge, "long", 1, 1, 1);
    add(merge, "s", 1, 1, 1);

    ranking = ranked(merge, &(struct counts_filter){.min_length = 2});
    assert_int_equal(counts_ranking_size(ranking), 1);
    counts_ranking_free(ranking);
    counts_merge_free(merge);
}

static void many_words_are_kept_apart(void **state)
{
    struct counts_merge *merge;
    struct counts_ranking *ranking;
    char word[32];

    assert_int_equal(counts_merge_new(&merge), 0);
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 20000; i++) {
            snprintf(word, sizeof(word), "w%d", i);
            add(merge, word, 1, 1, 1);
        }

    assert_int_equal(counts_merge_distinct(merge), 20000);
    ranking = ranked(merge, &(struct counts_filter){0});
    for (size_t i = 0; i < 20000; i++)
        assert_int_equal(counts_ranking_get(ranking, i)->tokens, 2);
    counts_ranking_free(ranking);
    counts_merge_free(merge);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_of_a_word_add_up),
        cmocka_unit_test(another_merge_is_added_whole),
        cmocka_unit_test(pages_are_added_whole),
        cmocka_unit_test(filter_leaves_words_out),
        cmocka_unit_test(many_words_are_kept_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
