/* What a list on its way is made of, and its calls: list.c reads its sources, list_calls.c talks to the
 * daemon. Thread: main. */
#pragma once

#include "ctl/batch.h"
#include "ctl/list.h"
#include "ctl/rejects.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct list {
    struct context *context;
    struct client *client;
    const struct list_options *options;
    const char **names; /* of the sources that are no URLs, as the daemon is to know them */
    size_t n_names;
    struct batch batch;
    bool begun;       /* Begin was sent */
    bool reply_begun; /* and answered */
    bool commit_sent; /* Commit, after all else was answered, or Submit */

    struct wire_submit_out result;
    struct wire_slowest_host slowest;
    struct rejects rejects;
    uint64_t n_local; /* lines rejected here, which the daemon never sees */
    size_t n_broken;
};

/* The connection failed: says so, with what is known of the list. Returns an exit status. */
int list_calls_failed(const struct list *list, int r);
/* Takes the reply of the oldest call. 0, an exit status with the reason said, or -ENOMEM. */
int list_calls_receive(struct list *list);
/* Sends the batch, which is empty then, and Begin before the first one. Takes replies as far as too many are
 * awaited. 0, an exit status with the reason said, or -ENOMEM. */
int list_calls_append(struct list *list);
/* All sources are read: sends the rest and commits, in one call if nothing was sent yet; or drops the list,
 * where it is strict and has bad lines. Returns likewise; on 0 list->result says what became of it. */
int list_calls_finish(struct list *list);
