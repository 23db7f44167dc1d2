#include "base/cleanup.h"
#include "cmocka_counts.h"
#include "counts/id_set.h"
#include <errno.h>

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

/* Those of `ids` that are there, however they are asked for. */
static void assert_has(const struct counts_id_set *set, const uint32_t *ids, size_t n)
{
    uint32_t read[COUNTS_ID_SET_STEP];
    uint64_t from = 0;
    size_t n_all = 0;
    size_t n_read;

    while ((n_read = counts_id_set_read(set, from, read)) > 0) {
        for (size_t i = 0; i < n_read; i++, n_all++) {
            assert_true(n_all < n);
            assert_int_equal(read[i], ids[n_all]);
        }
        from = (uint64_t)read[n_read - 1] + 1;
    }
    assert_int_equal(n_all, n);
    assert_int_equal(counts_id_set_size(set), n);
    from = 0;
    for (size_t i = 0; i < n; from = (uint64_t)ids[i++] + 1)
        if (from < ids[i])
            assert_int_equal(counts_id_set_missing(set, from), from);
    assert_int_equal(counts_id_set_missing(set, from), from);
    assert_int_equal(counts_id_set_missing(set, from + 1000000), from + 1000000);
}

/* Runs of `run` ids, `gap` between them. */
static size_t make_ids(uint32_t *ids, size_t n, uint32_t first, size_t run, uint32_t gap)
{
    for (size_t i = 0; i < n; i++)
        ids[i] = first + (uint32_t)i + (uint32_t)(i / run) * gap;
    return n;
}

static void fill_set(struct counts_id_set *set, const uint32_t *ids, size_t n)
{
    *set = (struct counts_id_set){0};
    assert_int_equal(counts_id_set_fill(set, ids, n), 0);
}

static void what_is_there_is_read_in_order_and_what_is_not_is_found(void **state)
{
    static const struct shape {
        size_t n;
        uint32_t first;
        size_t run;
        uint32_t gap;
    } shapes[] = {{0, 0, 1, 0}, {1, 0, 1, 0}, {1, 70000, 1, 0}, {1000, 0, 1000, 0}, {2000, 5, 3, 4},
        {IDS, 0, IDS, 0}, {IDS, 1, IDS, 0}, {IDS, 3, 1, 20}, {IDS, 4095, 4096, 4097}, {IDS, 0, 64, 64}};
    static uint32_t ids[IDS];

    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        const struct shape *shape = &shapes[i];
        size_t n = make_ids(ids, shape->n, shape->first, shape->run, shape->gap);
        CLEANUP(buffer_deinit) struct buffer packed = {0};
        struct counts_id_set set, again = {0};
        const uint8_t *position;
        size_t n_again;

        fill_set(&set, ids, n);
        assert_has(&set, ids, n);
        for (size_t j = 0; j + 1 < n; j++)
            if (ids[j + 1] == ids[j] + 1)
                assert_true(counts_id_set_missing(&set, ids[j]) > ids[j + 1]);
        assert_int_equal(counts_id_set_pack(&set, &packed), 0);
        position = packed.bytes;
        assert_int_equal(
            counts_id_set_unpack(&position, packed.bytes + packed.size, n ? ids[n - 1] : 0, &again, &n_again),
            0);
        assert_ptr_equal(position, packed.bytes + packed.size);
        assert_int_equal(n_again, n);
        assert_has(&again, ids, n);
        counts_id_set_deinit(&set);
        counts_id_set_deinit(&again);
    }
}

static void runs_take_a_few_bytes_at_rest(void **state)
{
    static uint32_t ids[IDS];
    CLEANUP(buffer_deinit) struct buffer packed = {0};
    struct counts_id_set set;

    fill_set(&set, ids, make_ids(ids, IDS, 7, 10000, 3));
    assert_int_equal(counts_id_set_pack(&set, &packed), 0);
    assert_true(packed.size < 64);
    counts_id_set_deinit(&set);
}

static int unpack(const void *bytes, size_t size, uint32_t max_id)
{
    struct counts_id_set set = {0};
    const uint8_t *position = bytes;
    size_t n;
    int r = counts_id_set_unpack(&position, position + size, max_id, &set, &n);

    counts_id_set_deinit(&set);
    return r;
}

static void bytes_that_no_set_gave_are_refused(void **state)
{
    static uint32_t ids[3000];
    CLEANUP(buffer_deinit) struct buffer packed = {0};
    struct counts_id_set set;

    assert_int_equal(unpack("\x01\x05", 2, 4), 0);
    assert_int_equal(unpack("\x01\x06", 2, 4), -EBADMSG);
    assert_int_equal(unpack("\x02\x05\x01", 3, 4), -EBADMSG);
    assert_int_equal(unpack("\x05\x00\x05", 3, 4), 0);
    assert_int_equal(unpack("\x05\x00\x06", 3, 9), -EBADMSG);
    assert_int_equal(unpack("\x05\x00\x00", 3, 9), -EBADMSG);
    assert_int_equal(unpack("\x06\x00\x06", 3, 4), -EBADMSG);
    assert_int_equal(unpack("", 0, 4), -EBADMSG);
    assert_int_equal(unpack("\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11, UINT32_MAX - 1), -EBADMSG);

    fill_set(&set, ids, make_ids(ids, 3000, 0, 7, 2));
    assert_int_equal(counts_id_set_pack(&set, &packed), 0);
    for (size_t size = 0; size < packed.size; size++)
        assert_int_equal(unpack(packed.bytes, size, 10000), -EBADMSG);
    for (size_t i = 0; i < packed.size; i++) {
        packed.bytes[i] ^= 0xFF;
        (void)unpack(packed.bytes, packed.size, 10000);
        packed.bytes[i] ^= 0xFF;
    }
    counts_id_set_deinit(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_id_is_new_once_however_many_there_are),
        cmocka_unit_test(few_ids_take_few_bytes),
        cmocka_unit_test(dense_ids_take_a_bit_each),
        cmocka_unit_test(greatest_id_has_its_place),
        cmocka_unit_test(filled_set_goes_on_like_any_other),
        cmocka_unit_test(what_is_there_is_read_in_order_and_what_is_not_is_found),
        cmocka_unit_test(runs_take_a_few_bytes_at_rest),
        cmocka_unit_test(bytes_that_no_set_gave_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
