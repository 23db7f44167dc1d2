#include "engine/submission_sets.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int add(struct fingerprints *set, const char *url, size_t max_bytes)
{
    struct store_print print = fingerprints_of(set, url);

    return fingerprints_add(set, &print, max_bytes);
}

static void fingerprint_is_added_once(void **state)
{
    struct fingerprints set;

    assert_int_equal(fingerprints_init(&set), 0);

    assert_int_equal(add(&set, "http://example.org/", 1 << 20), 1);
    assert_int_equal(add(&set, "http://example.org/", 1 << 20), 0);
    assert_int_equal(add(&set, "http://example.org/x", 1 << 20), 1);
    fingerprints_deinit(&set);
}

static void set_grows_and_forgets_nothing(void **state)
{
    struct fingerprints set;
    char url[64];

    assert_int_equal(fingerprints_init(&set), 0);

    for (int i = 0; i < 20000; i++) {
        snprintf(url, sizeof(url), "http://example.org/%d", i);
        assert_int_equal(add(&set, url, 1 << 24), 1);
    }
    for (int i = 0; i < 20000; i++) {
        snprintf(url, sizeof(url), "http://example.org/%d", i);
        assert_int_equal(add(&set, url, 1 << 24), 0);
    }
    fingerprints_deinit(&set);
}

static void memory_limit_is_kept(void **state)
{
    struct fingerprints set;
    char url[64];
    int r = 1;

    assert_int_equal(fingerprints_init(&set), 0);

    for (int i = 0; i < 20000 && r == 1; i++) {
        snprintf(url, sizeof(url), "http://example.org/%d", i);
        r = add(&set, url, 64 * 1024);
    }
    assert_int_equal(r, -ENOBUFS);
    assert_true(fingerprints_memory(&set) <= 64 * 1024);
    fingerprints_deinit(&set);
}

static void memory_is_at_most_twice_that_of_the_fingerprints(void **state)
{
    struct fingerprints set;
    char url[64];

    assert_int_equal(fingerprints_init(&set), 0);

    for (int i = 0; i < 100000; i++) {
        snprintf(url, sizeof(url), "http://example.org/%d", i);
        assert_int_equal(add(&set, url, 100000 * 16 * 2), 1);
    }
    fingerprints_deinit(&set);
}

struct heaviest {
    char host[64];
    uint64_t n;
    size_t n_hosts;
};

static void find_heaviest(void *userdata, const char *host, uint64_t n)
{
    struct heaviest *heaviest = userdata;

    heaviest->n_hosts++;
    if (n > heaviest->n) {
        heaviest->n = n;
        snprintf(heaviest->host, sizeof(heaviest->host), "%s", host);
    }
}

static void tally_names_the_heaviest_host(void **state)
{
    static const char *const hosts[] = {"a", "b", "a", "c", "a", "b"};
    struct host_tally *tally = host_tally_new();
    struct heaviest heaviest = {0};

    for (size_t i = 0; i < 6; i++)
        assert_int_equal(host_tally_add(tally, hosts[i], SIZE_MAX), 0);
    host_tally_each(tally, find_heaviest, &heaviest);

    assert_string_equal(heaviest.host, "a");
    assert_int_equal(heaviest.n, 3);
    assert_int_equal(heaviest.n_hosts, 3);
    host_tally_free(tally);
}

static void tally_of_very_many_hosts_is_bounded_and_keeps_the_heaviest(void **state)
{
    struct host_tally *tally = host_tally_new();
    struct heaviest heaviest = {0};
    char host[32];

    for (int i = 0; i < 200000; i++) {
        snprintf(host, sizeof(host), "host%d", i);
        assert_int_equal(host_tally_add(tally, i % 10 == 0 ? "heavy" : host, SIZE_MAX), 0);
    }
    host_tally_each(tally, find_heaviest, &heaviest);

    assert_string_equal(heaviest.host, "heavy");
    assert_true(heaviest.n_hosts <= HOST_TALLY_MAX);
    host_tally_free(tally);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fingerprint_is_added_once),
        cmocka_unit_test(set_grows_and_forgets_nothing),
        cmocka_unit_test(memory_limit_is_kept),
        cmocka_unit_test(memory_is_at_most_twice_that_of_the_fingerprints),
        cmocka_unit_test(tally_names_the_heaviest_host),
        cmocka_unit_test(tally_of_very_many_hosts_is_bounded_and_keeps_the_heaviest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
