#include "cmocka_words.h"
#include "words/encoding.h"

static const char *name_of(const char *label)
{
    const struct encoding *encoding = encoding_from_label(label, strlen(label));

    return encoding ? encoding->name : NULL;
}

static void labels_mean_what_the_standard_says(void **state)
{
    assert_string_equal(name_of("UTF8"), "utf-8");
    assert_string_equal(name_of("iso-8859-1"), "windows-1252");
    assert_string_equal(name_of("ascii"), "windows-1252");
    assert_string_equal(name_of("iso-8859-9"), "windows-1254");
    assert_string_equal(name_of("koi8-r"), "koi8-r");
    assert_string_equal(name_of("koi8-ru"), "koi8-u");
    assert_string_equal(name_of("gb2312"), "gbk");
    assert_string_equal(name_of("sjis"), "shift_jis");
    assert_string_equal(name_of("ks_c_5601-1987"), "euc-kr");
    assert_string_equal(name_of("unicode"), "utf-16le");
    assert_string_equal(name_of("tis-620"), "windows-874");
    assert_string_equal(name_of("hz-gb-2312"), "replacement");
}

static void white_space_and_case_do_not_matter(void **state)
{
    assert_string_equal(name_of(" \t\r\n\fWindows-1251 "), "windows-1251");
    assert_null(name_of("\vutf-8"));
}

static void unknown_labels_have_no_encoding(void **state)
{
    assert_null(name_of(""));
    assert_null(name_of("utf-7"));
    assert_null(name_of("utf-88"));
    assert_null(name_of("a label that is much longer than any label of the standard is"));
    assert_null(encoding_from_label("utf-8\0", 6));
}

static void every_name_is_a_label_of_itself(void **state)
{
    static const char *const names[] = {"utf-8", "ibm866", "iso-8859-2", "iso-8859-16", "windows-1258",
        "x-mac-cyrillic", "gb18030", "big5", "euc-jp", "iso-2022-jp", "shift_jis", "euc-kr", "utf-16be",
        "utf-16le", "x-user-defined", "replacement"};

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        assert_string_equal(name_of(names[i]), names[i]);
}

static void icu_has_every_converter(void **state)
{
    assert_int_equal(encoding_init(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_mean_what_the_standard_says),
        cmocka_unit_test(white_space_and_case_do_not_matter),
        cmocka_unit_test(unknown_labels_have_no_encoding),
        cmocka_unit_test(every_name_is_a_label_of_itself),
        cmocka_unit_test(icu_has_every_converter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
