#include "harness.h"

#include "store/hash.h"
#include "store/seqs.h"
#include "store/word_log.h"
#include <errno.h>
#include <string.h>

static const uint64_t some_seqs[] = {1, 2, 3, 130, 131, 20000, 20001, UINT64_C(1) << 40, INT64_MAX};
#define N_SEQS (sizeof(some_seqs) / sizeof(some_seqs[0]))

static void seqs_come_back_as_they_were(void **state)
{
    struct buffer bytes = {0};
    struct seqs_reader reader;
    uint64_t last = 0, seq = 0;

    for (size_t i = 0; i < N_SEQS; i++)
        assert_int_equal(seqs_append(&bytes, &last, some_seqs[i]), 0);
    reader = (struct seqs_reader){bytes.bytes, bytes.bytes + bytes.size, 0};

    for (size_t i = 0; i < N_SEQS; i++) {
        assert_int_equal(seqs_next(&reader, &seq), 1);
        assert_int_equal(seq, some_seqs[i]);
    }
    assert_int_equal(seqs_next(&reader, &seq), 0);
    buffer_deinit(&bytes);
}

static void damaged_seqs_are_refused(void **state)
{
    static const struct {
        uint8_t bytes[12];
        size_t size;
    } cases[] = {
        {{0x80}, 1},
        {{0x00}, 1},
        {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}, 12},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct seqs_reader reader = {cases[i].bytes, cases[i].bytes + cases[i].size, 0};
        uint64_t seq;

        assert_int_equal(seqs_next(&reader, &seq), -EUCLEAN);
    }
}

static void words_come_back_as_they_were(void **state)
{
    static const char long_word[300] = "a word of three hundred bytes, most of which are zero";
    struct buffer block = {0};
    struct word_log_reader reader;
    const char *text;
    uint32_t length;

    assert_int_equal(word_log_append(&block, "the", 3), 0);
    assert_int_equal(word_log_append(&block, "", 0), 0);
    assert_int_equal(word_log_append(&block, long_word, sizeof(long_word)), 0);
    reader = (struct word_log_reader){block.bytes, block.bytes + block.size};

    assert_int_equal(word_log_next(&reader, &text, &length), 1);
    assert_int_equal(length, 3);
    assert_memory_equal(text, "the", 3);
    assert_int_equal(word_log_next(&reader, &text, &length), 1);
    assert_int_equal(length, 0);
    assert_int_equal(word_log_next(&reader, &text, &length), 1);
    assert_int_equal(length, sizeof(long_word));
    assert_memory_equal(text, long_word, sizeof(long_word));
    assert_int_equal(word_log_next(&reader, &text, &length), 0);
    buffer_deinit(&block);
}

static void damaged_words_are_refused(void **state)
{
    static const struct {
        uint8_t bytes[8];
        size_t size;
    } cases[] = {
        {{0x03, 't', 'h'}, 3},
        {{0x80}, 1},
        {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}, 7},
        {{0xff, 0xff, 0xff, 0xff, 0x0f, 'x'}, 6},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct word_log_reader reader = {cases[i].bytes, cases[i].bytes + cases[i].size};
        const char *text;
        uint32_t length;

        assert_int_equal(word_log_next(&reader, &text, &length), -EUCLEAN);
    }
}

static void hash_depends_on_key_length_and_every_byte(void **state)
{
    struct hash_key key = {1, 2};
    struct hash_key other = {1, 3};
    char text[24] = "twenty-four bytes of tex";
    uint64_t whole = hash_bytes(&key, text, sizeof(text));

    assert_int_equal(hash_bytes(&key, text, sizeof(text)), whole);
    assert_int_not_equal(hash_bytes(&other, text, sizeof(text)), whole);
    for (size_t i = 0; i < sizeof(text); i++) {
        assert_int_not_equal(hash_bytes(&key, text, i), whole);
        text[i] ^= 1;
        assert_int_not_equal(hash_bytes(&key, text, sizeof(text)), whole);
        text[i] ^= 1;
    }
}

/* As another implementation of the same function gives them: CPython 3.11, hash(bytes) with PYTHONHASHSEED=0.
 */
static void hash_is_siphash_1_3(void **state)
{
    struct hash_key key = {0, 0};

    assert_true(hash_bytes(&key, "a", 1) == UINT64_C(0x407448d2b89b1813));
    assert_true(hash_bytes(&key, "ab", 2) == UINT64_C(0x555508cbc6add439));
    assert_true(hash_bytes(&key, "abc", 3) == UINT64_C(0xc03bc3a0042630f2));
    assert_true(hash_bytes(&key, "abcd", 4) == UINT64_C(0xe3d1d5fdd52aae89));
    assert_true(hash_bytes(&key, "abcde", 5) == UINT64_C(0x251f3c725bd784a2));
    assert_true(hash_bytes(&key, "abcdef", 6) == UINT64_C(0x62207e654289df28));
    assert_true(hash_bytes(&key, "abcdefg", 7) == UINT64_C(0x6db12aae9070f506));
    assert_true(hash_bytes(&key, "abcdefgh", 8) == UINT64_C(0x3f7b849c0b8e35ea));
    assert_true(hash_bytes(&key, "twenty-four bytes of tex", 24) == UINT64_C(0xb99c70c105baf973));
}

static void partition_is_fixed_for_ever(void **state)
{
    /* FNV-1a's published values of "" and "a", mod 4096. */
    assert_int_equal(store_partition(""), UINT64_C(0xcbf29ce484222325) % STORE_PARTITIONS);
    assert_int_equal(store_partition("a"), UINT64_C(0xaf63dc4c8601ec8c) % STORE_PARTITIONS);
}

static void states_have_names_that_lead_back(void **state)
{
    enum store_job_state found;

    for (int i = 0; i < N_JOB_STATES; i++) {
        assert_int_equal(
            store_job_state_from_string(store_job_state_to_string((enum store_job_state)i), &found), 0);
        assert_int_equal(found, i);
    }
    assert_int_equal(store_job_state_from_string("open", &found), -EINVAL);
    assert_null(store_job_state_to_string((enum store_job_state)100));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seqs_come_back_as_they_were),
        cmocka_unit_test(damaged_seqs_are_refused),
        cmocka_unit_test(words_come_back_as_they_were),
        cmocka_unit_test(damaged_words_are_refused),
        cmocka_unit_test(hash_depends_on_key_length_and_every_byte),
        cmocka_unit_test(hash_is_siphash_1_3),
        cmocka_unit_test(partition_is_fixed_for_ever),
        cmocka_unit_test(states_have_names_that_lead_back),
    };

    return cmocka_run_group_tests_name("store codec", tests, NULL, NULL);
}
