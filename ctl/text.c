/* text: the text that is counted, as a reader sees it. */
#include "base/cleanup.h"
#include "ctl/local.h"
#include "ctl/say.h"
#include "words/words.h"
#include <errno.h>
#include <stdio.h>

DEFINE_CLEANUP(struct words_text *, words_text_free)

/* What the terminal or the pipe refuses shows in ferror(stdout), which main() looks at; nothing more is read
 * then. */
static int print(void *userdata, const char *utf8, size_t size)
{
    return fwrite(utf8, 1, size, stdout) == size ? 0 : -EIO;
}

static int feed(void *userdata, const void *bytes, size_t size)
{
    return words_text_feed(userdata, bytes, size);
}

int verb_text(struct context *context, int argc, char **argv)
{
    CLEANUP(words_text_freep) struct words_text *text = NULL;
    struct words_options options;
    int r;

    if (context->format != FORMAT_TABLE)
        return say_usage(context, "text: it is text, in no other format");
    r = local_options(context, &options);
    if (r == 0)
        r = local_init(context);
    if (r != 0)
        return r;
    r = words_text_new(&options, print, NULL, &text);
    if (r == 0)
        r = local_read(context, argc > 0 ? argv[0] : "-", feed, text);
    if (r == 0)
        r = words_text_finish(text);
    return ferror(stdout) ? EXIT_DONE : r;
}
