#include "words/decode.h"

#include "base/cleanup.h"
#include "words/decode_single.h"
#include "words/utf8.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>
#include <unicode/ucnv_err.h>
#include <unicode/utf16.h>

#define REPLACEMENT 0xFFFD
#define OUTPUT_SIZE 4096
#define INPUT_UNITS 1024

struct decoder {
    const struct encoding *encoding;
    decoder_sink sink;
    void *userdata;
    uint64_t replaced;
    bool refused; /* ENCODING_REPLACEMENT has given its one character */

    uint8_t pending[4]; /* the beginning of a character that is not complete */
    size_t n_pending;
    uint16_t high_surrogate;

    UConverter *converter;
    uint16_t upper[128]; /* of ENCODING_SINGLE_BYTE, the bytes 80 to FF */

    uint8_t output[OUTPUT_SIZE];
    size_t n_output;
};

DEFINE_CLEANUP(struct decoder *, decoder_free)

void decoder_free(struct decoder *decoder)
{
    if (!decoder)
        return;
    if (decoder->converter)
        ucnv_close(decoder->converter);
    free(decoder);
}

uint64_t decoder_replaced(const struct decoder *decoder)
{
    return decoder->replaced;
}

static void replace_malformed(const void *context, UConverterToUnicodeArgs *arguments, const char *bytes,
    int32_t length, UConverterCallbackReason reason, UErrorCode *status)
{
    const UChar replacement = REPLACEMENT;
    struct decoder *decoder = (struct decoder *)context;

    if (reason > UCNV_IRREGULAR)
        return;
    *status = U_ZERO_ERROR;
    decoder->replaced++;
    ucnv_cbToUWriteUChars(arguments, &replacement, 1, 0, status);
}

static int open_converter(struct decoder *decoder)
{
    UErrorCode status = U_ZERO_ERROR;

    decoder->converter = ucnv_open(decoder->encoding->converter, &status);
    if (U_SUCCESS(status))
        ucnv_setToUCallBack(decoder->converter, replace_malformed, decoder, NULL, NULL, &status);
    return U_FAILURE(status) ? -ENOMEM : 0;
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
    else if (encoding->kind == ENCODING_MULTI_BYTE)
        r = open_converter(decoder);
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

static int put_units(struct decoder *decoder, const UChar *units, const UChar *end)
{
    int r = 0;

    while (r == 0 && units < end)
        r = put_utf16(decoder, *units++);
    return r;
}

static int feed_converter(struct decoder *decoder, const uint8_t *bytes, size_t size, bool last)
{
    const char *from = (const char *)bytes, *end = from + size;
    UChar units[INPUT_UNITS];
    UErrorCode status;
    int r;

    do {
        UChar *to = units;

        status = U_ZERO_ERROR;
        ucnv_toUnicode(decoder->converter, &to, units + INPUT_UNITS, &from, end, NULL, last, &status);
        if (status == U_MEMORY_ALLOCATION_ERROR)
            return -ENOMEM;
        assert(U_SUCCESS(status) || status == U_BUFFER_OVERFLOW_ERROR);
        r = put_units(decoder, units, to);
    } while (r == 0 && status == U_BUFFER_OVERFLOW_ERROR);
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
    case ENCODING_MULTI_BYTE:
        return feed_converter(decoder, bytes, size, false);
    case ENCODING_REPLACEMENT:
        return feed_replacement(decoder, size);
    }
    return 0;
}

int decoder_finish(struct decoder *decoder)
{
    int r = 0;

    if (decoder->converter)
        r = feed_converter(decoder, (const uint8_t *)"", 0, true);
    if (r == 0 && (decoder->n_pending > 0 || decoder->high_surrogate))
        r = put_malformed(decoder);
    decoder->n_pending = 0;
    decoder->high_surrogate = 0;
    return r < 0 ? r : flush(decoder);
}
