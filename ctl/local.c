#include "ctl/local.h"

#include "base/cleanup.h"
#include "ctl/say.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define READ_SIZE (64u << 10)

int local_options(const struct context *context, struct words_options *ret)
{
    static const char *const names[] = {"auto", "html", "text", NULL};
    static const enum words_type types[] = {WORDS_AUTO, WORDS_HTML, WORDS_TEXT};
    const char *charset = option_text(context, "charset");
    size_t type = 0;
    int r = option_choice(context, "type", names, &type);

    if (r != 0)
        return r;
    if (charset && !words_charset_is_known(charset))
        return say_usage(context, "--charset: no character encoding of the web is called %s", charset);
    *ret = (struct words_options){.type = types[type], .charset = charset};
    return 0;
}

int local_init(const struct context *context)
{
    int r = words_init();

    if (r == -ELIBBAD)
        return say_failure(context, EXIT_REFUSED, FAILURE_SYSTEM,
            "the ICU library that is installed is not one that urlstat was built for");
    if (r == -EINVAL || r == -EOPNOTSUPP)
        return say_failure(context, EXIT_REFUSED, FAILURE_SYSTEM,
            WORDS_CPU_VARIABLE "=%s: %s; portable, sse4.2, avx2 and avx512 are known",
            getenv(WORDS_CPU_VARIABLE),
            r == -EINVAL ? "no such instructions" : "this processor lacks these instructions");
    return r < 0 ? say_errno(context, r, "cannot load the word engine") : 0;
}

static int failed(const struct context *context, const char *file)
{
    return say_failure(context, EXIT_REFUSED, FAILURE_INPUT, "%s: %s", file, strerror(errno));
}

int local_read(const struct context *context, const char *file, local_sink sink, void *userdata)
{
    bool is_stdin = strcmp(file, "-") == 0;
    CLEANUP(closep) int fd = is_stdin ? -1 : open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    int from = is_stdin ? STDIN_FILENO : fd;
    static char bytes[READ_SIZE];

    if (from < 0)
        return failed(context, file);
    for (;;) {
        ssize_t n = read(from, bytes, sizeof(bytes));
        int r;

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return failed(context, is_stdin ? "stdin" : file);
        if (n == 0)
            return 0;
        r = sink(userdata, bytes, (size_t)n);
        if (r != 0)
            return r;
    }
}
