#include "ctl/local.h"

#include "ctl/say.h"
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>

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

/* What one file took, the next will take: to give it back to the system in between, and have it cleared
 * again, would be a tenth of the time that counting takes. */
static void keep_memory(void)
{
#ifdef __GLIBC__
    (void)mallopt(M_MMAP_THRESHOLD, 32 << 20);
    (void)mallopt(M_TRIM_THRESHOLD, 1 << 30);
#endif
}

int local_init(const struct context *context)
{
    int r = words_init();

    keep_memory();
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
