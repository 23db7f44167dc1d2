#include "words/reader.h"

#include "base/array.h"
#include "base/cleanup.h"
#include "words/decode.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct reader {
    const struct visible_sink *sink;
    void *userdata;
    enum words_type type;
    bool refuse_binary;
    char *charset;
    bool sniffed;
    struct sniff sniff;
    struct buffer head; /* what has come before the sniffing was done */
    struct decoder *decoder;
    struct visible visible;
};

int reader_new(const struct visible_sink *sink, void *userdata, struct reader **ret)
{
    struct reader *reader = calloc(1, sizeof(*reader));

    if (!reader)
        return -ENOMEM;
    reader->sink = sink;
    reader->userdata = userdata;
    *ret = reader;
    return 0;
}

void reader_free(struct reader *reader)
{
    if (!reader)
        return;
    free(reader->charset);
    buffer_deinit(&reader->head);
    decoder_free(reader->decoder);
    free(reader);
}

int reader_begin(struct reader *reader, const struct words_options *options)
{
    char *charset = NULL;

    if (options->charset) {
        charset = strdup(options->charset);
        if (!charset)
            return -ENOMEM;
    }
    free(reader->charset);
    reader->charset = charset;
    decoder_free(TAKE(reader->decoder));
    reader->type = options->type;
    reader->refuse_binary = options->refuse_binary && options->type == WORDS_AUTO;
    reader->sniffed = false;
    reader->head.size = 0;
    return 0;
}

static int put_decoded(void *userdata, const uint8_t *utf8, size_t size)
{
    struct reader *reader = userdata;

    if (reader->sniff.type == WORDS_HTML)
        return visible_feed(&reader->visible, utf8, size);
    return reader->sink->text(reader->userdata, utf8, size, true);
}

/* Decides, if the bytes so far suffice, and reads them. */
static int try_sniff(struct reader *reader, const uint8_t *bytes, size_t size, bool complete)
{
    int r;

    if (reader->refuse_binary && sniff_is_binary(reader->charset, bytes, size))
        return -EMEDIUMTYPE;
    r = sniff(reader->type, reader->charset, bytes, size, complete, &reader->sniff);
    if (r <= 0)
        return r;
    reader->sniffed = true;
    r = decoder_new(reader->sniff.encoding, put_decoded, reader, &reader->decoder);
    if (r < 0)
        return r;
    visible_begin(&reader->visible, reader->sink, reader->userdata);
    bytes += reader->sniff.mark_size;
    return decoder_feed(reader->decoder, bytes, size - reader->sniff.mark_size);
}

/* The decision needs no more than SNIFF_MAX bytes, so no more than one chunk is ever copied beside them. */
static int feed_head(struct reader *reader, const uint8_t *bytes, size_t size)
{
    size_t room = reader->head.size < SNIFF_MAX ? SNIFF_MAX - reader->head.size : 0;
    size_t n = size < room ? size : room;
    int r;

    if (reader->head.size == 0 && size >= SNIFF_MAX)
        return try_sniff(reader, bytes, size, false);
    r = buffer_append(&reader->head, bytes, n);
    if (r == 0)
        r = try_sniff(reader, reader->head.bytes, reader->head.size, false);
    if (r < 0 || n == size)
        return r;
    return decoder_feed(reader->decoder, bytes + n, size - n);
}

int reader_feed(struct reader *reader, const void *bytes, size_t size)
{
    if (size == 0)
        return 0;
    if (!reader->sniffed)
        return feed_head(reader, bytes, size);
    return decoder_feed(reader->decoder, bytes, size);
}

int reader_finish(struct reader *reader)
{
    const uint8_t *head = reader->head.bytes ? reader->head.bytes : (const uint8_t *)"";
    int r = 0;

    if (!reader->sniffed)
        r = try_sniff(reader, head, reader->head.size, true);
    if (r == 0)
        r = decoder_finish(reader->decoder);
    if (r == 0 && reader->sniff.type == WORDS_HTML)
        r = visible_finish(&reader->visible);
    return r;
}

const struct sniff *reader_sniffed(const struct reader *reader)
{
    return &reader->sniff;
}

uint64_t reader_replaced(const struct reader *reader)
{
    return reader->decoder ? decoder_replaced(reader->decoder) : 0;
}
