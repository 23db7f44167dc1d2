/* remove: deletes jobs with all that was counted. */
#include "ctl/call.h"
#include "ctl/render.h"
#include "ctl/say.h"
#include "wire/messages.h"
#include <inttypes.h>
#include <stdio.h>

static int print_separated(const struct context *context, const struct wire_remove_out *out)
{
    if (context->bom)
        fputs("\xef\xbb\xbf", stdout);
    if (context->legend)
        puts("job");
    for (size_t i = 0; i < out->n_removed; i++)
        printf("%" PRId64 "\n", out->removed[i]);
    return 0;
}

static const struct render_layout layout = {.shape = &wire_remove_out_shape};

/* Jobs, or which ones by when they ended. */
static int check(const struct context *context, int argc, struct wire_remove_in *in)
{
    double seconds;
    int r = option_seconds(context, "before", &seconds);

    if (r < 0)
        return EXIT_USAGE;
    if (r > 0)
        in->before = wire_some_float(seconds);
    in->name = option_text(context, "name");
    if (in->name && r == 0)
        return say_usage(context, "--name says which jobs of --before; give --before too");
    if (argc > 0 && r > 0)
        return say_usage(context, "JOB or --before, not both");
    if (argc == 0 && r == 0)
        return say_usage(context, "remove: JOB is missing, or --before=SPAN; urlstatctl remove --help");
    return 0;
}

int verb_remove(struct context *context, int argc, char **argv)
{
    CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
    struct wire_remove_in in = {.jobs = argc > 0 ? (const char *const *)argv : NULL, .n_jobs = (size_t)argc};
    const struct wire_remove_out *removed;
    const void *out;
    int r = check(context, argc, &in);

    if (r == 0)
        r = call_check_jobs(context, argc, argv);
    if (r == 0)
        r = call_once(context, WIRE_REMOVE, &in, &reply, &out);
    if (r != 0)
        return r;
    removed = out;
    switch (context->format) {
    case FORMAT_TABLE:
        for (size_t i = 0; i < removed->n_removed; i++)
            say_note(context, "job %" PRId64 " is removed", removed->removed[i]);
        if (removed->n_removed == 0)
            say_note(context, in.name ? "no job of that name is so old" : "no job is so old");
        return 0;
    case FORMAT_CSV:
    case FORMAT_TSV:
        return print_separated(context, removed);
    case FORMAT_JSON:
    case FORMAT_JSONL:
        return render_reply(context, &layout, out);
    }
    return 0;
}
