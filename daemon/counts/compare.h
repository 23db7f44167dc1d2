/* What changed between two lists of words. Pure. Thread: any. */
#pragma once

#include "counts/rank.h"

enum counts_change_kind {
    COUNTS_CAME, /* not in the base */
    COUNTS_WENT, /* not in the new one */
    COUNTS_ROSE, /* a greater share of the words than in the base */
    COUNTS_FELL,
};

struct counts_change {
    const char *word; /* UTF-8, not terminated; borrowed from the rankings */
    uint32_t length;
    enum counts_change_kind kind;
    uint64_t base_tokens, new_tokens;
    uint64_t base_pages, new_pages;
    double log_likelihood, log_ratio; /* see counts/keyness.h: new against base; to four decimals */
};

enum counts_change_by {
    COUNTS_BY_LIKELIHOOD,
    COUNTS_BY_RATIO, /* by how much, up or down */
};

struct counts_compare_options {
    uint64_t base_tokens, new_tokens; /* of all words of each side, listed or not */
    uint64_t min_tokens;              /* words that both sides together have less often take no part */
    uint64_t k;                       /* 0: all */
    enum counts_change_by by;
};

/* The words whose share of all words differs, in one order everywhere: by the number chosen, descending, then
 * by code points. Both rankings are finished, and by COUNTS_BY_WORD. If a side has no tokens there are none:
 * nothing can be said of its shares. Returns 0, and *ret, which may be NULL, is the caller's to free; or
 * -ENOMEM. */
int counts_compare(const struct counts_ranking *base, const struct counts_ranking *newer,
    const struct counts_compare_options *options, struct counts_change **ret, size_t *ret_n);
