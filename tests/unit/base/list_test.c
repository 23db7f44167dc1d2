#include "base/list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

struct item {
    int number;
    struct list link;
};

static void fill(struct list *list, struct item *items, int n)
{
    list_init(list);
    for (int i = 0; i < n; i++) {
        items[i].number = i;
        list_append(list, &items[i].link);
    }
}

static void links_are_seen_in_the_order_of_appending(void **state)
{
    struct item items[5];
    struct list list;
    int expected = 0;

    fill(&list, items, 5);
    LIST_FOR_EACH (link, &list)
        assert_int_equal(CONTAINER_OF(link, struct item, link)->number, expected++);
    assert_int_equal(expected, 5);
}

static void loop_may_remove_what_it_sees(void **state)
{
    struct item items[5];
    struct list list;
    int n = 0;

    fill(&list, items, 5);
    LIST_FOR_EACH (link, &list) {
        list_remove(link);
        n++;
    }
    assert_int_equal(n, 5);
    assert_true(list_is_empty(&list));
}

static void removed_link_may_be_removed_again_and_appended_anew(void **state)
{
    struct item items[3];
    struct list list;
    int n = 0;

    fill(&list, items, 3);
    list_remove(&items[1].link);
    list_remove(&items[1].link);
    list_append(&list, &items[1].link);
    LIST_FOR_EACH (link, &list)
        n += 1;
    assert_int_equal(n, 3);
    assert_ptr_equal(list.previous, &items[1].link);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(links_are_seen_in_the_order_of_appending),
        cmocka_unit_test(loop_may_remove_what_it_sees),
        cmocka_unit_test(removed_link_may_be_removed_again_and_appended_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
