/* The text that is seen of a page is the same whatever the chunks, and is valid UTF-8 without NUL characters.
 */
#include "words/decode.h"
#include "words/visible.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct output {
    uint8_t *bytes;
    size_t size;
};

static void check(int good)
{
    if (!good)
        abort();
}

static int append(struct output *output, const void *bytes, size_t size)
{
    output->bytes = realloc(output->bytes, output->size + size);
    check(output->bytes != NULL);
    memcpy(output->bytes + output->size, bytes, size);
    output->size += size;
    return 0;
}

static int take_text(void *userdata, const uint8_t *utf8, size_t size, bool preformatted)
{
    check(size > 0 && decode_utf8_valid(utf8, size) == size && !memchr(utf8, '\0', size));
    return append(userdata, utf8, size);
}

static int take_end(void *userdata, enum visible_break kind)
{
    return append(userdata, "\0", 1);
}

static int take_title(void *userdata, const uint8_t *utf8, size_t size)
{
    return 0;
}

/* Cut before every character that `step` bytes have come before. */
static void read_page(const uint8_t *utf8, size_t size, size_t step, struct output *output)
{
    static const struct visible_sink sink = {.text = take_text, .end_word = take_end, .title = take_title};
    struct visible *visible = malloc(sizeof(*visible));
    size_t begin = 0;

    check(visible != NULL);
    visible_begin(visible, &sink, output);
    for (size_t at = 1; at <= size; at++) {
        if (at < size && (at - begin < step || (utf8[at] & 0xC0) == 0x80))
            continue;
        check(visible_feed(visible, utf8 + begin, at - begin) == 0);
        begin = at;
    }
    check(visible_finish(visible) == 0);
    free(visible);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct output whole = {0}, cut = {0};

    elements_init();
    size = decode_utf8_valid(data, size);
    read_page(data, size, size + 1, &whole);
    read_page(data, size, 1, &cut);
    check(whole.size == cut.size && (whole.size == 0 || memcmp(whole.bytes, cut.bytes, whole.size) == 0));
    free(whole.bytes);
    free(cut.bytes);
    return 0;
}
