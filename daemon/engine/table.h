/* uthash, as the engine uses it: a table that cannot grow leaves the new item out, with hh.tbl NULL. */
#pragma once

#define HASH_NONFATAL_OOM 1
#include <uthash.h>
