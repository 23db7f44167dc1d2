/* The memory that decoders of content codings may grow by (DecodeMemory=), and so which codings a request
 * offers. gzip and deflate have windows of 32 KiB and are always offered. A decoder of Brotli keeps up to 16
 * MiB of what it decoded, one of Zstandard, which libcurl tells no limit, 128 MiB (RFC 7932 9.1, RFC
 * 8878 3.1.1.1.2); both fill with the body that is decoded, so that its limit bounds them too. Owner and
 * thread: one fetcher. */
#pragma once

#include <stdint.h>

struct decode_budget {
    uint64_t max_bytes;
    uint64_t charged_bytes;
};

/* The codings to offer for a body of at most `max_body_bytes`, as Accept-Encoding has them. *ret_charge was
 * charged for them and is to be given back; 0 for gzip and deflate alone. */
const char *decode_budget_take(struct decode_budget *budget, uint64_t max_body_bytes, uint64_t *ret_charge);

/* Gives back all of *charge, which becomes 0. */
void decode_budget_give_back(struct decode_budget *budget, uint64_t *charge);
