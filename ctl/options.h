/* The command line: options of all verbs and of the one verb, anywhere before or after it. Thread: main. */
#pragma once

#include "ctl/verb.h"

/* Fills the context from argv and *ret_operands with the operands, an array that the caller frees. Returns -1
 * to go on; else the exit status to end with: --help, --version and wrong usage were answered. */
int options_parse(struct context *context, int argc, char **argv, char ***ret_operands, int *ret_n);

void context_deinit(struct context *context);
