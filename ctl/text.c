/* text: the text that is counted, as a reader sees it. */
#include "base/cleanup.h"
#include "ctl/input.h"
#include "ctl/local.h"
#include "ctl/meter.h"
#include "ctl/say.h"
#include "words/words.h"
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

DEFINE_CLEANUP(struct words_text *, words_text_free)

/* What the terminal or the pipe refuses shows in ferror(stdout), which main() looks at; nothing more is read
 * then. */
static int print(void *userdata, const char *utf8, size_t size)
{
    return fwrite(utf8, 1, size, stdout) == size ? 0 : -EIO;
}

/* The first byte of the C1 control characters, and of other characters of two bytes. */
#define C1_LEAD 0xc2

static bool is_control(unsigned char byte)
{
    return (byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7f;
}

/* For a terminal, which a page must not command: U+FFFD in place of control characters. `userdata` is whether
 * the chunk before ended with C1_LEAD. */
static int print_to_terminal(void *userdata, const char *utf8, size_t size)
{
    bool *is_led = userdata;
    bool done = true;

    for (size_t i = 0; i < size && done; i++) {
        unsigned char byte = (unsigned char)utf8[i];

        if (is_control(byte) || (*is_led && byte < 0xa0))
            done = fputs("\xef\xbf\xbd", stdout) >= 0;
        else if (*is_led)
            done = putchar(C1_LEAD) != EOF && putchar(byte) != EOF;
        else if (byte != C1_LEAD)
            done = putchar(byte) != EOF;
        *is_led = !*is_led && byte == C1_LEAD;
    }
    return done ? 0 : -EIO;
}

struct reading {
    struct words_text *text;
    struct meter *meter;
};

static int feed(void *userdata, const void *bytes, size_t size)
{
    const struct reading *reading = userdata;

    meter_show(reading->meter);
    return words_text_feed(reading->text, bytes, size);
}

static void advance(void *userdata, size_t size)
{
    const struct reading *reading = userdata;

    meter_advance(reading->meter, size);
}

static int read_file(const struct context *context, char *file, struct words_text *text)
{
    CLEANUP(input_freep) struct input *input = NULL;
    CLEANUP(meter_freep) struct meter *meter = NULL;
    /* On one terminal, text and bar would stand in each other's way. */
    int r = isatty(STDOUT_FILENO) ? 0 : meter_new(context, &file, 1, &meter);
    struct reading reading = {.text = text, .meter = meter};

    if (r == 0)
        r = input_new(&input);
    if (r == 0)
        r = input_read(
            input, file, &(struct input_sink){.bytes = feed, .progress = advance, .userdata = &reading});
    meter_free(TAKE(meter));
    if (r != INPUT_REFUSED)
        return r;
    /* What came before the damage is shown. */
    r = words_text_finish(text);
    return r < 0
        ? r
        : say_failure(context, EXIT_REFUSED, FAILURE_INPUT, "%s: %s", input_name(file), input_reason(input));
}

int verb_text(struct context *context, int argc, char **argv)
{
    CLEANUP(words_text_freep) struct words_text *text = NULL;
    char from_stdin[] = "-";
    struct words_options options;
    bool is_led = false;
    int r;

    if (context->format != FORMAT_TABLE)
        return say_usage(context, "text: it is text, in no other format");
    r = local_options(context, &options);
    if (r == 0)
        r = local_init(context);
    if (r != 0)
        return r;
    r = words_text_new(&options, isatty(STDOUT_FILENO) ? print_to_terminal : print, &is_led, &text);
    if (r == 0)
        r = read_file(context, argc > 0 ? argv[0] : from_stdin, text);
    if (r == 0)
        r = words_text_finish(text);
    return ferror(stdout) ? EXIT_DONE : r;
}
