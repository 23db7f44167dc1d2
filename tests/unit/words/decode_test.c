#include "cmocka_words.h"
#include "words/decode.h"

struct output {
    uint8_t bytes[4096];
    size_t size;
};

static int collect(void *userdata, const uint8_t *utf8, size_t size)
{
    struct output *output = userdata;

    assert_true(output->size + size < sizeof(output->bytes));
    memcpy(output->bytes + output->size, utf8, size);
    output->size += size;
    output->bytes[output->size] = '\0';
    return 0;
}

static uint64_t decode(const char *label, const void *bytes, size_t size, size_t step, struct output *output)
{
    const struct encoding *encoding = encoding_from_label(label, strlen(label));
    struct decoder *decoder;
    uint64_t replaced;

    *output = (struct output){0};
    assert_non_null(encoding);
    assert_int_equal(decoder_new(encoding, collect, output, &decoder), 0);
    for (size_t at = 0; at < size; at += step)
        assert_int_equal(
            decoder_feed(decoder, (const uint8_t *)bytes + at, size - at < step ? size - at : step), 0);
    assert_int_equal(decoder_finish(decoder), 0);
    replaced = decoder_replaced(decoder);
    decoder_free(decoder);
    return replaced;
}

static void assert_decodes(
    const char *label, const void *bytes, size_t size, const char *expected, uint64_t replaced)
{
    for (size_t step = 1; step <= 5; step++) {
        struct output output;

        assert_int_equal(decode(label, bytes, size, step, &output), replaced);
        assert_string_equal((char *)output.bytes, expected);
    }
}
#define ASSERT_DECODES(label, bytes, expected, replaced)                                                     \
    assert_decodes(label, bytes, sizeof(bytes) - 1, expected, replaced)

static void utf8_passes(void **state)
{
    ASSERT_DECODES("utf-8", "a\u00E9\u4E00\U0001F600z", "a\u00E9\u4E00\U0001F600z", 0);
}

static void malformed_utf8_is_replaced_by_maximal_subparts(void **state)
{
    ASSERT_DECODES("utf-8", "a\xC3\x28", "a\uFFFD(", 1);
    ASSERT_DECODES("utf-8", "\xE2\x82", "\uFFFD", 1);
    ASSERT_DECODES("utf-8", "\xF0\x9F\x98z", "\uFFFDz", 1);
    ASSERT_DECODES("utf-8", "\xF0\x80\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD", 4);
    ASSERT_DECODES("utf-8", "\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD", 3);
    ASSERT_DECODES("utf-8", "\xC0\xAF\xFF", "\uFFFD\uFFFD\uFFFD", 3);
    ASSERT_DECODES("utf-8", "\xF4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD", 4);
    ASSERT_DECODES("utf-8", "\xE4\xE4\xB8\x80", "\uFFFD\u4E00", 1);
}

static void utf16_decodes_in_both_orders(void **state)
{
    ASSERT_DECODES("utf-16le", "a\0\x3D\xD8\x00\xDE", "a\U0001F600", 0);
    ASSERT_DECODES("utf-16be", "\0a\xD8\x3D\xDE\x00", "a\U0001F600", 0);
}

static void lone_surrogates_and_odd_bytes_are_replaced(void **state)
{
    ASSERT_DECODES("utf-16le", "\x3D\xD8z\0", "\uFFFDz", 1);
    ASSERT_DECODES("utf-16le", "\x00\xDEz\0", "\uFFFDz", 1);
    ASSERT_DECODES("utf-16le", "z\0q", "z\uFFFD", 1);
    ASSERT_DECODES("utf-16be", "\xD8\x3D\xDE", "\uFFFD", 1);
}

static void single_byte_encodings_follow_the_standards_tables(void **state)
{
    ASSERT_DECODES("latin1", "\x80\x81\x93q\xE9", "\u20AC\xC2\x81\u201Cq\u00E9", 0);
    ASSERT_DECODES("windows-1251", "\xCF\xF0\xE8\x98", "\u041F\u0440\u0438\xC2\x98", 0);
    ASSERT_DECODES("koi8-r", "\xF0\xD2\xC9", "\u041F\u0440\u0438", 0);
    ASSERT_DECODES("koi8-u", "\xAE\xBE\xA4", "\u045E\u040E\u0454", 0);
    ASSERT_DECODES("windows-1253", "\xC1\xD2\xAA", "\u0391\uFFFD\uFFFD", 2);
    ASSERT_DECODES("windows-1255", "\xCA", "\u05BA", 0);
    ASSERT_DECODES("windows-874", "\xA1\xDB", "\u0E01\uFFFD", 1);
    ASSERT_DECODES("iso-8859-16", "\x80\xA1\xAA\xFE", "\xC2\x80\u0104\u0218\u021B", 0);
    ASSERT_DECODES("macintosh", "\xDB\xF0", "\u20AC\uF8FF", 0);
    ASSERT_DECODES("iso-8859-8-i", "\xE0", "\u05D0", 0);
    ASSERT_DECODES("x-user-defined", "a\x80\xFF", "a\uF780\uF7FF", 0);
}

static void multi_byte_encodings_decode(void **state)
{
    ASSERT_DECODES("shift_jis", "\x93\xFA\x96{\xB1", "\u65E5\u672C\uFF71", 0);
    ASSERT_DECODES("euc-jp", "\xC6\xFC\xCB\xDC\x8E\xB1", "\u65E5\u672C\uFF71", 0);
    ASSERT_DECODES("iso-2022-jp", "\x1B$BF|K\\\x1B(Bz", "\u65E5\u672Cz", 0);
    ASSERT_DECODES("gb18030", "\xC4\xE3\x81\x30\x81\x30z", "\u4F60\xC2\x80z", 0);
    ASSERT_DECODES("gbk", "\xC4\xE3", "\u4F60", 0);
    ASSERT_DECODES("big5", "\xA7\x41", "\u4F60", 0);
    ASSERT_DECODES("euc-kr", "\xC7\xD1\x81\x41", "\uD55C\uAC02", 0);
}

static void malformed_multi_byte_text_is_replaced(void **state)
{
    ASSERT_DECODES("shift_jis", "\xFFz", "\uFFFDz", 1);
    ASSERT_DECODES("euc-kr", "\xC7", "\uFFFD", 1);
    ASSERT_DECODES("big5", "\xA7<", "\uFFFD<", 1);
    ASSERT_DECODES("gbk", "\x81\x30\x81!", "\uFFFD0\uFFFD!", 2);
    ASSERT_DECODES("gb18030", "\x81\x30", "\uFFFD", 1);
    ASSERT_DECODES("euc-jp", "\x8F\xA2<", "\uFFFD<", 1);
    ASSERT_DECODES("iso-2022-jp", "\x1B$Az", "\uFFFD$Az", 1);
    ASSERT_DECODES("iso-2022-jp", "\x1B(J\x1B(B", "\uFFFD", 1);
    ASSERT_DECODES("iso-2022-jp", "\x1B$BF\x1B(Bz", "\uFFFDz", 1);
}

static void what_icu_reads_otherwise_is_the_standards(void **state)
{
    ASSERT_DECODES("gbk", "\x80\xA3\xA0\xFE\x59", "\u20AC\u3000\u9FB4", 0);
    ASSERT_DECODES("gb18030", "\x90\x30\x81\x30\x81\x35\xF4\x37", "\U00010000\uE7C7", 0);
    ASSERT_DECODES("big5", "\x88\x62\x88\xA5\x8F\x57", "\u00CA\u0304\u00EA\u030C\u83C1", 0);
    ASSERT_DECODES("shift_jis", "\\~\x7F\x80\xF0\x40", "\\~\x7F\xC2\x80\uE000", 0);
    ASSERT_DECODES("euc-jp", "\x8F\xB0\xA1\xAD\xA1", "\u4E02\u2460", 0);
    ASSERT_DECODES("euc-kr", "\xC9\xA1", "\uFFFD", 1);
    ASSERT_DECODES("iso-2022-jp", "\x1B(J\\~\x1B(I1\x1B(B\\", "\u00A5\u203E\uFF71\\", 0);
}

static void replacement_encoding_gives_one_character(void **state)
{
    ASSERT_DECODES("hz-gb-2312", "any text", "\uFFFD", 1);
    ASSERT_DECODES("iso-2022-kr", "", "", 0);
}

/* One character after the other. */
static size_t valid_by_characters(const uint8_t *bytes, size_t size)
{
    size_t at = 0, length, malformed;

    for (; at < size; at += length) {
        length = decode_utf8_length(bytes + at, size - at, &malformed);
        if (length == 0)
            break;
    }
    return at;
}

static void valid_length_is_the_same_by_blocks_and_by_characters(void **state)
{
    static const char *const pieces[] = {"a", "abcdefgh", "\u00E9", "\u0416\u0416", "\u0800", "\u6F22\u5B57",
        "\uD7FF", "\uE000", "\uFFFD", "\U0001F600", "\xC0\x80", "\xC1", "\xE0\x9F\xBF", "\xED\xA0\x80",
        "\x80", "\xBF", "\xE2\x82", "\xC3", "\xF0\x9F", "\xF5", "\xFF", "\xE1\x80\xC0"};
    uint64_t random = 88172645463325252u;
    uint8_t text[256];

    for (int i = 0; i < 20000; i++) {
        size_t size = 0, at = (size_t)i % 64;

        while (size < 240) {
            const char *piece;

            random = random * 6364136223846793005u + 1442695040888963407u;
            /* Seldom one that is not valid. */
            piece = pieces[(random >> 33) % (random >> 60 ? 10 : sizeof(pieces) / sizeof(*pieces))];
            memcpy(text + size, piece, strlen(piece));
            size += strlen(piece);
        }
        assert_int_equal(decode_utf8_valid(text + at, size - at), valid_by_characters(text + at, size - at));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_passes),
        cmocka_unit_test(malformed_utf8_is_replaced_by_maximal_subparts),
        cmocka_unit_test(utf16_decodes_in_both_orders),
        cmocka_unit_test(lone_surrogates_and_odd_bytes_are_replaced),
        cmocka_unit_test(single_byte_encodings_follow_the_standards_tables),
        cmocka_unit_test(multi_byte_encodings_decode),
        cmocka_unit_test(malformed_multi_byte_text_is_replaced),
        cmocka_unit_test(what_icu_reads_otherwise_is_the_standards),
        cmocka_unit_test(replacement_encoding_gives_one_character),
        cmocka_unit_test(valid_length_is_the_same_by_blocks_and_by_characters),
    };

    return cmocka_run_group_tests(tests, load_words, NULL);
}
