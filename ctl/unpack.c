#include "ctl/unpack.h"

#include "ctl/unpack_codec.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define OUT_SIZE (128u << 10)
#define MAX_REASON 96

struct unpacker {
    const struct unpack_codec *codec;
    unpack_sink sink;
    void *userdata;
    void *stream;
    bool within; /* a member has begun and not ended */
    bool any;    /* a member has ended */
    bool barren; /* the one that has begun has given nothing yet */
    char reason[MAX_REASON];
    uint8_t out[OUT_SIZE];
};

const struct unpack_codec *unpack_sniff(const uint8_t *bytes, size_t size)
{
    static const struct unpack_codec *const codecs[] = {
        &unpack_gzip, &unpack_bzip2, &unpack_xz, &unpack_zstd};

    for (size_t i = 0; i < sizeof(codecs) / sizeof(*codecs); i++)
        if (codecs[i]->sniff(bytes, size))
            return codecs[i];
    return NULL;
}

int unpacker_new(const struct unpack_codec *codec, unpack_sink sink, void *userdata, struct unpacker **ret)
{
    CLEANUP(unpacker_freep) struct unpacker *unpacker = malloc(sizeof(*unpacker));
    int r;

    if (!unpacker)
        return -ENOMEM;
    unpacker->codec = codec;
    unpacker->sink = sink;
    unpacker->userdata = userdata;
    unpacker->stream = NULL;
    unpacker->within = unpacker->any = unpacker->barren = false;
    unpacker->reason[0] = '\0';
    r = codec->new (&unpacker->stream);
    if (r < 0)
        return r;
    *ret = TAKE(unpacker);
    return 0;
}

void unpacker_free(struct unpacker *unpacker)
{
    if (!unpacker)
        return;
    unpacker->codec->free(unpacker->stream);
    free(unpacker);
}

static int refuse(struct unpacker *unpacker, const char *why)
{
    snprintf(unpacker->reason, sizeof(unpacker->reason), "its %s data %s", unpacker->codec->name, why);
    return UNPACK_REFUSED;
}

/* What follows a member may never have been meant to be one. */
static int refuse_member(struct unpacker *unpacker, const char *why)
{
    bool doubtful = unpacker->any && unpacker->barren;

    snprintf(unpacker->reason, sizeof(unpacker->reason), "its %s data %s%s", unpacker->codec->name, why,
        doubtful ? " or followed by something else" : "");
    return UNPACK_REFUSED;
}

static int judge(struct unpacker *unpacker, enum unpack_step step)
{
    switch (step) {
    case UNPACK_MORE:
        return 0;
    case UNPACK_END:
        unpacker->within = false;
        unpacker->any = true;
        return 0;
    case UNPACK_DAMAGED:
        return refuse_member(unpacker, "are damaged");
    case UNPACK_TOO_BIG:
        return refuse(unpacker, "need more than 256 MiB of memory to unpack");
    case UNPACK_NO_MEMORY:
        return -ENOMEM;
    }
    return 0;
}

/* Of one member what the bytes hold, until they or the member end. */
static int unpack_member(struct unpacker *unpacker, struct unpack_io *io)
{
    int r;

    do {
        enum unpack_step step;

        io->out = unpacker->out;
        io->out_size = sizeof(unpacker->out);
        step = unpacker->codec->step(unpacker->stream, io);
        /* What came before the damage is shown by `text`, so it goes on. */
        unpacker->barren = unpacker->barren && io->out == unpacker->out;
        r = io->out > unpacker->out
            ? unpacker->sink(unpacker->userdata, unpacker->out, (size_t)(io->out - unpacker->out))
            : 0;
        if (r == 0)
            r = judge(unpacker, step);
        /* A buffer that was filled may leave more behind, although all bytes were taken. */
    } while (r == 0 && unpacker->within && (io->in_size > 0 || io->out_size == 0));
    return r;
}

/* Zeros may fill a file up behind a member, as on tapes. */
static void skip_padding(const struct unpacker *unpacker, struct unpack_io *io)
{
    while (unpacker->any && io->in_size > 0 && *io->in == 0) {
        io->in++;
        io->in_size--;
    }
}

int unpacker_feed(struct unpacker *unpacker, const uint8_t *bytes, size_t size)
{
    struct unpack_io io = {.in = bytes, .in_size = size};
    int r = 0;

    while (r == 0 && io.in_size > 0) {
        if (!unpacker->within) {
            skip_padding(unpacker, &io);
            if (io.in_size == 0)
                break;
            r = unpacker->codec->begin(unpacker->stream);
            unpacker->within = unpacker->barren = r == 0;
        }
        if (r == 0)
            r = unpack_member(unpacker, &io);
    }
    return r;
}

int unpacker_finish(struct unpacker *unpacker)
{
    return unpacker->within ? refuse_member(unpacker, "are cut short") : 0;
}

const char *unpacker_reason(const struct unpacker *unpacker)
{
    return unpacker->reason;
}
