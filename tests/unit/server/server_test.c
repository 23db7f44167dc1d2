#include "harness.h"

#include "server/connection.h"
#include "server/server_private.h"
#include "wire/frame.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static int set_up(void **state)
{
    struct harness *harness = malloc(sizeof(*harness));

    assert_non_null(harness);
    harness_init(harness, NULL);
    *state = harness;
    return 0;
}

static int tear_down(void **state)
{
    harness_deinit(*state);
    free(*state);
    return 0;
}

static void call_is_answered(void **state)
{
    struct harness *harness = *state;
    CLEANUP(closep) int client = harness_connect(harness);

    harness_send(client, "{\"method\":\"test.urlstat.Echo\",\"parameters\":{\"text\":\"a\"}}");

    harness_expect(harness, client, "{\"parameters\":{\"text\":\"a\"}}");
}

static void info_lists_the_interfaces(void **state)
{
    struct harness *harness = *state;
    CLEANUP(closep) int client = harness_connect(harness);

    harness_send(client, "{\"method\":\"org.varlink.service.GetInfo\"}");

    harness_expect(harness, client,
        "{\"parameters\":{\"vendor\":\"urlstat\",\"product\":\"test\",\"version\":\"1\",\"url\":\"https://"
        "example.org/"
        "\",\"interfaces\":[\"org.varlink.service\",\"test.urlstat\"]}}");
}

static void description_is_served_as_it_is(void **state)
{
    struct harness *harness = *state;
    CLEANUP(closep) int client = harness_connect(harness);

    harness_send(client,
        "{\"method\":\"org.varlink.service.GetInterfaceDescription\","
        "\"parameters\":{\"interface\":\"test.urlstat\"}}");

    harness_expect(harness, client, "{\"parameters\":{\"description\":\"interface test.urlstat\\n\"}}");
}

static void standard_errors_name_what_is_wrong(void **state)
{
    static const char *const pairs[][2] = {
        {"{\"method\":\"org.varlink.service.GetInterfaceDescription\",\"parameters\":{\"interface\":\"a.b\"}"
         "}",
            "{\"error\":\"org.varlink.service.InterfaceNotFound\",\"parameters\":{\"interface\":\"a.b\"}}"},
        {"{\"method\":\"a.b.C\"}",
            "{\"error\":\"org.varlink.service.InterfaceNotFound\",\"parameters\":{\"interface\":\"a.b\"}}"},
        {"{\"method\":\"test.urlstat.Nothing\"}",
            "{\"error\":\"org.varlink.service.MethodNotFound\",\"parameters\":{\"method\":\"test.urlstat."
            "Nothing\"}}"},
        {"{\"method\":\"test.urlstat.Absent\"}",
            "{\"error\":\"org.varlink.service.MethodNotImplemented\","
            "\"parameters\":{\"method\":\"test.urlstat.Absent\"}}"},
        {"{\"method\":\"Echo\"}",
            "{\"error\":\"org.varlink.service.InvalidParameter\",\"parameters\":{\"parameter\":\"method\"}}"},
        {"{\"method\":\"test.urlstat.Echo\",\"parameters\":{\"txt\":\"a\"}}",
            "{\"error\":\"org.varlink.service.InvalidParameter\",\"parameters\":{\"parameter\":\"txt\"}}"},
        {"{\"method\":\"test.urlstat.Echo\",\"parameters\":{\"text\":1}}",
            "{\"error\":\"org.varlink.service.InvalidParameter\",\"parameters\":{\"parameter\":\"text\"}}"},
        {"{\"method\":\"test.urlstat.Echo\"}",
            "{\"error\":\"org.varlink.service.InvalidParameter\",\"parameters\":{\"parameter\":\"text\"}}"},
        {"{\"method\":\"test.urlstat.Stream\",\"parameters\":{\"number\":2}}",
            "{\"error\":\"org.varlink.service.ExpectedMore\",\"parameters\":{}}"},
    };
    struct harness *harness = *state;
    CLEANUP(closep) int client = harness_connect(harness);

    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        harness_send(client, pairs[i][0]);
        harness_expect(harness, client, pairs[i][1]);
    }
}

static void calls_sent_ahead_are_answered_in_order(void **state)
{
    struct harness *harness = *state;
    CLEANUP(closep) int client = harness_connect(harness);

    harness_send(client, "{\"method\":\"test.urlstat.Later\",\"parameters\":{\"text\":\"1\"}}");
    harness_send(client, "{\"method\":\"test.urlstat.Echo\",\"parameters\":{\"text\":\"2\"}}");
    harness_settle(harness);
    assert_non_null(harness->pending);
    harness_answer(harness, "first");

    harness_expect(harness, client, "{\"parameters\":{\"text\":\"first\"}}");
    harness_expect(harness, client, "{\"parameters\":{\"text\":\"2\"}}");
}

static void more_of_a_single_reply_has_no_continues(void **state)
{
    struct harness *harness = *state;
    CLEANUP(closep) int client = harness_connect(harness);

    harness_send(client, "{\"method\":\"test.urlstat.Echo\",\"parameters\":{\"text\":\"a\"},\"more\":true}");

    harness_expect(harness, client, "{\"parameters\":{\"text\":\"a\"}}");
}

static void stream_continues_until_its_last_part(void **state)
{
    struct harness *harness = *state;
    CLEANUP(closep) int client = harness_connect(harness);

    harness_send(client, "{\"method\":\"test.urlstat.Stream\",\"parameters\":{\"number\":3},\"more\":true}");

    harness_expect(harness, client, "{\"parameters\":{\"number\":3},\"continues\":true}");
    harness_expect(harness, client, "{\"parameters\":{\"number\":2},\"continues\":true}");
    harness_expect(harness, client, "{\"parameters\":{\"number\":1}}");
}

static void oneway_call_is_done_and_not_answered(void **state)
{
    struct harness *harness = *state;
    CLEANUP(closep) int client = harness_connect(harness);

    harness_send(
        client, "{\"method\":\"test.urlstat.Note\",\"parameters\":{\"text\":\"a\"},\"oneway\":true}");
    harness_send(client, "{\"method\":\"test.urlstat.Nothing\",\"oneway\":true}");
    harness_send(client, "{\"method\":\"test.urlstat.Echo\",\"parameters\":{\"text\":\"b\"}}");

    harness_expect(harness, client, "{\"parameters\":{\"text\":\"b\"}}");
    assert_int_equal(harness->n_oneway, 1);
}

static void oneway_call_of_a_client_that_has_gone_is_done(void **state)
{
    struct harness *harness = *state;
    int client = harness_connect(harness);

    harness_send(
        client, "{\"method\":\"test.urlstat.Note\",\"parameters\":{\"text\":\"a\"},\"oneway\":true}");
    close(client);
    harness_settle(harness);

    assert_int_equal(harness->n_oneway, 1);
    assert_int_equal(server_n_connections(harness->server), 0);
}

static void client_that_only_shut_down_its_side_gets_its_answers(void **state)
{
    struct harness *harness = *state;
    CLEANUP(closep) int client = harness_connect(harness);

    harness_send(client, "{\"method\":\"test.urlstat.Later\",\"parameters\":{\"text\":\"1\"}}");
    harness_send(client, "{\"method\":\"test.urlstat.Echo\",\"parameters\":{\"text\":\"2\"}}");
    assert_int_equal(shutdown(client, SHUT_WR), 0);
    harness_settle(harness);
    harness_answer(harness, "first");

    harness_expect(harness, client, "{\"parameters\":{\"text\":\"first\"}}");
    harness_expect(harness, client, "{\"parameters\":{\"text\":\"2\"}}");
    harness_expect_end(harness, client);
}

static void disconnect_cancels_what_is_under_way(void **state)
{
    struct harness *harness = *state;
    int client = harness_connect(harness);

    harness_send(client, "{\"method\":\"test.urlstat.Later\",\"parameters\":{\"text\":\"1\"}}");
    harness_settle(harness);
    assert_non_null(harness->pending);
    close(client);
    harness_settle(harness);

    assert_null(harness->pending);
    assert_int_equal(harness->n_cancelled, 1);
    assert_int_equal(server_n_connections(harness->server), 0);
}

static void session_ends_with_its_connection(void **state)
{
    struct harness *harness = *state;
    int client = harness_connect(harness);

    harness_send(client, "{\"method\":\"test.urlstat.Session\"}");
    harness_expect(harness, client, "{\"parameters\":{}}");
    assert_int_equal(server_n_busy(harness->server), 1);
    close(client);
    harness_settle(harness);

    assert_int_equal(harness->n_released, 1);
}

static void malformed_message_closes_its_connection_alone(void **state)
{
    static const char *const messages[] = {"", "{", "x", "[]", "{\"method\":\"a.B\",\"method\":\"a.B\"}"};
    struct harness *harness = *state;
    CLEANUP(closep) int other = harness_connect(harness);

    for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
        CLEANUP(closep) int client = harness_connect(harness);

        harness_send(client, messages[i]);
        harness_expect_end(harness, client);
    }
    harness_send(other, "{\"method\":\"test.urlstat.Echo\",\"parameters\":{\"text\":\"a\"}}");
    harness_expect(harness, other, "{\"parameters\":{\"text\":\"a\"}}");
    assert_int_equal(server_n_connections(harness->server), 1);
}

static void message_without_end_closes_its_connection(void **state)
{
    static char bytes[64 << 10];
    struct harness *harness = *state;
    CLEANUP(closep) int client = harness_connect(harness);
    size_t sent = 0;

    memset(bytes, 'x', sizeof(bytes));
    while (server_n_connections(harness->server) > 0 && sent < 2 * WIRE_MAX_FRAME) {
        ssize_t n = send(client, bytes, sizeof(bytes), MSG_NOSIGNAL | MSG_DONTWAIT);

        sent += n > 0 ? (size_t)n : 0;
        harness_settle(harness);
    }

    assert_int_equal(server_n_connections(harness->server), 0);
}

static void client_that_never_reads_pauses_its_stream(void **state)
{
    struct harness *harness = *state;
    CLEANUP(closep) int client = harness_connect(harness);
    CLEANUP(closep) int other = harness_connect(harness);
    unsigned long before;

    harness_send(
        client, "{\"method\":\"test.urlstat.Stream\",\"parameters\":{\"number\":1000000},\"more\":true}");
    harness_settle(harness);
    before = harness->n_streamed;
    harness_settle(harness);

    assert_true(before < 100000);
    assert_int_equal(harness->n_streamed, before);
    harness_send(other, "{\"method\":\"test.urlstat.Echo\",\"parameters\":{\"text\":\"a\"}}");
    harness_expect(harness, other, "{\"parameters\":{\"text\":\"a\"}}");
}

static void stream_goes_on_when_the_client_reads_again(void **state)
{
    struct harness *harness = *state;
    CLEANUP(closep) int client = harness_connect(harness);
    size_t n = 0;
    bool last = false;

    harness_send(
        client, "{\"method\":\"test.urlstat.Stream\",\"parameters\":{\"number\":30000},\"more\":true}");
    harness_settle(harness);
    while (!last) {
        char *message = harness_receive(harness, client);

        assert_non_null(message);
        last = !strstr(message, "continues");
        free(message);
        n++;
    }

    assert_int_equal(n, 30000);
}

static void client_that_is_always_behind_costs_no_more_memory(void **state)
{
    static char bytes[16 << 10];
    struct harness *harness = *state;
    CLEANUP(closep) int client = harness_connect(harness);
    const struct connection *connection =
        CONTAINER_OF(harness->server->connections.next, struct connection, link);
    size_t received = 0;

    harness_send(
        client, "{\"method\":\"test.urlstat.Stream\",\"parameters\":{\"number\":200000},\"more\":true}");
    while (received < 6 << 20) {
        ssize_t n;

        harness_settle(harness);
        assert_true(connection->output.capacity <= 8 * CONNECTION_OUTPUT_ROOM);
        n = recv(client, bytes, sizeof(bytes), MSG_DONTWAIT);
        assert_true(n > 0);
        received += (size_t)n;
    }
}

static void client_that_never_reads_is_not_asked_for_more_calls(void **state)
{
    struct harness *harness = *state;
    CLEANUP(closep) int client = harness_connect(harness);
    const char call[] = "{\"method\":\"org.varlink.service.GetInterfaceDescription\","
                        "\"parameters\":{\"interface\":\"org.varlink.service\"}}";
    size_t sent = 0;
    int idle = 0;

    while (idle < 3) {
        ssize_t n = send(client, call, sizeof(call), MSG_NOSIGNAL | MSG_DONTWAIT);

        idle = n > 0 ? 0 : idle + 1;
        sent += n > 0 ? (size_t)n : 0;
        harness_settle(harness);
        assert_true(sent < 4 << 20);
    }

    assert_int_equal(server_n_connections(harness->server), 1);
}

static void half_a_message_is_given_up_after_its_time(void **state)
{
    struct server_settings settings = harness_settings;
    struct harness harness;
    int client;

    settings.message_timeout_usec = 20000;
    harness_init(&harness, &settings);
    client = harness_connect(&harness);
    assert_int_equal(send(client, "{\"method", 8, MSG_NOSIGNAL), 8);

    harness_expect_end(&harness, client);
    close(client);
    harness_deinit(&harness);
}

static void idle_connection_is_left_alone(void **state)
{
    struct server_settings settings = harness_settings;
    struct harness harness;
    int client;
    int half;

    settings.message_timeout_usec = 20000;
    harness_init(&harness, &settings);
    client = harness_connect(&harness);
    half = harness_connect(&harness);
    assert_int_equal(send(half, "{", 1, MSG_NOSIGNAL), 1);
    harness_expect_end(&harness, half);

    harness_send(client, "{\"method\":\"test.urlstat.Echo\",\"parameters\":{\"text\":\"a\"}}");
    harness_expect(&harness, client, "{\"parameters\":{\"text\":\"a\"}}");
    close(client);
    close(half);
    harness_deinit(&harness);
}

static void connections_beyond_the_limit_are_told_so(void **state)
{
    struct server_settings settings = harness_settings;
    struct harness harness;
    int clients[12];
    int refused;

    settings.max_connections = 4;
    harness_init(&harness, &settings);
    for (size_t i = 0; i < 12; i++)
        clients[i] = harness_connect(&harness);
    refused = geteuid() == 0 ? harness_connect(&harness) : clients[4];

    harness_expect(&harness, refused,
        "{\"error\":\"io.urlstat.LimitReached\",\"parameters\":{\"limit\":\"MaxConnections\","
        "\"message\":\"too many connections to urlstatd; close some, or try again later\"}}");
    harness_expect_end(&harness, refused);
    for (size_t i = 0; i < 12; i++)
        close(clients[i]);
    if (geteuid() == 0)
        close(refused);
    harness_deinit(&harness);
}

static void reply_too_long_for_a_frame_becomes_an_error(void **state)
{
    struct harness *harness = *state;
    CLEANUP(closep) int client = harness_connect(harness);

    harness_send(client, "{\"method\":\"test.urlstat.Huge\"}");

    harness_expect(harness, client,
        "{\"error\":\"io.urlstat.LimitReached\",\"parameters\":{\"limit\":\"WIRE_MAX_FRAME\","
        "\"message\":\"the reply is longer than one message may be\"}}");
}

static void full_disk_is_an_error_of_its_own(void **state)
{
    struct harness *harness = *state;
    CLEANUP(closep) int client = harness_connect(harness);

    harness_send(client, "{\"method\":\"test.urlstat.Fail\"}");

    harness_expect(harness, client,
        "{\"error\":\"io.urlstat.StoreFull\",\"parameters\":{"
        "\"message\":\"the store is full: it has no room, or less than MinFreeSpace=: have other files "
        "on its disk removed or the disk enlarged; it goes on by itself then\"}}");
}

static void drain_waits_for_calls_but_not_for_endless_ones(void **state)
{
    struct harness *harness = *state;
    CLEANUP(closep) int idle = harness_connect(harness);
    CLEANUP(closep) int endless = harness_connect(harness);
    CLEANUP(closep) int busy = harness_connect(harness);

    harness_send(endless, "{\"method\":\"test.urlstat.Endless\",\"parameters\":{\"text\":\"1\"}}");
    harness_settle(harness);
    server_drain(harness->server);
    harness_expect_end(harness, idle);
    harness_expect_end(harness, endless);
    assert_int_equal(harness->n_cancelled, 1);
    harness_expect_end(harness, busy);
    assert_int_equal(server_n_connections(harness->server), 0);
}

static void drain_lets_a_running_call_end(void **state)
{
    struct harness *harness = *state;
    CLEANUP(closep) int busy = harness_connect(harness);

    harness_send(busy, "{\"method\":\"test.urlstat.Later\",\"parameters\":{\"text\":\"1\"}}");
    harness_send(busy, "{\"method\":\"test.urlstat.Echo\",\"parameters\":{\"text\":\"2\"}}");
    harness_settle(harness);
    server_drain(harness->server);
    harness_settle(harness);
    assert_int_equal(server_n_busy(harness->server), 1);
    harness_answer(harness, "done");

    harness_expect(harness, busy, "{\"parameters\":{\"text\":\"done\"}}");
    harness_expect_end(harness, busy);
}

/* An abstract name of the kernel's choice. */
static void listen_somewhere(struct harness *harness, struct sockaddr_un *ret, socklen_t *ret_size)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    *ret = (struct sockaddr_un){.sun_family = AF_UNIX};
    assert_int_equal(bind(fd, (struct sockaddr *)ret, sizeof(sa_family_t)), 0);
    assert_int_equal(listen(fd, 64), 0);
    *ret_size = sizeof(*ret);
    assert_int_equal(getsockname(fd, (struct sockaddr *)ret, ret_size), 0);
    assert_int_equal(server_listen(harness->server, fd), 0);
}

static void listening_socket_takes_clients_until_it_is_stopped(void **state)
{
    struct harness *harness = *state;
    CLEANUP(closep) int first = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CLEANUP(closep) int second = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_un address;
    socklen_t size;

    listen_somewhere(harness, &address, &size);
    assert_int_equal(connect(first, (struct sockaddr *)&address, size), 0);
    harness_send(first, "{\"method\":\"test.urlstat.Echo\",\"parameters\":{\"text\":\"a\"}}");
    harness_expect(harness, first, "{\"parameters\":{\"text\":\"a\"}}");
    server_stop_listening(harness->server);
    assert_int_equal(connect(second, (struct sockaddr *)&address, size), 0);
    harness_settle(harness);

    assert_int_equal(server_n_connections(harness->server), 1);
}

static void lack_of_descriptors_passes(void **state)
{
    struct harness *harness = *state;
    CLEANUP(closep) int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_un address;
    struct rlimit before;
    struct rlimit none;
    socklen_t size;

    listen_somewhere(harness, &address, &size);
    assert_int_equal(connect(client, (struct sockaddr *)&address, size), 0);
    harness_send(client, "{\"method\":\"test.urlstat.Echo\",\"parameters\":{\"text\":\"a\"}}");
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = (struct rlimit){.rlim_cur = 3, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    harness_settle(harness);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(server_n_connections(harness->server), 0);

    harness_expect(harness, client, "{\"parameters\":{\"text\":\"a\"}}");
}

/* Of the connections that a user opens, how many are refused; exits with that number. */
static _Noreturn void open_as_user(const struct sockaddr_un *address, socklen_t size, int n)
{
    int refused = 0;

    if (geteuid() == 0 && setresuid(65534, 65534, 65534) < 0)
        _exit(255);
    for (int i = 0; i < n; i++) {
        char bytes[1024] = "";
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (connect(fd, (const struct sockaddr *)address, size) < 0)
            _exit(254);
        /* Who is refused may be hung up on before: the answer is there all the same. */
        (void)!send(fd, "{\"method\":\"test.urlstat.Session\"}", 34, MSG_NOSIGNAL);
        refused += recv(fd, bytes, sizeof(bytes), 0) > 0 && strstr(bytes, "LimitReached") != NULL;
    }
    _exit(refused);
}

static void connections_of_one_user_are_limited(void **state)
{
    struct server_settings settings = harness_settings;
    struct harness harness;
    struct sockaddr_un address;
    socklen_t size;
    int status = 0;
    pid_t child;

    settings.max_connections_per_user = 3;
    harness_init(&harness, &settings);
    listen_somewhere(&harness, &address, &size);
    child = fork();
    if (child == 0)
        open_as_user(&address, size, 5);
    for (int i = 0; i < 2000 && waitpid(child, &status, WNOHANG) == 0; i++)
        assert_true(sd_event_run(harness.event, 10000) >= 0);

    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 2);
    harness_deinit(&harness);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(call_is_answered),
        TEST(info_lists_the_interfaces),
        TEST(description_is_served_as_it_is),
        TEST(standard_errors_name_what_is_wrong),
        TEST(calls_sent_ahead_are_answered_in_order),
        TEST(more_of_a_single_reply_has_no_continues),
        TEST(stream_continues_until_its_last_part),
        TEST(oneway_call_is_done_and_not_answered),
        TEST(oneway_call_of_a_client_that_has_gone_is_done),
        TEST(client_that_only_shut_down_its_side_gets_its_answers),
        TEST(disconnect_cancels_what_is_under_way),
        TEST(session_ends_with_its_connection),
        TEST(malformed_message_closes_its_connection_alone),
        TEST(message_without_end_closes_its_connection),
        TEST(client_that_never_reads_pauses_its_stream),
        TEST(stream_goes_on_when_the_client_reads_again),
        TEST(client_that_is_always_behind_costs_no_more_memory),
        TEST(client_that_never_reads_is_not_asked_for_more_calls),
        cmocka_unit_test(half_a_message_is_given_up_after_its_time),
        cmocka_unit_test(idle_connection_is_left_alone),
        cmocka_unit_test(connections_beyond_the_limit_are_told_so),
        TEST(reply_too_long_for_a_frame_becomes_an_error),
        TEST(full_disk_is_an_error_of_its_own),
        TEST(drain_waits_for_calls_but_not_for_endless_ones),
        TEST(drain_lets_a_running_call_end),
        TEST(listening_socket_takes_clients_until_it_is_stopped),
        TEST(lack_of_descriptors_passes),
        cmocka_unit_test(connections_of_one_user_are_limited),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
