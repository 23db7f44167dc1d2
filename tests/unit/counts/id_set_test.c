#include "cmocka_counts.h"
#include "counts/id_set.h"

#define IDS 70000
#define MAX_ADDED 300

/* Adds random ids of `range`, `step` apart at least, some of which are there already. */
static void add_some(struct counts_id_set *set, bool *known, unsigned *seed, uint32_t range, uint32_t step)
{
    uint32_t ids[MAX_ADDED];
    uint8_t is_new[MAX_ADDED];
    uint32_t id = (uint32_t)rand_r(seed) % range;
    size_t n = 0;

    for (; id < range && n < MAX_ADDED; id += 1 + (uint32_t)rand_r(seed) % step)
        ids[n++] = id;
    assert_int_equal(counts_id_set_add(set, ids, n, is_new), 0);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(is_new[i], !known[ids[i]]);
        known[ids[i]] = true;
    }
}

static void each_id_is_new_once_however_many_there_are(void **state)
{
    static bool known[IDS];
    struct counts_id_set set = {0};
    unsigned seed = 7;

    memset(known, 0, sizeof(known));
    for (size_t i = 0; i < 2000; i++)
        add_some(&set, known, &seed, i % 2 ? IDS : 5000, i % 3 ? 300 : 2);
    assert_true(set.n_blocks > 0);
    counts_id_set_deinit(&set);
}

static void few_ids_take_few_bytes(void **state)
{
    struct counts_id_set set = {0};
    uint32_t ids[MAX_ADDED];
    uint8_t is_new[MAX_ADDED];

    for (uint32_t i = 0; i < MAX_ADDED; i++)
        ids[i] = 100 * i;
    assert_int_equal(counts_id_set_add(&set, ids, MAX_ADDED, is_new), 0);
    assert_true(set.bytes < 2 * MAX_ADDED);
    counts_id_set_deinit(&set);
}

static void dense_ids_take_a_bit_each(void **state)
{
    struct counts_id_set set = {0};
    uint8_t is_new;

    for (uint32_t id = 0; id < IDS; id++) {
        assert_int_equal(counts_id_set_add(&set, &id, 1, &is_new), 0);
        assert_int_equal(is_new, 1);
    }
    assert_true(set.bytes < IDS / 4);
    counts_id_set_deinit(&set);
}

static void greatest_id_has_its_place(void **state)
{
    struct counts_id_set set = {0};
    const uint32_t ids[] = {0, UINT32_MAX - 1};
    uint8_t is_new[2];

    assert_int_equal(counts_id_set_add(&set, ids, 2, is_new), 0);
    assert_int_equal(is_new[0] + is_new[1], 2);
    assert_int_equal(counts_id_set_add(&set, ids, 2, is_new), 0);
    assert_int_equal(is_new[0] + is_new[1], 0);
    counts_id_set_deinit(&set);
}

/* `step`: how far the ids lie apart. */
static void fill_and_add(size_t n, uint32_t step)
{
    static uint32_t ids[IDS];
    static uint8_t is_new[IDS];
    static bool known[IDS];
    struct counts_id_set set = {0};
    unsigned seed = 11;

    memset(known, 0, sizeof(known));
    for (size_t i = 0; i < n; i++) {
        ids[i] = (uint32_t)i * step;
        known[ids[i]] = true;
    }
    assert_int_equal(counts_id_set_fill(&set, ids, n), 0);
    for (size_t i = 0; i < 200; i++)
        add_some(&set, known, &seed, IDS, 30);
    assert_int_equal(counts_id_set_add(&set, ids, n, is_new), 0);
    for (size_t i = 0; i < n; i++)
        assert_false(is_new[i]);
    counts_id_set_deinit(&set);
}

static void filled_set_goes_on_like_any_other(void **state)
{
    fill_and_add(0, 1);
    fill_and_add(1, 1);
    fill_and_add(2000, 30);
    fill_and_add(2100, 33);
    fill_and_add(IDS / 16, 16);
    fill_and_add(IDS / 15, 15);
    fill_and_add(IDS, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_id_is_new_once_however_many_there_are),
        cmocka_unit_test(few_ids_take_few_bytes),
        cmocka_unit_test(dense_ids_take_a_bit_each),
        cmocka_unit_test(greatest_id_has_its_place),
        cmocka_unit_test(filled_set_goes_on_like_any_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
