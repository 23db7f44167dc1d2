#include "ctl/option_table.h"

#include "base/text_nearest.h"
#include "ctl/say.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

#define LONG_BASE 256 /* what getopt_long() returns for the first option of the table */

static bool table_has(const struct option_table *table, const char *name)
{
    for (int i = 0; i < table->n; i++)
        if (strcmp(table->options[i]->name, name) == 0)
            return true;
    return false;
}

static void table_add(struct option_table *table, const struct verb_option *options)
{
    for (const struct verb_option *option = options; option->name; option++) {
        size_t end = strlen(table->letters);

        if (table_has(table, option->name))
            continue;
        table->long_options[table->n] = (struct option){
            .name = option->name,
            .has_arg = option->argument ? required_argument : no_argument,
            .val = LONG_BASE + table->n,
        };
        table->options[table->n++] = option;
        if (option->letter)
            snprintf(table->letters + end, sizeof(table->letters) - end, "%c%s", option->letter,
                option->argument ? ":" : "");
    }
}

void option_table_init(struct option_table *table, const char *mode, const struct verb *verb)
{
    *table = (struct option_table){0};
    snprintf(table->letters, sizeof(table->letters), "%s:", mode);
    table_add(table, common_options);
    if (verb)
        table_add(table, verb->options);
    else
        for (verb = verbs; verb->name; verb++)
            table_add(table, verb->options);
}

const struct verb_option *option_table_find(const struct option_table *table, int value)
{
    if (value >= LONG_BASE)
        return table->options[value - LONG_BASE];
    for (int i = 0; i < table->n; i++)
        if (table->options[i]->letter == value)
            return table->options[i];
    return NULL;
}

static const char *nearest_option(const struct option_table *table, const char *text)
{
    const char *names[OPTION_TABLE_MAX + 1] = {0};

    for (int i = 0; i < table->n; i++)
        names[i] = table->options[i]->name;
    return text_nearest(text, names);
}

/* "top: " where the verb is known. */
static const char *verb_prefix(const struct verb *verb)
{
    static char prefix[32];

    snprintf(prefix, sizeof(prefix), "%s%s", verb ? verb->name : "", verb ? ": " : "");
    return prefix;
}

static int complain_unknown(const struct context *context, const struct option_table *table, const char *word)
{
    const char *near;
    char name[64];

    snprintf(name, sizeof(name), "%.*s", (int)strcspn(word, "="), word);
    near = strncmp(name, "--", 2) == 0 ? nearest_option(table, name + 2) : NULL;
    if (near)
        return say_usage(
            context, "%sunknown option %s; did you mean --%s?", verb_prefix(context->verb), name, near);
    return say_usage(context, "%sunknown option %s; urlstatctl %s%s--help lists them",
        verb_prefix(context->verb), name, context->verb ? context->verb->name : "", context->verb ? " " : "");
}

/* An abbreviation that fits several options, or an argument where none is taken, or nothing we know. */
static int complain(const struct context *context, const struct option_table *table, const char *word)
{
    const struct verb_option *option = optopt ? option_table_find(table, optopt) : NULL;
    char letter[3] = {'-', (char)optopt, '\0'};

    if (option)
        return say_usage(context, "%s--%s takes no argument", verb_prefix(context->verb), option->name);
    if (optopt && strncmp(word, "--", 2) != 0)
        word = letter;
    return complain_unknown(context, table, word);
}

static int complain_argument(const struct context *context, const struct option_table *table)
{
    const struct verb_option *option = option_table_find(table, optopt);

    assert(option);
    return say_usage(
        context, "%s--%s needs an argument: %s", verb_prefix(context->verb), option->name, option->argument);
}

int option_table_complain(
    const struct option_table *table, const struct context *context, int returned, const char *word)
{
    return returned == ':' ? complain_argument(context, table) : complain(context, table, word);
}
