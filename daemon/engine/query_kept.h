/* Groups that are kept in memory (engine/running_totals.h), ranked while they are lent: all of one moment, as
 * far as what is to be given fits. Owner: the query. Thread: main; the store's reader while it ranks. */
#pragma once

#include "engine/query.h"
#include "engine/query_words.h"
#include "engine/running_totals.h"

/* What was ranked and not given yet; what would be more is ranked of a later moment. */
#define QUERY_KEPT_BYTES ((size_t)32 << 20)

struct query_kept {
    bool active;               /* groups come from here */
    struct query_group *items; /* with copies of their keys */
    size_t n, capacity;
    size_t n_given; /* of these: rankings are whose they were given to */
    size_t bytes;
    bool is_later; /* groups up to `after` were ranked */
    char *after;   /* NULL: the one without a key */
    bool end;      /* and there are none behind */
};

void query_kept_deinit(struct query_kept *kept);

/* Whether nothing is to be ranked now. */
bool query_kept_is_full(const struct query_kept *kept);
/* Ranks some groups more, on the reader thread. Returns 0, -ENOMEM or -EUCLEAN. */
int query_kept_rank(struct query_kept *kept, struct query_words *words, const struct query_options *options,
    struct running_kept *lent);
/* Hands out some of what was ranked; their number. */
size_t query_kept_give(struct query_kept *kept, struct query_group groups[static QUERY_MAX_GROUPS]);
/* All were given: forgets them, to go on behind them. */
void query_kept_next(struct query_kept *kept);
