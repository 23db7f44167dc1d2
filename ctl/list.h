/* A list on its way to the daemon: read from its sources, checked line by line, sent in batches ahead of the
 * replies, and committed. Memory is that of a few batches, however long the list is. Thread: main. */
#pragma once

#include "ctl/call.h"
#include "wire/messages.h"

struct list_options {
    const char *name;  /* NULL if none */
    const char *label; /* NULL if none */
    bool has_priority;
    int64_t priority;
    struct wire_float max_age; /* seconds */
    double deadline_sec;       /* 0: none */
    const char *again;         /* a job whose list comes first; NULL: none */
    const char *key;           /* NULL if none */
    bool keep;                 /* for ever; else ... */
    struct wire_float expire;  /* so many seconds after its end; unset: as configured */
    bool strict;               /* one bad line, and nothing is queued */
};

struct list;

/* Sends all sources as one job. Bad lines are said as they are found. On 0, *ret is the result, also if
 * nothing was queued (no job then); `out` below points into it. Else an exit status with the reason said, or
 * -ENOMEM. */
int list_submit(struct context *context, const struct list_options *options, int n_sources, char **sources,
    struct list **ret);
void list_free(struct list *list);
DEFINE_CLEANUP(struct list *, list_free)

/* The result in the shape of Submit's reply. */
const struct wire_submit_out *list_result(const struct list *list);

/* Sources that could not be read at all or to their end. */
size_t list_n_broken(const struct list *list);
