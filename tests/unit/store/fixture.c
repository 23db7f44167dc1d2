#include "fixture.h"

#include "faulty_disk.h"
#include <sqlite3.h>

int fixture_set_up(void **state)
{
    static struct harness harness;

    harness = (struct harness){.store = NULL};
    harness_open(&harness);
    *state = &harness;
    return 0;
}

int fixture_tear_down(void **state)
{
    faulty_disk_fail("", 0, SQLITE_OK);
    harness_close(*state);
    return 0;
}
