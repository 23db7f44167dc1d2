#include "ctl/options.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text.h"
#include "base/text_nearest.h"
#include "ctl/client.h"
#include "ctl/help.h"
#include "ctl/option_table.h"
#include "ctl/render.h"
#include "ctl/say.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define DEFAULT_TIMEOUT (45 * USEC_PER_SEC)

/* The verb is the first operand; what stands before it may be any verb's option. 0 and *ret_index, which is
 * argc without a verb; else the exit status. */
static int find_verb(struct context *context, int argc, char **argv, int *ret_index)
{
    struct option_table table;
    int option;

    option_table_init(&table, "+", NULL);
    optind = 0;
    opterr = 0;
    while ((option = getopt_long(argc, argv, table.letters, table.long_options, NULL)) != -1)
        if (option == '?' || option == ':')
            return option_table_complain(&table, context, option, argv[optind - 1]);
    *ret_index = optind;
    if (optind == argc) {
        context->verb = verb_find("status");
        return 0;
    }
    context->verb = verb_find(argv[optind]);
    return context->verb ? 0 : help_unknown_verb(context, argv[optind]);
}

static const char *const format_names[] = {
    [FORMAT_TABLE] = "table",
    [FORMAT_JSON] = "json",
    [FORMAT_JSONL] = "jsonl",
    [FORMAT_CSV] = "csv",
    [FORMAT_TSV] = "tsv",
    NULL,
};

static bool wants_color(const char *when, FILE *stream)
{
    const char *no_color = getenv("NO_COLOR");

    if (strcmp(when, "auto") != 0)
        return strcmp(when, "always") == 0;
    return isatty(fileno(stream)) && !(no_color && *no_color);
}

static int apply_color(struct context *context, const char *value)
{
    if (strcmp(value, "auto") != 0 && strcmp(value, "always") != 0 && strcmp(value, "never") != 0)
        return say_usage(context, "--color is auto, always or never, not %s", value);
    context->color = wants_color(value, stdout);
    context->error_color = wants_color(value, stderr);
    return 0;
}

static int apply_output(struct context *context, const char *value)
{
    const char *near = text_nearest(value, format_names);

    for (int i = 0; format_names[i]; i++)
        if (strcmp(format_names[i], value) == 0) {
            context->format = (enum format)i;
            return 0;
        }
    if (near)
        return say_usage(context, "there is no output format %s; did you mean %s?", value, near);
    return say_usage(context, "there is no output format %s, but table, json, jsonl, csv and tsv", value);
}

static int apply_timeout(struct context *context, const char *value)
{
    if (text_parse_span(value, &context->timeout_usec) < 0 || context->timeout_usec == 0)
        return say_usage(context, "--timeout is a time span such as 10, 500ms or 2min, not %s", value);
    context->timeout_given = true;
    return 0;
}

/* Returns -1 to go on, else an exit status. */
static int apply_common(struct context *context, const char *name, const char *value)
{
    int r = 0;

    if (strcmp(name, "output") == 0)
        r = apply_output(context, value);
    else if (strcmp(name, "color") == 0)
        r = apply_color(context, value);
    else if (strcmp(name, "timeout") == 0)
        r = apply_timeout(context, value);
    else if (strcmp(name, "socket") == 0)
        context->socket = value;
    else if (strcmp(name, "no-legend") == 0)
        context->legend = false;
    else if (strcmp(name, "bom") == 0)
        context->bom = true;
    else if (strcmp(name, "quiet") == 0)
        context->quiet = true;
    else if (strcmp(name, "user") == 0)
        context->user = true;
    return r == 0 ? -1 : r;
}

static bool is_common(const struct verb_option *option)
{
    for (const struct verb_option *common = common_options; common->name; common++)
        if (common == option)
            return true;
    return false;
}

/* Returns -1 to go on, else an exit status. */
static int take(struct context *context, const struct verb_option *option, const char *value)
{
    if (is_common(option))
        return apply_common(context, option->name, value);
    context->values[context->n_values++] = (struct verb_value){.option = option, .value = value};
    return -1;
}

static int answer(const struct context *context, bool help, bool version, bool verb_named)
{
    if (help) {
        help_print(verb_named ? context->verb : NULL);
        return EXIT_DONE;
    }
    if (version) {
        puts("urlstatctl " URLSTAT_VERSION);
        return EXIT_DONE;
    }
    return -1;
}

/* All words but argv[verb_index], with the options of the verb. */
static int take_words(
    struct context *context, int argc, char **argv, char **operands, int *n, bool verb_named)
{
    struct option_table table;
    bool help = false, version = false;
    int option, r;

    option_table_init(&table, "-", context->verb);
    optind = 0;
    while ((option = getopt_long(argc, argv, table.letters, table.long_options, NULL)) != -1) {
        const struct verb_option *found;

        if (option == '?' || option == ':')
            return option_table_complain(&table, context, option, argv[optind - 1]);
        if (option == 1) {
            operands[(*n)++] = optarg;
            continue;
        }
        found = option_table_find(&table, option);
        help |= strcmp(found->name, "help") == 0;
        version |= strcmp(found->name, "version") == 0;
        r = take(context, found, optarg);
        if (r >= 0)
            return r;
    }
    while (optind < argc)
        operands[(*n)++] = argv[optind++];
    return answer(context, help, version, verb_named);
}

static int check_operands(const struct context *context, char **operands, int n)
{
    const struct verb *verb = context->verb;

    if (n < verb->min_operands)
        return say_usage(
            context, "%s: %s is missing; urlstatctl %s --help", verb->name, verb->operands, verb->name);
    if (verb->max_operands == 0 && n > 0)
        return say_usage(context, "%s takes no operands, and %s is one", verb->name, operands[0]);
    if (verb->max_operands >= 0 && n > verb->max_operands)
        return say_usage(context, "%s takes no more than %d operand%s, and %s is one more", verb->name,
            verb->max_operands, verb->max_operands == 1 ? "" : "s", operands[verb->max_operands]);
    return -1;
}

static void context_init(struct context *context)
{
    *context = (struct context){.legend = true, .timeout_usec = DEFAULT_TIMEOUT};
    context->color = wants_color("auto", stdout);
    context->error_color = wants_color("auto", stderr);
}

void context_deinit(struct context *context)
{
    free(context->values);
    client_free(context->client);
    render_free(context->render);
}

/* argv without the verb, ended by NULL as getopt wants it. */
static char **without(int argc, char **argv, int index)
{
    char **words = calloc((size_t)argc + 1, sizeof(*words));
    int n = 0;

    if (words)
        for (int i = 0; i < argc; i++)
            if (i != index)
                words[n++] = argv[i];
    return words;
}

int options_parse(struct context *context, int argc, char **argv, char ***ret_operands, int *ret_n)
{
    CLEANUP(freep) char **words = NULL;
    CLEANUP(freep) char **operands = NULL;
    int verb_index, n = 0, r;

    context_init(context);
    r = find_verb(context, argc, argv, &verb_index);
    if (r != 0)
        return r;
    words = without(argc, argv, verb_index);
    operands = calloc((size_t)argc + 1, sizeof(*operands));
    context->values = calloc((size_t)argc + 1, sizeof(*context->values));
    if (!words || !operands || !context->values)
        return say_errno(context, -ENOMEM, NULL);
    r = take_words(context, argc - (verb_index < argc), words, operands, &n, verb_index < argc);
    if (r == -1)
        r = check_operands(context, operands, n);
    if (r >= 0)
        return r;
    *ret_operands = TAKE(operands);
    *ret_n = n;
    return -1;
}
