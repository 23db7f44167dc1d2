/* Totals over many pages by word id: tokens, pages, hosts. Exact 64-bit integers. Pages are added grouped by
 * host, which makes the number of hosts of a word exact without a set. Thread: one at a time. */
#pragma once

#include "base/array.h"
#include "counts/id_set.h"

struct counts_sum {
    uint64_t tokens;
    uint32_t pages;
    uint32_t hosts;
};

struct counts_totals;

int counts_totals_new(struct counts_totals **ret);
void counts_totals_free(struct counts_totals *totals);

/* The pages that are added from here on come from another host. */
void counts_totals_next_host(struct counts_totals *totals);

/* Adds a packed page. Returns 0, -ENOMEM or -EBADMSG; nothing was added after an error. */
int counts_totals_add(struct counts_totals *totals, const void *packed, size_t size);

/* The same for a host none of whose pages were added before: those that counts_totals_add() adds from here to
 * the end are its, and `words`, an empty set, has their ids then. Numbers as below. After -ENOMEM only _free
 * is left. */
void counts_totals_begin_host(struct counts_totals *totals, uint32_t host);
int counts_totals_end_host(struct counts_totals *totals, struct counts_id_set *words);

/* The same for many hosts none of whose pages were added before, quicker, as the totals need not be in the
 * processor's cache at once: pages of one host one after another. After an error only _free is left, and
 * deinit of the sets. */
struct counts_totals_page {
    const void *packed;
    size_t size;
    struct counts_id_set *words; /* of its host: empty, and then with the ids of all of the host's pages */
};
int counts_totals_add_hosts(
    struct counts_totals *totals, const struct counts_totals_page *pages, size_t n_pages);

/* The same for pages in any order of hosts: `host` is a number of the page's host, from 1, and `words` the
 * ids that it has so far, of which the page's are then. All pages of one totals are added so, or as
 * above, or none. After
 * -ENOMEM only _free is left. */
int counts_totals_add_of_host(struct counts_totals *totals, uint32_t host, struct counts_id_set *words,
    const void *packed, size_t size);
/* Of memory, about; and of it for each id. */
#define COUNTS_TOTALS_WORD_BYTES 20
size_t counts_totals_bytes(const struct counts_totals *totals);

uint64_t counts_totals_pages(const struct counts_totals *totals);
uint64_t counts_totals_tokens(const struct counts_totals *totals);
uint64_t counts_totals_distinct(const struct counts_totals *totals);

/* One more than the greatest id that was added. Ids below may have tokens == 0. */
uint32_t counts_totals_n_ids(const struct counts_totals *totals);
struct counts_sum counts_totals_get(const struct counts_totals *totals, uint32_t id);

/* Their form at rest: a version, then (id, tokens, pages, hosts) as LEB128. -EBADMSG for other bytes. */
int counts_totals_pack(const struct counts_totals *totals, struct buffer *buffer);
/* Of how many pages they are. */
int counts_totals_packed_pages(const void *packed, size_t size, uint64_t *ret);
int counts_totals_unpack(const void *packed, size_t size, struct counts_totals **ret);
/* The same where ids are known to be below n_ids: so much memory is enough. */
int counts_totals_unpack_of(const void *packed, size_t size, uint32_t n_ids, struct counts_totals **ret);
