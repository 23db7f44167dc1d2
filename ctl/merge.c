/* merge: files of counts as one, without a daemon. */
#include "ctl/gather.h"
#include "ctl/say.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int open_inputs(char **files, size_t n, struct counts_input **inputs)
{
    int r = 0;

    for (size_t i = 0; i < n && r == 0; i++)
        r = counts_input_new(files[i], false, &inputs[i]);
    return r;
}

/* A file that is named twice would be refused for its pages all the same; stdin has them but once. */
static int check_files(const struct context *context, size_t n, char **files)
{
    size_t n_stdin = 0;

    for (size_t i = 0; i < n; i++)
        n_stdin += strcmp(files[i], "-") == 0;
    return n_stdin > 1 ? say_usage(context, "stdin, which is -, can be one of the files, not several") : 0;
}

static int merge(const struct context *context, size_t n, struct counts_input **inputs,
    const struct gather_options *options)
{
    CLEANUP(output_file_freep) struct output_file *output = NULL;
    const char *path = option_text(context, "to");
    struct counts_file_totals totals;
    int r = output_file_open(context, path, &output);

    if (r == 0)
        r = gather(context, inputs, n, options, NULL, output, &totals);
    if (r == 0)
        r = output_file_close(output);
    if (r == 0)
        gather_say_totals(context, &totals);
    return r;
}

int verb_merge(struct context *context, int argc, char **argv)
{
    static const char *const choices[] = {"refuse", "latest", NULL};
    CLEANUP(freep) struct counts_input **inputs = NULL;
    size_t same = GATHER_REFUSE;
    size_t n = (size_t)argc;
    int r = option_choice(context, "same", choices, &same);

    if (r == 0 && context->format != FORMAT_TABLE)
        r = say_usage(context, "a file of counts has one format: not with -o");
    if (r == 0)
        r = check_files(context, n, argv);
    if (r == 0)
        r = output_file_check(context, option_text(context, "to"));
    if (r != 0)
        return r;
    inputs = calloc(n, sizeof(*inputs));
    if (!inputs)
        return -ENOMEM;
    r = open_inputs(argv, n, inputs);
    if (r == 0)
        r = merge(context, n, inputs,
            &(struct gather_options){
                .same = (enum gather_same)same, .any_settings = option_flag(context, "any-settings")});
    for (size_t i = 0; i < n; i++)
        counts_input_free(inputs[i]);
    return r;
}
