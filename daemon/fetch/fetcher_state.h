/* What a fetcher is made of, shared by the file of its verbs and the file of its loop.
 * Owner and thread: one worker. */
#pragma once

#include "base/heap.h"
#include "base/list.h"
#include "fetch/transfer.h"

struct fetcher {
    int epoll_fd;
    struct resolver *resolver;
    struct poller *pollers; /* the current one first; older ones until their last transfer ends */
    uint32_t last_poller_id;
    uint32_t max_connections;
    struct transfer_shared shared;
    struct heap timers;
    struct list fresh;   /* started, not looked at yet */
    struct list waiting; /* for their addresses */
    struct list running; /* in a poller */
    struct list ended;   /* `done` is due */
    struct list spare;
    size_t n_spare;
    size_t n_running; /* all but spare ones */
    bool in_curl;     /* libcurl's callbacks may be running */
};

/* The verdict is there; `done` follows at the end of the run. */
void fetcher_end(struct fetcher *fetcher, struct transfer *transfer);

/* The last of a transfer: calls `done`, and keeps the handle. */
void fetcher_finish(struct fetcher *fetcher, struct transfer *transfer);

/* Closes the pollers of before a reload whose transfers have ended. */
void fetcher_drop_old_pollers(struct fetcher *fetcher);

static inline struct transfer *transfer_at(struct list *link)
{
    return CONTAINER_OF(link, struct transfer, link);
}
