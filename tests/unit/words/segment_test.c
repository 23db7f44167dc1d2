#include "cmocka_words.h"
#include "words/segment.h"
#include "words/utf8.h"

#include <unicode/uchar.h>

#define CONFORMANCE "/usr/share/unicode/auxiliary/WordBreakTest.txt"

/* The words of a text, each followed by "|". */
struct output {
    char text[8192];
    size_t size;
};

static int collect(void *userdata, const uint8_t *word, size_t size)
{
    struct output *output = userdata;

    assert_true(output->size + size + 2 < sizeof(output->text));
    memcpy(output->text + output->size, word, size);
    output->size += size;
    output->text[output->size++] = '|';
    output->text[output->size] = '\0';
    return 0;
}

static int collect_plain(void *userdata, const struct plain_words *words)
{
    for (size_t i = 0; i < words->n; i++)
        (void)collect(userdata, words->text + words->at[i], words->length[i]);
    return 0;
}

static const struct segment_sink collecting = {.word = collect, .plain = collect_plain};

/* In pieces of at least one character. */
static void segment(const char *text, size_t size, size_t step, struct output *output)
{
    struct segmenter *segmenter;
    size_t at = 0;

    *output = (struct output){0};
    assert_int_equal(segmenter_new(&collecting, output, &segmenter), 0);
    while (at < size) {
        size_t end = utf8_cut((const uint8_t *)text, at + step, size);

        if (end == at)
            end = utf8_cut((const uint8_t *)text, at + 4, size);
        assert_int_equal(segmenter_feed(segmenter, text + at, end - at), 0);
        at = end;
    }
    assert_int_equal(segmenter_finish(segmenter), 0);
    segmenter_free(segmenter);
}

static void assert_segments(const char *text, const char *expected)
{
    struct output output;

    segment(text, strlen(text), SIZE_MAX / 2, &output);
    assert_string_equal(output.text, expected);
    segment(text, strlen(text), 1, &output);
    assert_string_equal(output.text, expected);
}

static void words_are_segments_with_letters_or_numbers(void **state)
{
    assert_segments("The quick (\u201Cbrown\u201D) fox can't jump 32.3 feet, right?",
        "The|quick|brown|fox|can't|jump|32.3|feet|right|");
    assert_segments("a_b __ _ 1,5a a.b 'tis", "a_b|__|1,5a|a.b|tis|");
}

static void words_that_do_not_go_on_end_before_their_punctuation(void **state)
{
    assert_segments("a'", "a|");
    assert_segments("a'' b.", "a|b|");
    assert_segments("1,a", "1|a|");
    assert_segments("a'\u0301\u0301 b", "a|b|");
    assert_segments("a'\u0301\u0301b", "a'\u0301\u0301b|");
    assert_segments("\u05D0\"\u05D0 \u05D0\" \u05D0'", "\u05D0\"\u05D0|\u05D0|\u05D0'|");
}

static void text_begins_anew_after_its_end(void **state)
{
    struct output output = {0};
    struct segmenter *segmenter;

    assert_int_equal(segmenter_new(&collecting, &output, &segmenter), 0);
    assert_int_equal(segmenter_feed(segmenter, "foo", 3), 0);
    assert_int_equal(segmenter_finish(segmenter), 0);
    assert_int_equal(segmenter_feed(segmenter, "bar", 3), 0);
    segmenter_begin(segmenter);
    assert_int_equal(segmenter_feed(segmenter, "baz", 3), 0);
    assert_int_equal(segmenter_finish(segmenter), 0);

    assert_string_equal(output.text, "foo|baz|");
    segmenter_free(segmenter);
}

/* A pictograph that is joined to a word makes it none: so says ICU's rule status. */
static bool is_word(const char *segment_begin, const char *segment_end)
{
    int n_underscores = 0;
    bool word = false;
    size_t length;

    for (const char *at = segment_begin; at < segment_end; at += length) {
        UChar32 c = (UChar32)utf8_get((const uint8_t *)at, &length);

        switch (u_getIntPropertyValue(c, UCHAR_WORD_BREAK)) {
        case U_WB_ALETTER:
        case U_WB_HEBREW_LETTER:
        case U_WB_NUMERIC:
        case U_WB_KATAKANA:
            word = true;
            break;
        case U_WB_EXTENDNUMLET:
            n_underscores++;
            break;
        default:
            break;
        }
        if (u_hasBinaryProperty(c, UCHAR_EXTENDED_PICTOGRAPHIC))
            return false;
    }
    return word || n_underscores > 1;
}

/* Reads "÷ 0061 × 0027 × 0061 ÷ # ...": the text, and the words in it as segment() prints them. */
static void read_case(const char *line, char *text, size_t *ret_size, char *words)
{
    const char *segment_begin = text;
    size_t size = 0;

    *words = '\0';
    for (;;) {
        bool ends = strncmp(line, "\u00F7", 2) == 0;
        char *next;
        uint32_t c;

        if (ends && is_word(segment_begin, text + size)) {
            strncat(words, segment_begin, (size_t)(text + size - segment_begin));
            strcat(words, "|");
        }
        if (ends)
            segment_begin = text + size;
        c = (uint32_t)strtoul(line + 2, &next, 16);
        if (next == line + 2 || strspn(line + 2, " ") == strcspn(line + 2, "#"))
            break;
        size += utf8_put((uint8_t *)text + size, c);
        line = next + strspn(next, " ");
        text[size] = '\0';
    }
    *ret_size = size;
}

/* ICU 72 leaves the colon out of MidLetter in its root locale, and ICU wins: the cases of the file in which
 * that shows, and ICU's words. */
static const struct {
    const char *text;
    const char *words;
} colon_cases[] = {
    {"a:A", "a|A|"},
    {"a:\u0308A", "a|A|"},
    {"a:\u05D0", "a|\u05D0|"},
    {"a:\u0308\u05D0", "a|\u05D0|"},
    {"a:a\u2060", "a|a\u2060|"},
    {"a:\u0308a\u2060", "a|a\u2060|"},
    {"a:a:", "a|a|"},
    {"a:\u0308a:", "a|a|"},
    {"a:a'", "a|a|"},
    {"a:\u0308a'", "a|a|"},
    {"a:a'\u2060", "a|a|"},
    {"a:\u0308a'\u2060", "a|a|"},
    {"a:a,", "a|a|"},
    {"a:\u0308a,", "a|a|"},
    {"A:A", "A|A|"},
};
#define N_COLON_CASES (sizeof(colon_cases) / sizeof(*colon_cases))

static const char *colon_case_words(const char *text)
{
    for (size_t i = 0; i < N_COLON_CASES; i++)
        if (strcmp(text, colon_cases[i].text) == 0)
            return colon_cases[i].words;
    return NULL;
}

static void conformance_test_passes_but_for_the_colon(void **state)
{
    FILE *file = fopen(CONFORMANCE, "re");
    char line[4096], text[1024], words[2048];
    size_t n = 0, n_colons = 0;

    if (!file) {
        print_message("SKIP: package unicode-data is not installed\n");
        skip();
    }
    while (fgets(line, sizeof(line), file)) {
        const char *icu_words;
        struct output output;
        size_t size;

        if (line[0] == '#')
            continue;
        n++;
        read_case(line, text, &size, words);
        icu_words = colon_case_words(text);
        if (icu_words) {
            assert_string_not_equal(words, icu_words);
            snprintf(words, sizeof(words), "%s", icu_words);
            n_colons++;
        }
        segment(text, size, SIZE_MAX / 2, &output);
        if (strcmp(output.text, words) != 0)
            print_error("%s", line);
        assert_string_equal(output.text, words);
        segment(text, size, 1, &output);
        assert_string_equal(output.text, words);
    }
    fclose(file);
    assert_int_equal(n_colons, N_COLON_CASES);
    assert_true(n > 1800);
}

static int count_sizes(void *userdata, const uint8_t *word, size_t size)
{
    size_t *sizes = userdata;

    sizes[0]++;
    sizes[1] = size;
    return 0;
}

static int count_plain(void *userdata, const struct plain_words *words)
{
    for (size_t i = 0; i < words->n; i++)
        (void)count_sizes(userdata, words->text + words->at[i], words->length[i]);
    return 0;
}

static const struct segment_sink counting = {.word = count_sizes, .plain = count_plain};

/* Feeds n times the same. */
static void feed_many(struct segmenter *segmenter, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        assert_int_equal(segmenter_feed(segmenter, text, strlen(text)), 0);
}

static void word_without_an_end_is_one_word(void **state)
{
    struct segmenter *segmenter;
    size_t sizes[2] = {0};

    assert_int_equal(segmenter_new(&counting, sizes, &segmenter), 0);
    feed_many(segmenter, "abcdefghij", 100000);
    feed_many(segmenter, "'", 1);
    feed_many(segmenter, "\u0301", 100000);
    feed_many(segmenter, "x\u0301", 100000);
    assert_int_equal(segmenter_finish(segmenter), 0);

    assert_int_equal(sizes[0], 1);
    assert_true(sizes[1] >= 1024);
    segmenter_free(segmenter);
}

static void marks_that_nothing_follows_belong_to_no_word(void **state)
{
    struct segmenter *segmenter;
    size_t sizes[2] = {0};

    assert_int_equal(segmenter_new(&counting, sizes, &segmenter), 0);
    feed_many(segmenter, "a'", 1);
    feed_many(segmenter, "\u0301", 100000);
    feed_many(segmenter, " ", 100000);
    assert_int_equal(segmenter_finish(segmenter), 0);

    assert_int_equal(sizes[0], 1);
    assert_int_equal(sizes[1], 1);
    segmenter_free(segmenter);
}

static void long_runs_for_dictionaries_are_cut_wherever_chunks_end(void **state)
{
    static const char part[] = "\u6F22\u5B57";
    size_t size = 40000 * (sizeof(part) - 1);
    size_t counts[2] = {0};
    char *text = malloc(size);

    assert_non_null(text);
    for (size_t i = 0; i < size; i += sizeof(part) - 1)
        memcpy(text + i, part, sizeof(part) - 1);
    for (int i = 0; i < 2; i++) {
        size_t sizes[2] = {0}, step = i == 0 ? size : 777;
        struct segmenter *segmenter;

        assert_int_equal(segmenter_new(&counting, sizes, &segmenter), 0);
        for (size_t at = 0; at < size; at += step)
            assert_int_equal(segmenter_feed(segmenter, text + at, size - at < step ? size - at : step), 0);
        assert_int_equal(segmenter_finish(segmenter), 0);
        segmenter_free(segmenter);
        counts[i] = sizes[0];
    }
    free(text);

    /* Each cut is in the middle of a word: 65536 bytes are 21845 characters and a third. */
    assert_int_equal(counts[0], 40000 + 2);
    assert_int_equal(counts[1], counts[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_segments_with_letters_or_numbers),
        cmocka_unit_test(words_that_do_not_go_on_end_before_their_punctuation),
        cmocka_unit_test(text_begins_anew_after_its_end),
        cmocka_unit_test(conformance_test_passes_but_for_the_colon),
        cmocka_unit_test(word_without_an_end_is_one_word),
        cmocka_unit_test(marks_that_nothing_follows_belong_to_no_word),
        cmocka_unit_test(long_runs_for_dictionaries_are_cut_wherever_chunks_end),
    };

    return cmocka_run_group_tests(tests, load_words, NULL);
}
