/* Words of one host after another that are to be added up, packed as they come: about two bytes each. Zeroed,
 * there is none. Owner: whoever embeds it. Thread: one at a time. */
#pragma once

#include "base/array.h"
#include "counts/mix.h"

struct counts_runs {
    struct buffer buffer;
    size_t n; /* words */
    uint32_t last_id;
};

void counts_runs_deinit(struct counts_runs *runs);
size_t counts_runs_bytes(const struct counts_runs *runs);

/* Takes what is in the mix, which is empty then: pages of one host, where is_new[i] tells of the i-th id
 * whether the host did not have it before. Returns 0 or -ENOMEM, and then both are as they were. */
int counts_runs_add(struct counts_runs *runs, struct counts_mix *mix, const uint8_t *is_new);
/* Adds all to the mix, and forgets them. Returns 0 or -ENOMEM, and then nothing was added. */
int counts_runs_mix(struct counts_runs *runs, struct counts_mix *mix);
