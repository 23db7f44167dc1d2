/* Entries that go into one frame: at most BATCH_MAX_ENTRIES, and few enough bytes that no escaping can make
 * the frame too long. Owner: whoever embeds it. Thread: main. */
#pragma once

#include "base/arena.h"
#include "ctl/source.h"
#include "wire/submit.h"

#define BATCH_MAX_ENTRIES 1000
#define BATCH_MAX_BYTES (256u << 10) /* when it is full; one entry more may be as long as a line */

struct batch {
    struct wire_entry entries[BATCH_MAX_ENTRIES];
    size_t n;
    size_t bytes; /* of their JSON */
    struct arena strings;
};

void batch_deinit(struct batch *batch);
void batch_clear(struct batch *batch);
bool batch_is_full(const struct batch *batch);

/* Copies the entry; `source` is its index, -1 for none. The batch is not full. Returns 0 or -ENOMEM. */
int batch_add(struct batch *batch, const struct source_item *item, int64_t source);
