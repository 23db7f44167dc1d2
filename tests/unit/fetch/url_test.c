#include "base/cleanup.h"
#include "fetch/fetcher.h"
#include "fetch/url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct pair {
    const char *given;
    const char *expected;
};

struct refusal {
    const char *given;
    enum url_verdict expected;
};

#define N(array) (sizeof(array) / sizeof((array)[0]))

static void expect_normal(const char *given, const char *expected)
{
    CLEANUP(freep) char *url = NULL;
    CLEANUP(freep) char *again = NULL;
    enum url_verdict verdict;

    assert_int_equal(url_normalise(given, &url, &verdict), 0);
    if (verdict != URL_OK)
        fail_msg("%s: %s", given, url_verdict_message(verdict));
    assert_string_equal(url, expected);

    assert_int_equal(url_normalise(url, &again, &verdict), 0);
    assert_int_equal(verdict, URL_OK);
    assert_string_equal(again, expected);
}

static void expect_all_normal(const struct pair *pairs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        expect_normal(pairs[i].given, pairs[i].expected);
}

static void expect_all_refused(const struct refusal *refusals, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        CLEANUP(freep) char *url = NULL;
        enum url_verdict verdict;

        assert_int_equal(url_normalise(refusals[i].given, &url, &verdict), 0);
        if (verdict != refusals[i].expected)
            fail_msg("%s: %s, not %s", refusals[i].given, url_verdict_message(verdict),
                url_verdict_message(refusals[i].expected));
        assert_null(url);
    }
}

static void plain_urls_stay_as_they_are(void **state)
{
    static const char *const urls[] = {
        "http://example.org/",
        "https://www.my-site.example.org/a/b.html",
        "http://example.org/a?b=c&d=%20",
        "https://example.org:8443/x/",
        "http://example.org/a//b",
        "http://example.org/?a=/./b",
        "http://127.0.0.1:8080/x",
        "http://[2001:db8::1]/",
        "http://xn--bcher-kva.example/",
        "http://example.org/a;b=1,2/(c)!$&'*+~@:[]",
        "http://1and1.example/",
        "http://under_score.example/",
    };

    for (size_t i = 0; i < N(urls); i++)
        expect_normal(urls[i], urls[i]);
}

static void scheme_and_host_become_lower_case(void **state)
{
    expect_normal("HTTP://EXAMPLE.com/Path?Query", "http://example.com/Path?Query");
    expect_normal("hTTps://Www.Example.COM", "https://www.example.com/");
}

static void final_dot_of_the_host_is_removed(void **state)
{
    expect_normal("http://example.com./x", "http://example.com/x");
    expect_normal("http://127.0.0.1./", "http://127.0.0.1/");
    expect_normal("http://example.com.:81/", "http://example.com:81/");
}

static void default_ports_are_removed_and_others_written_plainly(void **state)
{
    static const struct pair pairs[] = {
        {"http://example.com:80/", "http://example.com/"},
        {"https://example.com:443/", "https://example.com/"},
        {"http://example.com:443/", "http://example.com:443/"},
        {"https://example.com:80/", "https://example.com:80/"},
        {"http://example.com:/", "http://example.com/"},
        {"http://example.com:0080/", "http://example.com/"},
        {"http://example.com:08080/x", "http://example.com:8080/x"},
    };

    expect_all_normal(pairs, N(pairs));
}

static void fragment_is_dropped(void **state)
{
    expect_normal("http://example.com/a#b", "http://example.com/a");
    expect_normal("http://example.com#b", "http://example.com/");
    expect_normal("http://example.com/a?b#c?d#e", "http://example.com/a?b");
}

static void empty_path_becomes_a_slash(void **state)
{
    expect_normal("http://example.com", "http://example.com/");
    expect_normal("http://example.com?a", "http://example.com/?a");
    expect_normal("http://[::1]:8080?a", "http://[::1]:8080/?a");
}

static void dot_segments_are_removed_even_if_they_are_escaped(void **state)
{
    static const struct pair pairs[] = {
        {"http://example.com/a/./b/../c", "http://example.com/a/c"},
        {"http://example.com/a/..", "http://example.com/"},
        {"http://example.com/../../x", "http://example.com/x"},
        {"http://example.com/a/%2e%2E/b", "http://example.com/b"},
        {"http://example.com/a/%2e", "http://example.com/a/"},
        {"http://example.com/a/.b/..c", "http://example.com/a/.b/..c"},
        {"http://example.com/a/b/..?x=/../y", "http://example.com/a/?x=/../y"},
    };

    expect_all_normal(pairs, N(pairs));
}

static void escapes_have_one_spelling(void **state)
{
    static const struct pair pairs[] = {
        {"http://example.com/%7euser", "http://example.com/~user"},
        {"http://example.com/%41%2d%5f%2E%30", "http://example.com/A-_.0"},
        {"http://example.com/a%2fb%3f%23", "http://example.com/a%2Fb%3F%23"},
        {"http://example.com/?q=%c3%a4", "http://example.com/?q=%C3%A4"},
        {"http://example.com/\xc3\xa4", "http://example.com/%C3%A4"},
        {"http://example.com/100%", "http://example.com/100%25"},
        {"http://example.com/%zz%4", "http://example.com/%25zz%254"},
        {"http://example.com/%2%35", "http://example.com/%2525"},
        {"http://example.com/a\"<b>\\^`{|}", "http://example.com/a%22%3Cb%3E%5C%5E%60%7B%7C%7D"},
    };

    expect_all_normal(pairs, N(pairs));
}

static void international_names_become_ascii(void **state)
{
    static const struct pair pairs[] = {
        {"http://b\xc3\xbc"
         "cher.example/",
            "http://xn--bcher-kva.example/"},
        {"http://B\xc3\x9c"
         "CHER.example/",
            "http://xn--bcher-kva.example/"},
        {"https://\xd0\xbf\xd1\x80\xd0\xb8\xd0\xbc\xd0\xb5\xd1\x80.\xd1\x80\xd1\x84",
            "https://xn--e1afmkfd.xn--p1ai/"},
        {"http://\xef\xbd\x85xample.com/", "http://example.com/"},
        {"http://ex%61mple.com/", "http://example.com/"},
    };

    expect_all_normal(pairs, N(pairs));
}

static void every_spelling_of_an_ipv4_address_becomes_the_dotted_one(void **state)
{
    static const struct pair pairs[] = {
        {"http://127.1/", "http://127.0.0.1/"},
        {"http://0x7f.1/", "http://127.0.0.1/"},
        {"http://2130706433/", "http://127.0.0.1/"},
        {"http://0x7f000001/", "http://127.0.0.1/"},
        {"http://0177.0.0.01/", "http://127.0.0.1/"},
        {"http://0X7F.0.0.1./", "http://127.0.0.1/"},
        {"http://0/", "http://0.0.0.0/"},
        /* full width "127.0.0.1", with an ideographic full stop */
        {"http://\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0\xe3\x80\x82"
         "0.1/",
            "http://127.0.0.1/"},
    };

    expect_all_normal(pairs, N(pairs));
}

static void ipv6_addresses_have_one_spelling(void **state)
{
    expect_normal("http://[2001:DB8:0:0:0:0:0:1]:80/", "http://[2001:db8::1]/");
    expect_normal("http://[::FFFF:127.0.0.1]/", "http://[::ffff:127.0.0.1]/");
}

static void no_scheme_is_told_from_a_foreign_one(void **state)
{
    static const struct refusal refusals[] = {
        {"example.org/x", URL_NO_SCHEME},
        {"example.org", URL_NO_SCHEME},
        {"example.org:8080/x", URL_NO_SCHEME},
        {"//example.org/x", URL_NO_SCHEME},
        {"/x", URL_NO_SCHEME},
        {"://example.org", URL_NO_SCHEME},
        {"ftp://example.org/", URL_SCHEME},
        {"file:///etc/passwd", URL_SCHEME},
        {"javascript:alert(1)", URL_SCHEME},
        {"mailto:a@example.org", URL_SCHEME},
        {"gopher://example.org/", URL_SCHEME},
        {"httpx://example.org/", URL_SCHEME},
    };

    expect_all_refused(refusals, N(refusals));
}

static void bad_hosts_are_refused(void **state)
{
    static const struct refusal refusals[] = {
        {"http://", URL_BAD_HOST},
        {"http:///x", URL_BAD_HOST},
        {"http://?x", URL_BAD_HOST},
        {"http://./", URL_BAD_HOST},
        {"http://a..b/", URL_BAD_HOST},
        {"http://.a/", URL_BAD_HOST},
        {"http://a../", URL_BAD_HOST},
        {"http://256.1.1.1/", URL_BAD_HOST},
        {"http://1.2.3.4.5/", URL_BAD_HOST},
        {"http://a.1/", URL_BAD_HOST},
        {"http://1.2.3.0x100000000/", URL_BAD_HOST},
        {"http://4294967296/", URL_BAD_HOST},
        {"http://a%2fb/", URL_BAD_HOST},
        {"http://a%00b/", URL_BAD_HOST},
        {"http://a%25b/", URL_BAD_HOST},
        {"http://a*b/", URL_BAD_HOST},
        {"http://[::1/", URL_BAD_HOST},
        {"http://[::1%25eth0]/", URL_BAD_HOST},
        {"http://[::g]/", URL_BAD_HOST},
        {"http://a\xef\xbc\x8f"
         "b/",
            URL_BAD_HOST},                      /* full width solidus */
        {"http://xn--\xc3\xbc/", URL_BAD_HOST}, /* half converted */
        {"http://-\xc3\xbc-/", URL_BAD_HOST},
    };

    expect_all_refused(refusals, N(refusals));
}

static void labels_and_names_that_are_too_long_for_the_dns_are_refused(void **state)
{
    char url[400] = "http://";

    memset(url + 7, 'a', 63);
    strcpy(url + 70, ".example/");
    expect_normal(url, url);
    memset(url + 7, 'a', 64);
    strcpy(url + 71, ".example/");
    expect_all_refused(&(struct refusal){url, URL_BAD_HOST}, 1);

    for (size_t i = 0; i < 254; i++)
        url[7 + i] = i % 2 ? '.' : 'a';
    strcpy(url + 7 + 253, "/");
    expect_normal(url, url);
    strcpy(url + 7 + 253, ".a/");
    expect_all_refused(&(struct refusal){url, URL_BAD_HOST}, 1);
}

static void other_faults_have_their_own_verdicts(void **state)
{
    static const struct refusal refusals[] = {
        {"", URL_EMPTY},
        {"http://user@example.org/", URL_CREDENTIALS},
        {"http://user:secret@example.org/", URL_CREDENTIALS},
        {"http://@example.org/", URL_CREDENTIALS},
        {"http://example.org:0/", URL_BAD_PORT},
        {"http://example.org:65536/", URL_BAD_PORT},
        {"http://example.org:99999999999/", URL_BAD_PORT},
        {"http://example.org:80a/", URL_BAD_PORT},
        {"http://example.org/a b", URL_BAD_CHARACTER},
        {" http://example.org/", URL_BAD_CHARACTER},
        {"http://example.org/\r", URL_BAD_CHARACTER},
        {"http://example.org/\x7f", URL_BAD_CHARACTER},
        {"http://example.org/\xff", URL_BAD_CHARACTER},
        {"http://example.org/\xc0\xaf", URL_BAD_CHARACTER},
        {"http://example.org/\xed\xa0\x80", URL_BAD_CHARACTER},
        {"http://example.org/\xc3", URL_BAD_CHARACTER},
        {"http:/example.org/", URL_MALFORMED},
        {"http:example.org", URL_MALFORMED},
    };

    expect_all_refused(refusals, N(refusals));
}

static void length_is_limited_before_and_after_normalisation(void **state)
{
    CLEANUP(freep) char *url = malloc(URL_MAX_LENGTH + 2);

    memset(url, 'a', URL_MAX_LENGTH + 1);
    memcpy(url, "http://e/", 9);
    url[URL_MAX_LENGTH + 1] = '\0';
    expect_all_refused(&(struct refusal){url, URL_TOO_LONG}, 1);

    url[URL_MAX_LENGTH] = '\0';
    expect_normal(url, url);

    url[URL_MAX_LENGTH - 1] = '"';
    expect_all_refused(&(struct refusal){url, URL_TOO_LONG}, 1);
}

static void expect_resolved(const char *base, const char *reference, const char *expected)
{
    CLEANUP(freep) char *url = NULL;
    enum url_verdict verdict;

    assert_int_equal(url_resolve(base, reference, &url, &verdict), 0);
    if (verdict != URL_OK)
        fail_msg("%s: %s", reference, url_verdict_message(verdict));
    assert_string_equal(url, expected);
}

/* RFC 3986 5.4, fragments dropped. */
static void references_resolve_as_in_the_examples_of_rfc_3986(void **state)
{
    static const struct pair pairs[] = {
        {"g", "http://a/b/c/g"},
        {"./g", "http://a/b/c/g"},
        {"g/", "http://a/b/c/g/"},
        {"/g", "http://a/g"},
        {"//g", "http://g/"},
        {"?y", "http://a/b/c/d;p?y"},
        {"g?y", "http://a/b/c/g?y"},
        {"g#s", "http://a/b/c/g"},
        {"g?y#s", "http://a/b/c/g?y"},
        {";x", "http://a/b/c/;x"},
        {"g;x", "http://a/b/c/g;x"},
        {"g;x?y#s", "http://a/b/c/g;x?y"},
        {".", "http://a/b/c/"},
        {"./", "http://a/b/c/"},
        {"..", "http://a/b/"},
        {"../", "http://a/b/"},
        {"../g", "http://a/b/g"},
        {"../..", "http://a/"},
        {"../../", "http://a/"},
        {"../../g", "http://a/g"},
        {"../../../g", "http://a/g"},
        {"../../../../g", "http://a/g"},
        {"/./g", "http://a/g"},
        {"/../g", "http://a/g"},
        {"g.", "http://a/b/c/g."},
        {".g", "http://a/b/c/.g"},
        {"g..", "http://a/b/c/g.."},
        {"..g", "http://a/b/c/..g"},
        {"./../g", "http://a/b/g"},
        {"./g/.", "http://a/b/c/g/"},
        {"g/./h", "http://a/b/c/g/h"},
        {"g/../h", "http://a/b/c/h"},
        {"g;x=1/./y", "http://a/b/c/g;x=1/y"},
        {"g;x=1/../y", "http://a/b/c/y"},
        {"g?y/./x", "http://a/b/c/g?y/./x"},
        {"g?y/../x", "http://a/b/c/g?y/../x"},
    };

    for (size_t i = 0; i < N(pairs); i++)
        expect_resolved("http://a/b/c/d;p?q", pairs[i].given, pairs[i].expected);
}

static void references_are_normalised_and_taken_leniently(void **state)
{
    const char *base = "https://example.org/a/b?c=d/e";

    expect_resolved(base, "HTTP://Example.COM:80", "http://example.com/");
    expect_resolved(base, "//other.example:443/x", "https://other.example/x");
    expect_resolved(base, "f", "https://example.org/a/f");
    expect_resolved(base, "  /g h\t", "https://example.org/g%20h");
    expect_resolved(base, "/\xe4\xff", "https://example.org/%E4%FF");
    expect_resolved(base, "/\xc3\xa4?\xc3\xa4 b", "https://example.org/%C3%A4?%C3%A4%20b");
    expect_resolved(base, "%2e%2e/x", "https://example.org/x");
    expect_resolved(base, "http://127.1/", "http://127.0.0.1/");
}

static void references_that_lead_nowhere_are_refused(void **state)
{
    static const struct refusal refusals[] = {
        {"", URL_MALFORMED},
        {"  ", URL_MALFORMED},
        {"#top", URL_MALFORMED},
        {"file:///etc/passwd", URL_SCHEME},
        {"ftp://example.org/", URL_SCHEME},
        {"javascript:void(0)", URL_SCHEME},
        {"mailto:a@b", URL_SCHEME},
        {"http://user@example.org/", URL_CREDENTIALS},
        {"http://", URL_BAD_HOST},
        {"http://a b/", URL_BAD_HOST},
        {"///a/", URL_BAD_HOST},
        {"http:///a/", URL_BAD_HOST},
        {"http:/a/", URL_MALFORMED},
        {"http:a", URL_MALFORMED},
        {"a:80", URL_SCHEME},
        {"http://a:99999/", URL_BAD_PORT},
    };

    for (size_t i = 0; i < N(refusals); i++) {
        CLEANUP(freep) char *url = NULL;
        enum url_verdict verdict;

        assert_int_equal(url_resolve("http://example.org/", refusals[i].given, &url, &verdict), 0);
        if (verdict != refusals[i].expected)
            fail_msg("%s: %s", refusals[i].given, url_verdict_message(verdict));
        assert_null(url);
    }
}

static void parts_point_into_the_url(void **state)
{
    struct url_parts parts;

    url_split("http://example.org/a?b:c", &parts);
    assert_int_equal(parts.scheme_length, 4);
    assert_memory_equal(parts.host, "example.org", parts.host_length);
    assert_int_equal(parts.host_length, 11);
    assert_int_equal(parts.port, 80);
    assert_string_equal(parts.path, "/a?b:c");

    url_split("https://[2001:db8::1]:8443/", &parts);
    assert_int_equal(parts.scheme_length, 5);
    assert_int_equal(parts.host_length, 13);
    assert_memory_equal(parts.host, "[2001:db8::1]", 13);
    assert_int_equal(parts.port, 8443);
    assert_string_equal(parts.path, "/");
}

static void host_key_is_one_for_both_web_ports(void **state)
{
    static const struct pair pairs[] = {
        {"http://example.org/x", "example.org"},
        {"https://example.org/y", "example.org"},
        {"http://example.org:443/", "example.org"},
        {"https://example.org:80/", "example.org"},
        {"http://example.org:8080/", "example.org:8080"},
        {"https://[::1]:8443/", "[::1]:8443"},
    };

    for (size_t i = 0; i < N(pairs); i++) {
        CLEANUP(freep) char *key = url_host_key(pairs[i].given);

        assert_string_equal(key, pairs[i].expected);
    }
}

static void origin_has_scheme_and_port(void **state)
{
    static const struct pair pairs[] = {
        {"http://example.org/x", "http://example.org"},
        {"https://example.org/y", "https://example.org"},
        {"http://example.org:443/", "http://example.org:443"},
        {"https://[::1]:8443/a", "https://[::1]:8443"},
    };

    for (size_t i = 0; i < N(pairs); i++) {
        CLEANUP(freep) char *origin = url_origin(pairs[i].given);

        assert_string_equal(origin, pairs[i].expected);
    }
}

static int set_up(void **state)
{
    return fetch_init();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_urls_stay_as_they_are),
        cmocka_unit_test(scheme_and_host_become_lower_case),
        cmocka_unit_test(final_dot_of_the_host_is_removed),
        cmocka_unit_test(default_ports_are_removed_and_others_written_plainly),
        cmocka_unit_test(fragment_is_dropped),
        cmocka_unit_test(empty_path_becomes_a_slash),
        cmocka_unit_test(dot_segments_are_removed_even_if_they_are_escaped),
        cmocka_unit_test(escapes_have_one_spelling),
        cmocka_unit_test(international_names_become_ascii),
        cmocka_unit_test(every_spelling_of_an_ipv4_address_becomes_the_dotted_one),
        cmocka_unit_test(ipv6_addresses_have_one_spelling),
        cmocka_unit_test(no_scheme_is_told_from_a_foreign_one),
        cmocka_unit_test(bad_hosts_are_refused),
        cmocka_unit_test(labels_and_names_that_are_too_long_for_the_dns_are_refused),
        cmocka_unit_test(other_faults_have_their_own_verdicts),
        cmocka_unit_test(length_is_limited_before_and_after_normalisation),
        cmocka_unit_test(references_resolve_as_in_the_examples_of_rfc_3986),
        cmocka_unit_test(references_are_normalised_and_taken_leniently),
        cmocka_unit_test(references_that_lead_nowhere_are_refused),
        cmocka_unit_test(parts_point_into_the_url),
        cmocka_unit_test(host_key_is_one_for_both_web_ports),
        cmocka_unit_test(origin_has_scheme_and_port),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
