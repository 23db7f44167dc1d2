#include "engine/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void add(struct digest *digest, uint64_t seq, const char *url, int hash, uint64_t usec)
{
    struct store_list_row row = {.seq = seq,
        .url = url,
        .counted = hash > 0,
        .counted_from_usec = usec,
        .tokens = 7,
        .engine_id = hash > 0 ? "2-icu72" : NULL};

    row.content_hash[0] = (uint8_t)hash;
    row.content_hash[STORE_HASH_SIZE - 1] = (uint8_t)(hash >> 8);
    assert_int_equal(digest_add(digest, &row), 0);
}

static void list_hash_is_sha_256_of_the_urls_as_lines(void **state)
{
    /* printf 'http://a.example/\nhttp://b.example/\n' | sha256sum */
    static const char expected[] = "88d19a0009c8c085d76f4bcb25a1184b2347c29f39a8894c000fa23727feb2c7";
    struct digest digest;
    char text[2 * DIGEST_SHA256_SIZE + 1];

    assert_int_equal(digest_init(&digest), 0);
    add(&digest, 1, "http://a.example/", 0, 0);
    add(&digest, 2, "http://b.example/", 1, 5);
    assert_int_equal(digest_finish(&digest), 0);

    for (size_t i = 0; i < DIGEST_SHA256_SIZE; i++)
        snprintf(text + 2 * i, 3, "%02x", digest.list_hash[i]);
    assert_string_equal(text, expected);
    digest_deinit(&digest);
}

static void times_and_engines_are_those_of_what_was_counted(void **state)
{
    struct digest digest;
    struct store_list_row other = {
        .seq = 4, .url = "d", .counted = true, .counted_from_usec = 40, .engine_id = "3-icu74"};

    assert_int_equal(digest_init(&digest), 0);
    add(&digest, 1, "a", 0, 1);
    add(&digest, 2, "b", 1, 30);
    add(&digest, 3, "c", 2, 20);
    assert_int_equal(digest_add(&digest, &other), 0);
    assert_int_equal(digest_finish(&digest), 0);

    assert_int_equal(digest.first_usec, 20);
    assert_int_equal(digest.last_usec, 40);
    assert_int_equal(digest.n_engines, 2);
    assert_string_equal(digest.engines[0], "2-icu72");
    assert_string_equal(digest.engines[1], "3-icu74");
    digest_deinit(&digest);
}

static void equal_pages_are_grouped_the_largest_group_first(void **state)
{
    struct digest digest;

    assert_int_equal(digest_init(&digest), 0);
    add(&digest, 1, "single", 9, 1);
    add(&digest, 2, "pair", 3, 1);
    add(&digest, 3, "three", 1, 1);
    add(&digest, 4, "failed", 0, 0);
    add(&digest, 5, "pair", 3, 1);
    add(&digest, 6, "three", 1, 1);
    add(&digest, 7, "later pair", 2, 1);
    add(&digest, 8, "later pair", 2, 1);
    add(&digest, 9, "three", 1, 1);
    add(&digest, 10, "last byte differs", 1 + 256, 1);
    assert_int_equal(digest_finish(&digest), 0);

    assert_int_equal(digest.n_groups, 3);
    assert_int_equal(digest.groups[0].pages, 3);
    assert_int_equal(digest.groups[0].seq, 3);
    assert_int_equal(digest.groups[0].content_hash[0], 1);
    assert_int_equal(digest.groups[1].pages, 2);
    assert_int_equal(digest.groups[1].seq, 2);
    assert_int_equal(digest.groups[2].seq, 7);
    digest_deinit(&digest);
}

static void only_so_many_groups_are_kept_and_those_are_the_largest(void **state)
{
    struct digest digest;
    uint64_t seq = 0;

    assert_int_equal(digest_init(&digest), 0);
    for (int group = 1; group <= 2 * DIGEST_GROUPS; group++)
        for (int page = 0; page <= group; page++)
            add(&digest, ++seq, "x", group, 1);
    assert_int_equal(digest_finish(&digest), 0);

    assert_int_equal(digest.n_groups, DIGEST_GROUPS);
    for (size_t i = 0; i < DIGEST_GROUPS; i++)
        assert_int_equal(digest.groups[i].pages, 2 * DIGEST_GROUPS + 1 - i);
    digest_deinit(&digest);
}

static void empty_list_has_the_hash_of_nothing(void **state)
{
    struct digest digest;

    assert_int_equal(digest_init(&digest), 0);
    assert_int_equal(digest_finish(&digest), 0);

    assert_int_equal(digest.list_hash[0], 0xe3);
    assert_int_equal(digest.list_hash[31], 0x55);
    assert_int_equal(digest.n_groups, 0);
    assert_int_equal(digest.first_usec, 0);
    digest_deinit(&digest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(list_hash_is_sha_256_of_the_urls_as_lines),
        cmocka_unit_test(times_and_engines_are_those_of_what_was_counted),
        cmocka_unit_test(equal_pages_are_grouped_the_largest_group_first),
        cmocka_unit_test(only_so_many_groups_are_kept_and_those_are_the_largest),
        cmocka_unit_test(empty_list_has_the_hash_of_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
