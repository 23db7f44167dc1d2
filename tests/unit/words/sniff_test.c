#include "cmocka_words.h"
#include "words/sniff.h"

static struct sniff sniffed(enum words_type type, const char *label, const void *bytes, size_t size)
{
    struct sniff result;

    assert_int_equal(sniff(type, label, bytes, size, true, &result), 1);
    return result;
}

static void assert_sniffed(enum words_type type, const char *label, const void *bytes, size_t size,
    const char *name, enum words_charset_from from)
{
    struct sniff result = sniffed(type, label, bytes, size);

    assert_string_equal(result.encoding->name, name);
    assert_int_equal(result.from, from);
}
#define ASSERT_SNIFFED(type, label, bytes, name, from)                                                       \
    assert_sniffed(type, label, bytes, sizeof(bytes) - 1, name, from)

static void byte_order_mark_goes_before_all(void **state)
{
    ASSERT_SNIFFED(WORDS_TEXT, "koi8-r", "\xEF\xBB\xBFz", "utf-8", WORDS_CHARSET_BOM);
    ASSERT_SNIFFED(WORDS_TEXT, "koi8-r", "\xFF\xFEz\0", "utf-16le", WORDS_CHARSET_BOM);
    ASSERT_SNIFFED(WORDS_HTML, NULL, "\xFE\xFF\0z", "utf-16be", WORDS_CHARSET_BOM);
    assert_int_equal(sniffed(WORDS_TEXT, NULL, "\xEF\xBB\xBFz", 4).mark_size, 3);
    assert_int_equal(sniffed(WORDS_TEXT, NULL, "\xEF\xBB", 2).mark_size, 0);
}

static void header_goes_before_meta(void **state)
{
    ASSERT_SNIFFED(WORDS_HTML, "koi8-r", "<meta charset=utf-8>", "koi8-r", WORDS_CHARSET_HEADER);
    ASSERT_SNIFFED(WORDS_HTML, "nonsense", "<meta charset=big5>", "big5", WORDS_CHARSET_META);
}

static void meta_goes_before_valid_utf8_and_only_in_html(void **state)
{
    ASSERT_SNIFFED(WORDS_HTML, NULL, "<meta charset=koi8-r>\u00E9", "koi8-r", WORDS_CHARSET_META);
    ASSERT_SNIFFED(WORDS_TEXT, NULL, "<meta charset=koi8-r>\u00E9", "utf-8", WORDS_CHARSET_UTF8);
}

static void what_is_no_utf8_is_detected(void **state)
{
    static const char russian[] =
        "\xFD\xF2\xEE \xF0\xF3\xF1\xF1\xEA\xE8\xE9 \xF2\xE5\xEA\xF1\xF2, \xED\xE0\xEF\xE8\xF1"
        "\xE0\xED\xED\xFB\xE9 \xE4\xEB\xFF \xEF\xF0\xEE\xE2\xE5\xF0\xEA\xE8 \xEA\xEE\xE4\xE8"
        "\xF0\xEE\xE2\xEA\xE8, \xE8 \xE2 \xED\xB8\xEC \xEC\xED\xEE\xE3\xEE \xF1\xEB\xEE\xE2";

    ASSERT_SNIFFED(WORDS_TEXT, NULL, russian, "windows-1251", WORDS_CHARSET_DETECTED);
}

static void character_that_the_window_cuts_is_valid(void **state)
{
    char *bytes = malloc(SNIFF_MAX + 2);
    struct sniff result;

    assert_non_null(bytes);
    memset(bytes, 'a', SNIFF_MAX - 1);
    memcpy(bytes + SNIFF_MAX - 1, "\u00E9", 3);

    assert_int_equal(sniff(WORDS_TEXT, NULL, (uint8_t *)bytes, SNIFF_MAX, false, &result), 1);
    assert_int_equal(result.from, WORDS_CHARSET_UTF8);
    assert_int_equal(sniff(WORDS_TEXT, NULL, (uint8_t *)bytes, SNIFF_MAX + 1, true, &result), 1);
    assert_int_equal(result.from, WORDS_CHARSET_UTF8);
    assert_int_equal(sniff(WORDS_TEXT, NULL, (uint8_t *)bytes, SNIFF_MAX, true, &result), 1);
    assert_int_equal(result.from, WORDS_CHARSET_DETECTED);
    free(bytes);
}

static void waits_until_the_bytes_suffice(void **state)
{
    uint8_t *bytes = calloc(1, SNIFF_MAX);
    struct sniff result;

    assert_non_null(bytes);
    memset(bytes, ' ', SNIFF_MAX);

    assert_int_equal(sniff(WORDS_TEXT, "utf-8", bytes, 2, false, &result), 0);
    assert_int_equal(sniff(WORDS_TEXT, "utf-8", bytes, 3, false, &result), 1);
    assert_int_equal(sniff(WORDS_AUTO, "utf-8", bytes, SNIFF_MAX_TYPE - 1, false, &result), 0);
    assert_int_equal(sniff(WORDS_AUTO, "utf-8", bytes, SNIFF_MAX_TYPE, false, &result), 1);
    assert_int_equal(sniff(WORDS_HTML, NULL, bytes, SNIFF_MAX - 1, false, &result), 0);
    assert_int_equal(sniff(WORDS_HTML, NULL, bytes, SNIFF_MAX, false, &result), 1);
    free(bytes);
}

static void assert_prescan(const char *html, const char *name)
{
    const struct encoding *encoding = sniff_prescan((const uint8_t *)html, strlen(html));

    if (name)
        assert_string_equal(encoding ? encoding->name : "none", name);
    else
        assert_null(encoding);
}

static void prescan_finds_declarations(void **state)
{
    assert_prescan("<!DOCTYPE html><html><head><meta charset='Windows-1251'>", "windows-1251");
    assert_prescan("<META HTTP-EQUIV=Content-Type CONTENT=\"text/html; charset=koi8-r\">", "koi8-r");
    assert_prescan("<meta content='text/html; charset = \"big5\"' http-equiv=content-type />", "big5");
    assert_prescan("<meta name=a content='charset=big5'><meta charset=sjis>", "shift_jis");
    assert_prescan("<!-- <meta charset=big5> --><meta/charset=euc-kr>", "euc-kr");
    assert_prescan("<a title='<meta charset=big5>'><meta charset=gbk>", "gbk");
    assert_prescan("<meta charset=utf-16>", "utf-8");
    assert_prescan("<meta charset=x-user-defined>", "windows-1252");
    assert_prescan("<?xml version='1.0' encoding='iso-8859-2'?><p>", "iso-8859-2");
    assert_prescan("<?xml version='1.0' encoding='iso-8859-2'?><meta charset=big5>", "big5");
}

static void prescan_is_not_misled(void **state)
{
    assert_prescan("", NULL);
    assert_prescan("<", NULL);
    assert_prescan("<meta", NULL);
    assert_prescan("<meta charset", NULL);
    assert_prescan("<meta charset=big5", NULL);
    assert_prescan("<metax charset=big5>", NULL);
    assert_prescan("<meta content=a content='charset=big5' http-equiv=content-type>", NULL);
    assert_prescan("<meta charset=nonsense content='charset=big5' http-equiv=content-type>", NULL);
    assert_prescan("<meta charset=big5 charset=gbk>", "big5");
    assert_prescan("<meta http-equiv=refresh http-equiv=content-type content='charset=big5'>", NULL);
    assert_prescan("<meta content='text/html; charset=big5'>", NULL);
    assert_prescan("<meta http-equiv=refresh content='text/html; charset=big5'>", NULL);
    assert_prescan("<!-- <meta charset=big5>", NULL);
    assert_prescan("<meta charset=nonsense content='charset=big5' http-equiv=content-type>", NULL);
    assert_prescan("<?php <meta charset=big5> ?>", NULL);
}

static enum words_type type_of(const void *bytes, size_t size)
{
    return sniffed(WORDS_AUTO, NULL, bytes, size).type;
}

static void html_is_told_from_text(void **state)
{
    assert_int_equal(type_of(" \n<!doctype HTML>", 17), WORDS_HTML);
    assert_int_equal(type_of("<html lang=en>", 14), WORDS_HTML);
    assert_int_equal(type_of("\xEF\xBB\xBF<p>", 6), WORDS_HTML);
    assert_int_equal(type_of("<!-- x", 6), WORDS_HTML);
    assert_int_equal(type_of("<?xml version", 13), WORDS_HTML);
    assert_int_equal(type_of("\xFF\xFE<\0p\0>\0", 8), WORDS_HTML);
    assert_int_equal(type_of("", 0), WORDS_TEXT);
    assert_int_equal(type_of("text <p>", 8), WORDS_TEXT);
    assert_int_equal(type_of("<pfoo>", 6), WORDS_TEXT);
    assert_int_equal(type_of("< p>", 4), WORDS_TEXT);
}

#define ASSERT_BINARY(label, bytes, binary)                                                                  \
    assert_int_equal(sniff_is_binary(label, (const uint8_t *)(bytes), sizeof(bytes) - 1), binary)

static void what_is_neither_html_nor_text_is_binary(void **state)
{
    ASSERT_BINARY(NULL, "%PDF-1.4\n1 0 obj", true);
    ASSERT_BINARY(NULL, "%!PS-Adobe-3.0", true);
    ASSERT_BINARY(NULL, "\x89PNG\r\n\x1A\n", true);
    ASSERT_BINARY(NULL, "PK\x03\x04", true);
    ASSERT_BINARY(NULL, "GIF89a", true);
    ASSERT_BINARY(NULL, "\xFF\xD8\xFF\xE0", true);
    ASSERT_BINARY(NULL, "\x1F\x8B\x08", true);
    ASSERT_BINARY(NULL, "words\x01", true);
    ASSERT_BINARY(NULL, "<htm\0l>", true);
    ASSERT_BINARY("koi8-r", " <\v", true);

    ASSERT_BINARY(NULL, "", false);
    ASSERT_BINARY(NULL, "%PDF", false);
    ASSERT_BINARY(NULL, "BM and GIF89 are words\t\f\r\n", false);
    ASSERT_BINARY(NULL, "\x1B$B4A;z\x1B(B", false);
    ASSERT_BINARY(NULL, "\xEF\xBB\xBFz\0", false);
    ASSERT_BINARY(NULL, "\xFF\xFEz\0", false);
    ASSERT_BINARY("utf-16be", "\0z", false);
    ASSERT_BINARY(NULL, "\xFD\xF2\xEE", false);
    ASSERT_BINARY(NULL, "<p>\0", false);
    ASSERT_BINARY(NULL, "\n<!--\x01", false);
}

static void binary_byte_counts_among_the_first_alone(void **state)
{
    uint8_t bytes[SNIFF_MAX_TYPE + 1];

    memset(bytes, 'a', sizeof(bytes));
    bytes[SNIFF_MAX_TYPE] = 0;
    assert_false(sniff_is_binary(NULL, bytes, sizeof(bytes)));
    bytes[SNIFF_MAX_TYPE - 1] = 0;
    assert_true(sniff_is_binary(NULL, bytes, sizeof(bytes)));
    assert_false(sniff_is_binary(NULL, bytes, SNIFF_MAX_TYPE - 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(byte_order_mark_goes_before_all),
        cmocka_unit_test(header_goes_before_meta),
        cmocka_unit_test(meta_goes_before_valid_utf8_and_only_in_html),
        cmocka_unit_test(what_is_no_utf8_is_detected),
        cmocka_unit_test(character_that_the_window_cuts_is_valid),
        cmocka_unit_test(waits_until_the_bytes_suffice),
        cmocka_unit_test(prescan_finds_declarations),
        cmocka_unit_test(prescan_is_not_misled),
        cmocka_unit_test(html_is_told_from_text),
        cmocka_unit_test(what_is_neither_html_nor_text_is_binary),
        cmocka_unit_test(binary_byte_counts_among_the_first_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
