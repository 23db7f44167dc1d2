#include "base/arena.h"

#include "base/cleanup.h"

#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void allocations_are_aligned_and_apart(void **state)
{
    CLEANUP(arena_deinit) struct arena arena = {0};
    uint8_t *pieces[300];

    for (size_t i = 0; i < 300; i++) {
        pieces[i] = arena_allocate(&arena, i + 1);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % alignof(max_align_t), 0);
        memset(pieces[i], (int)(i % 251), i + 1);
    }
    for (size_t i = 0; i < 300; i++)
        for (size_t j = 0; j <= i; j++)
            assert_int_equal(pieces[i][j], i % 251);
}

static void piece_larger_than_any_block_is_had_too(void **state)
{
    CLEANUP(arena_deinit) struct arena arena = {0};
    char *small = arena_copy(&arena, "small");
    uint8_t *large = arena_allocate(&arena, 10000000);

    assert_non_null(large);
    large[0] = 1;
    large[9999999] = 1;
    assert_string_equal(small, "small");
    assert_true(arena.memory >= 10000000);
}

static void copy_of_nothing_is_nothing(void **state)
{
    CLEANUP(arena_deinit) struct arena arena = {0};

    assert_null(arena_copy(&arena, NULL));
    assert_string_equal(arena_copy(&arena, ""), "");
}

static void impossible_piece_is_refused_and_the_arena_goes_on(void **state)
{
    CLEANUP(arena_deinit) struct arena arena = {0};

    assert_null(arena_allocate(&arena, SIZE_MAX));
    assert_null(arena_allocate(&arena, SIZE_MAX - 64));
    assert_string_equal(arena_copy(&arena, "still here"), "still here");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allocations_are_aligned_and_apart),
        cmocka_unit_test(piece_larger_than_any_block_is_had_too),
        cmocka_unit_test(copy_of_nothing_is_nothing),
        cmocka_unit_test(impossible_piece_is_refused_and_the_arena_goes_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
