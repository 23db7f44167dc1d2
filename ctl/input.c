#include "ctl/input.h"

#include "ctl/unpack.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_REASON 128
#define LOOK_SIZE 512 /* bytes that tell text from what is none */

struct input {
    const struct input_sink *sink;
    bool looked, binary;
    char reason[MAX_REASON];
    uint8_t bytes[INPUT_MAX_WHOLE + 1];
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

/* Bytes that were read to that place of the buffer; 0 at the end; negative errno. */
static ssize_t read_piece(struct input *input, int fd, size_t at, size_t size)
{
    ssize_t n;

    do
        n = read(fd, input->bytes + at, size);
    while (n < 0 && errno == EINTR);
    if (n > 0 && input->sink->progress)
        input->sink->progress(input->sink->userdata, (size_t)n);
    return n < 0 ? -errno : n;
}

/* The first bytes: `size` of them, or fewer and *ret_ended. Returns their number or negative errno. */
static ssize_t read_head(struct input *input, int fd, size_t size, bool *ret_ended)
{
    size_t have = 0;

    *ret_ended = false;
    while (have < size && !*ret_ended) {
        ssize_t n = read_piece(input, fd, have, size - have);

        if (n < 0)
            return n;
        *ret_ended = n == 0;
        have += (size_t)n;
    }
    return (ssize_t)have;
}

/* How much is to be read before it is known what it is: small files whole, of others what tells their format.
 * A pipe may give that byte by byte. */
static size_t size_of_head(int fd)
{
    struct stat status;

    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size <= INPUT_MAX_WHOLE)
        return INPUT_MAX_WHOLE + 1;
    return UNPACK_SNIFF_SIZE;
}

static int begin(struct input *input, bool whole)
{
    return input->sink->begin ? input->sink->begin(input->sink->userdata, whole) : 0;
}

/* What is in the buffer, through the unpacker if there is one, and all that follows. */
static int pass(struct input *input, int fd, struct unpacker *unpacker, size_t have, bool ended)
{
    ssize_t n = (ssize_t)have;
    int r = 0;

    while (n > 0 && r == 0) {
        r = unpacker ? unpacker_feed(unpacker, input->bytes, (size_t)n)
                     : give(input, input->bytes, (size_t)n);
        n = ended || r != 0 ? 0 : read_piece(input, fd, 0, INPUT_SIZE);
    }
    if (r == 0 && n < 0)
        return refuse(input, strerror((int)-n));
    if (r == 0 && unpacker)
        r = unpacker_finish(unpacker);
    return r == UNPACK_REFUSED ? refuse(input, unpacker_reason(unpacker)) : r;
}

static int read_all(struct input *input, int fd)
{
    CLEANUP(unpacker_freep) struct unpacker *unpacker = NULL;
    bool ended;
    ssize_t have = read_head(input, fd, size_of_head(fd), &ended);
    const struct unpack_codec *codec;
    int r;

    if (have < 0)
        return refuse(input, strerror((int)-have));
    codec = unpack_sniff(input->bytes, (size_t)have);
    r = codec ? unpacker_new(codec, give, input, &unpacker) : 0;
    if (r == 0)
        r = begin(input, ended && !codec);
    return r < 0 ? r : pass(input, fd, unpacker, (size_t)have, ended);
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
