/* The words of each host of a job, of the pages that were added so far, in any order, each page once however
 * often it is added; quickest where pages of one host come one after another. Zeroed, it is empty. Owner:
 * whoever embeds it. Thread: one at a time. */
#pragma once

#include "counts/id_set.h"
#include "engine/running_groups.h"
#include "store/store_read.h"

struct running_hosts {
    struct running_groups groups;
    struct counts_id_set seqs; /* of the pages */
    struct counts_mix *mix;
    struct running_group *filled; /* its words are in the mix, or some of them */
};

/* Returns 0; or -ENOMEM, -EUCLEAN, and then it is only to be freed. */
int running_hosts_add(struct running_hosts *hosts, const struct store_page_row *row);
/* After some pages: the groups have all of them. As running_hosts_add(). */
int running_hosts_settle(struct running_hosts *hosts);
/* Of memory, about. */
size_t running_hosts_bytes(const struct running_hosts *hosts);
/* Frees some of it; false once it is empty. */
bool running_hosts_free_some(struct running_hosts *hosts);
