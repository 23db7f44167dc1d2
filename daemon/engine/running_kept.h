/* What is kept of a job's pages, of one kind: each page is added once, however often and in which order it is
 * met. Zeroed but for its kind and max_bytes, it is empty. Owner: whoever embeds it. Thread: one at a time.
 */
#pragma once

#include "engine/running_hosts.h"
#include "engine/running_labels.h"
#include "engine/running_sum.h"

enum running_kind {
    RUNNING_TOTALS, /* the words of all pages, in `sum` */
    RUNNING_HOSTS,  /* of each host */
    RUNNING_LABELS, /* of each label */
};
#define RUNNING_KINDS 3

struct running_kept {
    enum running_kind kind;
    size_t max_bytes; /* beyond it, pages are refused */
    union {
        struct running_sum sum;
        struct running_hosts hosts;
        struct running_labels labels;
    };
};

/* Before the first page. Returns 0 or -ENOMEM. */
int running_kept_begin(struct running_kept *kept);
/* For store_scan_pages: `kept` is one. Returns 0; or -E2BIG beyond max_bytes, -ENOMEM, -EUCLEAN, and then it
 * is only to be freed. */
int running_kept_add(void *kept, const struct store_page_row *row);
/* After the last page of those that were read together; as running_kept_add(). */
int running_kept_settle(void *kept);
/* Whether the pages' labels are wanted. */
bool running_kept_wants_labels(const struct running_kept *kept);
/* The groups of hosts or labels. */
const struct running_groups *running_kept_groups(const struct running_kept *kept);
/* Of memory, about. */
size_t running_kept_bytes(const struct running_kept *kept);
/* Frees a part of it, which takes about a millisecond; false once it is empty. */
bool running_kept_free_some(struct running_kept *kept);
void running_kept_deinit(struct running_kept *kept);
