/* A list that grows as the store is read, and goes out in parts with `more`, or at the end as one reply,
 * which must fit a frame. Thread: main. */
#pragma once

#include "base/arena.h"
#include "server/call.h"

/* A part is sent once its strings have so many bytes: even if each byte had to be escaped, it fits a frame.
 */
#define LIST_PART_BYTES (128U << 10)

struct list_reply {
    const struct wire_shape *shape; /* of an item */
    struct arena arena;             /* of the items' strings */
    char *items;
    size_t n;
    size_t capacity;
    size_t bytes;      /* estimated */
    size_t item_bytes; /* of an item without its strings */
};

void list_reply_init(struct list_reply *list, const struct wire_shape *shape);
void list_reply_deinit(struct list_reply *list);

/* Copies the item with its strings (of scalars alone: items have no arrays). 0 or -ENOMEM. */
int list_reply_add(struct list_reply *list, const void *item);

/* Enough for a part. Without `more`: too much for one reply. */
bool list_reply_is_full(const struct list_reply *list, const struct call *call);

/* Empties it after a part has gone out. */
void list_reply_clear(struct list_reply *list);

/* Ends a call without `more` whose list does not fit. */
void list_reply_refuse(struct call *call);
