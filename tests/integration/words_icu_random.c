/* On texts made by chance of characters that matter to the rules: urlstat counts what ICU alone counts,
 * whatever the chunks; and likewise what is printed of pages made by chance of tags and such characters. */
#include "words_compare.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_TEXTS 20000
#define MAX_PIECES 40
#define N_SCRIPT_TEXTS 6000
#define N_LONG_TEXTS 40
#define LONG_PIECES 30000
#define MAX_PIECE 64

/* At least one of each Word_Break, of each dictionary, and of what normalization and lower case change. */
static const char *const pieces[] = {"a", "Z", "foo", "Bar", "0", "42", " ", "  ", "\t", "\n", "\r", "\r\n",
    "\f", "\v", "'", "\"", ".", ",", ":", ";", "_", "-", "@", "!", "/", "\u00A0", "\u00AD", "\u00B7",
    "\u00C4", "\u00E9", "\u0130", "\u0131", "\u00DF", "\u0301", "\u0308", "\u0323", "\u0345", "\u0391",
    "\u03A3", "\u03C3", "\u03C2", "\u0410", "\u0416", "\u0451", "\u05D0", "\u05E9", "\u05F4", "\u0628",
    "\u0661", "\u064B", "\u0600", "\u070F", "\u0915", "\u094D", "\u093F", "\u0E01", "\u0E32", "\u0E23",
    "\u0E48", "\u0E44\u0E17\u0E22", "\u0E81", "\u0EB2", "\u1780", "\u17B6", "\u17D2", "\u1019", "\u102C",
    "\u1950", "\u1980", "\u1A20", "\u1A55", "\uAA80", "\u1100", "\u1161", "\u11A8", "\uAC00", "\uD55C\uAD6D",
    "\u2018", "\u2019", "\u2024", "\u2027", "\u200B", "\u200C", "\u200D", "\u200E", "\u2028", "\u2060",
    "\u202F", "\u2160", "\u2126", "\u212A", "\u2764", "\u3000", "\u3001", "\u3005", "\u3007", "\u3031",
    "\u3041", "\u3072\u3089", "\u304B\u3099", "\u309B", "\u30A0", "\u30A2", "\u30FC", "\u30C6\u30B9\u30C8",
    "\u30FB", "\u3106", "\u3131", "\u314F", "\u3400", "\u4E00", "\u6F22\u5B57", "\u6771\u4EAC\u90FD",
    "\u3333", "\uFDFA", "\uFB01", "\uFE0F", "\uFE55", "\uFEFF", "\uFF07", "\uFF0E", "\uFF10", "\uFF21",
    "\uFF3F", "\uFF66", "\uFF76\uFF9E", "\uFF9F", "\uFFFD", "\U00010400", "\U00010428", "\U0001D400",
    "\U0001D7D8", "\U0001F1E6", "\U0001F3FB", "\U0001F468", "\U0001F600", "\U00017000", "\U00011700",
    "\U00020000", "\U0001B000", "\U000E0001", "\U000E0100", "\u180E", "\u034F", "\u115F", "\u2E2F", "\u00AA"};

static const char *const markup[] = {"<p>", "</p>", "<b>", "</b>", "<br>", "<div>", "</div>", "<td>",
    "<img alt=x>", "<wbr>", "&shy;", "&amp;", "&#x301;", "&#0;", "&notit;", "&ngE;", "&eacute", "&zwj;",
    "<pre>", "</pre>", "<script>x</script>", "<style>y</style>", "<span hidden>", "</span>",
    "<i style='display: none'>", "</i>", "<title>", "</title>", "<!-- c -->", "<svg><p>", "<math>", "</math>",
    "<![CDATA[d]]>", "<textarea>", "</textarea>", "<xmp>", "</xmp>", "<li>", "<ruby><rt>", "</ruby>",
    "<select><option>", "</select>", "<", "</", "<!", "&", "&#", "\0n"};

/* Words as they are written, and the letters, marks and digits around them. */
static const struct {
    uint32_t first, last;
    const char *words[4];
} scripts[] = {
    {0x0370, 0x03FF, {"\u039B\u03CC\u03B3\u03BF\u03C2", "\u03A3\u03AC\u03BC\u03BF\u03C2"}},
    {0x0590, 0x05F4, {"\u05E9\u05C1\u05B8\u05DC\u05D5\u05B9\u05DD", "\u05E6\u05D4\u05F4\u05DC"}},
    {0x0600, 0x06FF, {"\u0643\u0650\u062A\u064E\u0627\u0628", "\u0627\u0644\u0639\u0631\u0628\u064A\u0629"}},
    {0x0900, 0x097F, {"\u0939\u093F\u0928\u094D\u0926\u0940", "\u0915\u094D\u0937\u0947\u0924\u094D\u0930"}},
    {0x0E01, 0x0E5B,
        {"\u0E20\u0E32\u0E29\u0E32\u0E44\u0E17\u0E22", "\u0E01\u0E32\u0E23\u0E17\u0E14\u0E2A\u0E2D\u0E1A",
            "\u0E42\u0E23\u0E07\u0E40\u0E23\u0E35\u0E22\u0E19", "\u0E46"}},
    {0x0E81, 0x0EDF, {"\u0E9E\u0EB2\u0EAA\u0EB2\u0EA5\u0EB2\u0EA7", "\u0E97\u0EBB\u0E94\u0EAA\u0EAD\u0E9A"}},
    {0x1000, 0x109F, {"\u1019\u103C\u1014\u103A\u1019\u102C", "\u1018\u102C\u101E\u102C"}},
    {0x1780, 0x17E9, {"\u1797\u17B6\u179F\u17B6", "\u1781\u17D2\u1798\u17C2\u179A"}},
    {0xAC00, 0xD7A3, {"\uD55C\uAD6D\uC5B4", "\u1112\u1161\u11AB\u1100\u116E\u11A8"}},
    {0x3041, 0x30FF,
        {"\u3072\u3089\u304C\u306A", "\u30AB\u30BF\u30AB\u30CA", "\u8AAD\u307F\u8FBC\u3080",
            "\u65E5\u672C\u8A9E"}},
    {0x4E00, 0x4EFF, {"\u4E2D\u56FD\u4EBA\u6C11", "\u5927\u5B66\u751F\u6D3B", "\u7684", "\u4E86"}},
};

static uint64_t state = 2585;

static size_t chance(size_t n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (size_t)(state % n);
}

static size_t make(char *text, int with_markup)
{
    size_t size = 0, n = 1 + chance(MAX_PIECES);
    /* Few different ones at a time: what is rare alone is then often seen together. */
    size_t some[8];

    for (size_t i = 0; i < 8; i++)
        some[i] = chance(sizeof(pieces) / sizeof(*pieces));
    for (size_t i = 0; i < n; i++) {
        const char *piece = pieces[chance(3) ? some[chance(8)] : chance(sizeof(pieces) / sizeof(*pieces))];
        size_t length = strlen(piece);

        if (with_markup && chance(2)) {
            piece = markup[chance(sizeof(markup) / sizeof(*markup))];
            length = *piece ? strlen(piece) : 2;
        }
        memcpy(text + size, piece, length);
        size += length;
    }
    text[size] = '\0';
    return size;
}

static size_t put(char *text, uint32_t c)
{
    if (c < 0x800) {
        text[0] = (char)(0xC0 | c >> 6);
        text[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    text[0] = (char)(0xE0 | c >> 12);
    text[1] = (char)(0x80 | (c >> 6 & 0x3F));
    text[2] = (char)(0x80 | (c & 0x3F));
    return 3;
}

/* Of one script, as people write it but for its meaning. */
static size_t make_script(char *text)
{
    size_t size = 0, which = chance(sizeof(scripts) / sizeof(*scripts));

    for (size_t n = 1 + chance(MAX_PIECES); n > 0; n--) {
        const char *word = scripts[which].words[chance(4)];

        if (word && chance(3)) {
            memcpy(text + size, word, strlen(word));
            size += strlen(word);
        } else if (chance(6)) {
            uint32_t n_letters = scripts[which].last - scripts[which].first + 1;

            size += put(text + size, scripts[which].first + (uint32_t)chance(n_letters));
        } else {
            text[size++] = " .1a"[chance(4)];
        }
    }
    text[size] = '\0';
    return size;
}

/* Of three different pieces: often none of them ends a stretch, and then it is longer than any may be. */
static size_t make_long(char *text)
{
    const char *some[3];
    size_t size = 0;

    for (size_t i = 0; i < 3; i++)
        some[i] = pieces[chance(sizeof(pieces) / sizeof(*pieces))];
    for (size_t i = 0; i < LONG_PIECES; i++) {
        const char *piece = some[chance(3)];

        memcpy(text + size, piece, strlen(piece));
        size += strlen(piece);
    }
    text[size] = '\0';
    return size;
}

static int test_text(struct words_page *page, const char *text, size_t size)
{
    static const size_t steps[] = {1, 2, 3, 17};
    struct words_counts *counts = compare_count(page, WORDS_TEXT, "utf-8", text, size, SIZE_MAX / 2);
    struct words_counts *cut = compare_count(page, WORDS_TEXT, "utf-8", text, size, steps[chance(4)]);
    int marked = size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    struct oracle *oracle = oracle_count(text + marked, size - (size_t)marked);
    int good = compare_with_oracle(text, counts, oracle) && compare_counts(text, counts, cut);

    oracle_free(oracle);
    words_counts_free(cut);
    words_counts_free(counts);
    return good;
}

static int test_page(struct words_page *page, const char *html, size_t size)
{
    static const size_t steps[] = {1, 2, 3, 17};
    size_t text_size, cut_size, step = steps[chance(4)];
    char *text = compare_text(WORDS_HTML, "utf-8", html, size, SIZE_MAX / 2, &text_size);
    char *cut = compare_text(WORDS_HTML, "utf-8", html, size, step, &cut_size);
    struct words_counts *counts = compare_count(page, WORDS_HTML, "utf-8", html, size, step);
    struct words_counts *again = compare_count(page, WORDS_TEXT, "utf-8", text, text_size, SIZE_MAX / 2);
    struct oracle *oracle = oracle_count(text, text_size);
    int good = compare_counts(html, counts, again) && compare_with_oracle(html, counts, oracle) &&
        text_size == cut_size && memcmp(text, cut, text_size) == 0;

    oracle_free(oracle);
    words_counts_free(again);
    words_counts_free(counts);
    free(cut);
    free(text);
    return good;
}

/* With a number, only one text out of so many. */
int main(int argc, char **argv)
{
    static char text[LONG_PIECES * MAX_PIECE];
    int n_bad = 0, n = 0, part = argc > 1 ? atoi(argv[1]) : 1;
    struct words_page *page;

    compare_init();
    if (words_page_new(&page) < 0)
        return 1;
    oracle_init();
    for (int i = 0; i < N_TEXTS / part && n_bad < 10; i++, n++) {
        size_t size = make(text, i % 2);

        n_bad += i % 2 ? !test_page(page, text, size) : !test_text(page, text, size);
    }
    for (int i = 0; i < N_SCRIPT_TEXTS / part && n_bad < 10; i++, n++)
        n_bad += !test_text(page, text, make_script(text));
    for (int i = 0; i < N_LONG_TEXTS / part && n_bad < 10; i++, n++)
        n_bad += !test_text(page, text, make_long(text));
    words_page_free(page);
    printf("%d texts, %d differ\n", n, n_bad);
    return n_bad > 0;
}
