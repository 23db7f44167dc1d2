#include "cmocka_words.h"
#include "words/title.h"

static const char *title_of(const char *text, size_t step)
{
    static struct title title;
    size_t size = strlen(text);

    title_begin(&title);
    for (size_t at = 0; at < size; at += step)
        title_append(&title, (const uint8_t *)text + at, size - at < step ? size - at : step);
    title_finish(&title);
    return title.text;
}

static void white_space_is_collapsed(void **state)
{
    assert_string_equal(title_of(" \n a \t b\r\nc  ", 100), "a b c");
    assert_string_equal(title_of(" \n a \t b\r\nc  ", 1), "a b c");
    assert_string_equal(title_of("  ", 1), "");
}

static void long_title_is_cut_at_a_character(void **state)
{
    char text[WORDS_MAX_TITLE + 16];

    memset(text, 'a', sizeof(text));
    memcpy(text + WORDS_MAX_TITLE - 1, "\u00E9z", 4);
    assert_int_equal(strlen(title_of(text, sizeof(text))), WORDS_MAX_TITLE - 1);

    memcpy(text + WORDS_MAX_TITLE - 2, "\u00E9z", 4);
    assert_int_equal(strlen(title_of(text, sizeof(text))), WORDS_MAX_TITLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(white_space_is_collapsed),
        cmocka_unit_test(long_title_is_cut_at_a_character),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
