/* What c-ares says of a name, as the cache keeps it. Thread: one resolver. */
#pragma once

#include "fetch/name_cache.h"
#include <ares.h>

/* Writes status, message, addresses and lifetime. `info` may be NULL unless `status` is ARES_SUCCESS. */
void name_answer_take(struct resolver_entry *entry, int status, const struct ares_addrinfo *info);
