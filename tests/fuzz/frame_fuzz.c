/* What a client may send: bytes in two cuts, through the splitter, the parser and each method's shape. What
 * decodes is printed and has to decode again to the same text. */
#include "wire/call.h"
#include "wire/encode.h"
#include "wire/frame.h"
#include "wire/verbs.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_printed(const struct wire_method *method, const void *in)
{
    struct buffer first = {0};
    struct buffer second = {0};
    struct wire_call *call;
    const char *path;
    const void *again;

    if (wire_encode_call(&first, method->name, WIRE_CALL_PLAIN, method->in, in) < 0)
        return;
    must(wire_call_parse((const char *)first.bytes, first.size - 1, &call) == 0);
    must(wire_call_decode(call, method->in, &again, &path) == 0);
    must(wire_encode_call(&second, method->name, WIRE_CALL_PLAIN, method->in, again) == 0);
    must(first.size == second.size && memcmp(first.bytes, second.bytes, first.size) == 0);
    wire_call_free(call);
    buffer_deinit(&first);
    buffer_deinit(&second);
}

static void take_call(const char *message, size_t size)
{
    struct wire_call *call;
    const char *path = NULL;
    const void *in;

    if (wire_call_parse(message, size, &call) < 0)
        return;
    for (size_t i = 0; i < N_WIRE_VERBS; i++)
        if (strcmp(wire_methods[i].name, wire_call_method(call)) == 0) {
            if (wire_call_decode(call, wire_methods[i].in, &in, &path) == 0)
                check_printed(&wire_methods[i], in);
            else
                must(path != NULL);
            break;
        }
    wire_call_free(call);
}

static void take_reply(const char *message, size_t size)
{
    struct wire_reply *reply;
    const void *out;

    if (wire_reply_parse(message, size, &reply) < 0)
        return;
    (void)wire_reply_message(reply);
    (void)wire_reply_decode(reply, &wire_top_out_shape, &out);
    wire_reply_free(reply);
}

static void take_messages(struct wire_frames *frames)
{
    const char *message;
    size_t size;

    while (wire_frames_next(frames, &message, &size) > 0) {
        must(message[size] == '\0' && strlen(message) == size);
        take_call(message, size);
        take_reply(message, size);
    }
}

static void feed(struct wire_frames *frames, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        size_t room;
        void *place;

        must(wire_frames_room(frames, &place, &room) == 0);
        if (room > size)
            room = size;
        memcpy(place, bytes, room);
        wire_frames_filled(frames, room);
        take_messages(frames);
        bytes += room;
        size -= room;
    }
}

/* The first byte says where the rest is cut. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wire_frames frames = {0};
    size_t cut;

    if (size < 1)
        return 0;
    cut = (size - 1) * data[0] / 256;
    feed(&frames, data + 1, cut);
    feed(&frames, data + 1 + cut, size - 1 - cut);
    feed(&frames, (const uint8_t *)"", 1);
    wire_frames_deinit(&frames);
    return 0;
}
