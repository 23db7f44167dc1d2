#include "cmocka_words.h"
#include "words/key_hash.h"
#include "words/table.h"

static void add(struct table *table, const char *key)
{
    uint8_t bytes[64] = {0};

    memcpy(bytes, key, strlen(key));
    assert_int_equal(table_add(table, bytes, (uint32_t)strlen(key)), 0);
}

static uint64_t tokens_of(struct table *table, const char *key)
{
    for (const struct table_record *record = NULL; (record = table_next(table, record));)
        if (record->length == strlen(key) && memcmp(record->key, key, strlen(key)) == 0)
            return record->tokens;
    return 0;
}

static void tokens_add_up(void **state)
{
    struct table table = {0};

    add(&table, "a");
    add(&table, "ab");
    add(&table, "a");

    assert_int_equal(tokens_of(&table, "a"), 2);
    assert_int_equal(tokens_of(&table, "ab"), 1);
    assert_int_equal(table.tokens, 3);
    assert_int_equal(table.n_records, 2);
    table_deinit(&table);
}

static void many_words_are_kept_apart(void **state)
{
    struct table table = {0};
    char key[32];

    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 50000; i++) {
            snprintf(key, sizeof(key), "word%d", i);
            add(&table, key);
        }

    assert_int_equal(table.n_records, 50000);
    assert_int_equal(table.tokens, 100000);
    for (const struct table_record *record = NULL; (record = table_next(&table, record));)
        assert_int_equal(record->tokens, 2);
    table_deinit(&table);
}

/* Of one unit, of two, and longer ones; each also by the other way. */
static void plain_words_are_counted_as_others_are(void **state)
{
    static struct plain_words words;
    struct table table = {0};
    char key[64] = "";

    for (uint8_t length = 1; length < 64; length++) {
        words.keys[length - 1] = (uint8_t)('a' + length % 26);
        words.at[words.n] = 0;
        words.length[words.n++] = length;
    }
    /* What follows a word is no part of its key. */
    memset(words.keys + 63, 'x', sizeof(words.keys) - 63);
    assert_int_equal(table_add_plain(&table, &words), 0);
    for (size_t length = 1; length < 64; length++) {
        key[length - 1] = (char)('a' + length % 26);
        add(&table, key);
    }

    assert_int_equal(table.n_records, 63);
    assert_int_equal(table.tokens, 126);
    for (const struct table_record *record = NULL; (record = table_next(&table, record));)
        assert_int_equal(record->tokens, 2);
    table_deinit(&table);
}

static void growing_while_plain_words_come_loses_none(void **state)
{
    static struct plain_words words;
    struct table table = {0};

    words.n = 500;
    for (int round = 0; round < 40; round++) {
        for (size_t i = 0; i < words.n; i++) {
            words.at[i] = (uint16_t)(4 * i);
            words.length[i] = 4;
            words.keys[4 * i] = (uint8_t)('a' + round / 2);
            words.keys[4 * i + 1] = (uint8_t)('a' + i / 100);
            words.keys[4 * i + 2] = (uint8_t)('a' + i / 10 % 10);
            words.keys[4 * i + 3] = (uint8_t)('a' + i % 10);
        }
        assert_int_equal(table_add_plain(&table, &words), 0);
    }

    assert_int_equal(table.n_records, 20 * 500);
    assert_int_equal(table.tokens, 40 * 500);
    for (const struct table_record *record = NULL; (record = table_next(&table, record));)
        assert_int_equal(record->tokens, 2);
    table_deinit(&table);
}

static void cleared_table_is_empty(void **state)
{
    struct table table = {0};

    add(&table, "a");
    add(&table, "waiting");
    table_clear(&table);
    assert_int_equal(table.n_records, 0);
    add(&table, "b");

    assert_int_equal(tokens_of(&table, "a"), 0);
    assert_int_equal(tokens_of(&table, "b"), 1);
    assert_int_equal(table.tokens, 1);
    table_deinit(&table);
}

static void clearing_gives_exceptional_memory_back(void **state)
{
    struct table table = {0};
    char key[32];

    for (int i = 0; i < 50000; i++) {
        snprintf(key, sizeof(key), "word%d", i);
        add(&table, key);
    }
    table_clear(&table);

    assert_int_equal(table.n_slots, 0);
    assert_int_equal(table.arena.capacity, 0);
    table_deinit(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_add_up),
        cmocka_unit_test(many_words_are_kept_apart),
        cmocka_unit_test(plain_words_are_counted_as_others_are),
        cmocka_unit_test(growing_while_plain_words_come_loses_none),
        cmocka_unit_test(cleared_table_is_empty),
        cmocka_unit_test(clearing_gives_exceptional_memory_back),
    };

    key_hash_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
