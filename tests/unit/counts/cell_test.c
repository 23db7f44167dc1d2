#include "cmocka_counts.h"
#include "counts/cell.h"
#include "counts/pack.h"
#include "counts/runs.h"

#define IDS 30000
#define WORDS 2000

struct fixture {
    struct counts_mixed words[IDS]; /* what the mix should have */
    struct counts_mix *mix;
    unsigned seed;
};

/* Few of most, and now and then more than fits a byte. */
static uint32_t random_number(struct fixture *fixture)
{
    unsigned kind = (unsigned)rand_r(&fixture->seed) % 20;

    return 1 + (uint32_t)rand_r(&fixture->seed) % (kind == 0 ? 100000 : kind < 8 ? 20 : 2);
}

static void forget(struct fixture *fixture)
{
    memset(fixture->words, 0, sizeof(fixture->words));
}

static void add_random(struct fixture *fixture)
{
    for (size_t i = 0; i < WORDS; i++) {
        struct counts_mixed word = {.id = (uint32_t)rand_r(&fixture->seed) % IDS};
        struct counts_mixed *known = &fixture->words[word.id];

        word.hosts = random_number(fixture);
        word.pages = word.hosts + random_number(fixture) - 1;
        word.tokens = (uint64_t)word.pages + random_number(fixture) - 1;
        if (rand_r(&fixture->seed) % 100 == 0)
            word.tokens += UINT64_C(1) << 40;
        assert_int_equal(counts_mix_reserve(fixture->mix, word.id, 1), 0);
        counts_mix_add(fixture->mix, &word);
        known->tokens += word.tokens;
        known->pages += word.pages;
        known->hosts += word.hosts;
    }
}

static size_t check_words(const struct fixture *fixture, const struct counts_cell *cell, bool ones)
{
    struct counts_cell_reader reader;
    struct counts_mixed word;
    uint64_t before = 0;
    size_t n = 0;

    counts_cell_read(&reader, cell, ones);
    for (; counts_cell_next(&reader, &word); n++) {
        const struct counts_mixed *known = &fixture->words[word.id];

        assert_true(n == 0 || word.id > before);
        before = word.id;
        assert_int_equal(word.tokens == 1, ones);
        assert_int_equal(word.tokens, known->tokens);
        assert_int_equal(word.pages, known->pages);
        assert_int_equal(word.hosts, cell->has_hosts ? known->hosts : 1);
    }
    return n;
}

static void assert_cell(const struct fixture *fixture, const struct counts_cell *cell)
{
    size_t n = 0;

    for (size_t id = 0; id < IDS; id++)
        n += fixture->words[id].pages > 0;
    assert_int_equal(cell->distinct, n);
    assert_int_equal(check_words(fixture, cell, false) + check_words(fixture, cell, true), n);
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    assert_non_null(fixture);
    fixture->seed = 5;
    assert_int_equal(counts_mix_new(&fixture->mix), 0);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    counts_mix_free(fixture->mix);
    free(fixture);
    return 0;
}

static void words_come_out_of_a_cell_as_they_went_in(void **state)
{
    struct fixture *fixture = *state;
    struct counts_cell cells[2] = {{0}, {.has_hosts = true}};

    for (size_t i = 0; i < 2; i++) {
        forget(fixture);
        for (size_t round = 0; round < 4; round++) {
            assert_int_equal(counts_cell_mix(&cells[i], fixture->mix), 0);
            /* Without hosts, each word has one: the mix is told so by the cell. */
            add_random(fixture);
            assert_int_equal(counts_cell_store(&cells[i], fixture->mix), 0);
            assert_cell(fixture, &cells[i]);
        }
        counts_cell_deinit(&cells[i]);
    }
}

static void empty_mix_makes_an_empty_cell(void **state)
{
    struct fixture *fixture = *state;
    struct counts_cell cell = {0};

    assert_cell(fixture, &cell);
    assert_int_equal(counts_cell_store(&cell, fixture->mix), 0);
    assert_cell(fixture, &cell);
    counts_cell_deinit(&cell);
}

static void words_of_one_token_take_few_bytes(void **state)
{
    struct fixture *fixture = *state;
    struct counts_cell cell = {0};

    assert_int_equal(counts_mix_reserve(fixture->mix, IDS, WORDS), 0);
    for (uint32_t i = 0; i < WORDS; i++)
        counts_mix_add(
            fixture->mix, &(struct counts_mixed){.id = 10 * i, .tokens = 1 + i % 2, .pages = 1, .hosts = 1});
    assert_int_equal(counts_cell_store(&cell, fixture->mix), 0);
    assert_in_range(cell.size, WORDS + WORDS / 2, WORDS + WORDS / 2 + 1);
    assert_int_equal(cell.size - cell.ones, WORDS / 2);
    counts_cell_deinit(&cell);
}

/* Some words of a host, new to it or not. */
static void add_run(struct fixture *fixture, struct counts_runs *runs)
{
    static uint8_t is_new[WORDS];
    size_t n = 0;

    for (uint32_t id = (uint32_t)rand_r(&fixture->seed) % 100; id < IDS && n < WORDS;
         id += 1 + (uint32_t)rand_r(&fixture->seed) % 300) {
        struct counts_mixed word = {.id = id, .pages = random_number(fixture)};

        word.tokens = (uint64_t)word.pages + random_number(fixture) - 1;
        is_new[n] = fixture->words[id].pages == 0 || rand_r(&fixture->seed) % 2;
        assert_int_equal(counts_mix_reserve(fixture->mix, id, 1), 0);
        counts_mix_add(fixture->mix, &word);
        fixture->words[id].tokens += word.tokens;
        fixture->words[id].pages += word.pages;
        fixture->words[id].hosts += is_new[n++];
    }
    assert_int_equal(counts_runs_add(runs, fixture->mix, is_new), 0);
}

static void runs_add_up(void **state)
{
    struct fixture *fixture = *state;
    struct counts_runs runs = {0};
    struct counts_cell cell = {.has_hosts = true};

    for (size_t round = 0; round < 3; round++) {
        for (size_t i = 0; i < 10; i++)
            add_run(fixture, &runs);
        assert_int_equal(counts_cell_mix(&cell, fixture->mix), 0);
        assert_int_equal(counts_runs_mix(&runs, fixture->mix), 0);
        assert_int_equal(runs.n, 0);
        assert_int_equal(counts_cell_store(&cell, fixture->mix), 0);
        assert_cell(fixture, &cell);
    }
    counts_runs_deinit(&runs);
    counts_cell_deinit(&cell);
}

static void page_that_is_damaged_adds_nothing(void **state)
{
    struct fixture *fixture = *state;
    const uint8_t damaged[] = {5, 1, 0, 1};
    const uint32_t *ids;
    uint64_t tokens;
    size_t n;

    assert_int_equal(counts_mix_add_page(fixture->mix, damaged, sizeof(damaged), &tokens), -EBADMSG);
    counts_mix_ids(fixture->mix, &ids, &n);
    assert_int_equal(n, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(words_come_out_of_a_cell_as_they_went_in),
        TEST(empty_mix_makes_an_empty_cell),
        TEST(words_of_one_token_take_few_bytes),
        TEST(runs_add_up),
        TEST(page_that_is_damaged_adds_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
