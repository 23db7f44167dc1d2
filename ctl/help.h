/* --help, printed from the table of verbs. Thread: main. */
#pragma once

#include "ctl/verb.h"

/* Of one verb; of the program for NULL. */
void help_print(const struct verb *verb);

/* Says so and suggests the nearest; returns EXIT_USAGE. */
int help_unknown_verb(const struct context *context, const char *name);
