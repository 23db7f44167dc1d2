/* urlstatctl: gives lists of URLs to urlstatd and asks for statistics. */
#include "base/cleanup.h"
#include "ctl/options.h"
#include "ctl/say.h"
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A full disk or a closed pipe must not pass for success. */
static int finish_output(const struct context *context, int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    say("cannot write to stdout: %s", strerror(errno));
    return status == EXIT_DONE ? EXIT_REFUSED : status;
}

/* A descriptor that the caller closed would become the daemon's socket, which is not to be read for stdin or
 * written for stdout. What takes its place fails as it would. */
static void hold_standard_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
    CLEANUP(context_deinit) struct context context = {0};
    CLEANUP(freep) char **operands = NULL;
    int n, r;

    hold_standard_descriptors();
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
