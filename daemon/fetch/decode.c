#include "fetch/decode.h"

#include "fetch/decode_codec.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <strings.h>

/* Where in the body it is. */
enum place {
    PLACE_BEGIN,  /* of a member, if one begins here */
    PLACE_WITHIN, /* a member */
    PLACE_BEHIND, /* the last: nothing more counts */
};

struct body_decoder {
    const struct decode_codec *codec;
    void *stream;
    enum place place;
    bool any; /* a member has ended */
    uint8_t magic[DECODE_MAX_MAGIC];
    size_t n_magic;
};

static const struct decode_codec *const codecs[] = {
    [DECODE_IDENTITY] = NULL,
    [DECODE_GZIP] = &decode_gzip,
    [DECODE_DEFLATE] = &decode_deflate,
    [DECODE_BR] = &decode_br,
    [DECODE_ZSTD] = &decode_zstd,
};

static bool is_name(const char *known, const char *name, size_t size)
{
    return strncasecmp(known, name, size) == 0 && known[size] == '\0';
}

enum decode_coding decode_coding_of(const char *name, size_t size)
{
    for (enum decode_coding coding = DECODE_GZIP; coding <= DECODE_ZSTD; coding++)
        if (is_name(codecs[coding]->name, name, size))
            return coding;
    /* RFC 9110 8.4.1.3. */
    return is_name("x-gzip", name, size) ? DECODE_GZIP : DECODE_IDENTITY;
}

const char *decode_coding_name(enum decode_coding coding)
{
    return coding == DECODE_IDENTITY ? "identity" : codecs[coding]->name;
}

int body_decoder_new(enum decode_coding coding, struct body_decoder **ret)
{
    CLEANUP(body_decoder_freep) struct body_decoder *decoder = calloc(1, sizeof(*decoder));
    int r;

    assert(coding != DECODE_IDENTITY);
    if (!decoder)
        return -ENOMEM;
    decoder->codec = codecs[coding];
    r = decoder->codec->new (&decoder->stream);
    if (r < 0)
        return r;
    *ret = TAKE(decoder);
    return 0;
}

void body_decoder_free(struct body_decoder *decoder)
{
    if (!decoder)
        return;
    decoder->codec->free(decoder->stream);
    free(decoder);
}

/* The bytes that tell a member were held back until they were all there. */
static enum decode_step step_magic(struct body_decoder *decoder, struct decode_io *io)
{
    struct decode_io magic = {decoder->magic, decoder->n_magic, io->out, io->out_size};
    enum decode_step step = DECODE_STEP_MORE;

    if (decoder->any)
        decoder->codec->begin(decoder->stream);
    decoder->n_magic = 0;
    decoder->place = PLACE_WITHIN;
    while (step == DECODE_STEP_MORE && magic.in_size > 0)
        step = decoder->codec->step(decoder->stream, &magic);
    io->out = magic.out;
    io->out_size = magic.out_size;
    return step;
}

static enum decode_step step_begin(struct body_decoder *decoder, struct decode_io *io)
{
    while (io->in_size > 0 && decoder->n_magic < decoder->codec->magic_size) {
        decoder->magic[decoder->n_magic++] = *io->in++;
        io->in_size--;
        if (decoder->codec->may_begin(decoder->magic, decoder->n_magic))
            continue;
        decoder->place = PLACE_BEHIND;
        return decoder->any ? DECODE_STEP_MORE : DECODE_STEP_DAMAGED;
    }
    return decoder->n_magic == decoder->codec->magic_size ? step_magic(decoder, io) : DECODE_STEP_MORE;
}

static enum decode_step step(struct body_decoder *decoder, struct decode_io *io)
{
    switch (decoder->place) {
    case PLACE_BEGIN:
        return step_begin(decoder, io);
    case PLACE_WITHIN:
        return decoder->codec->step(decoder->stream, io);
    case PLACE_BEHIND:
        io->in += io->in_size;
        io->in_size = 0;
    }
    return DECODE_STEP_MORE;
}

enum decode_state body_decoder_run(struct body_decoder *decoder, struct decode_io *io)
{
    if (decoder->place != PLACE_WITHIN && io->in_size == 0)
        return DECODE_GOES_ON;
    do {
        switch (step(decoder, io)) {
        case DECODE_STEP_MORE:
            break;
        case DECODE_STEP_END:
            decoder->any = true;
            decoder->place = decoder->codec->magic_size > 0 ? PLACE_BEGIN : PLACE_BEHIND;
            break;
        case DECODE_STEP_DAMAGED:
            return DECODE_DAMAGED;
        case DECODE_STEP_TOO_GREAT:
            return DECODE_TOO_GREAT;
        case DECODE_STEP_NO_MEMORY:
            return DECODE_NO_MEMORY;
        }
    } while (io->in_size > 0 && io->out_size > 0);
    return DECODE_GOES_ON;
}

bool body_decoder_is_behind(const struct body_decoder *decoder)
{
    return decoder->place == PLACE_BEHIND;
}

bool body_decoder_is_whole(const struct body_decoder *decoder)
{
    return decoder->place != PLACE_WITHIN && (decoder->any || decoder->n_magic == 0);
}
