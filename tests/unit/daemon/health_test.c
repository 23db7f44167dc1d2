/* What the manager is told, with threads that are stuck by decree: how the store and the workers do is faked
 * here. */
#include "daemon/daemon_private.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "store/store.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cmocka.h>

#define MINUTES(n) ((n)*60 * USEC_PER_SEC)

static struct store_pulse store_pulse;
static uint64_t worker_pulse_usec;
static struct engine_status engine_status;

void store_get_pulse(struct store *store, struct store_pulse *ret)
{
    *ret = store_pulse;
}

uint64_t engine_oldest_pulse_usec(const struct engine *engine)
{
    return worker_pulse_usec;
}

void engine_get_status(const struct engine *engine, struct engine_status *ret)
{
    *ret = engine_status;
}

int daemon_arm(sd_event_source *source, uint64_t usec)
{
    return 0;
}

/* The manager's ear. */
static int ear = -1;

static void listen_as_manager(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    socklen_t length = sizeof(address);
    char name[sizeof(address.sun_path) + 1] = "@";

    ear = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_true(ear >= 0);
    /* Autobind: a free name in the abstract namespace. */
    assert_int_equal(bind(ear, (const struct sockaddr *)&address, sizeof(sa_family_t)), 0);
    assert_int_equal(getsockname(ear, (struct sockaddr *)&address, &length), 0);
    memcpy(name + 1, address.sun_path + 1, length - sizeof(sa_family_t) - 1);
    assert_int_equal(setenv("NOTIFY_SOCKET", name, 1), 0);
}

/* What was said since the last time, joined by "|"; "" if nothing. */
static const char *heard(void)
{
    static char text[1024];
    size_t size = 0;
    ssize_t n;

    while ((n = recv(ear, text + size, sizeof(text) - size - 1, 0)) > 0) {
        size += (size_t)n;
        text[size++] = '|';
    }
    text[size > 0 ? size - 1 : 0] = '\0';
    return text;
}

static void all_is_well(struct daemon *daemon)
{
    *daemon = (struct daemon){.phase = NOTIFY_RUNNING};
    store_pulse = (struct store_pulse){0};
    worker_pulse_usec = clock_boottime_usec();
    engine_status = (struct engine_status){0};
}

static void watchdog_is_answered_while_every_thread_gets_on(void **state)
{
    struct daemon daemon;
    uint64_t now = clock_boottime_usec();

    all_is_well(&daemon);
    store_pulse = (struct store_pulse){now - USEC_PER_SEC, now - MINUTES(2)};
    worker_pulse_usec = now - 10 * USEC_PER_SEC;

    assert_int_equal(daemon_on_watchdog(NULL, 0, &daemon), 0);

    assert_string_equal(heard(), "WATCHDOG=1");
}

static void stuck_thread_gets_no_answer(void **state)
{
    struct daemon daemon;
    uint64_t now = clock_boottime_usec();
    const struct {
        struct store_pulse store;
        uint64_t worker_usec;
    } cases[] = {
        {{.writer_busy_since_usec = now - MINUTES(4)}, now},
        {{.reader_busy_since_usec = now - MINUTES(4)}, now},
        {{0}, now - MINUTES(2)},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        all_is_well(&daemon);
        store_pulse = cases[i].store;
        worker_pulse_usec = cases[i].worker_usec;
        assert_int_equal(daemon_on_watchdog(NULL, 0, &daemon), 0);
        assert_string_equal(heard(), "");
    }
}

static void answers_come_again_when_the_thread_gets_on(void **state)
{
    struct daemon daemon;

    all_is_well(&daemon);
    worker_pulse_usec -= MINUTES(2);
    assert_int_equal(daemon_on_watchdog(NULL, 0, &daemon), 0);
    worker_pulse_usec = clock_boottime_usec();
    assert_int_equal(daemon_on_watchdog(NULL, 0, &daemon), 0);

    assert_string_equal(heard(), "WATCHDOG=1");
    assert_false(daemon.was_stuck);
}

static void status_is_said_when_it_has_changed(void **state)
{
    struct daemon daemon;

    all_is_well(&daemon);
    daemon_send_status(&daemon);
    assert_string_equal(heard(), "STATUS=Idle, 0 URLs counted since start");

    daemon_send_status(&daemon);
    assert_string_equal(heard(), "");

    engine_status.counted = 1;
    daemon_send_status(&daemon);
    assert_string_equal(heard(), "STATUS=Idle, 1 URL counted since start");
}

static void manager_is_asked_for_time_while_stopping(void **state)
{
    struct daemon daemon;

    all_is_well(&daemon);
    daemon.phase = NOTIFY_DRAINING;
    daemon_send_status(&daemon);
    assert_string_equal(heard(), "EXTEND_TIMEOUT_USEC=10000000|STATUS=Stopping: 0 transfers end");

    daemon_send_status(&daemon);
    assert_string_equal(heard(), "EXTEND_TIMEOUT_USEC=10000000");
}

static void status_goes_on_as_long_as_it_may_change_by_itself(void **state)
{
    struct daemon daemon;

    all_is_well(&daemon);
    assert_int_equal(daemon_on_status(NULL, 0, &daemon), 0);
    assert_false(daemon.status_armed);

    engine_status.urls_per_sec = 0.1;
    assert_int_equal(daemon_on_status(NULL, 0, &daemon), 0);
    assert_true(daemon.status_armed);
    (void)heard();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(watchdog_is_answered_while_every_thread_gets_on),
        cmocka_unit_test(stuck_thread_gets_no_answer),
        cmocka_unit_test(answers_come_again_when_the_thread_gets_on),
        cmocka_unit_test(status_is_said_when_it_has_changed),
        cmocka_unit_test(manager_is_asked_for_time_while_stopping),
        cmocka_unit_test(status_goes_on_as_long_as_it_may_change_by_itself),
    };
    int failed;

    listen_as_manager();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    (void)close(ear);
    return failed;
}
