#include "ctl/help.h"

#include "base/text_nearest.h"
#include "ctl/say.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define OPTION_WIDTH 24
#define MAX_VERBS 64

static const char *const groups[] = {"Jobs", "Words", "Daemon", "Local files"};

static void print_options(const struct verb_option *options)
{
    for (const struct verb_option *option = options; option->name; option++) {
        char letter[5] = "    ", left[64];

        if (option->letter)
            snprintf(letter, sizeof(letter), "-%c, ", option->letter);
        snprintf(left, sizeof(left), "%s--%s%s%s", letter, option->name, option->argument ? "=" : "",
            option->argument ? option->argument : "");
        printf("  %-*s %s\n", OPTION_WIDTH, left, option->help);
    }
}

static void print_statuses(enum verb_ends ends)
{
    fputs("\nExit status:\n  0  done\n  1  refused or failed\n  2  wrong usage\n", stdout);
    if (ends == ENDS_LOCAL)
        return;
    fputs("  3  the daemon cannot be reached\n  4  timed out\n", stdout);
    if (ends == ENDS_WAITING)
        fputs("  5  a job that was waited for had more failures than --max-failed, counted nothing, or was "
              "cancelled\n"
              "  130  Ctrl-C while waiting; the job goes on\n"
              "  143  the same by SIGTERM\n",
            stdout);
}

static void print_verb(const struct verb *verb)
{
    printf("Usage: urlstatctl %s [OPTIONS]%s%s\n\n", verb->name, *verb->operands ? " " : "", verb->operands);
    printf("%c%s.\n", toupper((unsigned char)verb->summary[0]), verb->summary + 1);
    if (verb->alias)
        printf("\"%s\" is another name of this verb.\n", verb->alias);
    if (verb->description)
        printf("\n%s", verb->description);
    if (verb->options->name) {
        fputs("\nOptions:\n", stdout);
        print_options(verb->options);
    }
    fputs("\nOptions of all verbs:\n", stdout);
    print_options(common_options);
    print_statuses(verb->ends);
    fputs("\nThe manual: man urlstatctl\n", stdout);
}

static void print_group(const char *group)
{
    printf("\n%s:\n", group);
    for (const struct verb *verb = verbs; verb->name; verb++) {
        char left[64];

        if (strcmp(verb->group, group) != 0)
            continue;
        snprintf(left, sizeof(left), "%s%s%s", verb->name, *verb->operands ? " " : "", verb->operands);
        printf("  %-*s %s\n", OPTION_WIDTH, left, verb->summary);
    }
}

void help_print(const struct verb *verb)
{
    if (verb) {
        print_verb(verb);
        return;
    }
    fputs("Usage: urlstatctl [OPTIONS] [VERB [ARGUMENTS]]\n\n"
          "Gives lists of URLs to urlstatd, which fetches them politely and counts the words on the pages,\n"
          "and asks for the statistics. Without a VERB: status.\n",
        stdout);
    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
        print_group(groups[i]);
    fputs("\nOptions of all verbs:\n", stdout);
    print_options(common_options);
    fputs("\nOf one verb: urlstatctl VERB --help. The manual: man urlstatctl\n", stdout);
}

int help_unknown_verb(const struct context *context, const char *name)
{
    const char *names[2 * MAX_VERBS + 1] = {0}, *near;
    size_t n = 0;

    for (const struct verb *verb = verbs; verb->name && n < 2 * MAX_VERBS; verb++) {
        names[n++] = verb->name;
        if (verb->alias)
            names[n++] = verb->alias;
    }
    near = text_nearest(name, names);
    if (near)
        return say_usage(context, "unknown verb %s; did you mean %s?", name, near);
    return say_usage(context, "unknown verb %s; urlstatctl --help lists them", name);
}
