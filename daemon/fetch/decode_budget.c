#include "fetch/decode_budget.h"

#include <assert.h>
#include <curl/curl.h>
#include <stddef.h>

#define MIB (UINT64_C(1024) * 1024)

/* Of a decoder beside its window. */
#define STATE_BYTES MIB

/* What it takes to offer them all, the last one being the greediest. */
struct offer {
    const char *codings;
    uint64_t window_bytes;
    int features; /* of libcurl */
};

static const struct offer offers[] = {
    {"gzip, deflate, br, zstd", 128 * MIB, CURL_VERSION_BROTLI | CURL_VERSION_ZSTD},
    {"gzip, deflate, br", 16 * MIB, CURL_VERSION_BROTLI},
    {"gzip, deflate", 0, 0},
};

const char *decode_budget_take(struct decode_budget *budget, uint64_t max_body_bytes, uint64_t *ret_charge)
{
    const int features = curl_version_info(CURLVERSION_NOW)->features;
    const uint64_t left = budget->max_bytes - budget->charged_bytes;
    size_t i;

    for (i = 0; offers[i].window_bytes > 0; i++) {
        uint64_t window = offers[i].window_bytes < max_body_bytes ? offers[i].window_bytes : max_body_bytes;

        if ((features & offers[i].features) != offers[i].features || window + STATE_BYTES > left)
            continue;
        *ret_charge = window + STATE_BYTES;
        budget->charged_bytes += *ret_charge;
        return offers[i].codings;
    }
    *ret_charge = 0;
    return offers[i].codings;
}

void decode_budget_give_back(struct decode_budget *budget, uint64_t *charge)
{
    assert(*charge <= budget->charged_bytes);
    budget->charged_bytes -= *charge;
    *charge = 0;
}
