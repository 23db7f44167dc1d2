#include "cmocka_counts.h"
#include "counts/pack.h"

static void pairs_come_back_sorted(void **state)
{
    struct counts_pair pairs[] = {{70000, 1}, {0, UINT64_MAX}, {3, 128}, {UINT32_MAX, 7}, {4, 127}}, pair;
    static const struct counts_pair expected[] = {
        {0, UINT64_MAX}, {3, 128}, {4, 127}, {70000, 1}, {UINT32_MAX, 7}};
    struct buffer buffer = {0};
    struct counts_reader reader;

    assert_int_equal(counts_pack(pairs, 5, &buffer), 0);

    counts_reader_init(&reader, buffer.bytes, buffer.size);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(counts_reader_next(&reader, &pair), 1);
        assert_int_equal(pair.id, expected[i].id);
        assert_true(pair.tokens == expected[i].tokens);
    }
    assert_int_equal(counts_reader_next(&reader, &pair), 0);
    assert_int_equal(counts_reader_next(&reader, &pair), 0);
    buffer_deinit(&buffer);
}

static void many_pairs_come_back_sorted(void **state)
{
    enum {
        N = 1000
    };
    struct counts_pair pairs[N], pair;
    struct buffer buffer = {0};
    struct counts_reader reader;
    uint32_t before = 0;

    /* The ids are all different, as 7919 is odd, and of one to three bytes. */
    for (uint32_t i = 0; i < N; i++)
        pairs[i] = (struct counts_pair){.id = i * 7919 % (1 << 20), .tokens = i * 7919 % (1 << 20) + 1};
    assert_int_equal(counts_pack(pairs, N, &buffer), 0);

    counts_reader_init(&reader, buffer.bytes, buffer.size);
    for (size_t i = 0; i < N; i++) {
        assert_int_equal(counts_reader_next(&reader, &pair), 1);
        assert_true(i == 0 || pair.id > before);
        assert_int_equal(pair.tokens, (uint64_t)pair.id + 1);
        before = pair.id;
    }
    assert_int_equal(counts_reader_next(&reader, &pair), 0);
    buffer_deinit(&buffer);
}

static void pairs_come_back_all_at_once(void **state)
{
    struct counts_pair pairs[] = {{5, 1}, {300, 200}, {301, 1}}, all[5] = {{0}};
    struct buffer buffer = {0};
    size_t n = 7;

    assert_int_equal(counts_pack(pairs, 3, &buffer), 0);

    assert_int_equal(counts_unpack(buffer.bytes, buffer.size, all, &n), 0);
    assert_int_equal(n, 3);
    assert_int_equal(all[1].id, 300);
    assert_true(all[1].tokens == 200);
    assert_int_equal(counts_unpack(buffer.bytes, buffer.size - 1, all, &n), -EBADMSG);
    assert_int_equal(counts_unpack(NULL, 0, all, &n), 0);
    assert_int_equal(n, 0);
    buffer_deinit(&buffer);
}

static void packed_form_is_that_of_the_store(void **state)
{
    struct counts_pair pairs[] = {{5, 1}, {300, 200}};
    struct buffer buffer = {0};

    assert_int_equal(buffer_append(&buffer, "x", 1), 0);
    assert_int_equal(counts_pack(pairs, 2, &buffer), 0);

    assert_int_equal(buffer.size, 7);
    assert_memory_equal(buffer.bytes, "x\x05\x01\xA7\x02\xC8\x01", 7);
    buffer_deinit(&buffer);
}

static void no_pairs_are_no_bytes(void **state)
{
    struct buffer buffer = {0};
    struct counts_reader reader;
    struct counts_pair pair;

    assert_int_equal(counts_pack(NULL, 0, &buffer), 0);
    assert_int_equal(buffer.size, 0);
    counts_reader_init(&reader, NULL, 0);
    assert_int_equal(counts_reader_next(&reader, &pair), 0);
    buffer_deinit(&buffer);
}

static void assert_bad(const char *bytes, size_t size, int n_good)
{
    struct counts_reader reader;
    struct counts_pair pair;

    counts_reader_init(&reader, bytes, size);
    while (n_good-- > 0)
        assert_int_equal(counts_reader_next(&reader, &pair), 1);
    assert_int_equal(counts_reader_next(&reader, &pair), -EBADMSG);
}

static void bytes_that_were_never_packed_are_refused(void **state)
{
    assert_bad("\x05", 1, 0);                                              /* no tokens */
    assert_bad("\x85", 1, 0);                                              /* cut */
    assert_bad("\x05\x00", 2, 0);                                          /* none of a word */
    assert_bad("\x05\x01\x00\x01", 4, 1);                                  /* the same word again */
    assert_bad("\x85\x00\x01", 3, 0);                                      /* a longer form than needed */
    assert_bad("\xFF\xFF\xFF\xFF\x1F\x01", 6, 0);                          /* more than 32 bits */
    assert_bad("\x01\x01\xFF\xFF\xFF\xFF\x0F\x01", 8, 1);                  /* likewise, added up */
    assert_bad("\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x03", 11, 0);     /* more than 64 bits */
    assert_bad("\x01\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 12, 0); /* likewise */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_come_back_sorted),
        cmocka_unit_test(many_pairs_come_back_sorted),
        cmocka_unit_test(pairs_come_back_all_at_once),
        cmocka_unit_test(packed_form_is_that_of_the_store),
        cmocka_unit_test(no_pairs_are_no_bytes),
        cmocka_unit_test(bytes_that_were_never_packed_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
