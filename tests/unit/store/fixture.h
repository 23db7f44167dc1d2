/* What most tests of the store begin and end with: an empty store, which *state is the harness of. Thread:
 * the test's.
 */
#pragma once

#include "harness.h"

int fixture_set_up(void **state);
int fixture_tear_down(void **state);

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)
