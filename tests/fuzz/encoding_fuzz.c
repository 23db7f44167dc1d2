/* Sniffing and decoding: the first byte chooses what the page came with, the rest is the page. What is
 * decoded is valid UTF-8, and the same whatever the chunks. */
#include "words/decode.h"
#include "words/sniff.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const labels[] = {NULL, "utf-8", "latin1", "windows-1251", "koi8-u", "iso-8859-16",
    "macintosh", "x-user-defined", "shift_jis", "euc-jp", "iso-2022-jp", "gb18030", "gbk", "big5", "euc-kr",
    "utf-16le", "utf-16be", "hz-gb-2312", "nonsense", ""};
#define N_LABELS (sizeof(labels) / sizeof(*labels))

struct output {
    uint8_t *bytes;
    size_t size;
};

static void check(int good)
{
    if (!good)
        abort();
}

static int collect(void *userdata, const uint8_t *utf8, size_t size)
{
    struct output *output = userdata;

    check(size > 0 && decode_utf8_valid(utf8, size) == size);
    output->bytes = realloc(output->bytes, output->size + size);
    check(output->bytes != NULL);
    memcpy(output->bytes + output->size, utf8, size);
    output->size += size;
    return 0;
}

static uint64_t decode(
    const struct encoding *encoding, const uint8_t *bytes, size_t size, size_t step, struct output *output)
{
    struct decoder *decoder;
    uint64_t replaced;

    check(decoder_new(encoding, collect, output, &decoder) == 0);
    for (size_t at = 0; at < size; at += step)
        check(decoder_feed(decoder, bytes + at, size - at < step ? size - at : step) == 0);
    check(decoder_finish(decoder) == 0);
    replaced = decoder_replaced(decoder);
    decoder_free(decoder);
    return replaced;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum words_type types[] = {WORDS_AUTO, WORDS_HTML, WORDS_TEXT};
    struct output whole = {0}, cut = {0};
    struct sniff result, early;
    uint64_t replaced;
    int r;

    if (size < 1)
        return 0;
    check(sniff(types[data[0] % 3], labels[data[0] / 3 % N_LABELS], data + 1, size - 1, true, &result) == 1);
    /* Asked with less than all, it waits or says the same. */
    r = sniff(types[data[0] % 3], labels[data[0] / 3 % N_LABELS], data + 1, (size - 1) / 2, false, &early);
    check(r == 0 ||
        (r == 1 && early.encoding == result.encoding && early.type == result.type &&
            early.from == result.from));
    data += 1 + result.mark_size;
    size -= 1 + result.mark_size;
    replaced = decode(result.encoding, data, size, size + 1, &whole);
    check(decode(result.encoding, data, size, 1, &cut) == replaced);
    check(whole.size == cut.size && (whole.size == 0 || memcmp(whole.bytes, cut.bytes, whole.size) == 0));
    free(whole.bytes);
    free(cut.bytes);
    return 0;
}
