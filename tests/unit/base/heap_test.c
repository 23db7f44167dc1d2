#include "base/heap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define N 500

/* Keys that repeat and come in no order, the same in each run. */
static uint64_t key_of(size_t i)
{
    return i * 7919 % 101;
}

static void items_come_out_in_the_order_of_their_keys(void **state)
{
    struct heap_item items[N] = {0};
    struct heap heap = {0};
    uint64_t last = 0;

    assert_int_equal(heap_reserve(&heap, N), 0);
    for (size_t i = 0; i < N; i++)
        heap_set(&heap, &items[i], key_of(i));
    assert_int_equal(heap.n, N);
    for (size_t i = 0; i < N; i++) {
        struct heap_item *first = heap_first(&heap);

        assert_true(first->key >= last);
        last = first->key;
        heap_remove(&heap, first);
    }
    assert_null(heap_first(&heap));
    heap_deinit(&heap);
}

static void item_that_is_set_again_moves(void **state)
{
    struct heap_item items[N] = {0};
    struct heap heap = {0};

    assert_int_equal(heap_reserve(&heap, N), 0);
    for (size_t i = 0; i < N; i++)
        heap_set(&heap, &items[i], 1000 + i);
    heap_set(&heap, &items[N - 1], 1);
    assert_ptr_equal(heap_first(&heap), &items[N - 1]);
    heap_set(&heap, &items[N - 1], 5000);
    assert_ptr_equal(heap_first(&heap), &items[0]);
    assert_int_equal(heap.n, N);
    heap_deinit(&heap);
}

static void item_taken_out_of_the_middle_is_gone(void **state)
{
    struct heap_item items[N] = {0};
    struct heap heap = {0};
    size_t n = 0;

    assert_int_equal(heap_reserve(&heap, N), 0);
    for (size_t i = 0; i < N; i++)
        heap_set(&heap, &items[i], key_of(i));
    for (size_t i = 0; i < N; i += 3)
        heap_remove(&heap, &items[i]);
    for (uint64_t last = 0; heap_first(&heap); n++) {
        struct heap_item *first = heap_first(&heap);

        assert_true((first - items) % 3 != 0);
        assert_true(first->key >= last);
        last = first->key;
        heap_remove(&heap, first);
    }
    assert_int_equal(n, N - (N + 2) / 3);
    heap_deinit(&heap);
}

static void removing_what_is_in_no_heap_does_nothing(void **state)
{
    struct heap_item item = {0};
    struct heap heap = {0};

    heap_remove(&heap, &item);
    assert_null(heap_first(&heap));
    heap_deinit(&heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_come_out_in_the_order_of_their_keys),
        cmocka_unit_test(item_that_is_set_again_moves),
        cmocka_unit_test(item_taken_out_of_the_middle_is_gone),
        cmocka_unit_test(removing_what_is_in_no_heap_does_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
