/* The memory that decoders of content codings may grow by (DecodeMemory=), and so which codings a request
 * offers. gzip and deflate have windows of 32 KiB and are always offered. A decoder of the others keeps up to
 * a window of what it decoded, see decode.h, which fills with the body, so that the body's limit bounds it
 * too. Owner and thread: one fetcher. */
#pragma once

#include <stdint.h>

struct decode_budget {
    uint64_t max_bytes;
    uint64_t charged_bytes;
};

struct decode_offer {
    const char *header;  /* of the request: "Accept-Encoding: gzip, deflate" */
    const char *codings; /* of these: "gzip, deflate" */
    uint64_t window_bytes;
};

/* The codings to offer for a body of at most `max_body_bytes`. *ret_charge was charged for them and is to be
 * given back; 0 for gzip and deflate alone. */
const struct decode_offer *decode_budget_take(
    struct decode_budget *budget, uint64_t max_body_bytes, uint64_t *ret_charge);

/* Gives back all of *charge, which becomes 0. */
void decode_budget_give_back(struct decode_budget *budget, uint64_t *charge);
