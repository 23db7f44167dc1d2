/* Each row of what hostile and broken servers do, with a server that does it: the outcome, and that memory
 * stays flat. */
#include "base/clock.h"
#include "base/list.h"
#include "fetching.h"
#include "servers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define N(array) (sizeof(array) / sizeof((array)[0]))

static struct server server;

struct row {
    const char *path;
    enum outcome outcome;
    bool may_pass;
};

static void expect_rows(struct fetching *fetching, const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct fetched fetched;

        fetched_get(&fetched, fetching, "http://127.0.0.1:%u%s", server.port, rows[i].path);
        if (fetched.result.outcome != rows[i].outcome || fetched.result.may_pass != rows[i].may_pass)
            fail_msg("%s: %d %s %s", rows[i].path, fetched.result.outcome, fetched.detail,
                fetched.result.may_pass ? "(may pass)" : "");
        if (rows[i].outcome != OUTCOME_COUNTED)
            assert_string_not_equal(fetched.detail, "");
    }
}

static void expect(const struct row *rows, size_t n)
{
    struct fetching fetching;

    fetching_init(&fetching, "127.0.0.0/8");
    fetching_open(&fetching);
    expect_rows(&fetching, rows, n);
    fetching_deinit(&fetching);
}

static void servers_that_are_silent_or_slow_time_out(void **state)
{
    static const struct row rows[] = {
        {"/never", OUTCOME_TIMEOUT, true},
        {"/drip?period=0.05", OUTCOME_TIMEOUT, true},
        {"/drip-head?period=0.05", OUTCOME_TIMEOUT, true},
        {"/stall", OUTCOME_TIMEOUT, true},
        {"/stall-head", OUTCOME_TIMEOUT, true},
    };
    struct fetching fetching;

    fetching_init(&fetching, "127.0.0.0/8");
    fetching.settings.transfer_timeout_usec = 400 * USEC_PER_MSEC;
    fetching_open(&fetching);
    expect_rows(&fetching, rows, N(rows));

    /* By the low-speed limit alone; what has not begun to answer is not slow. */
    fetching.settings.transfer_timeout_usec = 0;
    fetching.settings.low_speed_bytes = 100;
    fetching.settings.low_speed_usec = 300 * USEC_PER_MSEC;
    expect_rows(&fetching, rows + 1, N(rows) - 1);
    fetching_deinit(&fetching);
}

static void fast_pages_and_slow_beginnings_pass_the_low_speed_limit(void **state)
{
    static const struct row rows[] = {
        {"/slow?seconds=0.5", OUTCOME_COUNTED, false}, {"/ok", OUTCOME_COUNTED, false}};
    struct fetching fetching;

    fetching_init(&fetching, "127.0.0.0/8");
    fetching.settings.low_speed_bytes = 100;
    fetching.settings.low_speed_usec = 200 * USEC_PER_MSEC;
    fetching_open(&fetching);
    expect_rows(&fetching, rows, N(rows));
    fetching_deinit(&fetching);
}

static void endless_and_lying_bodies_end_by_size_or_as_truncated(void **state)
{
    static const struct row rows[] = {
        {"/endless", OUTCOME_TOO_LARGE, false},
        {"/endless-close", OUTCOME_TOO_LARGE, false},
        {"/long-attribute?mb=20", OUTCOME_TOO_LARGE, false},
        {"/lying-length?more=100", OUTCOME_TRUNCATED, true},
        {"/lying-length?more=0&fewer=100", OUTCOME_COUNTED, false},
        {"/early-close", OUTCOME_TRUNCATED, true},
        {"/close-head", OUTCOME_TRUNCATED, true},
        {"/close-chunk", OUTCOME_TRUNCATED, true},
        {"/reset", OUTCOME_TRUNCATED, true},
        {"/reset-body", OUTCOME_TRUNCATED, true},
    };

    expect(rows, N(rows));
}

static void what_never_ends_on_the_wire_ends_whatever_comes_of_it(void **state)
{
    static const struct row rows[] = {
        {"/endless-behind?name=gzip", OUTCOME_COUNTED, false},
        {"/endless-behind?name=deflate", OUTCOME_COUNTED, false},
        {"/endless-members", OUTCOME_TOO_LARGE, false},
    };

    expect(rows, N(rows));
}

static void what_stands_around_chunks_ends_by_its_bytes(void **state)
{
    static const struct row rows[] = {
        {"/endless-extension", OUTCOME_TOO_LARGE, false},
        {"/endless-extensions", OUTCOME_TOO_LARGE, false},
        {"/endless-extension?code=404", OUTCOME_HTTP_ERROR, false},
    };
    struct fetching fetching;

    fetching_init(&fetching, "127.0.0.0/8");
    fetching.settings.max_body_bytes = 1024 * 1024;
    fetching.settings.transfer_timeout_usec = 0;
    fetching_open(&fetching);
    expect_rows(&fetching, rows, N(rows));
    fetching_deinit(&fetching);
}

static void count_sent(struct fetch_request *request)
{
    struct fetched *fetched = CONTAINER_OF(request, struct fetched, request);

    fetched->n_sent++;
}

static void leftovers_on_a_connection_are_no_answer_to_the_next_request(void **state)
{
    static const struct row rows[] = {
        {"/lying-length?more=0&fewer=100", OUTCOME_COUNTED, false},
        {"/ok", OUTCOME_COUNTED, false},
        {"/lying-length?more=0&fewer=100", OUTCOME_COUNTED, false},
        {"/garbage-status", OUTCOME_BAD_RESPONSE, false},
    };

    expect(rows, N(rows));
}

static void request_on_a_connection_that_ends_is_not_sent_twice(void **state)
{
    struct fetching fetching;
    struct fetched fetched;

    fetching_init(&fetching, "127.0.0.0/8");
    fetching_open(&fetching);
    fetched_get(&fetched, &fetching, "http://127.0.0.1:%u/ok", server.port);
    for (int i = 0; i < 2; i++) {
        fetched_init(&fetched, &fetching, "http://127.0.0.1:%u/close-kept", server.port);
        fetched.request.sent = count_sent;
        fetched.request.wants_fresh = i == 1;
        fetched_start(&fetched);
        fetched_wait(&fetched);

        assert_int_equal(fetched.n_sent, 1);
        assert_int_equal(fetched.result.is_stale, i == 0);
        assert_int_equal(fetched.result.outcome, i == 0 ? OUTCOME_TRUNCATED : OUTCOME_COUNTED);
    }
    fetching_deinit(&fetching);
}

static void compressed_bombs_end_by_their_decoded_size(void **state)
{
    static const struct row rows[] = {
        {"/gzip-bomb?mb=20", OUTCOME_TOO_LARGE, false},
        {"/deflate-bomb?mb=20", OUTCOME_TOO_LARGE, false},
    };
    long before = fetching_peak_memory();

    expect(rows, N(rows));

    assert_true(fetching_peak_memory() - before < FETCHING_FLAT_KIB);
}

static void encodings_that_are_broken_stacked_or_unasked_are_bad_responses(void **state)
{
    static const struct row rows[] = {
        {"/stacked-encodings?n=2", OUTCOME_BAD_RESPONSE, false},
        {"/stacked-encodings?n=20", OUTCOME_BAD_RESPONSE, false},
        {"/unasked-encoding?name=compress", OUTCOME_BAD_RESPONSE, false},
        {"/unasked-encoding?name=br", OUTCOME_BAD_RESPONSE, false},
        {"/unasked-encoding?name=zstd", OUTCOME_BAD_RESPONSE, false},
        {"/unasked-transfer-encoding?name=br", OUTCOME_BAD_RESPONSE, false},
        {"/unasked-transfer-encoding?name=gzip,%20chunked", OUTCOME_BAD_RESPONSE, false},
        {"/unasked-transfer-encoding?name=a,b,c,d,e,f,g", OUTCOME_BAD_RESPONSE, false},
        {"/broken-gzip", OUTCOME_BAD_RESPONSE, false},
        {"/broken-chunks", OUTCOME_BAD_RESPONSE, false},
    };

    expect(rows, N(rows));
}

/* In an answer that is whole: libcurl has nothing against any of them. */
static void coded_bodies_are_whole_cut_or_damaged_in_each_coding(void **state)
{
    static const char *const codings[] = {"gzip", "deflate", "bare", "br", "zstd"};
    static const struct {
        const char *how;
        enum outcome outcome;
    } rows[] = {
        {"whole", OUTCOME_COUNTED},
        {"empty", OUTCOME_COUNTED},
        {"trailing", OUTCOME_COUNTED},
        {"twice", OUTCOME_COUNTED},
        {"cut", OUTCOME_TRUNCATED},
        {"damaged", OUTCOME_BAD_RESPONSE},
    };
    struct fetching fetching;
    struct fetched fetched;

    fetching_init(&fetching, "127.0.0.0/8");
    fetching.settings.decode_memory = 64 * 1024 * 1024;
    fetching_open(&fetching);
    for (size_t i = 0; i < N(codings); i++) {
        size_t size = 0;

        for (size_t j = 0; j < N(rows); j++) {
            fetched_get(&fetched, &fetching, "http://127.0.0.1:%u/coded?name=%s&how=%s", server.port,
                codings[i], rows[j].how);
            if (fetched.result.http_status == 404)
                break; /* its Python has no brotli */
            if (fetched.result.outcome != rows[j].outcome)
                fail_msg("%s %s: %d %s", codings[i], rows[j].how, fetched.result.outcome, fetched.detail);
            assert_int_equal(fetched.result.may_pass, rows[j].outcome == OUTCOME_TRUNCATED);
            if (j == 0)
                size = fetched.n_bytes;
            if (strcmp(rows[j].how, "trailing") == 0)
                assert_int_equal(fetched.n_bytes, size);
        }
    }
    fetched_get(&fetched, &fetching, "http://127.0.0.1:%u/coded?name=gzip&how=cut", server.port);
    assert_string_equal(fetched.detail, "its gzip data are cut short, though the answer came whole");
    fetched_get(&fetched, &fetching, "http://127.0.0.1:%u/zstd-bomb?mb=1&window=24", server.port);
    assert_int_equal(fetched.result.outcome, OUTCOME_BAD_RESPONSE);
    assert_string_equal(fetched.detail, "its zstd data need more memory to decode than HTTP allows");
    fetching_deinit(&fetching);
}

static void heads_without_end_or_sense_are_bad_responses(void **state)
{
    static const struct row rows[] = {
        {"/endless-headers", OUTCOME_BAD_RESPONSE, false},
        {"/huge-header?kb=1024", OUTCOME_BAD_RESPONSE, false},
        {"/many-informational", OUTCOME_BAD_RESPONSE, false},
        {"/garbage-status", OUTCOME_BAD_RESPONSE, false},
        {"/old-http", OUTCOME_BAD_RESPONSE, false},
        {"/nul-header", OUTCOME_BAD_RESPONSE, false},
        {"/odd-status?code=999", OUTCOME_BAD_RESPONSE, false},
        {"/odd-status?code=20", OUTCOME_BAD_RESPONSE, false},
        {"/partial", OUTCOME_BAD_RESPONSE, false},
        {"/no-location", OUTCOME_BAD_REDIRECT, false},
    };
    long before = fetching_peak_memory();

    expect(rows, N(rows));

    assert_true(fetching_peak_memory() - before < FETCHING_FLAT_KIB);
}

static void folded_fields_are_read_but_for_what_frames_the_body(void **state)
{
    static const struct row rows[] = {
        {"/folded?name=Content-Encoding", OUTCOME_COUNTED, false},
        {"/folded?name=Content-Length", OUTCOME_BAD_RESPONSE, false},
        {"/folded?name=Transfer-Encoding", OUTCOME_BAD_RESPONSE, false},
    };

    expect(rows, N(rows));
}

static void words_of_a_server_are_quoted_in_plain_characters(void **state)
{
    struct fetching fetching;
    struct fetched fetched;

    fetching_init(&fetching, "127.0.0.0/8");
    fetching_open(&fetching);
    fetched_get(&fetched, &fetching, "http://127.0.0.1:%u/unasked-encoding?name=%%FF%%1B%%5Bx", server.port);

    assert_int_equal(fetched.result.outcome, OUTCOME_BAD_RESPONSE);
    assert_string_equal(fetched.detail, "an encoding that was not asked for: ??[x");
    fetched_get(&fetched, &fetching, "http://127.0.0.1:%u/unasked-transfer-encoding?name=gzip", server.port);
    assert_string_equal(fetched.detail, "a transfer coding that was not asked for: gzip");
    fetched_get(
        &fetched, &fetching, "http://127.0.0.1:%u/unasked-transfer-encoding?name=a,b,c,d,e,f,g", server.port);
    assert_string_equal(fetched.detail, "several transfer codings in one another");
    fetching_deinit(&fetching);
}

static void other_types_end_at_the_head(void **state)
{
    struct fetching fetching;
    struct fetched fetched;

    fetching_init(&fetching, "127.0.0.0/8");
    fetching_open(&fetching);
    fetched_get(&fetched, &fetching, "http://127.0.0.1:%u/pdf", server.port);

    assert_int_equal(fetched.result.outcome, OUTCOME_UNSUPPORTED_TYPE);
    assert_string_equal(fetched.type, "application/pdf");
    assert_int_equal(fetched.n_begun, 0);
    assert_int_equal(fetched.result.body_bytes, 0);
    fetching_deinit(&fetching);
}

static void strange_pages_within_the_limits_are_taken(void **state)
{
    static const struct row rows[] = {
        {"/deep?n=10000", OUTCOME_COUNTED, false},
        {"/long-attribute?mb=10", OUTCOME_COUNTED, false},
        {"/long-word?mb=10", OUTCOME_COUNTED, false},
        {"/nuls", OUTCOME_COUNTED, false},
        {"/random", OUTCOME_COUNTED, false},
        {"/no-type", OUTCOME_COUNTED, false},
        {"/empty", OUTCOME_COUNTED, false},
        {"/no-content", OUTCOME_COUNTED, false},
    };

    expect(rows, N(rows));
}

/* The limit of a body limits what its decoder keeps of it. */
static void zstandard_is_taken_only_within_the_memory_for_it(void **state)
{
    static const struct row rows[] = {{"/zstd-bomb?mb=200", OUTCOME_TOO_LARGE, false}};
    struct fetching fetching;
    struct fetched fetched;
    long before;

    fetching_init(&fetching, "127.0.0.0/8");
    fetching.settings.max_body_bytes = 4 * 1024 * 1024;
    fetching.settings.decode_memory = 5 * 1024 * 1024;
    fetching_open(&fetching);
    fetched_get(&fetched, &fetching, "http://127.0.0.1:%u/zstd-bomb?mb=1", server.port);
    assert_int_equal(fetched.result.outcome, OUTCOME_COUNTED);
    assert_int_equal(fetched.n_bytes, 1048576);
    before = fetching_peak_memory();
    expect_rows(&fetching, rows, N(rows));
    assert_in_range(fetching_peak_memory() - before, 0, FETCHING_FLAT_KIB + 5 * 1024);
    fetching_deinit(&fetching);

    fetching_init(&fetching, "127.0.0.0/8");
    fetching.settings.max_body_bytes = 4 * 1024 * 1024;
    fetching.settings.decode_memory = 5 * 1024 * 1024 - 1;
    fetching_open(&fetching);
    fetched_get(&fetched, &fetching, "http://127.0.0.1:%u/zstd-bomb?mb=1", server.port);
    assert_int_equal(fetched.result.outcome, OUTCOME_BAD_RESPONSE);
    fetching_deinit(&fetching);
}

/* Those that wait for an answer may need it all; those whose answer is another one give it back. */
static void memory_for_decoding_is_given_back_at_the_head(void **state)
{
    static struct fetched waiting[3];
    static struct fetched silent;
    struct fetching fetching;
    struct fetched fetched;

    fetching_init(&fetching, "127.0.0.0/8");
    fetching.settings.max_body_bytes = 4 * 1024 * 1024;
    fetching.settings.decode_memory = 5 * 1024 * 1024;
    fetching_open(&fetching);
    for (size_t i = 0; i < N(waiting); i++) {
        fetched_init(&waiting[i], &fetching, "http://127.0.0.1:%u/stall", server.port);
        fetched_start(&waiting[i]);
        while (waiting[i].n_begun == 0)
            fetching_run(&fetching);
    }
    fetched_get(&fetched, &fetching, "http://127.0.0.1:%u/zstd-bomb?mb=1", server.port);
    assert_int_equal(fetched.result.outcome, OUTCOME_COUNTED);

    fetched_init(&silent, &fetching, "http://127.0.0.1:%u/never", server.port);
    fetched_start(&silent);
    fetched_get(&fetched, &fetching, "http://127.0.0.1:%u/zstd-bomb?mb=1", server.port);
    assert_int_equal(fetched.result.outcome, OUTCOME_BAD_RESPONSE);
    fetching_deinit(&fetching);
}

static void brotli_is_taken_only_within_the_memory_for_it(void **state)
{
    static const struct row rows[] = {{"/br-bomb?mb=20", OUTCOME_TOO_LARGE, false}};
    struct fetching fetching;
    struct fetched fetched;

    fetching_init(&fetching, "127.0.0.0/8");
    fetching.settings.decode_memory = 20 * 1024 * 1024;
    fetching_open(&fetching);
    fetched_get(&fetched, &fetching, "http://127.0.0.1:%u/br-bomb?mb=1", server.port);
    if (fetched.result.http_status == 404) {
        fetching_deinit(&fetching);
        skip();
    }
    assert_int_equal(fetched.result.outcome, OUTCOME_COUNTED);
    assert_int_equal(fetched.n_bytes, 1048575);
    expect_rows(&fetching, rows, N(rows));
    fetching_deinit(&fetching);

    fetching_init(&fetching, "127.0.0.0/8");
    fetching.settings.decode_memory = 10 * 1024 * 1024;
    fetching_open(&fetching);
    fetched_get(&fetched, &fetching, "http://127.0.0.1:%u/br-bomb?mb=1", server.port);
    assert_int_equal(fetched.result.outcome, OUTCOME_BAD_RESPONSE);
    fetching_deinit(&fetching);
}

static void hundreds_of_silent_servers_do_not_hold_up_a_good_one(void **state)
{
    static struct fetched silent[300];
    struct fetched good;
    struct fetching fetching;

    fetching_init(&fetching, "127.0.0.0/8");
    fetching_open(&fetching);
    for (size_t i = 0; i < N(silent); i++) {
        fetched_init(
            &silent[i], &fetching, "http://127.0.%zu.%zu:%u/never", i / 200, 1 + i % 200, server.port);
        fetched_start(&silent[i]);
    }
    fetched_get(&good, &fetching, "http://127.1.1.1:%u/ok", server.port);

    assert_int_equal(good.result.outcome, OUTCOME_COUNTED);
    assert_int_equal(fetcher_running(fetching.fetcher), N(silent));
    fetching_deinit(&fetching);
    for (size_t i = 0; i < N(silent); i++)
        assert_int_equal(silent[i].result.outcome, OUTCOME_CANCELLED);
}

static int set_up(void **state)
{
    static const char *const arguments[] = {"--address", "0.0.0.0", NULL};

    server_start_misbehaving(&server, arguments);
    return fetch_init();
}

static int tear_down(void **state)
{
    server_stop(&server);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compressed_bombs_end_by_their_decoded_size),
        cmocka_unit_test(coded_bodies_are_whole_cut_or_damaged_in_each_coding),
        cmocka_unit_test(heads_without_end_or_sense_are_bad_responses),
        cmocka_unit_test(servers_that_are_silent_or_slow_time_out),
        cmocka_unit_test(fast_pages_and_slow_beginnings_pass_the_low_speed_limit),
        cmocka_unit_test(endless_and_lying_bodies_end_by_size_or_as_truncated),
        cmocka_unit_test(what_never_ends_on_the_wire_ends_whatever_comes_of_it),
        cmocka_unit_test(what_stands_around_chunks_ends_by_its_bytes),
        cmocka_unit_test(leftovers_on_a_connection_are_no_answer_to_the_next_request),
        cmocka_unit_test(request_on_a_connection_that_ends_is_not_sent_twice),
        cmocka_unit_test(encodings_that_are_broken_stacked_or_unasked_are_bad_responses),
        cmocka_unit_test(folded_fields_are_read_but_for_what_frames_the_body),
        cmocka_unit_test(words_of_a_server_are_quoted_in_plain_characters),
        cmocka_unit_test(other_types_end_at_the_head),
        cmocka_unit_test(strange_pages_within_the_limits_are_taken),
        cmocka_unit_test(zstandard_is_taken_only_within_the_memory_for_it),
        cmocka_unit_test(memory_for_decoding_is_given_back_at_the_head),
        cmocka_unit_test(brotli_is_taken_only_within_the_memory_for_it),
        cmocka_unit_test(hundreds_of_silent_servers_do_not_hold_up_a_good_one),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
