#include "cmocka_counts.h"
#include "counts/pack.h"
#include "counts/totals.h"

static void add_page(struct counts_totals *totals, const struct counts_pair *pairs, size_t n)
{
    struct counts_pair copy[8];
    struct buffer buffer = {0};

    for (size_t i = 0; i < n; i++)
        copy[i] = pairs[i];
    assert_int_equal(counts_pack(copy, n, &buffer), 0);
    assert_int_equal(counts_totals_add(totals, buffer.bytes, buffer.size), 0);
    buffer_deinit(&buffer);
}

static void assert_sum(
    const struct counts_totals *totals, uint32_t id, uint64_t tokens, uint32_t pages, uint32_t hosts)
{
    struct counts_sum sum = counts_totals_get(totals, id);

    assert_int_equal(sum.tokens, tokens);
    assert_int_equal(sum.pages, pages);
    assert_int_equal(sum.hosts, hosts);
}

/* Two pages of one host, an empty one and one of another. */
static struct counts_totals *some_totals(void)
{
    struct counts_totals *totals;

    assert_int_equal(counts_totals_new(&totals), 0);
    add_page(totals, (struct counts_pair[]){{0, 3}, {5, 1}}, 2);
    add_page(totals, (struct counts_pair[]){{0, 2}}, 1);
    counts_totals_next_host(totals);
    add_page(totals, NULL, 0);
    add_page(totals, (struct counts_pair[]){{0, 1}, {7, UINT64_C(1) << 40}}, 2);
    return totals;
}

static void pages_add_up(void **state)
{
    struct counts_totals *totals = some_totals();

    assert_int_equal(counts_totals_pages(totals), 4);
    assert_int_equal(counts_totals_tokens(totals), 7 + (UINT64_C(1) << 40));
    assert_int_equal(counts_totals_distinct(totals), 3);
    assert_int_equal(counts_totals_n_ids(totals), 8);
    assert_sum(totals, 0, 6, 3, 2);
    assert_sum(totals, 5, 1, 1, 1);
    assert_sum(totals, 7, UINT64_C(1) << 40, 1, 1);
    assert_sum(totals, 6, 0, 0, 0);
    counts_totals_free(totals);
}

static void add_page_of_host(struct counts_totals *totals, uint32_t host, struct counts_id_set *words,
    const struct counts_pair *pairs, size_t n)
{
    struct counts_pair copy[8];
    struct buffer buffer = {0};

    for (size_t i = 0; i < n; i++)
        copy[i] = pairs[i];
    assert_int_equal(counts_pack(copy, n, &buffer), 0);
    assert_int_equal(counts_totals_add_of_host(totals, host, words, buffer.bytes, buffer.size), 0);
    buffer_deinit(&buffer);
}

static void hosts_may_come_back(void **state)
{
    struct counts_id_set words[2] = {0};
    struct counts_totals *totals;

    assert_int_equal(counts_totals_new(&totals), 0);
    add_page_of_host(totals, 1, &words[0], (struct counts_pair[]){{0, 3}, {5, 1}}, 2);
    add_page_of_host(totals, 2, &words[1], (struct counts_pair[]){{0, 1}, {7, 1}}, 2);
    add_page_of_host(totals, 1, &words[0], (struct counts_pair[]){{0, 2}, {7, 4}}, 2);
    add_page_of_host(totals, 2, &words[1], (struct counts_pair[]){{0, 1}, {7, 1}}, 2);

    assert_int_equal(counts_totals_pages(totals), 4);
    assert_int_equal(counts_totals_distinct(totals), 3);
    assert_sum(totals, 0, 7, 4, 2);
    assert_sum(totals, 5, 1, 1, 1);
    assert_sum(totals, 7, 6, 3, 2);
    counts_totals_free(totals);
    counts_id_set_deinit(&words[0]);
    counts_id_set_deinit(&words[1]);
}

/* As a scan of the pages meets them, and then whatever comes. */
static void hosts_whose_pages_come_together_may_come_back(void **state)
{
    struct counts_id_set words[2] = {0};
    struct counts_totals *totals;

    assert_int_equal(counts_totals_new(&totals), 0);
    counts_totals_begin_host(totals, 1);
    add_page(totals, NULL, 0);
    add_page(totals, (struct counts_pair[]){{3, 3}, {500, 1}}, 2);
    add_page(totals, (struct counts_pair[]){{0, 1}, {3, 2}, {70000, 4}}, 3);
    assert_int_equal(counts_totals_end_host(totals, &words[0]), 0);
    counts_totals_begin_host(totals, 2);
    add_page(totals, (struct counts_pair[]){{0, 1}, {7, 1}}, 2);
    assert_int_equal(counts_totals_end_host(totals, &words[1]), 0);
    add_page_of_host(totals, 1, &words[0], (struct counts_pair[]){{0, 2}, {7, 4}, {70000, 1}}, 3);
    add_page_of_host(totals, 2, &words[1], (struct counts_pair[]){{0, 1}, {3, 1}, {7, 1}}, 3);

    assert_int_equal(counts_totals_pages(totals), 6);
    assert_int_equal(counts_totals_distinct(totals), 5);
    assert_sum(totals, 0, 5, 4, 2);
    assert_sum(totals, 3, 6, 3, 2);
    assert_sum(totals, 7, 6, 3, 2);
    assert_sum(totals, 500, 1, 1, 1);
    assert_sum(totals, 70000, 5, 2, 1);
    counts_totals_free(totals);
    counts_id_set_deinit(&words[0]);
    counts_id_set_deinit(&words[1]);
}

static struct counts_totals_page packed_page(
    struct buffer *buffer, struct counts_id_set *words, const struct counts_pair *pairs, size_t n)
{
    struct counts_pair copy[8];

    for (size_t i = 0; i < n; i++)
        copy[i] = pairs[i];
    assert_int_equal(counts_pack(copy, n, buffer), 0);
    return (struct counts_totals_page){.packed = buffer->bytes, .size = buffer->size, .words = words};
}

/* Ids near each other and far apart, at the ends of what is added at a time. */
static void pages_of_many_hosts_may_come_at_once(void **state)
{
    struct counts_id_set words[3] = {0};
    struct counts_totals *totals;
    struct buffer buffers[5] = {0};
    const struct counts_totals_page pages[] = {
        packed_page(&buffers[0], &words[0], (struct counts_pair[]){{0, 3}, {65535, 1}, {65536, 2}}, 3),
        packed_page(&buffers[1], &words[0], (struct counts_pair[]){{65535, 4}, {3000000, 1}}, 2),
        packed_page(&buffers[2], &words[1], NULL, 0),
        packed_page(&buffers[3], &words[2], (struct counts_pair[]){{65536, 5}, {3000000, 6}}, 2),
        packed_page(&buffers[4], &words[2], (struct counts_pair[]){{9, 1}}, 1),
    };

    assert_int_equal(counts_totals_new(&totals), 0);
    assert_int_equal(counts_totals_add_hosts(totals, pages, 0), 0);
    assert_int_equal(counts_totals_add_hosts(totals, pages, 5), 0);
    add_page_of_host(totals, 1, &words[0], (struct counts_pair[]){{9, 2}, {65536, 1}}, 2);
    add_page_of_host(totals, 3, &words[2], (struct counts_pair[]){{0, 1}, {65536, 1}}, 2);

    assert_int_equal(counts_totals_pages(totals), 7);
    assert_int_equal(counts_totals_tokens(totals), 28);
    assert_int_equal(counts_totals_distinct(totals), 5);
    assert_int_equal(counts_totals_n_ids(totals), 3000001);
    assert_sum(totals, 0, 4, 2, 2);
    assert_sum(totals, 9, 3, 2, 2);
    assert_sum(totals, 65535, 5, 2, 1);
    assert_sum(totals, 65536, 9, 4, 2);
    assert_sum(totals, 3000000, 7, 2, 2);
    assert_int_equal(counts_id_set_size(&words[0]), 5);
    assert_int_equal(counts_id_set_size(&words[1]), 0);
    assert_int_equal(counts_id_set_size(&words[2]), 4);
    counts_totals_free(totals);
    for (size_t i = 0; i < 3; i++)
        counts_id_set_deinit(&words[i]);
    for (size_t i = 0; i < 5; i++)
        buffer_deinit(&buffers[i]);
}

static void bad_page_among_many_is_told(void **state)
{
    struct counts_id_set words = {0};
    struct counts_totals *totals;

    assert_int_equal(counts_totals_new(&totals), 0);
    assert_int_equal(
        counts_totals_add_hosts(
            totals, &(struct counts_totals_page){.packed = "\x05\x01\x85", .size = 3, .words = &words}, 1),
        -EBADMSG);
    counts_totals_free(totals);
    counts_id_set_deinit(&words);
}

static void bad_page_adds_nothing(void **state)
{
    struct counts_totals *totals = some_totals();

    assert_int_equal(counts_totals_add(totals, "\x05\x01\x85", 3), -EBADMSG);

    assert_int_equal(counts_totals_pages(totals), 4);
    assert_sum(totals, 5, 1, 1, 1);
    counts_totals_free(totals);
}

static void totals_at_rest_come_back(void **state)
{
    struct counts_totals *totals = some_totals(), *back;
    struct buffer buffer = {0};

    assert_int_equal(counts_totals_pack(totals, &buffer), 0);
    assert_int_equal(counts_totals_unpack(buffer.bytes, buffer.size, &back), 0);

    assert_int_equal(counts_totals_pages(back), counts_totals_pages(totals));
    assert_int_equal(counts_totals_tokens(back), counts_totals_tokens(totals));
    assert_int_equal(counts_totals_distinct(back), counts_totals_distinct(totals));
    assert_int_equal(counts_totals_n_ids(back), counts_totals_n_ids(totals));
    for (uint32_t id = 0; id < counts_totals_n_ids(totals); id++) {
        struct counts_sum sum = counts_totals_get(totals, id);

        assert_sum(back, id, sum.tokens, sum.pages, sum.hosts);
    }
    counts_totals_free(back);
    counts_totals_free(totals);
    buffer_deinit(&buffer);
}

static void pages_after_unpacking_are_of_another_host(void **state)
{
    struct counts_totals *totals = some_totals(), *back;
    struct buffer buffer = {0};

    assert_int_equal(counts_totals_pack(totals, &buffer), 0);
    assert_int_equal(counts_totals_unpack(buffer.bytes, buffer.size, &back), 0);
    add_page(back, (struct counts_pair[]){{0, 1}}, 1);

    assert_sum(back, 0, 7, 4, 3);
    counts_totals_free(back);
    counts_totals_free(totals);
    buffer_deinit(&buffer);
}

static void every_cut_of_what_rests_is_refused(void **state)
{
    struct counts_totals *totals = some_totals(), *back = NULL;
    struct buffer buffer = {0};

    assert_int_equal(counts_totals_pack(totals, &buffer), 0);
    for (size_t size = 0; size < buffer.size; size++)
        assert_int_equal(counts_totals_unpack(buffer.bytes, size, &back), -EBADMSG);
    assert_int_equal(buffer_append(&buffer, "x", 1), 0);
    assert_int_equal(counts_totals_unpack(buffer.bytes, buffer.size, &back), -EBADMSG);
    buffer.bytes[0] = 2;
    assert_int_equal(counts_totals_unpack(buffer.bytes, buffer.size - 1, &back), -EBADMSG);

    assert_null(back);
    counts_totals_free(totals);
    buffer_deinit(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_add_up),
        cmocka_unit_test(hosts_may_come_back),
        cmocka_unit_test(hosts_whose_pages_come_together_may_come_back),
        cmocka_unit_test(pages_of_many_hosts_may_come_at_once),
        cmocka_unit_test(bad_page_among_many_is_told),
        cmocka_unit_test(bad_page_adds_nothing),
        cmocka_unit_test(totals_at_rest_come_back),
        cmocka_unit_test(pages_after_unpacking_are_of_another_host),
        cmocka_unit_test(every_cut_of_what_rests_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
