/* Which exit status a job deserves. */
#include "ctl/estimate.h"
#include "ctl/limit.h"

#include "base/cleanup.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct limit parsed(const char *text)
{
    struct verb_value value = {.option = &verb_find("wait")->options[0], .value = text};
    struct context context = {.verb = verb_find("wait"), .values = &value, .n_values = 1};
    struct limit limit = {.percent = -1};

    assert_int_equal(limit_parse(&context, &limit), 0);
    return limit;
}

static int judged(int64_t total, int64_t counted, int64_t failed, const char *limit)
{
    struct wire_job job = {.state = "done", .total = total, .counted = counted, .failed = failed};
    struct limit parsed_limit = parsed(limit);

    return limit_judge(&job, &parsed_limit);
}

static void failures_within_the_number_are_fine(void **state)
{
    assert_int_equal(judged(10, 10, 0, "0"), EXIT_DONE);
    assert_int_equal(judged(10, 9, 1, "0"), EXIT_INCOMPLETE);
    assert_int_equal(judged(10, 8, 2, "2"), EXIT_DONE);
    assert_int_equal(judged(10, 7, 3, "2"), EXIT_INCOMPLETE);
}

static void failures_within_the_share_are_fine(void **state)
{
    assert_int_equal(judged(200, 198, 2, "1%"), EXIT_DONE);
    assert_int_equal(judged(200, 197, 3, "1%"), EXIT_INCOMPLETE);
    assert_int_equal(judged(200, 197, 3, "1.5%"), EXIT_DONE);
    assert_int_equal(judged(200, 199, 1, "0%"), EXIT_INCOMPLETE);
}

static void nothing_counted_is_never_fine(void **state)
{
    assert_int_equal(judged(1, 0, 1, "100%"), EXIT_INCOMPLETE);
    assert_int_equal(judged(5, 0, 0, "5"), EXIT_INCOMPLETE);
}

static void a_cancelled_job_is_never_fine(void **state)
{
    struct wire_job job = {.state = "cancelled", .total = 10, .counted = 9, .cancelled = 1};
    struct limit limit = {.percent = 100};

    assert_int_equal(limit_judge(&job, &limit), EXIT_INCOMPLETE);
}

static void assert_estimate(double delay, double seconds, const char *expected)
{
    CLEANUP(buffer_deinit) struct buffer buffer = {0};
    struct wire_slowest_host slowest = {.host = "example.org", .urls = 9, .delay = delay, .seconds = seconds};

    assert_int_equal(estimate_format(&buffer, &slowest), 0);
    if (expected)
        assert_string_equal((const char *)buffer.bytes, expected);
    else
        assert_int_equal(buffer.size, 0);
}

static void the_slowest_host_is_told_in_words(void **state)
{
    assert_estimate(1, 6000, "slowest host example.org: 1 page a second, 1 h 40 min left");
    assert_estimate(0.5, 60, "slowest host example.org: 2 pages a second, 1 min left");
    assert_estimate(30, 3600, "slowest host example.org: 1 page every 30 s, 1 h left");
}

static void a_job_of_moments_needs_no_estimate(void **state)
{
    assert_estimate(1, 2, NULL);
    assert_estimate(0, 0, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failures_within_the_number_are_fine),
        cmocka_unit_test(failures_within_the_share_are_fine),
        cmocka_unit_test(nothing_counted_is_never_fine),
        cmocka_unit_test(a_cancelled_job_is_never_fine),
        cmocka_unit_test(the_slowest_host_is_told_in_words),
        cmocka_unit_test(a_job_of_moments_needs_no_estimate),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
