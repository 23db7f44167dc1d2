#include "base/outcome.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void every_outcome_finds_back_from_its_name(void **state)
{
    size_t n = 0;

    for (; outcomes[n] != OUTCOME_NONE; n++) {
        enum outcome outcome = OUTCOME_NONE;

        assert_int_equal(outcome_from_string(outcome_to_string(outcomes[n]), &outcome), 0);
        assert_int_equal(outcome, outcomes[n]);
    }
    assert_int_equal(n, 22);
}

static void every_number_with_a_name_is_in_the_list(void **state)
{
    size_t named = 0;
    size_t listed = 0;

    for (int number = 0; number <= OUTCOME_MAX; number++)
        named += outcome_to_string((enum outcome)number) != NULL;
    while (outcomes[listed] != OUTCOME_NONE)
        listed++;
    assert_int_equal(named, listed);
    assert_null(outcome_to_string(OUTCOME_NONE));
    assert_null(outcome_to_string((enum outcome)(OUTCOME_MAX + 1)));
}

static void hyphens_are_taken_for_underscores(void **state)
{
    enum outcome outcome = OUTCOME_NONE;

    assert_int_equal(outcome_from_string("robots-disallowed", &outcome), 0);
    assert_int_equal(outcome, OUTCOME_ROBOTS_DISALLOWED);
}

static void unknown_outcome_is_refused_and_leaves_the_result_alone(void **state)
{
    static const char *const names[] = {"", "count", "counted ", "countedx", "COUNTED", "none"};
    enum outcome outcome = OUTCOME_TIMEOUT;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        assert_int_equal(outcome_from_string(names[i], &outcome), -EINVAL);
    assert_int_equal(outcome, OUTCOME_TIMEOUT);
}

static void outcomes_put_a_url_in_the_state_of_their_block(void **state)
{
    assert_int_equal(outcome_state(OUTCOME_NONE), URL_QUEUED);
    assert_int_equal(outcome_state(OUTCOME_COUNTED), URL_COUNTED);
    assert_int_equal(outcome_state(OUTCOME_FRESH), URL_COUNTED);
    assert_int_equal(outcome_state(OUTCOME_ROBOTS_DISALLOWED), URL_SKIPPED);
    assert_int_equal(outcome_state(OUTCOME_UNSUPPORTED_TYPE), URL_SKIPPED);
    assert_int_equal(outcome_state(OUTCOME_HTTP_ERROR), URL_FAILED);
    assert_int_equal(outcome_state(OUTCOME_INTERNAL_ERROR), URL_FAILED);
    assert_int_equal(outcome_state(OUTCOME_CANCELLED), URL_CANCELLED);
}

static void every_state_finds_back_from_its_name(void **state)
{
    for (int number = 0; number < N_URL_STATES; number++) {
        enum url_state found = N_URL_STATES;

        assert_int_equal(url_state_from_string(url_state_to_string((enum url_state)number), &found), 0);
        assert_int_equal(found, number);
    }
}

static void unknown_state_is_refused_and_leaves_the_result_alone(void **state)
{
    enum url_state found = URL_FAILED;

    assert_int_equal(url_state_from_string("lost", &found), -EINVAL);
    assert_int_equal(found, URL_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_outcome_finds_back_from_its_name),
        cmocka_unit_test(every_number_with_a_name_is_in_the_list),
        cmocka_unit_test(hyphens_are_taken_for_underscores),
        cmocka_unit_test(unknown_outcome_is_refused_and_leaves_the_result_alone),
        cmocka_unit_test(outcomes_put_a_url_in_the_state_of_their_block),
        cmocka_unit_test(every_state_finds_back_from_its_name),
        cmocka_unit_test(unknown_state_is_refused_and_leaves_the_result_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
