/* Pages sorted into their groups: one for all, by host, or by label. Of hosts and labels, only the first ones
 * by their bytes are held at a time: what does not fit is left for a later pass. Owner: whoever embeds it.
 * Thread: one at a time. */
#pragma once

#include "counts/pack.h"
#include "engine/query.h"
#include "engine/query_bag.h"
#include "engine/query_shared.h"

/* Different words, summed over the hosts, beyond which no further host is held. */
#define QUERY_PART_WORDS 1000000
/* What the labels' sums may take; but one label is held in any case. */
#define QUERY_PART_BYTES ((size_t)128 << 20)

struct query_groups {
    enum query_per per; /* JOB and PAGE are as NONE here */
    struct query_group_bag {
        char *key;       /* host or label; NULL if neither */
        uint32_t number; /* of this part, from 0 in the order of arrival */
        struct query_bag bag;
    } * *items; /* ordered by key, no key first */
    size_t n;
    size_t capacity;
    size_t max;
    uint32_t n_arrived; /* of this part, those that did not fit included */
    size_t n_labels;    /* that arrived, and n_given */
    size_t n_given;     /* labels of parts before */
    size_t n_numbers;   /* of words; set before pages are added */
    size_t last;        /* the one that was added to last */
    size_t n_words;     /* summed over the groups */
    size_t bytes;       /* likewise, of their bags */
    size_t max_bytes;   /* QUERY_PART_BYTES; less in tests */
    bool overflow;      /* there are more groups behind these */
    bool is_later;      /* groups up to `after` were given already */
    char *after;        /* NULL: the one without a key */
    char *host;         /* of the page that was added last; NULL if none */
    uint32_t run;       /* counts changes of it */
    uint32_t shared_host;
    bool may_share; /* hosts come back: several jobs, or pages in another order than by host */
    struct query_shared shared;
};

void query_groups_init(struct query_groups *groups, enum query_per per, bool may_share);
void query_groups_deinit(struct query_groups *groups);

/* Another job's pages follow. */
void query_groups_next_job(struct query_groups *groups);

/* Adds a page. Returns 1 if it was added; 0 if its group does not belong to this part: it was given already
 * or is left for a later one; -ENOMEM; -E2BIG beyond what query.h allows. */
int query_groups_add(struct query_groups *groups, const char *host, const char *label,
    const struct counts_pair *pairs, size_t n_pairs);
/* This host and all behind it are left for a later part. */
bool query_groups_is_behind(const struct query_groups *groups, const char *host);

/* None is there: begins behind this key, NULL for the one without, as so many groups were given. Returns 0 or
 * -ENOMEM. */
int query_groups_skip(struct query_groups *groups, const char *key, size_t n);
/* Forgets the groups and goes on behind the last one. Returns 0 or -ENOMEM. */
int query_groups_next_part(struct query_groups *groups);
