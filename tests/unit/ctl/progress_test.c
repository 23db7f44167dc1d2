#include "ctl/progress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct bar_style style = {"#", "-", "", ""};

static struct wire_job job(int64_t total, int64_t counted, int64_t failed)
{
    return (struct wire_job){
        .job = 7, .state = "running", .total = total, .counted = counted, .failed = failed};
}

static void assert_line(const struct wire_job *jobs, size_t n, double rate, size_t width,
    const struct bar_style *with, const char *expected)
{
    CLEANUP(buffer_deinit) struct buffer buffer = {0};
    struct progress_sum sum;

    progress_sum(jobs, n, &sum);
    assert_int_equal(progress_format(&buffer, &sum, rate, 3.1e6, width, with), 0);
    assert_int_equal(buffer_append(&buffer, "", 1), 0);
    assert_string_equal((const char *)buffer.bytes, expected);
}

static void bar_rate_and_time_left_fill_the_line(void **state)
{
    struct wire_job half = job(2000, 990, 10);

    half.remaining = wire_some_float(100);
    assert_line(&half, 1, 10, 200, &style,
        "job 7  ############------------  50%  1,000/2,000  10.0/s  3.1 MB/s  10 failed  1 min 40 s left");
}

static void a_narrow_terminal_gets_a_shorter_bar_then_none_then_a_cut_line(void **state)
{
    struct wire_job half = job(2000, 1000, 0);

    assert_line(&half, 1, 0, 40, &style, "job 7  #######--------  50%  1,000/2,000");
    assert_line(&half, 1, 0, 30, &style, "job 7   50%  1,000/2,000");
    assert_line(&half, 1, 0, 12, &style, "job 7   50% ");
}

static void time_left_follows_the_rate_where_the_daemon_does_not_tell(void **state)
{
    struct wire_job half = job(200, 100, 0);

    assert_line(&half, 1, 10, SIZE_MAX, NULL, "job 7   50%  100/200  10.0/s  3.1 MB/s  10 s left");
}

static void several_jobs_are_one_line(void **state)
{
    struct wire_job jobs[] = {job(100, 50, 0), job(300, 50, 0)};

    assert_line(jobs, 2, 0, SIZE_MAX, NULL, "2 jobs   25%  100/400");
}

static void a_paused_job_says_so(void **state)
{
    struct wire_job paused = job(100, 50, 0);

    paused.state = "paused";
    assert_line(&paused, 1, 0, SIZE_MAX, NULL, "job 7   50%  50/100  paused");
}

static void the_end_is_a_full_bar(void **state)
{
    struct wire_job all = job(5, 5, 0);

    assert_line(&all, 1, 0, 36, &style, "job 7  ################### 100%  5/5");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bar_rate_and_time_left_fill_the_line),
        cmocka_unit_test(a_narrow_terminal_gets_a_shorter_bar_then_none_then_a_cut_line),
        cmocka_unit_test(time_left_follows_the_rate_where_the_daemon_does_not_tell),
        cmocka_unit_test(several_jobs_are_one_line),
        cmocka_unit_test(a_paused_job_says_so),
        cmocka_unit_test(the_end_is_a_full_bar),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
