#include "words/decode.h"

#include "base/cleanup.h"
#include "words/decode_multi.h"
#include "words/decode_single.h"
#include "words/utf8.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/utf16.h>

#define REPLACEMENT 0xFFFD
#define OUTPUT_SIZE 4096

struct decoder {
    const struct encoding *encoding;
    decoder_sink sink;
    void *userdata;
    uint64_t replaced;
    bool refused; /* ENCODING_REPLACEMENT has given its one character */

    uint8_t pending[4]; /* the beginning of a character that is not complete */
    size_t n_pending;
    uint16_t high_surrogate;

    struct decode_multi multi;
    uint16_t upper[128]; /* of ENCODING_SINGLE_BYTE, the bytes 80 to FF */

    uint8_t output[OUTPUT_SIZE];
    size_t n_output;
};

DEFINE_CLEANUP(struct decoder *, decoder_free)

void decoder_free(struct decoder *decoder)
{
    if (!decoder)
        return;
    free(decoder);
}

uint64_t decoder_replaced(const struct decoder *decoder)
{
    return decoder->replaced;
}

int decoder_new(const struct encoding *encoding, decoder_sink sink, void *userdata, struct decoder **ret)
{
    CLEANUP(decoder_freep) struct decoder *decoder = calloc(1, sizeof(*decoder));
    int r = 0;

    if (!decoder)
        return -ENOMEM;
    decoder->encoding = encoding;
    decoder->sink = sink;
    decoder->userdata = userdata;
    if (encoding->kind == ENCODING_SINGLE_BYTE)
        r = decode_single_byte_table(encoding, decoder->upper);
    else
        r = decode_multi_init(&decoder->multi, encoding);
    if (r < 0)
        return r;
    *ret = TAKE(decoder);
    return 0;
}

static int flush(struct decoder *decoder)
{
    size_t n = decoder->n_output;

    decoder->n_output = 0;
    return n > 0 ? decoder->sink(decoder->userdata, decoder->output, n) : 0;
}

static int put(struct decoder *decoder, uint32_t c)
{
    int r = 0;

    if (decoder->n_output + 4 > OUTPUT_SIZE)
        r = flush(decoder);
    decoder->n_output += utf8_put(decoder->output + decoder->n_output, c);
    return r;
}

static int put_malformed(struct decoder *decoder)
{
    decoder->replaced++;
    return put(decoder, REPLACEMENT);
}

/* Completes the character that earlier bytes began. Sets *ret_used to the bytes it took. */
static int complete_pending(struct decoder *decoder, const uint8_t *bytes, size_t size, size_t *ret_used)
{
    size_t used = 0, length, malformed;
    int r = 0;

    while (r == 0 && decoder->n_pending > 0) {
        length = decode_utf8_length(decoder->pending, decoder->n_pending, &malformed);
        if (length > 0) {
            size_t ignored;

            r = put(decoder, utf8_get(decoder->pending, &ignored));
            decoder->n_pending = 0;
        } else if (malformed > 0) {
            r = put_malformed(decoder);
            /* The last byte was not part of it: it is looked at again. */
            used -= decoder->n_pending - malformed;
            decoder->n_pending = 0;
        } else if (used < size) {
            decoder->pending[decoder->n_pending++] = bytes[used++];
        } else {
            break;
        }
    }
    *ret_used = used;
    return r < 0 ? r : flush(decoder);
}

static int feed_utf8(struct decoder *decoder, const uint8_t *bytes, size_t size)
{
    size_t at, malformed;
    int r = complete_pending(decoder, bytes, size, &at);

    while (r == 0 && at < size) {
        size_t valid = decode_utf8_valid(bytes + at, size - at);

        if (valid > 0) {
            r = flush(decoder);
            if (r == 0)
                r = decoder->sink(decoder->userdata, bytes + at, valid);
            at += valid;
            continue;
        }
        (void)decode_utf8_length(bytes + at, size - at, &malformed);
        if (malformed == 0) {
            memcpy(decoder->pending, bytes + at, size - at);
            decoder->n_pending = size - at;
            break;
        }
        r = put_malformed(decoder);
        at += malformed;
    }
    return r < 0 ? r : flush(decoder);
}

static int put_utf16(struct decoder *decoder, uint16_t unit)
{
    uint16_t high = decoder->high_surrogate;
    int r = 0;

    if (high) {
        decoder->high_surrogate = 0;
        if (U16_IS_TRAIL(unit))
            return put(decoder, (uint32_t)U16_GET_SUPPLEMENTARY(high, unit));
        r = put_malformed(decoder);
    }
    if (r < 0)
        return r;
    if (U16_IS_LEAD(unit)) {
        decoder->high_surrogate = unit;
        return 0;
    }
    return U16_IS_TRAIL(unit) ? put_malformed(decoder) : put(decoder, unit);
}

static int feed_utf16(struct decoder *decoder, const uint8_t *bytes, size_t size)
{
    bool big_endian = decoder->encoding->kind == ENCODING_UTF16BE;
    int r = 0;

    for (size_t i = 0; r == 0 && i < size; i++) {
        uint8_t first = decoder->pending[0];

        if (decoder->n_pending == 0) {
            decoder->pending[0] = bytes[i];
            decoder->n_pending = 1;
            continue;
        }
        decoder->n_pending = 0;
        r = put_utf16(decoder, (uint16_t)(big_endian ? first << 8 | bytes[i] : bytes[i] << 8 | first));
    }
    return r < 0 ? r : flush(decoder);
}

static int feed_single_byte(struct decoder *decoder, const uint8_t *bytes, size_t size)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < size; i++) {
        uint32_t c = bytes[i];

        if (c >= 0x80)
            c = decoder->encoding->kind == ENCODING_USER_DEFINED ? 0xF700 + c : decoder->upper[c - 0x80];
        r = c == REPLACEMENT ? put_malformed(decoder) : put(decoder, c);
    }
    return r < 0 ? r : flush(decoder);
}

static int put_all(struct decoder *decoder, const uint32_t *code_points, size_t n)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < n; i++)
        r = code_points[i] == DECODE_MALFORMED ? put_malformed(decoder) : put(decoder, code_points[i]);
    return r;
}

/* Copies what is ASCII at the beginning, and sets *ret_used to how much that is. */
static int put_ascii(struct decoder *decoder, const uint8_t *bytes, size_t size, size_t *ret_used)
{
    size_t n = 0;
    int r = 0;

    if (decoder->n_output > OUTPUT_SIZE / 2)
        r = flush(decoder);
    while (n < size && n < OUTPUT_SIZE - decoder->n_output && bytes[n] < 0x80)
        n++;
    memcpy(decoder->output + decoder->n_output, bytes, n);
    decoder->n_output += n;
    *ret_used = n;
    return r;
}

static int feed_multi(struct decoder *decoder, const uint8_t *bytes, size_t size)
{
    size_t at = 0;
    int r = 0;

    while (r == 0 && at < size) {
        uint32_t code_points[DECODE_MULTI_MAX];

        if (bytes[at] < 0x80 && decode_multi_is_idle(&decoder->multi)) {
            size_t used;

            r = put_ascii(decoder, bytes + at, size - at, &used);
            at += used;
        } else {
            size_t n = decode_multi_byte(&decoder->multi, bytes[at++], code_points);

            r = put_all(decoder, code_points, n);
        }
    }
    return r < 0 ? r : flush(decoder);
}

static int feed_replacement(struct decoder *decoder, size_t size)
{
    int r;

    if (decoder->refused || size == 0)
        return 0;
    decoder->refused = true;
    r = put_malformed(decoder);
    return r < 0 ? r : flush(decoder);
}

int decoder_feed(struct decoder *decoder, const uint8_t *bytes, size_t size)
{
    if (size == 0)
        return 0;
    switch (decoder->encoding->kind) {
    case ENCODING_UTF8:
        return feed_utf8(decoder, bytes, size);
    case ENCODING_UTF16LE:
    case ENCODING_UTF16BE:
        return feed_utf16(decoder, bytes, size);
    case ENCODING_SINGLE_BYTE:
    case ENCODING_USER_DEFINED:
        return feed_single_byte(decoder, bytes, size);
    case ENCODING_GB18030:
    case ENCODING_BIG5:
    case ENCODING_EUC_JP:
    case ENCODING_ISO_2022_JP:
    case ENCODING_SHIFT_JIS:
    case ENCODING_EUC_KR:
        return feed_multi(decoder, bytes, size);
    case ENCODING_REPLACEMENT:
        return feed_replacement(decoder, size);
    }
    return 0;
}

int decoder_finish(struct decoder *decoder)
{
    uint32_t code_points[DECODE_MULTI_MAX];
    int r = put_all(decoder, code_points, decode_multi_finish(&decoder->multi, code_points));

    if (r == 0 && (decoder->n_pending > 0 || decoder->high_surrogate))
        r = put_malformed(decoder);
    decoder->n_pending = 0;
    decoder->high_surrogate = 0;
    return r < 0 ? r : flush(decoder);
}
