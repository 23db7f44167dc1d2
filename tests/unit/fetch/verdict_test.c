#include "fetch/verdict.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define N(array) (sizeof(array) / sizeof((array)[0]))

static const struct response_head no_head = {.content_length = UINT64_MAX};
static const struct response_head half_head = {.status = 200, .bytes = 17, .content_length = UINT64_MAX};
static const struct response_head whole_head = {
    .status = 200, .bytes = 19, .is_complete = true, .content_length = UINT64_MAX};

static void each_failure_has_its_outcome(void **state)
{
    static const struct {
        struct verdict_failure failure;
        enum outcome outcome;
        bool may_pass;
    } cases[] = {
        {{CURLE_COULDNT_CONNECT, ECONNREFUSED, "", "192.0.2.1", false, false, &no_head},
            OUTCOME_CONNECT_FAILED, true},
        {{CURLE_COULDNT_CONNECT, ENETUNREACH, "", "192.0.2.1", false, false, &no_head},
            OUTCOME_CONNECT_FAILED, true},
        {{CURLE_COULDNT_CONNECT, EACCES, "", "192.0.2.1", false, false, &no_head}, OUTCOME_CONNECT_FAILED,
            true},
        {{CURLE_COULDNT_CONNECT, 0, "why", "192.0.2.1", false, false, &no_head}, OUTCOME_CONNECT_FAILED,
            true},
        {{CURLE_COULDNT_CONNECT, EMFILE, "", "192.0.2.1", false, false, &no_head}, OUTCOME_INTERNAL_ERROR,
            true},
        {{CURLE_COULDNT_CONNECT, EADDRNOTAVAIL, "", "192.0.2.1", false, false, &no_head},
            OUTCOME_INTERNAL_ERROR, true},
        {{CURLE_OPERATION_TIMEDOUT, 0, "", "192.0.2.1", false, false, &no_head}, OUTCOME_TIMEOUT, true},
        {{CURLE_COULDNT_RESOLVE_PROXY, 0, "proxy", "", false, false, &no_head}, OUTCOME_DNS_FAILED, true},
        {{CURLE_PROXY, 0, "proxy", "", false, false, &no_head}, OUTCOME_CONNECT_FAILED, true},
        {{CURLE_PEER_FAILED_VERIFICATION, 0, "expired", "", true, false, &no_head}, OUTCOME_TLS_FAILED,
            false},
        {{CURLE_SSL_CONNECT_ERROR, 0, "version", "", true, false, &no_head}, OUTCOME_TLS_FAILED, false},
        {{CURLE_SSL_CONNECT_ERROR, ECONNRESET, "reset", "", true, false, &no_head}, OUTCOME_TLS_FAILED, true},
        {{CURLE_SSL_CACERT_BADFILE, 0, "no file", "", true, false, &no_head}, OUTCOME_TLS_FAILED, false},
        {{CURLE_GOT_NOTHING, 0, "", "", true, false, &no_head}, OUTCOME_TRUNCATED, true},
        {{CURLE_PARTIAL_FILE, 0, "short", "", true, false, &whole_head}, OUTCOME_TRUNCATED, true},
        {{CURLE_RECV_ERROR, ECONNRESET, "", "", true, false, &whole_head}, OUTCOME_TRUNCATED, true},
        {{CURLE_RECV_ERROR, 0, "tunnel failed", "", true, true, &no_head}, OUTCOME_CONNECT_FAILED, true},
        {{CURLE_SEND_ERROR, EPIPE, "", "", true, false, &no_head}, OUTCOME_TRUNCATED, true},
        {{CURLE_RECV_ERROR, 0, "bad chunk", "", true, false, &whole_head}, OUTCOME_BAD_RESPONSE, false},
        {{CURLE_RECV_ERROR, 0, "nghttp2_session_mem_recv() returned -1:No", "", true, false, &no_head},
            OUTCOME_BAD_RESPONSE, false},
        {{CURLE_OK, 0, "", "", true, false, &half_head}, OUTCOME_TRUNCATED, true},
        {{CURLE_OK, 0, "", "", true, false, &no_head}, OUTCOME_BAD_RESPONSE, false},
        {{CURLE_HTTP2, 0, "frame", "", true, false, &no_head}, OUTCOME_BAD_RESPONSE, true},
        {{CURLE_HTTP2_STREAM, 0, "reset", "", true, false, &whole_head}, OUTCOME_TRUNCATED, true},
        {{CURLE_OUT_OF_MEMORY, 0, "", "", true, false, &half_head}, OUTCOME_BAD_RESPONSE, false},
        {{CURLE_OUT_OF_MEMORY, 0, "", "", false, false, &no_head}, OUTCOME_INTERNAL_ERROR, true},
        {{CURLE_WEIRD_SERVER_REPLY, 0, "weird", "", true, false, &no_head}, OUTCOME_BAD_RESPONSE, false},
        {{CURLE_BAD_CONTENT_ENCODING, 0, "zip", "", true, false, &whole_head}, OUTCOME_BAD_RESPONSE, false},
        {{CURLE_UNSUPPORTED_PROTOCOL, 0, "0.9", "", true, false, &no_head}, OUTCOME_BAD_RESPONSE, false},
        {{CURLE_URL_MALFORMAT, 0, "url", "", false, false, &no_head}, OUTCOME_INTERNAL_ERROR, false},
    };

    for (size_t i = 0; i < N(cases); i++) {
        struct verdict verdict = {0};

        verdict_of_failure(&verdict, &cases[i].failure);
        if (verdict.outcome != cases[i].outcome || verdict.may_pass != cases[i].may_pass || !verdict.is_final)
            fail_msg("case %zu: %d %s", i, verdict.outcome, verdict.detail);
        assert_string_not_equal(verdict.detail, "");
    }
}

static void heads_that_are_taken_are_not_final(void **state)
{
    static const int statuses[] = {200, 201, 202, 203, 204, 205, 226, 299};
    const struct fetch_settings settings = {.max_body_bytes = 1000};
    const struct fetch_request request = {.kind = FETCH_PAGE, .settings = &settings};

    for (size_t i = 0; i < N(statuses); i++) {
        struct response_head head = whole_head;
        struct verdict verdict = {0};

        head.status = statuses[i];
        head.content_length = 1000;
        verdict_of_head(&verdict, &head, &request);
        assert_false(verdict.is_final);
    }
}

static void length_above_the_limit_is_refused_unless_it_is_robots(void **state)
{
    const struct fetch_settings settings = {.max_body_bytes = 1000};
    struct fetch_request request = {.kind = FETCH_PAGE, .settings = &settings};
    struct response_head head = whole_head;
    struct verdict verdict = {0};

    head.content_length = 1001;
    verdict_of_head(&verdict, &head, &request);
    assert_int_equal(verdict.outcome, OUTCOME_TOO_LARGE);

    request.kind = FETCH_ROBOTS;
    verdict = (struct verdict){0};
    verdict_of_head(&verdict, &head, &request);
    assert_false(verdict.is_final);
}

static void error_keeps_its_status_whatever_its_encoding(void **state)
{
    const struct fetch_settings settings = {.max_body_bytes = 1000};
    const struct fetch_request request = {.kind = FETCH_PAGE, .settings = &settings};
    struct response_head head = {.status = 404, .is_complete = true, .n_encodings = 1, .bad_encoding = "br"};
    struct verdict verdict = {0};

    verdict_of_head(&verdict, &head, &request);
    assert_int_equal(verdict.outcome, OUTCOME_HTTP_ERROR);

    head.status = 200;
    verdict = (struct verdict){0};
    verdict_of_head(&verdict, &head, &request);
    assert_int_equal(verdict.outcome, OUTCOME_BAD_RESPONSE);
}

static void details_are_printable_and_cut(void **state)
{
    struct verdict verdict = {0};
    char text[1000];

    memset(text, 'a', sizeof(text));
    memcpy(text, "x\033[1m\xff\n", 7);
    text[sizeof(text) - 1] = '\0';
    verdict_set(&verdict, OUTCOME_BAD_RESPONSE, false, "%s", text);

    assert_int_equal(strlen(verdict.detail), VERDICT_DETAIL_SIZE - 1);
    assert_memory_equal(verdict.detail, "x?[1m??aaa", 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_failure_has_its_outcome),
        cmocka_unit_test(heads_that_are_taken_are_not_final),
        cmocka_unit_test(length_above_the_limit_is_refused_unless_it_is_robots),
        cmocka_unit_test(error_keeps_its_status_whatever_its_encoding),
        cmocka_unit_test(details_are_printable_and_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
