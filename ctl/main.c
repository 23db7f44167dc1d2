/* urlstatctl: gives lists of URLs to urlstatd and asks for statistics. */
#include "base/cleanup.h"
#include "ctl/options.h"
#include "ctl/say.h"
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

/* A full disk or a closed pipe must not pass for success. */
static int finish_output(const struct context *context, int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    say("cannot write to stdout: %s", strerror(errno));
    return status == EXIT_DONE ? EXIT_REFUSED : status;
}

int main(int argc, char **argv)
{
    CLEANUP(context_deinit) struct context context = {0};
    CLEANUP(freep) char **operands = NULL;
    int n, r;

    /* Output is UTF-8 whatever the environment says; only the width of characters is looked up in the locale.
     */
    if (!setlocale(LC_CTYPE, "C.UTF-8"))
        (void)setlocale(LC_CTYPE, "");
    r = options_parse(&context, argc, argv, &operands, &n);
    if (r < 0)
        r = context.verb->handler(&context, n, operands);
    if (r < 0)
        r = say_errno(&context, r, NULL);
    return finish_output(&context, r);
}
