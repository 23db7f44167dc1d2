/* text: the text that is counted, as a reader sees it. */
#include "base/cleanup.h"
#include "ctl/local.h"
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

static int feed(void *userdata, const void *bytes, size_t size)
{
    return words_text_feed(userdata, bytes, size);
}

int verb_text(struct context *context, int argc, char **argv)
{
    CLEANUP(words_text_freep) struct words_text *text = NULL;
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
        r = local_read(context, argc > 0 ? argv[0] : "-", feed, text);
    if (r == 0)
        r = words_text_finish(text);
    return ferror(stdout) ? EXIT_DONE : r;
}
