/* The verbs of store_prints.h. Thread: reader. */
#pragma once

#include "store/reader.h"
#include "store/store_prints.h"

int read_keep_prints(struct read_turn *turn);
int read_find_prints(struct read_turn *turn);
int read_forget_prints(struct read_turn *turn);
