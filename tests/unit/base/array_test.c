#include "base/array.h"
#include "base/cleanup.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void array_keeps_its_elements_while_it_grows(void **state)
{
    CLEANUP(freep) uint32_t *items = NULL;
    size_t capacity = 0;

    for (size_t n = 0; n < 1000; n++) {
        assert_int_equal(array_reserve_one(&items, n, &capacity, sizeof(*items)), 0);
        assert_true(capacity > n);
        items[n] = (uint32_t)(n * 3);
    }
    for (size_t n = 0; n < 1000; n++)
        assert_int_equal(items[n], n * 3);
}

static void array_with_room_is_left_where_it_is(void **state)
{
    CLEANUP(freep) uint32_t *items = NULL;
    size_t capacity = 0;
    uint32_t *before;

    assert_int_equal(array_reserve_one(&items, 0, &capacity, sizeof(*items)), 0);
    before = items;
    assert_int_equal(array_reserve_one(&items, capacity - 1, &capacity, sizeof(*items)), 0);
    assert_ptr_equal(items, before);
}

static void array_that_cannot_grow_stays_as_it_was(void **state)
{
    CLEANUP(freep) char *items = NULL;
    size_t capacity = 0;
    char *before;

    assert_int_equal(array_reserve_one(&items, 0, &capacity, 1), 0);
    before = items;
    assert_int_equal(array_reserve_one(&items, capacity, &capacity, SIZE_MAX / 4), -ENOMEM);
    assert_ptr_equal(items, before);
    assert_int_equal(capacity, 8);
}

static void buffer_joins_what_is_appended(void **state)
{
    CLEANUP(buffer_deinit) struct buffer buffer = {0};

    assert_int_equal(buffer_append_text(&buffer, "ab"), 0);
    assert_int_equal(buffer_append(&buffer, NULL, 0), 0);
    assert_int_equal(buffer_append(&buffer, "c\0d", 3), 0);
    assert_int_equal(buffer_printf(&buffer, "%d%s", 42, "e"), 0);
    assert_int_equal(buffer.size, 8);
    assert_memory_equal(buffer.bytes, "abc\0d42e", 8);
}

static void buffer_drops_its_beginning_and_keeps_the_rest(void **state)
{
    CLEANUP(buffer_deinit) struct buffer buffer = {0};

    assert_int_equal(buffer_append_text(&buffer, "head tail"), 0);
    buffer_consume(&buffer, 5);
    assert_int_equal(buffer.size, 4);
    assert_memory_equal(buffer.bytes, "tail", 4);
    buffer_consume(&buffer, 4);
    assert_int_equal(buffer.size, 0);
}

static void buffer_has_room_for_what_was_reserved(void **state)
{
    CLEANUP(buffer_deinit) struct buffer buffer = {0};

    assert_int_equal(buffer_append_text(&buffer, "x"), 0);
    assert_int_equal(buffer_reserve(&buffer, 100000), 0);
    assert_true(buffer.capacity - buffer.size >= 100000);
    memset(buffer.bytes + buffer.size, 'y', 100000);
    assert_int_equal(buffer.bytes[0], 'x');
}

static void buffer_that_cannot_grow_stays_as_it_was(void **state)
{
    CLEANUP(buffer_deinit) struct buffer buffer = {0};

    assert_int_equal(buffer_append_text(&buffer, "x"), 0);
    assert_int_equal(buffer_reserve(&buffer, SIZE_MAX - 10), -ENOMEM);
    assert_int_equal(buffer.size, 1);
    assert_int_equal(buffer.bytes[0], 'x');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(array_keeps_its_elements_while_it_grows),
        cmocka_unit_test(array_with_room_is_left_where_it_is),
        cmocka_unit_test(array_that_cannot_grow_stays_as_it_was),
        cmocka_unit_test(buffer_joins_what_is_appended),
        cmocka_unit_test(buffer_drops_its_beginning_and_keeps_the_rest),
        cmocka_unit_test(buffer_has_room_for_what_was_reserved),
        cmocka_unit_test(buffer_that_cannot_grow_stays_as_it_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
