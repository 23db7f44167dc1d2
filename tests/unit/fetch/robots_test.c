#include "base/cleanup.h"
#include "fetch/robots.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

DEFINE_CLEANUP(struct robots *, robots_free)

#define N(array) (sizeof(array) / sizeof((array)[0]))

struct check {
    const char *path;
    bool allowed;
};

static struct robots *parse(const char *text)
{
    struct robots *robots = NULL;

    assert_int_equal(robots_parse(text, strlen(text), ROBOTS_PRODUCT, &robots), 0);
    return robots;
}

static void expect_all(const char *text, const struct check *checks, size_t n)
{
    CLEANUP(robots_freep) struct robots *robots = parse(text);

    for (size_t i = 0; i < n; i++)
        if (robots_check(robots, checks[i].path).allowed != checks[i].allowed)
            fail_msg("%s is%s allowed by:\n%s", checks[i].path, checks[i].allowed ? " not" : "", text);
}

static bool allows(const char *text, const char *path)
{
    CLEANUP(robots_freep) struct robots *robots = parse(text);

    return robots_check(robots, path).allowed;
}

static void empty_file_allows_everything(void **state)
{
    assert_true(allows("", "/"));
    assert_true(allows("\n\n# nothing\n", "/x"));
    assert_true(allows("\xef\xbb\xbf", "/x"));
}

/* RFC 9309 5.1. */
static void simple_example_of_the_rfc_holds(void **state)
{
    static const char text[] = "User-Agent: *\n"
                               "Disallow: *.gif$\n"
                               "Disallow: /example/\n"
                               "Allow: /publications/\n"
                               "\n"
                               "User-Agent: foobot\n"
                               "Disallow:/\n"
                               "Allow:/example/page.html\n"
                               "Allow:/example/allowed.gif\n"
                               "\n"
                               "User-Agent: barbot\n"
                               "User-Agent: bazbot\n"
                               "Disallow: /example/page.html\n"
                               "\n"
                               "User-Agent: quxbot\n";
    static const struct {
        const char *product;
        struct check check;
    } checks[] = {
        {"urlstatd", {"/a.gif", false}},
        {"urlstatd", {"/a.gif?x", true}},
        {"urlstatd", {"/example/x", false}},
        {"urlstatd", {"/publications/x", true}},
        {"urlstatd", {"/other", true}},
        {"foobot", {"/", false}},
        {"foobot", {"/example/page.html", true}},
        {"foobot", {"/example/allowed.gif", true}},
        {"foobot", {"/publications/", false}},
        {"barbot", {"/example/page.html", false}},
        {"bazbot", {"/example/page.html", false}},
        {"bazbot", {"/a.gif", true}},
        {"quxbot", {"/a.gif", true}},
        {"quxbot", {"/example/", true}},
    };

    for (size_t i = 0; i < N(checks); i++) {
        CLEANUP(robots_freep) struct robots *robots = NULL;

        assert_int_equal(robots_parse(text, strlen(text), checks[i].product, &robots), 0);
        if (robots_check(robots, checks[i].check.path).allowed != checks[i].check.allowed)
            fail_msg("%s %s", checks[i].product, checks[i].check.path);
    }
}

/* RFC 9309 5.2. */
static void longest_match_example_of_the_rfc_holds(void **state)
{
    static const struct check checks[] = {
        {"/example/page/disallowed.gif", false},
        {"/example/page/", true},
        {"/example/page/other", true},
        {"/elsewhere", true},
    };

    expect_all(
        "User-Agent: *\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n", checks, N(checks));
}

/* RFC 9309 2.2.1. */
static void groups_of_one_agent_are_one_group(void **state)
{
    static const struct check checks[] = {
        {"/a", false}, {"/b", false}, {"/c", false}, {"/d", true}, {"/e", true}};

    expect_all("user-agent: urlstatd\ndisallow: /a\ndisallow: /b\n"
               "user-agent: *\ndisallow: /d\n"
               "user-agent: Other\nUser-Agent: URLSTATD\ndisallow: /c\n"
               "user-agent: other\ndisallow: /e\n",
        checks, N(checks));
}

static void product_token_is_compared_without_case_and_version(void **state)
{
    assert_false(allows("User-agent: UrlStatD\nDisallow: /\n", "/"));
    assert_false(allows("User-agent: urlstatd/1.0 (x)\nDisallow: /\n", "/"));
    assert_true(allows("User-agent: urlstat\nDisallow: /\n", "/"));
    assert_true(allows("User-agent: urlstatd-news\nDisallow: /\n", "/"));
    assert_true(allows("User-agent: my urlstatd\nDisallow: /\n", "/"));
}

static void own_group_hides_that_of_everyone_even_if_it_is_empty(void **state)
{
    assert_true(allows("User-agent: *\nDisallow: /\n\nUser-agent: urlstatd\nDisallow:\n", "/x"));
    assert_true(allows("User-agent: *\nDisallow: /\n\nUser-agent: urlstatd\n", "/x"));
}

static void groups_of_everyone_are_one_group(void **state)
{
    static const struct check checks[] = {{"/a", false}, {"/b", false}, {"/c", true}};

    expect_all("User-agent: *\nDisallow: /a\n\nUser-agent: x\nDisallow: /c\n\nUser-agent: *\nDisallow: /b\n",
        checks, N(checks));
}

static void rules_before_the_first_group_do_not_count(void **state)
{
    assert_true(allows("Disallow: /\nUser-agent: *\nAllow: /x\n", "/y"));
}

static void other_records_do_not_interfere_with_groups(void **state)
{
    assert_false(allows(
        "User-agent: urlstatd\nSitemap: http://a/\nCrawl-delay: 1\nUser-agent: b\nDisallow: /\n", "/"));
    assert_false(allows("User-agent: *\nNoindex: /\nSitemap: x\n\nDisallow: /\n", "/"));
}

static void keys_are_read_whatever_their_case_and_spaces(void **state)
{
    assert_false(allows(" USER-AGENT\t:  *  # all\n\tDISALLOW : /x # this\n", "/x"));
    assert_true(allows("User-agent: *\nDisallow /x\n", "/x"));
    assert_false(allows("User-agent:*\rDisallow:/x\r", "/x"));
    assert_false(allows("User-agent:*\r\nDisallow:/x\r\n", "/x"));
    assert_false(allows("\xef\xbb\xbfUser-agent: *\nDisallow: /x", "/x"));
}

static void empty_pattern_matches_nothing(void **state)
{
    assert_true(allows("User-agent: *\nDisallow:\n", "/"));
    assert_false(allows("User-agent: *\nDisallow: /\nAllow:\n", "/"));
    assert_true(allows("User-agent: *\nDisallow: x\n", "/x"));
}

static void longest_pattern_rules_and_allow_wins_a_tie(void **state)
{
    assert_true(allows("User-agent: *\nDisallow: /page\nAllow: /page\n", "/page"));
    assert_true(allows("User-agent: *\nAllow: /page\nDisallow: /page\n", "/page"));
    assert_true(allows("User-agent: *\nAllow: /p\nDisallow: /\n", "/page"));
    assert_false(allows("User-agent: *\nAllow: /page\nDisallow: /*.htm\n", "/page.htm"));
    assert_true(allows("User-agent: *\nAllow: /$\nDisallow: /\n", "/"));
    assert_false(allows("User-agent: *\nAllow: /$\nDisallow: /\n", "/page.htm"));
}

static void paths_match_from_their_start_and_with_case(void **state)
{
    static const struct check checks[] = {
        {"/fish", false},
        {"/fish.html", false},
        {"/fish/salmon", false},
        {"/fishheads?x", false},
        {"/Fish", true},
        {"/catfish", true},
        {"/?id=fish", true},
        {"/fis", true},
    };

    expect_all("User-agent: *\nDisallow: /fish\n", checks, N(checks));
}

static void star_stands_for_anything(void **state)
{
    static const struct check checks[] = {
        {"/a.php", false},
        {"/folder/a.php?x", false},
        {"/a.phpx/", false},
        {"/a.PHP", true},
        {"/x/private/1", false},
        {"/x/y/private/", false},
        {"/private/", true},
        {"/s?q=/private/", false},
    };

    expect_all("User-agent: *\nDisallow: /*.php\nDisallow: /*/private/\n", checks, N(checks));
    assert_false(allows("User-agent: *\nDisallow: /a***b**c\n", "/aXbYc"));
    assert_true(allows("User-agent: *\nDisallow: /a*b*c\n", "/acb"));
    assert_false(allows("User-agent: *\nDisallow: *\n", "/"));
    assert_false(allows("User-agent: *\nDisallow: /*/b*/c\n", "/a/b/b/c"));
}

static void dollar_anchors_only_at_the_end(void **state)
{
    static const struct check checks[] = {
        {"/a.php", false},
        {"/a.php?x", true},
        {"/a.php.php", false},
        {"/b$c/", false},
        {"/d", true},
        {"/end", false},
        {"/the-end", true},
    };

    expect_all("User-agent: *\nDisallow: /*.php$\nDisallow: /b$c\nDisallow: /end*$\n", checks, N(checks));
    assert_false(allows("User-agent: *\nDisallow: /*a*a$\n", "/aa"));
    assert_true(allows("User-agent: *\nDisallow: /*aa*aa$\n", "/aaa"));
}

/* RFC 9309 2.2.2, the table; the path is one of a normalised URL. */
static void escapes_compare_as_in_the_table_of_the_rfc(void **state)
{
    assert_false(allows("User-agent: *\nDisallow: /foo/bar?baz=quz\n", "/foo/bar?baz=quz"));
    assert_false(allows(
        "User-agent: *\nDisallow: /foo/bar?baz=https://foo.bar\n", "/foo/bar?baz=https%3A%2F%2Ffoo.bar"));
    assert_false(allows(
        "User-agent: *\nDisallow: /foo/bar?baz=https%3A%2F%2Ffoo.bar\n", "/foo/bar?baz=https://foo.bar"));
    assert_false(allows("User-agent: *\nDisallow: /foo/bar/\xe3\x83\x84\n", "/foo/bar/%E3%83%84"));
    assert_false(allows("User-agent: *\nDisallow: /foo/bar/%E3%83%84\n", "/foo/bar/%E3%83%84"));
    assert_false(allows("User-agent: *\nDisallow: /foo/bar/%e3%83%84\n", "/foo/bar/%E3%83%84"));
    assert_false(allows("User-agent: *\nDisallow: /foo/bar/%62%61%7A\n", "/foo/bar/baz"));
    assert_true(allows("User-agent: *\nDisallow: /foo%2Fbar\n", "/foo/bar"));
    assert_false(allows("User-agent: *\nDisallow: /foo%2fbar\n", "/foo%2Fbar"));
}

static void octets_beyond_ascii_and_broken_escapes_compare_as_urls_have_them(void **state)
{
    assert_false(allows("User-agent: *\nDisallow: /caf\xe9\n", "/caf%E9"));
    assert_true(allows("User-agent: *\nDisallow: /caf\xe9\n", "/caf%C3%A9"));
    assert_false(allows("User-agent: *\nDisallow: /\x01\x7f\n", "/%01%7F"));
    assert_false(allows("User-agent: *\nDisallow: /100%\n", "/100%25"));
    assert_false(allows("User-agent: *\nDisallow: /a%zzb\n", "/a%25zzb"));
    assert_false(allows("User-agent: *\nDisallow: /a b\n", "/a%20b"));
}

static void lines_of_any_length_are_read(void **state)
{
    const size_t length = ROBOTS_MAX_SIZE / 2;
    CLEANUP(freep) char *text = malloc(ROBOTS_MAX_SIZE);
    CLEANUP(robots_freep) struct robots *robots = NULL;
    size_t size = (size_t)sprintf(text, "User-agent: *\nDisallow: /");

    memset(text + size, 'a', length);
    size += length;
    size += (size_t)sprintf(text + size, "\nDisallow: /b\n");
    assert_int_equal(robots_parse(text, size, ROBOTS_PRODUCT, &robots), 0);

    assert_true(robots_check(robots, "/aaaa").allowed);
    assert_false(robots_check(robots, "/b").allowed);
    assert_int_equal(robots_check(robots, "/b").line, 3);
}

/* RFC 9309 2.2.3. */
static void escaped_special_characters_stand_for_themselves(void **state)
{
    assert_false(allows("User-agent: *\nDisallow: /path/file-with-a-%2A.html\n", "/path/file-with-a-*.html"));
    assert_true(allows("User-agent: *\nDisallow: /path/file-with-a-%2A.html\n", "/path/file-with-a-x.html"));
    assert_false(allows("User-agent: *\nDisallow: /path/foo-%24\n", "/path/foo-$"));
    assert_true(allows("User-agent: *\nDisallow: /path/foo-%24\n", "/path/foo-"));
}

static void robots_txt_itself_is_always_allowed(void **state)
{
    assert_true(allows("User-agent: *\nDisallow: /\n", "/robots.txt"));
    assert_false(allows("User-agent: *\nDisallow: /\n", "/robots.txt?x"));
}

static void verdict_names_line_and_rule(void **state)
{
    CLEANUP(robots_freep)
    struct robots *robots = parse("# hello\r\nUser-agent: *\r\n\r\nDisallow: /%7ex\rAllow: /~x/y  # but\n");
    struct robots_verdict verdict;

    verdict = robots_check(robots, "/~x");
    assert_false(verdict.allowed);
    assert_int_equal(verdict.line, 4);
    assert_string_equal(verdict.rule, "/%7ex");

    verdict = robots_check(robots, "/~x/y");
    assert_true(verdict.allowed);
    assert_int_equal(verdict.line, 5);
    assert_string_equal(verdict.rule, "/~x/y");

    verdict = robots_check(robots, "/");
    assert_true(verdict.allowed);
    assert_int_equal(verdict.line, 0);
    assert_null(verdict.rule);
}

static void verdict_names_the_line_that_makes_the_rule_ours(void **state)
{
    CLEANUP(robots_freep)
    struct robots *robots = parse("User-agent: *\nDisallow: /a\n"
                                  "User-agent: other\nUser-agent: urlstatd\nUser-agent: URLSTATD/2\n"
                                  "Crawl-delay: 7\nDisallow: /b\n\n"
                                  "User-agent: urlstatd\nDisallow: /c\n");
    CLEANUP(robots_freep) struct robots *everyones = parse("\nUser-agent: *\nCrawl-delay: 1\nDisallow: /a\n");
    CLEANUP(robots_freep) struct robots *nobodys = parse("User-agent: other\nDisallow: /\n");
    struct robots_verdict verdict;

    verdict = robots_check(robots, "/b");
    assert_int_equal(verdict.line, 7);
    assert_int_equal(verdict.group_line, 4);
    assert_false(verdict.for_everyone);
    assert_int_equal(robots_check(robots, "/c").group_line, 9);
    assert_int_equal(robots_check(robots, "/a").group_line, 4);
    assert_int_equal(robots_crawl_delay_line(robots), 6);

    verdict = robots_check(everyones, "/a");
    assert_int_equal(verdict.group_line, 2);
    assert_true(verdict.for_everyone);
    assert_int_equal(robots_crawl_delay_line(everyones), 3);

    verdict = robots_check(nobodys, "/");
    assert_int_equal(verdict.group_line, 0);
    assert_false(verdict.for_everyone);
    assert_int_equal(robots_crawl_delay_line(nobodys), 0);
}

static void crawl_delay_of_the_own_group_is_kept(void **state)
{
    static const struct {
        const char *text;
        uint64_t usec;
    } cases[] = {
        {"", 0},
        {"User-agent: *\nCrawl-delay: 10\n", 10000000},
        {"User-agent: *\nCrawl-delay: 0.5\n", 500000},
        {"User-agent: *\nCrawl-delay: 1.2345678\n", 1234567},
        {"User-agent: *\nCrawl-delay: x\n", 0},
        {"User-agent: *\nCrawl-delay: -1\n", 0},
        {"User-agent: *\nCrawl-delay: 10\nUser-agent: urlstatd\nCrawl-delay: 2\n", 2000000},
        {"User-agent: *\nCrawl-delay: 10\nAllow: /\nUser-agent: urlstatd\nCrawl-delay: 2\n", 2000000},
        {"User-agent: *\nCrawl-delay: 1\nCrawl-delay: 3\nCrawl-delay: 2\n", 3000000},
    };

    for (size_t i = 0; i < N(cases); i++) {
        CLEANUP(robots_freep) struct robots *robots = parse(cases[i].text);

        if (robots_crawl_delay_usec(robots) != cases[i].usec)
            fail_msg("%s", cases[i].text);
    }
}

static void crawl_delay_of_any_length_is_no_overflow(void **state)
{
    CLEANUP(robots_freep)
    struct robots *robots = parse("User-agent: *\nCrawl-delay: 99999999999999999999999999\n");

    assert_true(robots_crawl_delay_usec(robots) > UINT64_C(1000000) * 86400);
}

static void only_the_first_512_kib_are_parsed(void **state)
{
    const size_t size = ROBOTS_MAX_SIZE + 100;
    CLEANUP(freep) char *text = malloc(size);
    CLEANUP(robots_freep) struct robots *robots = NULL;

    memset(text, '#', size);
    memcpy(text, "User-agent: *\nDisallow: /a\n", 27);
    memcpy(text + ROBOTS_MAX_SIZE - 100, "\nDisallow: /b\n", 14);
    /* cut after "/c" */
    memcpy(text + ROBOTS_MAX_SIZE - 13, "\nDisallow: /cde\n", 16);
    memcpy(text + ROBOTS_MAX_SIZE + 50, "\nDisallow: /d\n", 14);
    assert_int_equal(robots_parse(text, size, ROBOTS_PRODUCT, &robots), 0);

    assert_false(robots_check(robots, "/a").allowed);
    assert_false(robots_check(robots, "/b").allowed);
    assert_true(robots_check(robots, "/c").allowed);
    assert_true(robots_check(robots, "/cde").allowed);
    assert_true(robots_check(robots, "/d").allowed);

    /* As it comes from the fetcher. */
    robots_free(TAKE(robots));
    assert_int_equal(robots_parse(text, ROBOTS_MAX_SIZE, ROBOTS_PRODUCT, &robots), 0);
    assert_false(robots_check(robots, "/b").allowed);
    assert_true(robots_check(robots, "/cde").allowed);
}

static void memory_and_time_are_bounded_for_the_worst_file(void **state)
{
    CLEANUP(freep) char *text = malloc(ROBOTS_MAX_SIZE);
    CLEANUP(freep) char *path = malloc(4097);
    CLEANUP(robots_freep) struct robots *robots = NULL;
    size_t size = (size_t)sprintf(text, "User-agent: *\n");

    while (size + 256 < ROBOTS_MAX_SIZE) {
        size += (size_t)sprintf(text + size, "Disallow: /");
        for (int i = 0; i < 60; i++)
            size += (size_t)sprintf(text + size, "*a%d", i % 2);
        size += (size_t)sprintf(text + size, "$\n");
    }
    memset(path, 'a', 4096);
    path[0] = '/';
    path[4096] = '\0';
    assert_int_equal(robots_parse(text, size, ROBOTS_PRODUCT, &robots), 0);

    assert_true(robots_check(robots, path).allowed);
    assert_true(robots_memory(robots) < 8 * (size_t)ROBOTS_MAX_SIZE);
}

/* A file and a path that would keep a processor busy for a third of a second at each question. */
static void file_that_takes_too_long_to_compare_allows_nothing(void **state)
{
    CLEANUP(freep) char *text = malloc(ROBOTS_MAX_SIZE);
    CLEANUP(freep) char *path = malloc(8193);
    CLEANUP(robots_freep) struct robots *robots = NULL;
    struct robots_verdict verdict;
    size_t size = (size_t)sprintf(text, "User-agent: *\n");

    while (size + 32 < ROBOTS_MAX_SIZE)
        size += (size_t)sprintf(text + size, "Allow:*ba\n");
    memset(path, 'a', 8192);
    path[0] = '/';
    path[8192] = '\0';
    assert_int_equal(robots_parse(text, size, ROBOTS_PRODUCT, &robots), 0);

    verdict = robots_check(robots, path);
    assert_false(verdict.allowed);
    assert_int_equal(verdict.line, 0);
    assert_int_equal(verdict.group_line, 1);
    path[300] = '\0';
    assert_true(robots_check(robots, path).allowed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_file_allows_everything),
        cmocka_unit_test(simple_example_of_the_rfc_holds),
        cmocka_unit_test(longest_match_example_of_the_rfc_holds),
        cmocka_unit_test(groups_of_one_agent_are_one_group),
        cmocka_unit_test(product_token_is_compared_without_case_and_version),
        cmocka_unit_test(own_group_hides_that_of_everyone_even_if_it_is_empty),
        cmocka_unit_test(groups_of_everyone_are_one_group),
        cmocka_unit_test(rules_before_the_first_group_do_not_count),
        cmocka_unit_test(other_records_do_not_interfere_with_groups),
        cmocka_unit_test(keys_are_read_whatever_their_case_and_spaces),
        cmocka_unit_test(empty_pattern_matches_nothing),
        cmocka_unit_test(longest_pattern_rules_and_allow_wins_a_tie),
        cmocka_unit_test(paths_match_from_their_start_and_with_case),
        cmocka_unit_test(star_stands_for_anything),
        cmocka_unit_test(dollar_anchors_only_at_the_end),
        cmocka_unit_test(escapes_compare_as_in_the_table_of_the_rfc),
        cmocka_unit_test(octets_beyond_ascii_and_broken_escapes_compare_as_urls_have_them),
        cmocka_unit_test(lines_of_any_length_are_read),
        cmocka_unit_test(escaped_special_characters_stand_for_themselves),
        cmocka_unit_test(robots_txt_itself_is_always_allowed),
        cmocka_unit_test(verdict_names_line_and_rule),
        cmocka_unit_test(verdict_names_the_line_that_makes_the_rule_ours),
        cmocka_unit_test(crawl_delay_of_the_own_group_is_kept),
        cmocka_unit_test(crawl_delay_of_any_length_is_no_overflow),
        cmocka_unit_test(only_the_first_512_kib_are_parsed),
        cmocka_unit_test(memory_and_time_are_bounded_for_the_worst_file),
        cmocka_unit_test(file_that_takes_too_long_to_compare_allows_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
