#include "fixture.h"

#include "store/store_prints.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#define N_SETS 4

/* Evenly spread, and never twice the same. */
static struct store_print print_of(uint64_t number)
{
    uint64_t high = number * UINT64_C(0x9E3779B97F4A7C15);

    return (struct store_print){.high = high ^ high >> 32, .low = number};
}

static int keep(
    struct harness *harness, struct store_prints **prints, uint64_t from, uint64_t to, uint64_t *bytes)
{
    struct store_print_set sets[N_SETS] = {0};
    struct store_keep_prints request = {.prints = *prints, .sets = sets, .n_sets = N_SETS};
    int r;

    for (size_t i = 0; i < N_SETS; i++)
        /* Every other place is none. */
        sets[i].prints = calloc(2 * (to - from) + 1, sizeof(struct store_print));
    for (uint64_t number = from; number < to; number++) {
        struct store_print print = print_of(number);
        struct store_print_set *set = &sets[print.high >> 62];

        set->prints[set->n + 1] = print;
        set->n += 2;
    }
    r = DO(harness, request, STORE_KEEP_PRINTS);
    *prints = request.prints;
    *bytes = request.bytes;
    for (size_t i = 0; i < N_SETS; i++)
        free(sets[i].prints);
    return r;
}

/* How many of these numbers were put aside. */
static size_t count_known(
    struct harness *harness, struct store_prints *prints, uint64_t from, size_t n, uint64_t step)
{
    struct store_sought *sought = calloc(n, sizeof(*sought));
    struct store_find_prints request = {.prints = prints, .sought = sought, .n_sought = n};
    size_t n_known = 0;

    for (size_t i = 0; i < n; i++)
        sought[i] = (struct store_sought){.print = print_of(from + i * step), .index = (uint32_t)i};
    assert_int_equal(DO(harness, request, STORE_FIND_PRINTS), 0);
    for (size_t i = 0; i < n; i++)
        n_known += sought[i].known;
    free(sought);
    return n_known;
}

static void forget(struct harness *harness, struct store_prints *prints)
{
    struct store_forget_prints request = {.prints = prints};

    assert_int_equal(DO(harness, request, STORE_FORGET_PRINTS), 0);
}

static void exactly_those_are_found_that_were_put_aside(void **state)
{
    struct harness *harness = *state;
    struct store_prints *prints = NULL;
    uint64_t bytes;

    assert_int_equal(keep(harness, &prints, 1, 20001, &bytes), 0);

    assert_int_equal(count_known(harness, prints, 1, 20000, 1), 20000);
    assert_int_equal(count_known(harness, prints, 20001, 20000, 1), 0);
    assert_int_equal(count_known(harness, prints, 1, 20, 1999), 11);
    assert_int_equal(bytes, 20000 * sizeof(struct store_print));
    forget(harness, prints);
}

static void least_and_greatest_print_of_each_run_are_found(void **state)
{
    struct harness *harness = *state;
    struct store_prints *prints = NULL;
    struct store_sought sought[4] = {{.print = {0, 1}}, {.print = {UINT64_MAX, UINT64_MAX}},
        {.print = {0, 2}}, {.print = {UINT64_MAX, UINT64_MAX - 1}}};
    struct store_find_prints find = {.sought = sought, .n_sought = 4};
    struct store_print_set sets[1] = {{calloc(1000, sizeof(struct store_print)), 1000}};
    struct store_keep_prints request = {.sets = sets, .n_sets = 1};

    for (uint64_t i = 0; i < 1000; i++)
        sets[0].prints[i] = print_of(i + 1);
    sets[0].prints[7] = sought[0].print;
    sets[0].prints[9] = sought[1].print;
    assert_int_equal(DO(harness, request, STORE_KEEP_PRINTS), 0);
    prints = find.prints = request.prints;

    assert_int_equal(DO(harness, find, STORE_FIND_PRINTS), 0);

    for (size_t i = 0; i < 4; i++)
        assert_int_equal(sought[i].known, sought[i].print.low == 1 || sought[i].print.low == UINT64_MAX);
    forget(harness, prints);
}

static void many_runs_are_merged_and_lose_nothing(void **state)
{
    struct harness *harness = *state;
    struct store_prints *prints = NULL;
    uint64_t bytes = 0;
    uint64_t n = 1;

    for (uint64_t i = 0; i < 40; i++) {
        uint64_t length = i % 7 == 3 ? 9000 : 1 + i * 13;

        assert_int_equal(keep(harness, &prints, n, n + length, &bytes), 0);
        n += length;
        assert_int_equal(count_known(harness, prints, 1, n, 1), n - 1);
    }

    assert_int_equal(count_known(harness, prints, n, 5000, 1), 0);
    assert_int_equal(bytes, (n - 1) * sizeof(struct store_print));
    forget(harness, prints);
}

static void what_is_alike_in_two_runs_is_found_once_merged(void **state)
{
    struct harness *harness = *state;
    struct store_prints *prints = NULL;
    uint64_t bytes;

    assert_int_equal(keep(harness, &prints, 1, 1025, &bytes), 0);
    assert_int_equal(keep(harness, &prints, 1, 1025, &bytes), 0);

    assert_int_equal(count_known(harness, prints, 1, 3000, 1), 1024);
    forget(harness, prints);
}

static void run_without_prints_is_none(void **state)
{
    struct harness *harness = *state;
    struct store_prints *prints = NULL;
    uint64_t bytes;

    assert_int_equal(keep(harness, &prints, 1, 1, &bytes), 0);

    assert_int_equal(bytes, 0);
    assert_int_equal(count_known(harness, prints, 1, 10, 1), 0);
    forget(harness, prints);
}

static void file_has_no_name(void **state)
{
    struct harness *harness = *state;
    struct store_prints *prints = NULL;
    uint64_t bytes;
    struct dirent *entry;
    DIR *directory;

    assert_int_equal(keep(harness, &prints, 1, 2000, &bytes), 0);

    directory = opendir(harness->directory);
    assert_non_null(directory);
    while ((entry = readdir(directory)))
        if (entry->d_name[0] != '.' && strncmp(entry->d_name, "urlstat.", 8) != 0)
            fail_msg("%s", entry->d_name);
    closedir(directory);
    forget(harness, prints);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(exactly_those_are_found_that_were_put_aside),
        TEST(least_and_greatest_print_of_each_run_are_found),
        TEST(many_runs_are_merged_and_lose_nothing),
        TEST(what_is_alike_in_two_runs_is_found_once_merged),
        TEST(run_without_prints_is_none),
        TEST(file_has_no_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
