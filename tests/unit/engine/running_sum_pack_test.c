#include "engine/running_sum_pack.h"

#include "base/cleanup.h"
#include "counts/pack.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include <cmocka.h>

#define HASH_BYTES 8
#define WORDS 3000
#define PAGES 400
#define PAGE_WORDS 30

static const struct running_sum_limits limits = {.n_urls = PAGES, .n_words = WORDS};

static void free_sum(struct running_sum *sum)
{
    while (running_sum_free_some(sum))
        ;
}

static void make_sum(struct running_sum *sum)
{
    *sum = (struct running_sum){.max_bytes = SIZE_MAX};
    assert_int_equal(counts_totals_new(&sum->totals), 0);
}

/* The page of a seq, always the same: of some host, with some words that many pages have and some of few. */
static void add_page(struct running_sum *sum, uint64_t seq)
{
    CLEANUP(buffer_deinit) struct buffer counts = {0};
    struct counts_pair pairs[PAGE_WORDS];
    unsigned seed = (unsigned)seq * 31;
    struct store_page_row row = {.seq = seq};
    char host[32];
    uint32_t id = 0;

    (void)snprintf(host, sizeof(host), "h%u.sum.test", (unsigned)rand_r(&seed) % 9);
    for (size_t i = 0; i < PAGE_WORDS; i++) {
        id += 1 + (uint32_t)rand_r(&seed) % (i < PAGE_WORDS / 2 ? 3 : 180);
        pairs[i] = (struct counts_pair){.id = id, .tokens = 1 + (uint64_t)rand_r(&seed) % 5};
    }
    assert_true(id < WORDS);
    assert_int_equal(counts_pack(pairs, PAGE_WORDS, &counts), 0);
    row.host = host;
    row.counts = counts.bytes;
    row.counts_size = counts.size;
    assert_int_equal(running_sum_add(sum, &row), 0);
}

static void add_pages(struct running_sum *sum, uint64_t first, uint64_t last)
{
    for (uint64_t seq = first; seq <= last; seq++)
        add_page(sum, seq);
}

static void assert_equal_totals(const struct running_sum *a, const struct running_sum *b)
{
    assert_int_equal(counts_totals_pages(a->totals), counts_totals_pages(b->totals));
    assert_int_equal(counts_totals_tokens(a->totals), counts_totals_tokens(b->totals));
    assert_int_equal(counts_totals_distinct(a->totals), counts_totals_distinct(b->totals));
    assert_int_equal(counts_totals_n_ids(a->totals), counts_totals_n_ids(b->totals));
    for (uint32_t id = 0; id < counts_totals_n_ids(a->totals); id++) {
        struct counts_sum x = counts_totals_get(a->totals, id), y = counts_totals_get(b->totals, id);

        assert_int_equal(x.tokens, y.tokens);
        assert_int_equal(x.pages, y.pages);
        assert_int_equal(x.hosts, y.hosts);
    }
}

static void pack(struct running_sum *sum, struct buffer *ret)
{
    *ret = (struct buffer){0};
    assert_int_equal(running_sum_pack(sum, ret), 0);
}

static void unpack(const struct buffer *packed, struct running_sum *ret)
{
    *ret = (struct running_sum){.max_bytes = SIZE_MAX};
    assert_int_equal(running_sum_unpack(ret, packed->bytes, packed->size, &limits), 0);
}

/* Packs it, and takes the unpacked one in its place. */
static void pass_through(struct running_sum *sum)
{
    CLEANUP(buffer_deinit) struct buffer packed = {0};

    pack(sum, &packed);
    free_sum(sum);
    unpack(&packed, sum);
}

static void sum_that_was_packed_goes_on_as_if_it_had_not_been(void **state)
{
    struct running_sum sum, packed;
    unsigned seed = 3;

    make_sum(&sum);
    make_sum(&packed);
    for (size_t i = 0; i < 3 * PAGES; i++) {
        uint64_t seq = 1 + (uint64_t)rand_r(&seed) % PAGES;

        add_page(&sum, seq);
        add_page(&packed, seq);
        if (i % 37 == 0)
            pass_through(&packed);
        if (i % 10 == 0)
            assert_equal_totals(&sum, &packed);
    }
    add_pages(&sum, 1, PAGES);
    add_pages(&packed, 1, PAGES);
    assert_int_equal(counts_totals_pages(packed.totals), PAGES);
    assert_equal_totals(&sum, &packed);
    free_sum(&sum);
    free_sum(&packed);
}

static void equal_sums_are_equal_bytes_again(void **state)
{
    CLEANUP(buffer_deinit) struct buffer first = {0}, second = {0};
    struct running_sum sum;

    make_sum(&sum);
    add_pages(&sum, 5, PAGES);
    pack(&sum, &first);
    free_sum(&sum);
    unpack(&first, &sum);
    pack(&sum, &second);
    assert_int_equal(first.size, second.size);
    assert_memory_equal(first.bytes, second.bytes, first.size);
    free_sum(&sum);
}

static void sum_of_no_page_is_packed_too(void **state)
{
    struct running_sum sum, other;

    make_sum(&sum);
    make_sum(&other);
    pass_through(&sum);
    add_page(&sum, 7);
    add_page(&other, 7);
    assert_equal_totals(&sum, &other);
    free_sum(&sum);
    free_sum(&other);
}

static void sum_is_packed_while_the_pages_of_a_host_come(void **state)
{
    struct running_sum sum, other;

    make_sum(&sum);
    make_sum(&other);
    for (uint64_t seq = 1; seq <= 20; seq++) {
        CLEANUP(buffer_deinit) struct buffer packed = {0};

        add_page(&sum, seq);
        add_page(&other, seq);
        pack(&sum, &packed);
        assert_equal_totals(&sum, &other);
    }
    pass_through(&sum);
    assert_equal_totals(&sum, &other);
    free_sum(&sum);
    free_sum(&other);
}

static int try_unpack(const void *bytes, size_t size, const struct running_sum_limits *of, size_t max_bytes)
{
    /* A copy that ends where it ends, for the sanitizer. */
    CLEANUP(freep) void *copy = malloc(size > 0 ? size : 1);
    struct running_sum sum = {.max_bytes = max_bytes};
    int r;

    assert_non_null(copy);
    memcpy(copy, bytes, size);
    r = running_sum_unpack(&sum, copy, size, of);
    assert_int_equal(sum.max_bytes, max_bytes);
    if (r < 0) {
        assert_null(sum.totals);
        assert_null(sum.hosts);
        assert_int_equal(running_sum_bytes(&sum), 0);
    } else {
        assert_true(counts_totals_n_ids(sum.totals) <= of->n_words);
        assert_true(counts_totals_pages(sum.totals) <= of->n_urls);
    }
    free_sum(&sum);
    return r;
}

static void pack_some(struct buffer *ret)
{
    struct running_sum sum;

    make_sum(&sum);
    add_pages(&sum, 1, 25);
    add_page(&sum, PAGES);
    pack(&sum, ret);
    free_sum(&sum);
}

static void what_was_cut_or_changed_is_refused(void **state)
{
    CLEANUP(buffer_deinit) struct buffer packed = {0};

    pack_some(&packed);
    assert_int_equal(try_unpack(packed.bytes, packed.size, &limits, SIZE_MAX), 0);
    for (size_t size = 0; size < packed.size; size++)
        assert_int_equal(try_unpack(packed.bytes, size, &limits, SIZE_MAX), -EBADMSG);
    for (size_t bit = 0; bit < 8 * packed.size; bit += 5) {
        packed.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(try_unpack(packed.bytes, packed.size, &limits, SIZE_MAX), -EBADMSG);
        packed.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

static void mend_hash(uint8_t *bytes, size_t size)
{
    uint64_t hash = XXH3_64bits(bytes, size - HASH_BYTES);

    for (size_t i = 0; i < HASH_BYTES; i++)
        bytes[size - HASH_BYTES + i] = (uint8_t)(hash >> 8 * i);
}

/* Whatever it says, what comes of it is within the limits. */
static void bytes_that_lie_do_no_harm(void **state)
{
    CLEANUP(buffer_deinit) struct buffer packed = {0};
    CLEANUP(freep) uint8_t *bytes = NULL;
    unsigned seed = 17;
    size_t n_refused = 0;

    pack_some(&packed);
    bytes = malloc(packed.size);
    assert_non_null(bytes);
    for (size_t i = 0; i < 6000; i++) {
        size_t size = i % 4 ? packed.size : HASH_BYTES + (size_t)rand_r(&seed) % (packed.size - HASH_BYTES);
        int r;

        memcpy(bytes, packed.bytes, size);
        for (int j = rand_r(&seed) % 3; j >= 0; j--)
            bytes[(size_t)rand_r(&seed) % size] = (uint8_t)rand_r(&seed);
        mend_hash(bytes, size);
        r = try_unpack(bytes, size, &limits, SIZE_MAX);
        assert_true(r == 0 || r == -EBADMSG);
        n_refused += r < 0;
    }
    assert_true(n_refused > 4500);
}

static void another_form_is_refused(void **state)
{
    CLEANUP(buffer_deinit) struct buffer packed = {0};

    pack_some(&packed);
    packed.bytes[0]++;
    mend_hash(packed.bytes, packed.size);
    assert_int_equal(try_unpack(packed.bytes, packed.size, &limits, SIZE_MAX), -EBADMSG);
}

static void sum_of_another_job_is_refused(void **state)
{
    const struct running_sum_limits fewer_urls = {.n_urls = PAGES - 1, .n_words = WORDS};
    const struct running_sum_limits fewer_words = {.n_urls = PAGES, .n_words = 50};
    CLEANUP(buffer_deinit) struct buffer packed = {0};

    pack_some(&packed);
    assert_int_equal(try_unpack(packed.bytes, packed.size, &fewer_urls, SIZE_MAX), -EBADMSG);
    assert_int_equal(try_unpack(packed.bytes, packed.size, &fewer_words, SIZE_MAX), -EBADMSG);
}

static void what_has_no_room_is_refused(void **state)
{
    CLEANUP(buffer_deinit) struct buffer packed = {0};

    pack_some(&packed);
    assert_int_equal(try_unpack(packed.bytes, packed.size, &limits, 4096), -E2BIG);
}

/* Keys as long as no host has, so that it goes quickly. */
static void what_is_too_large_is_not_packed_and_stays(void **state)
{
    static const uint8_t word[] = {0, 1};
    const size_t length = (size_t)1 << 20;
    CLEANUP(buffer_deinit) struct buffer packed = {0};
    CLEANUP(freep) char *host = malloc(length + 1);
    struct running_sum sum;

    assert_non_null(host);
    memset(host, 'a', length);
    host[length] = '\0';
    make_sum(&sum);
    for (uint64_t seq = 1; seq <= RUNNING_SUM_MAX_PACKED / length; seq++) {
        const struct store_page_row row = {
            .seq = seq, .host = host, .counts = word, .counts_size = sizeof(word)};

        host[0] = (char)seq;
        assert_int_equal(running_sum_add(&sum, &row), 0);
    }
    assert_int_equal(running_sum_pack(&sum, &packed), -E2BIG);
    add_page(&sum, PAGES);
    assert_int_equal(counts_totals_pages(sum.totals), RUNNING_SUM_MAX_PACKED / length + 1);
    free_sum(&sum);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sum_that_was_packed_goes_on_as_if_it_had_not_been),
        cmocka_unit_test(equal_sums_are_equal_bytes_again),
        cmocka_unit_test(sum_of_no_page_is_packed_too),
        cmocka_unit_test(sum_is_packed_while_the_pages_of_a_host_come),
        cmocka_unit_test(what_was_cut_or_changed_is_refused),
        cmocka_unit_test(bytes_that_lie_do_no_harm),
        cmocka_unit_test(another_form_is_refused),
        cmocka_unit_test(sum_of_another_job_is_refused),
        cmocka_unit_test(what_has_no_room_is_refused),
        cmocka_unit_test(what_is_too_large_is_not_packed_and_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
