/* Copies of what a query was asked. Thread: main. */
#pragma once

#include "engine/query.h"

/* Returns 0 or -ENOMEM, and then there is nothing to free. */
int query_options_copy(const struct query_options *options, struct query_options *ret);
void query_options_deinit(struct query_options *options);
