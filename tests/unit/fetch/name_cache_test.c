#include "fetch/name_cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct resolver_entry *add(struct name_cache *cache, const char *name)
{
    struct resolver_entry *entry = name_cache_add(cache, name, strlen(name));

    assert_non_null(entry);
    return entry;
}

static struct resolver_entry *find(const struct name_cache *cache, const char *name)
{
    return name_cache_find(cache, name, strlen(name));
}

static void names_are_found_whole(void **state)
{
    struct name_cache cache;
    struct resolver_entry *entry;

    assert_int_equal(name_cache_init(&cache), 0);
    entry = add(&cache, "example.org");

    assert_ptr_equal(find(&cache, "example.org"), entry);
    assert_ptr_equal(name_cache_find(&cache, "example.org:80", 11), entry);
    assert_null(find(&cache, "example.or"));
    assert_null(find(&cache, "example.org."));
    name_cache_deinit(&cache);
}

static void many_names_are_all_found(void **state)
{
    struct name_cache cache;
    char name[32];

    assert_int_equal(name_cache_init(&cache), 0);
    for (int i = 0; i < 20000; i++) {
        snprintf(name, sizeof(name), "host%d.example", i);
        name_cache_settle(&cache, add(&cache, name));
    }
    for (int i = 0; i < 20000; i++) {
        snprintf(name, sizeof(name), "host%d.example", i);
        assert_non_null(find(&cache, name));
    }
    name_cache_deinit(&cache);
}

static void least_lately_used_is_dropped_first(void **state)
{
    struct name_cache cache;

    assert_int_equal(name_cache_init(&cache), 0);
    name_cache_settle(&cache, add(&cache, "a"));
    name_cache_settle(&cache, add(&cache, "b"));
    name_cache_settle(&cache, add(&cache, "c"));
    name_cache_touch(&cache, find(&cache, "a"));
    name_cache_trim(&cache, 2);

    assert_int_equal(cache.n, 2);
    assert_non_null(find(&cache, "a"));
    assert_null(find(&cache, "b"));
    assert_non_null(find(&cache, "c"));
    name_cache_deinit(&cache);
}

static void names_that_are_asked_or_waited_for_are_never_dropped(void **state)
{
    struct name_cache cache;

    assert_int_equal(name_cache_init(&cache), 0);
    name_cache_settle(&cache, add(&cache, "settled"));
    name_cache_settle(&cache, add(&cache, "waited"));
    find(&cache, "waited")->n_waits = 1;
    add(&cache, "asked");
    name_cache_trim(&cache, 0);

    assert_null(find(&cache, "settled"));
    assert_non_null(find(&cache, "waited"));
    assert_non_null(find(&cache, "asked"));
    name_cache_deinit(&cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_found_whole),
        cmocka_unit_test(many_names_are_all_found),
        cmocka_unit_test(least_lately_used_is_dropped_first),
        cmocka_unit_test(names_that_are_asked_or_waited_for_are_never_dropped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
