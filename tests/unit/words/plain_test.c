#include "cmocka_words.h"
#include "words/plain.h"
#include "words/plain_block.h"

#define TEXT_SIZE 300
#define N_TEXTS 60

/* What the masks tell apart, first and last characters of ranges, and what is beside them. */
static const char *const pieces[] = {"a", "z", "A", "Z", "the", "Word", "0", "9", "42", "_", "__", " ", "  ",
    "\n", "\r\n", "\t", "\v", "\x7F", "\x01", "'", "\"", ".", ",", ";", ":", "!", "@", "[", "`", "{", "/",
    "\xC2\x80", "\xC2\x85", "\u00A0", "\u00A9", "\u00AA", "\u00AB", "\u00AD", "\u00B5", "\u00B6", "\u00B7",
    "\u00BA", "\u00BB", "\u00BF", "\u00C0", "\u00D6", "\u00D7", "\u00DE", "\u00DF", "\u00F7", "\u00FF",
    "\u0130", "\u0131", "\u017F", "\u01C5", "\u02B0", "\u0300", "\u0345", "\u0386", "\u0391", "\u03A3",
    "\u03A9", "\u03C2", "\u03CE", "\u03D0", "\u0400", "\u0401", "\u0410", "\u042F", "\u0451", "\u0482",
    "\u0483", "\u04C0", "\u0530", "\u0531", "\u0587", "\u05D0", "\u0627", "\u064B", "\u07FF", "\u0800",
    "\u0E01", "\u1E9E", "\u2000", "\u200B", "\u200D", "\u2010", "\u2014", "\u2018", "\u2019", "\u201C",
    "\u201D", "\u2024", "\u2026", "\u2028", "\u203F", "\u2040", "\u2122", "\u3042", "\u6F22", "\uFF21",
    "\uFEFF", "\U0001F600", "\U00010400"};
#define N_PIECES (sizeof(pieces) / sizeof(*pieces))

static uint64_t random_state = 88172645463325252u;

static size_t chance(size_t n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (size_t)(random_state % n);
}

/* Mostly of few different pieces; in every other text, ASCII alone. Returns the size; noise follows. */
static size_t make_text(uint8_t text[TEXT_SIZE + PLAIN_SLACK], bool ascii)
{
    size_t some[6], size = 0;

    for (size_t i = 0; i < TEXT_SIZE + PLAIN_SLACK; i++)
        text[i] = (uint8_t)chance(256);
    for (size_t i = 0; i < 6; i++)
        some[i] = chance(ascii ? 31 : N_PIECES);
    for (;;) {
        const char *piece = pieces[chance(4) ? some[chance(6)] : chance(ascii ? 31 : N_PIECES)];

        if (size + strlen(piece) > TEXT_SIZE)
            return size;
        memcpy(text + size, piece, strlen(piece));
        size += strlen(piece);
    }
}

static bool begins_character(const uint8_t *text, size_t at)
{
    return (text[at] & 0xC0) != 0x80;
}

static void assert_same_find(plain_finder find, const uint8_t *text, size_t at, size_t end)
{
    static struct plain_words expected, found;
    size_t separated[2] = {12345, 12345};
    size_t expected_at = plain_finder_of(CPU_PORTABLE)(text, at, end, &expected, &separated[0]);

    assert_int_equal(find(text, at, end, &found, &separated[1]), expected_at);
    assert_int_equal(separated[1], separated[0]);
    assert_int_equal(found.n, expected.n);
    assert_int_equal(found.more, expected.more);
    for (size_t i = 0; i < found.n; i++) {
        assert_int_equal(found.at[i], expected.at[i]);
        assert_int_equal(found.length[i], expected.length[i]);
        assert_memory_equal(found.keys + found.at[i], expected.keys + found.at[i], found.length[i]);
    }
}

static void every_level_finds_what_the_portable_one_does(void **state)
{
    uint8_t text[TEXT_SIZE + PLAIN_SLACK];

    for (unsigned level = CPU_PORTABLE + 1; level <= cpu_best(); level++)
        for (int i = 0; i < N_TEXTS; i++) {
            size_t size = make_text(text, i % 2);

            for (size_t at = 0; at < PLAIN_BLOCK + 4; at++)
                for (size_t end = at; end <= size; end += end < at + 2 * PLAIN_BLOCK + 4 ? 1 : 37)
                    if (begins_character(text, at) && (end == size || begins_character(text, end)))
                        assert_same_find(plain_finder_of((enum cpu_level)level), text, at, end);
        }
}

static void find_goes_no_further_than_a_batch(void **state)
{
    static uint8_t text[4 * PLAIN_BATCH + PLAIN_SLACK];
    static struct plain_words found;

    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = i % 2 ? ' ' : 'X';
    for (unsigned level = CPU_PORTABLE; level <= cpu_best(); level++) {
        size_t separated = 0, at;

        at = plain_finder_of((enum cpu_level)level)(text, 0, 4 * PLAIN_BATCH, &found, &separated);

        assert_true(found.more);
        assert_true(at >= PLAIN_BATCH && at < PLAIN_BATCH + PLAIN_BLOCK);
        assert_true(found.n == at / 2 || found.n == (at + 1) / 2);
        assert_true(separated == at || separated == at - 1);
        for (size_t i = 0; i < found.n; i++)
            assert_true(found.length[i] == 1 && found.keys[found.at[i]] == 'x');
    }
}

static void what_is_open_is_left_to_the_rules(void **state)
{
    static const struct {
        const char *text;
        size_t at, n;
    } cases[] = {{"word", 0, 0}, {"word ", 4, 1}, {"word.", 0, 0}, {"word.x", 0, 0}, {"word. ", 5, 1},
        {"a b \u0301", 3, 2}, {"a b\u0301", 2, 1}, {"a b.\u0301", 2, 1}, {"a \u201C\u0301", 2, 1},
        {"_ __ a_", 5, 1}, {"", 0, 0}, {"\u0301", 0, 0}};
    static struct plain_words found;

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        uint8_t text[PLAIN_SLACK + 32] = {0};
        size_t size = strlen(cases[i].text), separated;

        memcpy(text, cases[i].text, size);

        assert_int_equal(plain_find(text, 0, size, &found, &separated), cases[i].at);
        assert_int_equal(found.n, cases[i].n);
        assert_false(found.more);
    }
}

static void the_rules_divide_ascii_as_the_masks_do(void **state)
{
    assert_true(plain_agrees(4));
}

/* Otherwise words would be right, and slow. */
static void common_alphabets_are_plain(void **state)
{
    static const char text[] =
        "na\u00EFve \u0141\u00F3d\u017A \u0416\u0443\u043A \u03BB\u03CC\u03B3\u03BF\u03B9 \u2014 "
        "\u00ABa\u00BB ";
    static struct plain_words found;
    uint8_t bytes[sizeof(text) + PLAIN_SLACK] = {0};
    size_t separated;

    memcpy(bytes, text, sizeof(text));

    assert_int_equal(plain_find(bytes, 0, sizeof(text) - 1, &found, &separated), sizeof(text) - 2);
    assert_int_equal(found.n, 5);
    assert_memory_equal(found.keys + found.at[1], "\u0142\u00F3d\u017A", found.length[1]);
    assert_memory_equal(found.keys + found.at[2], "\u0436\u0443\u043A", found.length[2]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_level_finds_what_the_portable_one_does),
        cmocka_unit_test(find_goes_no_further_than_a_batch),
        cmocka_unit_test(what_is_open_is_left_to_the_rules),
        cmocka_unit_test(the_rules_divide_ascii_as_the_masks_do),
        cmocka_unit_test(common_alphabets_are_plain),
    };

    return cmocka_run_group_tests(tests, load_words, NULL);
}
