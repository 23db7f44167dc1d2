/* The n-th allocation of ours fails, for every n: what was asked for fails as a whole, or is whole; nothing
 * leaks. */
#include "failing.h"

#include "wire/call.h"
#include "wire/encode.h"
#include "wire/frame.h"
#include "wire/verbs.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char call_text[] =
    "{\"method\":\"io.urlstat.Submit\",\"parameters\":{\"name\":\"docs\",\"sources\":[\"a\",\"b\"],"
    "\"urls\":[{\"url\":\"http://a/\",\"line\":7},{\"url\":\"http://b/\",\"label\":\"l\"}]}}";

/* 0 or -ENOMEM. */
static int parse_decode_encode(void)
{
    CLEANUP(wire_call_freep) struct wire_call *call = NULL;
    struct buffer buffer = {0};
    const char *path;
    const void *in;
    int r = wire_call_parse(call_text, strlen(call_text), &call);

    if (r == 0)
        r = wire_call_decode(call, &wire_submit_in_shape, &in, &path);
    if (r == 0)
        r = wire_encode_call(&buffer, "io.urlstat.Submit", WIRE_CALL_PLAIN, &wire_submit_in_shape, in);
    if (r == 0) {
        assert_int_equal(buffer.size, sizeof(call_text));
        assert_string_equal((const char *)buffer.bytes, call_text);
    } else {
        assert_int_equal(buffer.size, 0);
    }
    buffer_deinit(&buffer);
    return r;
}

/* 0 or -ENOMEM. */
static int parse_reply(void)
{
    static const char text[] = "{\"parameters\":{\"version\":\"1\"},\"error\":\"a.b.C\"}";
    CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
    const void *out;
    int r = wire_reply_parse(text, strlen(text), &reply);

    return r < 0 ? r : wire_reply_decode(reply, &wire_ping_out_shape, &out);
}

/* 0 or -ENOMEM. */
static int split(void)
{
    struct wire_frames frames = {0};
    size_t size;
    void *room;
    int r = 0;

    for (int i = 0; i < 4 && r == 0; i++) {
        r = wire_frames_room(&frames, &room, &size);
        if (r == 0) {
            memset(room, 'x', size);
            wire_frames_filled(&frames, size);
        }
    }
    wire_frames_deinit(&frames);
    return r;
}

static void assert_survives(int (*operation)(void))
{
    int r = -ENOMEM;
    unsigned n;

    for (n = 0; r < 0; n++) {
        failing_after(n);
        r = operation();
        (void)failing_stop();
        if (r < 0)
            assert_int_equal(r, -ENOMEM);
        assert_true(n < 1000);
    }
    assert_true(n > 1);
}

static void call_survives_every_failed_allocation(void **state)
{
    assert_survives(parse_decode_encode);
}

static void reply_survives_every_failed_allocation(void **state)
{
    assert_survives(parse_reply);
}

static void splitter_survives_every_failed_allocation(void **state)
{
    assert_survives(split);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(call_survives_every_failed_allocation),
        cmocka_unit_test(reply_survives_every_failed_allocation),
        cmocka_unit_test(splitter_survives_every_failed_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
