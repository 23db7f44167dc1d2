#include "fetch/decode_budget.h"

#include "fetch/decode.h"
#include <assert.h>

/* Of a decoder beside its window. */
#define STATE_BYTES (UINT64_C(1) << 20)

#define OFFER(codings, window)                                                                               \
    {                                                                                                        \
        "Accept-Encoding: " codings, codings, window                                                         \
    }

/* What it takes to offer them all, the last one being the greediest. */
static const struct decode_offer offers[] = {
    OFFER("gzip, deflate, br, zstd", DECODE_BR_WINDOW),
    OFFER("gzip, deflate, zstd", DECODE_ZSTD_WINDOW),
    OFFER("gzip, deflate", 0),
};

const struct decode_offer *decode_budget_take(
    struct decode_budget *budget, uint64_t max_body_bytes, uint64_t *ret_charge)
{
    /* The limit may have been lowered below what is charged. */
    const uint64_t left =
        budget->max_bytes > budget->charged_bytes ? budget->max_bytes - budget->charged_bytes : 0;
    const struct decode_offer *offer;

    for (offer = offers; offer->window_bytes > 0; offer++) {
        uint64_t window = offer->window_bytes < max_body_bytes ? offer->window_bytes : max_body_bytes;

        if (window + STATE_BYTES > left)
            continue;
        *ret_charge = window + STATE_BYTES;
        budget->charged_bytes += *ret_charge;
        return offer;
    }
    *ret_charge = 0;
    return offer;
}

void decode_budget_give_back(struct decode_budget *budget, uint64_t *charge)
{
    assert(*charge <= budget->charged_bytes);
    budget->charged_bytes -= *charge;
    *charge = 0;
}
