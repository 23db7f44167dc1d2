#include "wire/frame.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void feed(struct wire_frames *frames, const void *bytes, size_t size)
{
    size_t room_size;
    void *room;

    assert_int_equal(wire_frames_room(frames, &room, &room_size), 0);
    assert_true(room_size >= size);
    memcpy(room, bytes, size);
    wire_frames_filled(frames, size);
}

static void assert_next(struct wire_frames *frames, const char *expected)
{
    const char *message;
    size_t size;

    assert_int_equal(wire_frames_next(frames, &message, &size), 1);
    assert_int_equal(size, strlen(expected));
    assert_string_equal(message, expected);
}

static void assert_none(struct wire_frames *frames)
{
    const char *message;
    size_t size;

    assert_int_equal(wire_frames_next(frames, &message, &size), 0);
}

static void several_messages_in_one_read_come_one_by_one(void **state)
{
    struct wire_frames frames = {0};

    feed(&frames, "one\0two\0\0thr", 12);

    assert_next(&frames, "one");
    assert_next(&frames, "two");
    assert_next(&frames, "");
    assert_none(&frames);
    assert_true(wire_frames_partial(&frames));
    feed(&frames, "ee\0", 3);
    assert_next(&frames, "three");
    assert_false(wire_frames_partial(&frames));
    wire_frames_deinit(&frames);
}

static void message_in_single_bytes_is_put_together(void **state)
{
    struct wire_frames frames = {0};
    const char text[] = "{\"method\":\"a.b.C\"}";

    for (size_t i = 0; i < sizeof(text) - 1; i++) {
        feed(&frames, text + i, 1);
        assert_none(&frames);
    }
    feed(&frames, "", 1);
    assert_next(&frames, text);
    wire_frames_deinit(&frames);
}

static void fill(struct wire_frames *frames, size_t size)
{
    char bytes[4096];

    memset(bytes, 'x', sizeof(bytes));
    while (size > 0) {
        size_t part = size < sizeof(bytes) ? size : sizeof(bytes);

        feed(frames, bytes, part);
        size -= part;
    }
}

static void message_of_exactly_the_limit_passes(void **state)
{
    struct wire_frames frames = {0};
    const char *message;
    size_t size;

    fill(&frames, WIRE_MAX_FRAME);
    assert_none(&frames);
    feed(&frames, "", 1);

    assert_int_equal(wire_frames_next(&frames, &message, &size), 1);
    assert_int_equal(size, WIRE_MAX_FRAME);
    wire_frames_deinit(&frames);
}

static void message_beyond_the_limit_is_refused_before_it_ends(void **state)
{
    struct wire_frames frames = {0};
    const char *message;
    size_t size;

    fill(&frames, WIRE_MAX_FRAME + 1);

    assert_int_equal(wire_frames_next(&frames, &message, &size), -EMSGSIZE);
    wire_frames_deinit(&frames);
}

static void memory_of_a_long_message_is_given_back(void **state)
{
    struct wire_frames frames = {0};
    const char *message;
    size_t size;

    fill(&frames, WIRE_MAX_FRAME);
    feed(&frames, "", 1);
    assert_int_equal(wire_frames_next(&frames, &message, &size), 1);

    feed(&frames, "x", 1);

    assert_true(frames.input.capacity <= 4 * WIRE_READ_SIZE);
    wire_frames_deinit(&frames);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(several_messages_in_one_read_come_one_by_one),
        cmocka_unit_test(message_in_single_bytes_is_put_together),
        cmocka_unit_test(message_of_exactly_the_limit_passes),
        cmocka_unit_test(message_beyond_the_limit_is_refused_before_it_ends),
        cmocka_unit_test(memory_of_a_long_message_is_given_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
