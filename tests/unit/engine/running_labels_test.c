#include "engine/running_labels.h"

#include "counts/pack.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HOSTS 5
#define LABELS 4
#define WORDS 900
#define PAGES 600
#define PAGE_WORDS 60

/* What should be there, of each label; and which hosts have a word under it. */
struct fixture {
    struct running_labels labels;
    struct counts_mixed words[LABELS][WORDS];
    bool seen[LABELS][HOSTS][WORDS];
    uint64_t pages[LABELS], tokens[LABELS];
    uint64_t seq;
    unsigned seed;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    assert_non_null(fixture);
    fixture->seed = 3;
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    while (running_labels_free_some(&fixture->labels))
        ;
    free(fixture);
    return 0;
}

static size_t random_words(struct fixture *fixture, struct counts_pair *pairs)
{
    size_t n = 0;

    for (uint32_t id = (uint32_t)rand_r(&fixture->seed) % 20; id < WORDS && n < PAGE_WORDS;
         id += 1 + (uint32_t)rand_r(&fixture->seed) % 30)
        pairs[n++] =
            (struct counts_pair){.id = id, .tokens = 1 + (uint64_t)rand_r(&fixture->seed) % (n % 7 ? 2 : 90)};
    return n;
}

static void expect(
    struct fixture *fixture, size_t host, size_t label, const struct counts_pair *pairs, size_t n)
{
    fixture->pages[label]++;
    for (size_t i = 0; i < n; i++) {
        struct counts_mixed *word = &fixture->words[label][pairs[i].id];

        fixture->tokens[label] += pairs[i].tokens;
        word->tokens += pairs[i].tokens;
        word->pages++;
        word->hosts += !fixture->seen[label][host][pairs[i].id];
        fixture->seen[label][host][pairs[i].id] = true;
    }
}

static void add_page(struct fixture *fixture, size_t host, size_t label)
{
    static const char *const names[LABELS] = {NULL, "", "blue", "red"};
    struct counts_pair pairs[PAGE_WORDS];
    struct buffer packed = {0};
    size_t n = random_words(fixture, pairs);
    char key[32];
    struct store_page_row row = {.seq = ++fixture->seq, .host = key, .label = names[label]};

    (void)snprintf(key, sizeof(key), "h%zu.test", host);
    expect(fixture, host, label, pairs, n);
    assert_int_equal(counts_pack(pairs, n, &packed), 0);
    row.counts = packed.bytes;
    row.counts_size = packed.size;
    assert_int_equal(running_labels_add(&fixture->labels, &row), 0);
    /* Twice is once. */
    assert_int_equal(running_labels_add(&fixture->labels, &row), 0);
    buffer_deinit(&packed);
}

static void assert_exact(struct fixture *fixture)
{
    size_t n_groups = 0;

    assert_int_equal(running_labels_settle(&fixture->labels), 0);
    for (size_t label = 0; label < LABELS; label++) {
        const struct counts_cell *cell;
        size_t n = 0, expected = 0;

        if (fixture->pages[label] == 0)
            continue;
        assert_true(n_groups < fixture->labels.groups.n);
        cell = &fixture->labels.groups.items[n_groups++]->words;
        assert_int_equal(cell->pages, fixture->pages[label]);
        assert_int_equal(cell->tokens, fixture->tokens[label]);
        for (int ones = 0; ones < 2; ones++) {
            struct counts_cell_reader reader;
            struct counts_mixed word;

            counts_cell_read(&reader, cell, ones);
            for (; counts_cell_next(&reader, &word); n++) {
                assert_int_equal(word.tokens, fixture->words[label][word.id].tokens);
                assert_int_equal(word.pages, fixture->words[label][word.id].pages);
                assert_int_equal(word.hosts, fixture->words[label][word.id].hosts);
            }
        }
        for (size_t id = 0; id < WORDS; id++)
            expected += fixture->words[label][id].pages > 0;
        assert_int_equal(n, expected);
        assert_int_equal(cell->distinct, expected);
    }
    assert_int_equal(fixture->labels.groups.n, n_groups);
}

/* Host by host, as a scan gives them; then in any order, as they become durable. */
static void add_all(struct fixture *fixture)
{
    for (size_t i = 0; i < PAGES / 2; i++)
        add_page(fixture, i * HOSTS * 2 / PAGES, (size_t)rand_r(&fixture->seed) % LABELS);
    assert_exact(fixture);
    for (size_t i = 0; i < PAGES / 2; i++) {
        add_page(fixture, (size_t)rand_r(&fixture->seed) % HOSTS, (size_t)rand_r(&fixture->seed) % LABELS);
        if (i % 50 == 0)
            assert_exact(fixture);
    }
    assert_exact(fixture);
}

static void small_labels_are_summed_up_in_runs(void **state)
{
    add_all(*state);
}

static void large_labels_are_summed_up_in_arrays(void **state)
{
    struct fixture *fixture = *state;

    fixture->labels.min_words = 100;
    fixture->labels.max_totals_bytes = SIZE_MAX;
    add_all(fixture);
}

static void labels_whose_arrays_would_take_too_much_are_packed_now_and_then(void **state)
{
    struct fixture *fixture = *state;

    fixture->labels.min_words = 100;
    fixture->labels.max_totals_bytes = 1;
    add_all(fixture);
}

/* A large host's pages come in several parts. */
static void pages_of_one_host_may_come_in_parts(void **state)
{
    struct fixture *fixture = *state;

    fixture->labels.min_words = 100;
    fixture->labels.max_totals_bytes = SIZE_MAX;
    fixture->labels.max_waiting_bytes = 1000;
    add_all(fixture);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(small_labels_are_summed_up_in_runs),
        TEST(large_labels_are_summed_up_in_arrays),
        TEST(labels_whose_arrays_would_take_too_much_are_packed_now_and_then),
        TEST(pages_of_one_host_may_come_in_parts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
