/* Thread: main. */
#pragma once

#include "ctl/verb.h"

/* 0 if it is an outcome, written with underscores or hyphens; else EXIT_USAGE with the nearest one suggested.
 */
int outcome_check(const struct context *context, const char *name);
