#include "ctl/input.h"

#include "ctl/unpack.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define MAX_REASON 128
#define LOOK_SIZE 512 /* bytes that tell text from what is none */

struct input {
    const struct input_sink *sink;
    bool looked, binary;
    char reason[MAX_REASON];
    uint8_t bytes[INPUT_SIZE];
};

int input_new(struct input **ret)
{
    struct input *input = malloc(sizeof(*input));

    if (!input)
        return -ENOMEM;
    *ret = input;
    return 0;
}

void input_free(struct input *input)
{
    free(input);
}

bool input_is_stdin(const char *file)
{
    return strcmp(file, "-") == 0;
}

const char *input_name(const char *file)
{
    return input_is_stdin(file) ? "stdin" : file;
}

const char *input_reason(const struct input *input)
{
    return input->reason;
}

bool input_looks_binary(const struct input *input)
{
    return input->binary;
}

static int refuse(struct input *input, const char *reason)
{
    snprintf(input->reason, sizeof(input->reason), "%s", reason);
    return INPUT_REFUSED;
}

/* The "binary data bytes" of the WHATWG MIME Sniffing Standard. */
static bool is_binary(const uint8_t *bytes, size_t size)
{
    if (size >= 2 && ((bytes[0] == 0xff && bytes[1] == 0xfe) || (bytes[0] == 0xfe && bytes[1] == 0xff)))
        return false;
    for (size_t i = 0; i < size && i < LOOK_SIZE; i++)
        if (bytes[i] <= 0x08 || bytes[i] == 0x0b || (bytes[i] >= 0x0e && bytes[i] <= 0x1a) ||
            (bytes[i] >= 0x1c && bytes[i] <= 0x1f))
            return true;
    return false;
}

static int give(void *userdata, const void *bytes, size_t size)
{
    struct input *input = userdata;

    if (!input->looked)
        input->binary = is_binary(bytes, size);
    input->looked = true;
    return input->sink->bytes(input->sink->userdata, bytes, size);
}

/* Bytes that were read behind those that the buffer has; 0 at the end; negative errno. */
static ssize_t read_some(struct input *input, int fd, size_t have)
{
    ssize_t n;

    do
        n = read(fd, input->bytes + have, sizeof(input->bytes) - have);
    while (n < 0 && errno == EINTR);
    if (n > 0 && input->sink->progress)
        input->sink->progress(input->sink->userdata, (size_t)n);
    return n < 0 ? -errno : n;
}

/* The same of the file's first bytes, enough to tell the format: a pipe may give them one by one. */
static ssize_t read_head(struct input *input, int fd)
{
    size_t have = 0;

    while (have < UNPACK_SNIFF_SIZE) {
        ssize_t n = read_some(input, fd, have);

        if (n < 0)
            return n;
        if (n == 0)
            break;
        have += (size_t)n;
    }
    return (ssize_t)have;
}

static int read_all(struct input *input, int fd)
{
    CLEANUP(unpacker_freep) struct unpacker *unpacker = NULL;
    ssize_t n = read_head(input, fd);
    const struct unpack_codec *codec = n > 0 ? unpack_sniff(input->bytes, (size_t)n) : NULL;
    int r = codec ? unpacker_new(codec, give, input, &unpacker) : 0;

    for (; n > 0 && r == 0; n = r == 0 ? read_some(input, fd, 0) : 0)
        r = unpacker ? unpacker_feed(unpacker, input->bytes, (size_t)n)
                     : give(input, input->bytes, (size_t)n);
    if (r == 0 && n < 0)
        return refuse(input, strerror((int)-n));
    if (r == 0 && unpacker)
        r = unpacker_finish(unpacker);
    return r == UNPACK_REFUSED ? refuse(input, unpacker_reason(unpacker)) : r;
}

int input_read(struct input *input, const char *file, const struct input_sink *sink)
{
    bool is_stdin = input_is_stdin(file);
    CLEANUP(closep) int fd = is_stdin ? -1 : open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    int from = is_stdin ? STDIN_FILENO : fd;

    input->sink = sink;
    input->looked = input->binary = false;
    if (from < 0)
        return refuse(input, strerror(errno));
    return read_all(input, from);
}
