/* Pages by their keys: those that became durable and are to be read. Zeroed, there are none. Owner: whoever
 * embeds it. Thread: main; the store's reader while it reads them. */
#pragma once

#include "store/store_read.h"

struct running_keys {
    struct store_page_key *items; /* with copies of their hosts */
    size_t n, capacity;
};

void running_keys_deinit(struct running_keys *keys);
/* `host` may be NULL, see struct store_page_key. Returns 0 or -ENOMEM. */
int running_keys_add(struct running_keys *keys, const char *host, uint64_t seq);
/* Pages of one host stand together then. */
void running_keys_sort(struct running_keys *keys);
