#include "cmocka_words.h"

#include <unicode/ubrk.h>
#include <unicode/ustring.h>

/* How many words ICU finds, in this process as it is. */
static int icu_words(const UChar *text)
{
    UErrorCode status = U_ZERO_ERROR;
    UBreakIterator *iterator = ubrk_open(UBRK_WORD, "", text, -1, &status);
    int n = 0;

    assert_true(U_SUCCESS(status));
    while (ubrk_next(iterator) != UBRK_DONE)
        n += ubrk_getRuleStatus(iterator) >= UBRK_WORD_NUMBER;
    ubrk_close(iterator);
    return n;
}

/* ICU loads its dictionaries when it first meets a script of theirs: this shows that there is something to
 * guard against, and must run first. */
static void icu_alone_divides_a_text_otherwise_when_cold(void **state)
{
    int cold = icu_words(u"\u30FC\u30B8\u30E7\u30F3"), warm;

    (void)icu_words(u"\u6F22");
    warm = icu_words(u"\u30FC\u30B8\u30E7\u30F3");

    if (cold == warm)
        print_message("this ICU divides it alike\n");
    assert_int_equal(warm, 2);
}

static void words_are_those_of_a_warm_process(void **state)
{
    assert_int_equal(words_init(), 0);

    assert_text_counts("\u30FC\u30B8\u30E7\u30F3", "\u30E7\u30F3=1 \u30FC\u30B8=1");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(icu_alone_divides_a_text_otherwise_when_cold),
        cmocka_unit_test(words_are_those_of_a_warm_process),
    };
    const struct CMUnitTest only_words[] = {cmocka_unit_test(words_are_those_of_a_warm_process)};

    /* With an argument, nothing but words_init() has warmed the process. */
    return argc > 1 ? cmocka_run_group_tests(only_words, NULL, NULL)
                    : cmocka_run_group_tests(tests, NULL, NULL);
}
