/* Requests about hosts: what politeness may not forget, over restarts. See store.h. */
#pragma once

#include "store/store.h"

/* One scheme of a host. */
struct store_origin_state {
    uint64_t until_usec; /* nothing starts before */
    uint32_t failures;   /* in a row */
    uint32_t parkings;
};

/* How a host fares, by its politeness key. All zeros says nothing. */
struct store_host_state {
    const char *host;
    uint64_t hold_until_usec;             /* after 429 and 503 */
    uint32_t holds;                       /* 429 and 503 in a row */
    uint64_t delay_usec;                  /* between two starts, at least as long as it ever was */
    struct store_origin_state origins[2]; /* http, https */
};

/* Takes the place of what was known of the host. */
struct store_put_host {
    struct store_request request;
    struct store_host_state state;
};

/* Hosts of this pattern start nothing from then on, or may again. What is so already stays so. */
struct store_pause_host {
    struct store_request request;
    const char *pattern;
    bool paused;
};

/* What STORE_PUT_HOST kept, in the order of the keys. */
struct store_read_host_states {
    struct store_request request;
    const char *after;             /* NULL from the start */
    struct store_host_state *rows; /* out, as above */
    size_t n_rows;
};

/* Patterns that are paused, in their order. */
struct store_read_paused {
    struct store_request request;
    const char *after;     /* NULL from the start */
    const char **patterns; /* out: as rows above */
    size_t n_rows;
};
