#include "store/word_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define HASH 7
#define MAX_LENGTH 40

static uint32_t same_for_all(const char *text, uint32_t length)
{
    return HASH;
}

static struct word_slot *find(struct word_table *table, const char *text, uint32_t length)
{
    return word_table_find(table, HASH, text, length);
}

static uint32_t add(struct word_table *table, const char *text, uint32_t length)
{
    struct word_slot *slot = find(table, text, length);
    uint32_t id = (uint32_t)table->n;

    assert_false(slot->used);
    assert_int_equal(word_table_fill(table, slot, HASH, text, length, id), 0);
    return id;
}

/* The hash tells none of them from another. */
static void words_are_told_apart_by_each_byte(void **state)
{
    char text[MAX_LENGTH];
    struct word_table table;

    memset(text, 'a', sizeof(text));
    assert_int_equal(word_table_init(&table, same_for_all), 0);
    for (uint32_t length = 1; length <= MAX_LENGTH; length++) {
        uint32_t id = add(&table, text, length);

        for (uint32_t at = 0; at < length; at++) {
            text[at] = 'b';
            assert_false(find(&table, text, length)->used);
            text[at] = 'a';
        }
        assert_true(find(&table, text, length)->used);
        assert_int_equal(find(&table, text, length)->id, id);
        assert_memory_equal(word_slot_text(find(&table, text, length)), text, length);
    }
    word_table_deinit(&table);
}

static void words_are_found_after_the_table_has_grown(void **state)
{
    enum {
        N = 2000
    };
    struct word_table table;

    assert_int_equal(word_table_init(&table, same_for_all), 0);
    for (uint16_t i = 0; i < N; i++)
        assert_int_equal(add(&table, (const char *)&i, sizeof(i)), i);
    for (uint16_t i = 0; i < N; i++)
        assert_int_equal(find(&table, (const char *)&i, sizeof(i))->id, i);
    word_table_deinit(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_told_apart_by_each_byte),
        cmocka_unit_test(words_are_found_after_the_table_has_grown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
