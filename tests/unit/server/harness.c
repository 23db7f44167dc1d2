#include "harness.h"

#include "server/call.h"
#include "wire/frame.h"
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

const struct server_settings harness_settings = {
    .vendor = "urlstat",
    .product = "test",
    .version = "1",
    .url = "https://example.org/",
    .max_connections = 16,
    .max_connections_per_user = 16,
    .message_timeout_usec = SERVER_MESSAGE_TIMEOUT_USEC,
};

struct text {
    const char *text;
};
static const struct wire_field text_fields[] = {WIRE_STRING_FIELD(struct text, text, "text")};
static WIRE_SHAPE(text_shape, "Text", struct text, text_fields);

struct number {
    int64_t number;
};
static const struct wire_field number_fields[] = {WIRE_INT_FIELD(struct number, number, "number")};
static WIRE_SHAPE(number_shape, "Number", struct number, number_fields);

static void echo(struct call *call)
{
    const struct text *in = call_in(call);

    call_reply(call, &(struct text){.text = in->text});
}

static void cancel(struct call *call)
{
    struct harness *harness = call_context(call);

    harness->pending = NULL;
    harness->n_cancelled++;
}

static void later(struct call *call)
{
    struct harness *harness = call_context(call);

    assert_null(harness->pending);
    harness->pending = call;
    call_set_cancel(call, cancel);
}

/* What is left to stream is the call's data. */
static void stream_on(struct call *call)
{
    struct harness *harness = call_context(call);
    int64_t left = (int64_t)(intptr_t)call_data(call);

    while (left > 1 && call_has_room(call)) {
        assert_int_equal(call_continue(call, &(struct number){.number = left}), 0);
        harness->n_streamed++;
        left--;
    }
    call_set_data(call, (void *)(intptr_t)left);
    if (left > 1)
        call_set_drain(call, stream_on);
    else
        call_reply(call, &(struct number){.number = left});
}

static void stream_cancelled(struct call *call)
{
    struct harness *harness = call_context(call);

    harness->n_cancelled++;
}

static void stream(struct call *call)
{
    const struct number *in = call_in(call);

    call_set_data(call, (void *)(intptr_t)in->number);
    call_set_cancel(call, stream_cancelled);
    stream_on(call);
}

static void note(struct call *call)
{
    struct harness *harness = call_context(call);

    harness->n_oneway++;
    call_reply(call, call_in(call));
}

static void release(void *session)
{
    struct harness *harness = session;

    harness->n_released++;
}

static void session(struct call *call)
{
    call_set_session(call, call_context(call), release);
    call_reply(call, NULL);
}

static void huge(struct call *call)
{
    char *text = malloc(WIRE_MAX_FRAME + 1);

    assert_non_null(text);
    memset(text, 'x', WIRE_MAX_FRAME);
    text[WIRE_MAX_FRAME] = '\0';
    call_reply(call, &(struct text){.text = text});
    free(text);
}

static void fail_full(struct call *call)
{
    call_fail(call, -ENOSPC);
}

#define METHOD(variable, name_, streaming_, in_, out_)                                                       \
    static const struct wire_method variable = {                                                             \
        .name = "test.urlstat." name_, .streaming = (streaming_), .in = &(in_), .out = &(out_)}
METHOD(echo_method, "Echo", WIRE_ONE_REPLY, text_shape, text_shape);
METHOD(later_method, "Later", WIRE_ONE_REPLY, text_shape, text_shape);
METHOD(endless_method, "Endless", WIRE_ONE_REPLY, text_shape, text_shape);
METHOD(stream_method, "Stream", WIRE_MUST_STREAM, number_shape, number_shape);
METHOD(note_method, "Note", WIRE_ONE_REPLY, text_shape, text_shape);
METHOD(session_method, "Session", WIRE_ONE_REPLY, wire_nothing_shape, wire_nothing_shape);
METHOD(absent_method, "Absent", WIRE_ONE_REPLY, wire_nothing_shape, wire_nothing_shape);
METHOD(huge_method, "Huge", WIRE_ONE_REPLY, wire_nothing_shape, text_shape);
METHOD(fail_method, "Fail", WIRE_ONE_REPLY, wire_nothing_shape, wire_nothing_shape);

static const struct verb verbs[] = {
    {.method = &echo_method, .handler = echo},
    {.method = &later_method, .handler = later},
    {.method = &endless_method, .handler = later, .endless = true},
    {.method = &stream_method, .handler = stream},
    {.method = &note_method, .handler = note},
    {.method = &session_method, .handler = session},
    {.method = &absent_method},
    {.method = &huge_method, .handler = huge},
    {.method = &fail_method, .handler = fail_full},
};
static const struct interface interface = {.name = "test.urlstat",
    .description = "interface test.urlstat\n",
    .verbs = verbs,
    .n_verbs = sizeof(verbs) / sizeof(verbs[0])};

void harness_init(struct harness *harness, const struct server_settings *settings)
{
    *harness = (struct harness){0};
    assert_true(sd_event_new(&harness->event) >= 0);
    assert_int_equal(
        server_new(harness->event, settings ? settings : &harness_settings, &harness->server), 0);
    assert_int_equal(server_add_interface(harness->server, &interface, harness), 0);
}

void harness_deinit(struct harness *harness)
{
    server_free(harness->server);
    sd_event_unref(harness->event);
}

int harness_connect(struct harness *harness)
{
    int fds[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    assert_int_equal(server_adopt(harness->server, fds[0]), 0);
    return fds[1];
}

void harness_settle(struct harness *harness)
{
    while (sd_event_run(harness->event, 0) > 0)
        ;
}

void harness_answer(struct harness *harness, const char *text)
{
    assert_non_null(harness->pending);
    call_reply(TAKE(harness->pending), &(struct text){.text = text});
}

void harness_send(int fd, const char *message)
{
    size_t size = strlen(message) + 1;

    assert_int_equal(send(fd, message, size, MSG_NOSIGNAL), size);
}

/* One byte, running the loop until it is there; 0 at the end of file. */
static int receive_byte(struct harness *harness, int fd, char *ret)
{
    for (int i = 0; i < 1000; i++) {
        ssize_t n = recv(fd, ret, 1, MSG_DONTWAIT);

        if (n >= 0)
            return (int)n;
        if (errno == ECONNRESET)
            return 0;
        assert_int_equal(errno, EAGAIN);
        assert_true(sd_event_run(harness->event, 10000) >= 0);
    }
    fail_msg("nothing came");
    return 0;
}

char *harness_receive(struct harness *harness, int fd)
{
    struct buffer message = {0};
    char byte = 'x';

    while (byte != '\0') {
        if (receive_byte(harness, fd, &byte) == 0) {
            buffer_deinit(&message);
            return NULL;
        }
        assert_int_equal(buffer_append(&message, &byte, 1), 0);
    }
    return (char *)message.bytes;
}

void harness_expect(struct harness *harness, int fd, const char *message)
{
    char *received = harness_receive(harness, fd);

    if (!received)
        fail_msg("the connection ended before: %s", message);
    assert_string_equal(received, message);
    free(received);
}

void harness_expect_end(struct harness *harness, int fd)
{
    char *received = harness_receive(harness, fd);

    if (received)
        fail_msg("instead of the end came: %s", received);
}
