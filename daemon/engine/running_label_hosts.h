/* Hosts of a job's pages, and which words each has under which label, so that hosts are counted exactly.
 * Zeroed, there is none. Owner: struct running_labels. Thread: its. */
#pragma once

#include "counts/id_set.h"
#include "engine/table.h"

struct running_group;

struct running_label_host {
    char *key;
    uint32_t number; /* from 1 */
    struct running_host_label {
        const struct running_group *label;
        struct counts_id_set words;
    } * labels;
    size_t n, capacity;
    UT_hash_handle hh;
};

struct running_label_hosts {
    struct running_label_host *by_key;
    struct running_label_host *last; /* that was found */
    uint8_t *is_new;                 /* by running_label_hosts_note(): one for each id */
    size_t max_new;
    size_t bytes; /* of the hosts, about: whoever adds to `words` adds what that takes */
};

/* The host of the key goes to `last`; it is made if there is none. Returns 0 or -ENOMEM. */
int running_label_hosts_find(struct running_label_hosts *hosts, const char *key);
/* What the host has under the label; nothing at first. Valid until the host has another label. Likewise. */
int running_label_hosts_get(struct running_label_hosts *hosts, struct running_label_host *host,
    const struct running_group *label, struct running_host_label **ret);
/* It has these ids, ascending, under the label: is_new[] tells which it had not. Likewise. */
int running_label_hosts_note(struct running_label_hosts *hosts, struct running_label_host *host,
    const struct running_group *label, const uint32_t *ids, size_t n);
size_t running_label_hosts_bytes(const struct running_label_hosts *hosts);
/* Frees some; false once there is none. */
bool running_label_hosts_free_some(struct running_label_hosts *hosts);
