/* ctl/client.h against a server that the test plays, on the other end of a socket pair. */
#include "ctl/client.h"

#include "base/clock.h"
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "wire/frame.h"

struct pair {
    struct client *client;
    int server;
};

static int set_up(void **state)
{
    struct pair *pair = calloc(1, sizeof(*pair));
    int fds[2];

    assert_non_null(pair);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    assert_int_equal(client_new_from_fd(fds[0], &pair->client), 0);
    client_set_timeout(pair->client, 20 * USEC_PER_SEC);
    pair->server = fds[1];
    *state = pair;
    return 0;
}

static int tear_down(void **state)
{
    struct pair *pair = *state;

    client_free(pair->client);
    if (pair->server >= 0)
        close(pair->server);
    free(pair);
    return 0;
}

static int ping(struct pair *pair, struct wire_reply **ret)
{
    int r = client_send(pair->client, WIRE_PING, WIRE_CALL_PLAIN, NULL);

    return r < 0 ? r : client_receive(pair->client, ret);
}

static void answer(struct pair *pair, const char *message)
{
    size_t size = strlen(message) + 1;

    assert_int_equal(send(pair->server, message, size, MSG_NOSIGNAL), size);
}

static struct wire_reply *receive(struct pair *pair)
{
    struct wire_reply *reply = NULL;

    assert_int_equal(client_receive(pair->client, &reply), 0);
    return reply;
}

static void call_gets_its_reply(void **state)
{
    struct pair *pair = *state;
    CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
    const struct wire_ping_out *out;
    const void *decoded;

    answer(pair, "{\"parameters\":{\"version\":\"1.2\",\"new\":true}}");
    assert_int_equal(ping(pair, &reply), 0);

    assert_int_equal(client_decode(WIRE_PING, reply, &decoded), 0);
    out = decoded;
    assert_string_equal(out->version, "1.2");
    assert_int_equal(client_pending(pair->client), 0);
}

static void error_is_a_reply_that_does_not_decode(void **state)
{
    struct pair *pair = *state;
    CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
    const void *decoded;

    answer(pair, "{\"error\":\"io.urlstat.StoreFull\",\"parameters\":{\"message\":\"full\"}}");
    assert_int_equal(ping(pair, &reply), 0);

    assert_string_equal(wire_reply_error(reply), "io.urlstat.StoreFull");
    assert_string_equal(wire_reply_message(reply), "full");
    assert_int_equal(client_decode(WIRE_PING, reply, &decoded), -EPROTO);
}

static void stream_is_pending_until_its_last_reply(void **state)
{
    struct pair *pair = *state;

    assert_int_equal(client_send(pair->client, WIRE_JOBS, WIRE_CALL_MORE, &(struct wire_jobs_in){0}), 0);
    answer(pair, "{\"parameters\":{\"jobs\":[]},\"continues\":true}");
    answer(pair, "{\"parameters\":{\"jobs\":[]}}");

    wire_reply_free(receive(pair));
    assert_int_equal(client_pending(pair->client), 1);
    wire_reply_free(receive(pair));
    assert_int_equal(client_pending(pair->client), 0);
}

/* Reads every byte that comes, and answers each call with a long reply at once, whether it is read or not. */
static void *answer_all(void *userdata)
{
    static char reply[30000];
    struct pair *pair = userdata;
    struct wire_frames frames = {0};
    const char *message;
    size_t size;
    ssize_t n = 1;

    memset(reply, ' ', sizeof(reply));
    reply[0] = '{';
    memcpy(reply + sizeof(reply) - 2, "}", 2);
    while (n > 0) {
        void *room;

        if (wire_frames_room(&frames, &room, &size) < 0)
            break;
        n = recv(pair->server, room, size, 0);
        wire_frames_filled(&frames, n > 0 ? (size_t)n : 0);
        while (wire_frames_next(&frames, &message, &size) > 0)
            if (send(pair->server, reply, sizeof(reply), MSG_NOSIGNAL) < 0)
                n = 0;
    }
    wire_frames_deinit(&frames);
    return NULL;
}

/* Both directions together are far more than the sockets hold. */
static void calls_sent_ahead_do_not_block_both_sides(void **state)
{
    static char url[60000];
    struct pair *pair = *state;
    const struct wire_entry entry = {.url = url};
    const struct wire_append_in in = {.urls = &entry, .n_urls = 1};
    pthread_t thread;

    memset(url, 'x', sizeof(url) - 1);
    assert_int_equal(pthread_create(&thread, NULL, answer_all, pair), 0);
    for (int i = 0; i < 100; i++)
        assert_int_equal(client_send(pair->client, WIRE_APPEND, WIRE_CALL_PLAIN, &in), 0);
    assert_int_equal(client_pending(pair->client), 100);
    for (int i = 0; i < 100; i++)
        wire_reply_free(receive(pair));

    assert_int_equal(client_pending(pair->client), 0);
    shutdown(pair->server, SHUT_RDWR);
    pthread_join(thread, NULL);
}

static void oneway_call_waits_for_nothing(void **state)
{
    struct pair *pair = *state;

    assert_int_equal(client_send(pair->client, WIRE_PING, WIRE_CALL_ONEWAY, NULL), 0);

    assert_int_equal(client_pending(pair->client), 0);
}

static void silence_times_out(void **state)
{
    struct pair *pair = *state;
    struct wire_reply *reply;

    client_set_timeout(pair->client, 20 * USEC_PER_MSEC);

    assert_int_equal(ping(pair, &reply), -ETIMEDOUT);
}

static void reply_after_a_timeout_can_still_be_received(void **state)
{
    struct pair *pair = *state;
    struct wire_reply *reply;

    client_set_timeout(pair->client, 1 * USEC_PER_MSEC);
    assert_int_equal(ping(pair, &reply), -ETIMEDOUT);
    answer(pair, "{\"parameters\":{\"version\":\"1\"}}");

    wire_reply_free(receive(pair));
}

static void interrupt_ends_the_wait(void **state)
{
    struct pair *pair = *state;
    struct wire_reply *reply;
    int fds[2];

    assert_int_equal(pipe(fds), 0);
    assert_int_equal(write(fds[1], "x", 1), 1);
    client_set_interrupt(pair->client, fds[0]);

    assert_int_equal(ping(pair, &reply), -EINTR);
    close(fds[0]);
    close(fds[1]);
}

static void closed_connection_is_told(void **state)
{
    struct pair *pair = *state;
    struct wire_reply *reply;

    assert_int_equal(client_send(pair->client, WIRE_PING, WIRE_CALL_PLAIN, NULL), 0);
    close(take_fd(&pair->server));

    assert_int_equal(client_receive(pair->client, &reply), -ECONNRESET);
}

/* A daemon that turns a client away says why before it closes, and does not read the call. */
static void last_words_of_a_closed_connection_are_heard(void **state)
{
    struct pair *pair = *state;
    CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;

    answer(pair, "{\"error\":\"io.urlstat.LimitReached\",\"parameters\":{\"message\":\"too many\"}}");
    close(take_fd(&pair->server));

    assert_int_equal(ping(pair, &reply), 0);
    assert_string_equal(wire_reply_message(reply), "too many");
}

static void reply_that_is_no_reply_is_a_protocol_error(void **state)
{
    struct pair *pair = *state;
    struct wire_reply *reply;

    answer(pair, "{\"parameters\":{},\"surprise\":1}");

    assert_int_equal(ping(pair, &reply), -EPROTO);
}

static void call_too_long_is_not_sent(void **state)
{
    static char url[WIRE_MAX_FRAME];
    struct pair *pair = *state;
    const struct wire_entry entry = {.url = url};

    memset(url, 'x', sizeof(url) - 1);

    assert_int_equal(client_send(pair->client, WIRE_APPEND, WIRE_CALL_PLAIN,
                         &(struct wire_append_in){.urls = &entry, .n_urls = 1}),
        -EMSGSIZE);
    assert_int_equal(client_pending(pair->client), 0);
}

static void reasons_not_to_connect_are_told_apart(void **state)
{
    char folder[] = "/tmp/urlstat-client-XXXXXX";
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct client *client;
    char path[64];
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/socket", folder);
    assert_int_equal(client_connect(path, &client), -ENOENT);
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(client_connect(path, &client), -ECONNREFUSED);
    if (geteuid() != 0) {
        assert_int_equal(chmod(path, 0), 0);
        assert_int_equal(client_connect(path, &client), -EACCES);
    }
    close(fd);
    unlink(path);
    rmdir(folder);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(call_gets_its_reply),
        TEST(error_is_a_reply_that_does_not_decode),
        TEST(stream_is_pending_until_its_last_reply),
        TEST(calls_sent_ahead_do_not_block_both_sides),
        TEST(oneway_call_waits_for_nothing),
        TEST(silence_times_out),
        TEST(reply_after_a_timeout_can_still_be_received),
        TEST(interrupt_ends_the_wait),
        TEST(closed_connection_is_told),
        TEST(last_words_of_a_closed_connection_are_heard),
        TEST(reply_that_is_no_reply_is_a_protocol_error),
        TEST(call_too_long_is_not_sent),
        cmocka_unit_test(reasons_not_to_connect_are_told_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
