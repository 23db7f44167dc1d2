/* The options that are understood at some moment, in getopt_long()'s form, and what is said about others.
 * Thread: main. */
#pragma once

#include "ctl/verb.h"
#include <getopt.h>

#define OPTION_TABLE_MAX 128

struct option_table {
    const struct verb_option *options[OPTION_TABLE_MAX];
    struct option long_options[OPTION_TABLE_MAX + 1];
    char letters[2 * OPTION_TABLE_MAX + 3];
    int n;
};

/* The common options and the verb's, or those of all verbs for NULL. `mode` is getopt's: "+" stops at the
 * first operand,
 * "-" returns operands as they come. */
void option_table_init(struct option_table *table, const char *mode, const struct verb *verb);

/* The option that getopt_long() means by `value`; NULL if there is none. */
const struct verb_option *option_table_find(const struct option_table *table, int value);

/* After getopt_long() returned '?' or ':' for `word`: what is wrong with it. Returns EXIT_USAGE. */
int option_table_complain(
    const struct option_table *table, const struct context *context, int returned, const char *word);
