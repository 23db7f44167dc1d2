#include "cmocka_words.h"
#include "words/key_hash.h"

static void part_of_a_unit_is_filled_up_with_zeros(void **state)
{
    static const uint8_t bytes[KEY_UNIT] = "abcdefghijklmnop";

    for (size_t length = 0; length <= KEY_UNIT; length++) {
        uint8_t filled[KEY_UNIT] = {0};

        memcpy(filled, bytes, length);
        assert_true(key_unit_is_same(key_unit_load_part(bytes, length), key_unit_load(filled)));
    }
}

static void hash_of_a_word_is_that_of_its_units(void **state)
{
    static const uint8_t key[3 * KEY_UNIT] = "abcdefghijklmnopqrstuvwxyz0123456789";

    for (uint32_t length = 1; length <= 36; length++) {
        uint8_t filled[3 * KEY_UNIT] = {0};
        uint64_t hash = key_hash_begin(length);

        memcpy(filled, key, length);
        for (size_t i = 0; i < key_units(length); i++)
            hash = key_hash_add(hash, key_unit_load(filled + i * KEY_UNIT));
        assert_int_equal(words_hash((const char *)key, length), key_hash_end(hash));
    }
}

static void hash_depends_on_the_secret(void **state)
{
    uint32_t before = words_hash("word", 4);
    struct key_unit secret = key_secret;

    key_secret = (struct key_unit){.low = ~secret.low, .high = secret.high};
    assert_int_not_equal(words_hash("word", 4), before);
    key_secret = secret;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(part_of_a_unit_is_filled_up_with_zeros),
        cmocka_unit_test(hash_of_a_word_is_that_of_its_units),
        cmocka_unit_test(hash_depends_on_the_secret),
    };

    key_hash_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
