#include "base/cleanup.h"
#include "fetch/content_type.h"
#include "fetch/response_head.h"
#include "fetch/validator.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define N(array) (sizeof(array) / sizeof((array)[0]))

static const char offered[] = "gzip, deflate";

static void take(struct response_head *head, const char *const *lines)
{
    response_head_reset(head);
    for (; *lines; lines++)
        assert_int_equal(response_head_take(head, *lines, strlen(*lines), offered), 0);
}

static void fields_are_gathered_whatever_their_case(void **state)
{
    static const char *const lines[] = {"HTTP/1.1 301 Moved\r\n", "LOCATION:  /x y \r\n",
        "eTag: W/\"a-b\"\r\n", "last-modified: Sun, 01 Nov 2026 00:00:00 GMT\r\n",
        "Content-Type: Text/HTML; Charset=\"UTF-8\"\r\n", "content-length: 12\r\n", "X-Other: 1\r\n", "\r\n",
        NULL};
    CLEANUP(response_head_deinit) struct response_head head = {0};

    take(&head, lines);

    assert_true(head.is_complete);
    assert_int_equal(head.status, 301);
    assert_string_equal(head.location, "/x y");
    assert_string_equal(head.etag, "W/\"a-b\"");
    assert_string_equal(head.last_modified, "Sun, 01 Nov 2026 00:00:00 GMT");
    assert_string_equal(head.type.essence, "text/html");
    assert_string_equal(head.type.charset, "UTF-8");
    assert_int_equal(head.content_length, 12);
}

static void interim_responses_leave_nothing_behind(void **state)
{
    static const char *const lines[] = {"HTTP/1.1 103 Early Hints\r\n", "Location: /early\r\n",
        "Content-Type: text/plain\r\n", "\r\n", "HTTP/1.1 200 OK\r\n", "\r\n", NULL};
    CLEANUP(response_head_deinit) struct response_head head = {0};

    take(&head, lines);

    assert_true(head.is_complete);
    assert_int_equal(head.status, 200);
    assert_null(head.location);
    assert_string_equal(head.type.essence, "");
    assert_int_equal(head.bytes, 26 + 18 + 26 + 2 + 17 + 2);
}

static void trailers_change_nothing(void **state)
{
    static const char *const lines[] = {
        "HTTP/2 200\r\n", "\r\n", "Content-Type: text/plain\r\n", "Location: /x\r\n", NULL};
    CLEANUP(response_head_deinit) struct response_head head = {0};

    take(&head, lines);

    assert_int_equal(head.status, 200);
    assert_string_equal(head.type.essence, "");
    assert_null(head.location);
}

static void first_location_and_last_content_type_count(void **state)
{
    static const char *const lines[] = {"HTTP/1.1 302 Found\r\n", "Location: /a\r\n", "Location: /b\r\n",
        "Content-Type: text/plain\r\n", "Content-Type: text/html\r\n", "\r\n", NULL};
    CLEANUP(response_head_deinit) struct response_head head = {0};

    take(&head, lines);

    assert_string_equal(head.location, "/a");
    assert_string_equal(head.type.essence, "text/html");
}

static void values_that_are_too_long_are_not_kept(void **state)
{
    CLEANUP(response_head_deinit) struct response_head head = {0};
    char line[RESPONSE_MAX_LOCATION + 100];

    response_head_reset(&head);
    memset(line, 'a', sizeof(line));
    memcpy(line, "ETag: \"", 7);
    line[VALIDATOR_MAX + 6] = '"';
    assert_int_equal(response_head_take(&head, line, VALIDATOR_MAX + 7, offered), 0);
    line[VALIDATOR_MAX + 6] = 'a';
    memcpy(line, "Location: ", 10);
    assert_int_equal(response_head_take(&head, line, RESPONSE_MAX_LOCATION + 11, offered), 0);
    assert_int_equal(response_head_take(&head, "\r\n", 2, offered), 0);

    assert_null(head.etag);
    assert_null(head.location);
    assert_true(head.has_location);
}

static void encodings_are_counted_and_unasked_ones_named(void **state)
{
    static const struct {
        const char *line;
        unsigned n;
        const char *bad;
    } cases[] = {
        {"Content-Encoding: gzip\r\n", 1, ""},
        {"Content-Encoding: X-GZIP\r\n", 1, ""},
        {"Content-Encoding: identity\r\n", 0, ""},
        {"Content-Encoding:\r\n", 0, ""},
        {"Content-Encoding: deflate, gzip\r\n", 2, ""},
        {"Content-Encoding: br\r\n", 1, "br"},
        {"Content-Encoding: gzi\r\n", 1, "gzi"},
        {"Content-Encoding: chunked\r\n", 1, "chunked"},
        {"Transfer-Encoding: chunked\r\n", 0, ""},
    };

    for (size_t i = 0; i < N(cases); i++) {
        const char *const lines[] = {"HTTP/1.1 200 OK\r\n", cases[i].line, "\r\n", NULL};
        CLEANUP(response_head_deinit) struct response_head head = {0};

        take(&head, lines);
        if (head.n_encodings != cases[i].n || strcmp(head.bad_encoding, cases[i].bad) != 0)
            fail_msg("%s: %u %s", cases[i].line, head.n_encodings, head.bad_encoding);
    }
}

static void transfer_codings_but_chunked_are_named(void **state)
{
    static const struct {
        const char *line;
        const char *bad;
    } cases[] = {
        {"Transfer-Encoding: chunked\r\n", ""},
        {"Transfer-Encoding: Chunked, identity\r\n", ""},
        {"Transfer-Encoding: gzip, chunked\r\n", "gzip"},
        {"Transfer-Encoding: br\r\n", "br"},
        {"Transfer-Encoding: the-name-of-this-coding-is-much-too-long\r\n",
            "the-name-of-this-coding-is-much"},
    };

    for (size_t i = 0; i < N(cases); i++) {
        const char *const lines[] = {"HTTP/1.1 200 OK\r\n", cases[i].line, "\r\n", NULL};
        CLEANUP(response_head_deinit) struct response_head head = {0};

        take(&head, lines);
        assert_string_equal(head.bad_transfer, cases[i].bad);
        assert_int_equal(head.n_encodings, 0);
    }
}

static void longest_retry_after_counts(void **state)
{
    static const char *const lines[] = {"HTTP/1.1 429 Slow down\r\n", "Retry-After: 3\r\n",
        "Retry-After: 600\r\n", "Retry-After: soon\r\n", "\r\n", NULL};
    CLEANUP(response_head_deinit) struct response_head head = {0};

    take(&head, lines);

    assert_int_equal(head.retry_after_usec, 600000000);
}

static void folded_lines_are_one(void **state)
{
    static const char *const lines[] = {"HTTP/1.1 429 Slow down\r\n", " lost\r\n", "Retry-After:\r\n",
        "\t 600\r\n", "Location: /a\r\n", " \r\n", "  b \r\n", "X-Other: 1\r\n", " Location: /c\r\n",
        "Content-Type: text/html;\r\n", " charset=koi8-r\r\n", "Content-Encoding: gzip,\r\n", "\tdeflate\r\n",
        "\r\n", NULL};
    CLEANUP(response_head_deinit) struct response_head head = {0};

    take(&head, lines);

    assert_true(head.is_complete);
    assert_int_equal(head.retry_after_usec, 600000000);
    assert_string_equal(head.location, "/a b");
    assert_string_equal(head.type.essence, "text/html");
    assert_string_equal(head.type.charset, "koi8-r");
    assert_int_equal(head.n_encodings, 2);
    assert_false(head.has_folded_framing);
}

static void folded_framing_is_noticed(void **state)
{
    static const char *const fields[] = {"content-length:\r\n", "Transfer-Encoding: chunked\r\n"};

    for (size_t i = 0; i < N(fields); i++) {
        const char *const lines[] = {"HTTP/1.1 200 OK\r\n", fields[i], " \r\n", "\r\n", NULL};
        CLEANUP(response_head_deinit) struct response_head head = {0};

        take(&head, lines);
        assert_true(head.has_folded_framing);
        response_head_reset(&head);
        assert_false(head.has_folded_framing);
    }
}

static void lengths_that_differ_frame_nothing(void **state)
{
    static const struct {
        const char *line;
        bool is_framed;
    } cases[] = {
        {"Content-Length: 13\r\n", true},
        {"content-length: 12\r\n", false},
        {"Content-Length: 12, 13\r\n", false},
        {"Transfer-Encoding: chunked\r\n", true},
    };

    for (size_t i = 0; i < N(cases); i++) {
        const char *const lines[] = {"HTTP/1.1 200 OK\r\n", "Content-Length: 13\r\n", cases[i].line,
            i == 3 ? "Content-Length: 1\r\n" : "X: y\r\n", "\r\n", NULL};
        CLEANUP(response_head_deinit) struct response_head head = {.content_length = UINT64_MAX};

        take(&head, lines);
        assert_int_equal(response_head_is_framed(&head), cases[i].is_framed);
    }
}

static void content_types_are_parsed_as_servers_write_them(void **state)
{
    static const struct {
        const char *value;
        const char *essence;
        const char *charset;
    } cases[] = {
        {"text/html", "text/html", ""},
        {" TEXT/html ;charset=utf-8", "text/html", "utf-8"},
        {"text/html; charset=\"a\\\"b;c\"", "text/html", "a\"b;c"},
        {"text/html; x=\"charset=no\"; charset=yes ; charset=late", "text/html", "yes"},
        {"text/html;;charset=latin1;", "text/html", "latin1"},
        {"text/html; charset", "text/html", ""},
        {"text/html; charset=", "text/html", ""},
        {"text/html; charset=\"a\tb\"", "text/html", ""},
        {"text/html; charset=\xff; charset=utf-8", "text/html", "utf-8"},
        {"application/xhtml+xml", "application/xhtml+xml", ""},
        {"text/html, text/plain", "text/html", ""},
        {"", "", ""},
        {"html", "", ""},
        {"text/", "", ""},
        {"/html", "", ""},
        {"*/*", "", ""},
        {"unknown/unknown", "", ""},
        {"application/unknown; charset=koi8-r", "", "koi8-r"},
    };

    for (size_t i = 0; i < N(cases); i++) {
        struct content_type type;

        content_type_parse(cases[i].value, strlen(cases[i].value), &type);
        if (strcmp(type.essence, cases[i].essence) != 0 || strcmp(type.charset, cases[i].charset) != 0)
            fail_msg("%s: \"%s\" \"%s\"", cases[i].value, type.essence, type.charset);
    }
}

static void only_text_types_and_none_are_counted(void **state)
{
    static const char *const counted[] = {"text/html", "text/plain", "application/xhtml+xml", "", "html"};
    static const char *const others[] = {
        "application/pdf", "text/css", "image/png", "text/xml", "text/htmlx"};
    struct content_type type;

    for (size_t i = 0; i < N(counted); i++) {
        content_type_parse(counted[i], strlen(counted[i]), &type);
        assert_true(content_type_is_counted(&type));
    }
    for (size_t i = 0; i < N(others); i++) {
        content_type_parse(others[i], strlen(others[i]), &type);
        assert_false(content_type_is_counted(&type));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_gathered_whatever_their_case),
        cmocka_unit_test(interim_responses_leave_nothing_behind),
        cmocka_unit_test(trailers_change_nothing),
        cmocka_unit_test(first_location_and_last_content_type_count),
        cmocka_unit_test(values_that_are_too_long_are_not_kept),
        cmocka_unit_test(encodings_are_counted_and_unasked_ones_named),
        cmocka_unit_test(transfer_codings_but_chunked_are_named),
        cmocka_unit_test(longest_retry_after_counts),
        cmocka_unit_test(folded_lines_are_one),
        cmocka_unit_test(folded_framing_is_noticed),
        cmocka_unit_test(lengths_that_differ_frame_nothing),
        cmocka_unit_test(content_types_are_parsed_as_servers_write_them),
        cmocka_unit_test(only_text_types_and_none_are_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
