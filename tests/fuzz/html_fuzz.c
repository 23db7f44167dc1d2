/* The text that is seen of a page is the same whatever the chunks and the vector instructions, and is valid
 * UTF-8 without NUL characters. */
#include "words/cpu.h"
#include "words/decode.h"
#include "words/visible.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct output {
    uint8_t *bytes;
    size_t size, capacity;
};

static void check(int good)
{
    if (!good)
        abort();
}

static int append(struct output *output, const void *bytes, size_t size)
{
    if (size > output->capacity - output->size) {
        output->capacity = (output->size + size) * 2;
        output->bytes = realloc(output->bytes, output->capacity);
        check(output->bytes != NULL);
    }
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
    memset(visible, step == 1 ? 0 : 0xFF, sizeof(*visible)); /* what was there before has no part in it */
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

static void expect(const uint8_t *utf8, size_t size, size_t step, const struct output *expected)
{
    struct output output = {0};

    read_page(utf8, size, step, &output);
    check(output.size == expected->size &&
        (output.size == 0 || memcmp(output.bytes, expected->bytes, output.size) == 0));
    free(output.bytes);
}

static void test_page(const uint8_t *utf8, size_t size)
{
    static const size_t steps[] = {2, 3, 17, 200};
    struct output expected = {0};

    read_page(utf8, size, 1, &expected);
    for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
        expect(utf8, size, steps[i], &expected);
    for (unsigned level = CPU_PORTABLE; level <= cpu_best(); level++) {
        check(cpu_init(cpu_level_to_string((enum cpu_level)level)) == 0);
        expect(utf8, size, size + 1, &expected);
    }
    free(expected.bytes);
}

/* What is short, or ends soon, is not read many bytes at a time: so each page is read with an end, too. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char end[] = "................................................................"
                              "................................................................";
    uint8_t *padded;

    elements_init();
    reference_init();
    size = decode_utf8_valid(data, size);
    test_page(data, size);
    padded = malloc(size + sizeof(end));
    check(padded != NULL);
    if (size > 0)
        memcpy(padded, data, size);
    memcpy(padded + size, end, sizeof(end) - 1);
    test_page(padded, size + sizeof(end) - 1);
    free(padded);
    return 0;
}
