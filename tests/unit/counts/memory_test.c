#include "cmocka_counts.h"
#include "counts/merge.h"
#include "counts/pack.h"
#include "failing.h"

static int run_totals(void)
{
    struct counts_pair pairs[] = {{0, 1}, {5000, 2}};
    struct counts_totals *totals = NULL, *back = NULL;
    struct counts_id_set words = {0};
    struct buffer page = {0}, rest = {0};
    int r = counts_pack(pairs, 2, &page);

    if (r == 0)
        r = counts_totals_new(&totals);
    if (r == 0)
        counts_totals_begin_host(totals, 1);
    for (int i = 0; i < 2 && r == 0; i++)
        r = counts_totals_add(totals, page.bytes, page.size);
    if (r == 0)
        r = counts_totals_end_host(totals, &words);
    if (r == 0)
        r = counts_totals_pack(totals, &rest);
    if (r == 0)
        r = counts_totals_unpack(rest.bytes, rest.size, &back);
    counts_totals_free(totals);
    counts_totals_free(back);
    counts_id_set_deinit(&words);
    buffer_deinit(&page);
    buffer_deinit(&rest);
    return r;
}

static int run_totals_of_hosts(void)
{
    struct counts_pair pairs[] = {{0, 1}, {5000, 2}};
    struct counts_totals *totals = NULL;
    struct counts_id_set words[2] = {0};
    struct counts_totals_page pages[2];
    struct buffer page = {0};
    int r = counts_pack(pairs, 2, &page);

    for (size_t i = 0; i < 2; i++)
        pages[i] = (struct counts_totals_page){.packed = page.bytes, .size = page.size, .words = &words[i]};
    if (r == 0)
        r = counts_totals_new(&totals);
    if (r == 0)
        r = counts_totals_add_hosts(totals, pages, 2);
    counts_totals_free(totals);
    counts_id_set_deinit(&words[0]);
    counts_id_set_deinit(&words[1]);
    buffer_deinit(&page);
    return r;
}

static int run_merge(void)
{
    struct counts_merge *merge = NULL;
    struct counts_ranking *ranking = NULL;
    struct counts_sum sum = {.tokens = 1, .pages = 1, .hosts = 1};
    int r = counts_merge_new(&merge);

    for (int i = 0; i < 2000 && r == 0; i++) {
        char word[16];

        r = counts_merge_add(merge, word, (uint32_t)snprintf(word, sizeof(word), "w%d", i), &sum);
    }
    if (r == 0)
        r = counts_ranking_new(0, COUNTS_BY_TOKENS, &ranking);
    if (r == 0)
        r = counts_merge_rank(merge, &(struct counts_filter){0}, ranking);
    if (r == 0)
        counts_ranking_finish(ranking);
    counts_ranking_free(ranking);
    counts_merge_free(merge);
    return r;
}

static void totals_survive_every_failed_allocation(void **state)
{
    failing_each(run_totals);
    failing_each(run_totals_of_hosts);
}

static void merging_survives_every_failed_allocation(void **state)
{
    failing_each(run_merge);
}

static void totals_are_as_they_were_after_a_failure(void **state)
{
    struct counts_pair first[] = {{0, 1}}, second[] = {{0, 1}, {100000, 1}};
    struct counts_totals *totals;
    struct buffer a = {0}, b = {0};

    assert_int_equal(counts_pack(first, 1, &a), 0);
    assert_int_equal(counts_pack(second, 2, &b), 0);
    assert_int_equal(counts_totals_new(&totals), 0);
    assert_int_equal(counts_totals_add(totals, a.bytes, a.size), 0);
    for (unsigned n = 1; n <= 2; n++) {
        failing_nth(n);
        assert_int_equal(counts_totals_add(totals, b.bytes, b.size), -ENOMEM);
        assert_true(failing_stop());
        assert_int_equal(counts_totals_pages(totals), 1);
        assert_int_equal(counts_totals_tokens(totals), 1);
        assert_int_equal(counts_totals_n_ids(totals), 1);
    }
    assert_int_equal(counts_totals_add(totals, b.bytes, b.size), 0);
    assert_int_equal(counts_totals_get(totals, 100000).tokens, 1);
    counts_totals_free(totals);
    buffer_deinit(&a);
    buffer_deinit(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(totals_survive_every_failed_allocation),
        cmocka_unit_test(merging_survives_every_failed_allocation),
        cmocka_unit_test(totals_are_as_they_were_after_a_failure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
