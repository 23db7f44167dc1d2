/* The n-th allocation of ours fails, for every n, while a client is served: its connection may end, the
 * server goes on. */
#include "failing.h"
#include "harness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

/* Whether the whole of it was served although allocations failed after the n-th. */
static bool is_served(struct harness *harness, const char *call, const char *reply, unsigned n)
{
    int client = harness_connect(harness);
    char *received;
    bool served;

    harness_send(client, call);
    failing_after(n);
    harness_settle(harness);
    (void)failing_stop();
    assert_int_equal(shutdown(client, SHUT_WR), 0);
    received = harness_receive(harness, client);
    served = received && strcmp(received, reply) == 0;
    free(received);
    close(client);
    harness_settle(harness);
    assert_int_equal(server_n_connections(harness->server), 0);
    return served;
}

static void assert_survives(const char *call, const char *reply)
{
    struct harness harness;
    unsigned n = 0;

    harness_init(&harness, NULL);
    while (!is_served(&harness, call, reply, n)) {
        n++;
        assert_true(n < 1000);
    }
    assert_true(n > 1);
    harness_deinit(&harness);
}

static void call_survives_every_failed_allocation(void **state)
{
    assert_survives("{\"method\":\"test.urlstat.Echo\",\"parameters\":{\"text\":\"a\"}}",
        "{\"parameters\":{\"text\":\"a\"}}");
}

static void stream_survives_every_failed_allocation(void **state)
{
    assert_survives("{\"method\":\"test.urlstat.Stream\",\"parameters\":{\"number\":1},\"more\":true}",
        "{\"parameters\":{\"number\":1}}");
}

static void error_survives_every_failed_allocation(void **state)
{
    assert_survives("{\"method\":\"no.such.Method\"}",
        "{\"error\":\"org.varlink.service.InterfaceNotFound\",\"parameters\":{\"interface\":\"no.such\"}}");
}

static void refusal_survives_every_failed_allocation(void **state)
{
    assert_survives("{\"method\":\"test.urlstat.Fail\"}",
        "{\"error\":\"io.urlstat.StoreFull\",\"parameters\":{"
        "\"message\":\"the store is full: it has no room, or less than MinFreeSpace=: have other files "
        "on its disk removed or the disk enlarged; it goes on by itself then\"}}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(call_survives_every_failed_allocation),
        cmocka_unit_test(stream_survives_every_failed_allocation),
        cmocka_unit_test(error_survives_every_failed_allocation),
        cmocka_unit_test(refusal_survives_every_failed_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
