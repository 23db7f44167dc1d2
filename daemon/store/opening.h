/* The connections of a store: how they are opened, in its order, when all is well, and when the disk is full,
 * read-only or failing. Then the file is read as it is, by a connection that writes nothing at all, neither a
 * log nor the index of one. What that sees is right as long as nobody writes: the directory is locked. Where
 * nothing can be read of it either, empty tables in memory stand for it.
 * Thread: the one that opens the store; later the one that owns the connection. */
#pragma once

#include "store/reserve.h"
#include "store/schema.h"
#include "store/sql.h"
#include <stdatomic.h>

/* Why nothing of the file is shown while it cannot be written: */
enum opening_blank {
    BLANK_NONE, /* it is shown */
    BLANK_NEW,  /* there is none yet, or nothing in it */
    BLANK_OLDER,
    BLANK_DAMAGED, /* and cannot be set aside */
};

struct opening {
    char *directory, *path;
    struct reserve reserve;
    enum opening_blank blank; /* as it was opened */
    /* Of every connection that is opened. Main changes them; any thread reads them. */
    atomic_bool sync_full;
    atomic_uint_fast64_t cache_bytes;
};

int opening_init(struct opening *opening, const char *directory, uint64_t reserve_bytes);
void opening_deinit(struct opening *opening);

/* Ready to be written: migrated, swept of what a crash left, numbers of jobs behind all that were given. When
 * it was stopped goes to *ret_stopped_usec, 0 for unknown. `watch` may be NULL. */
int opening_write(
    const struct opening *opening, struct schema_watch *watch, struct sql **ret, uint64_t *ret_stopped_usec);
int opening_read(const struct opening *opening, struct sql **ret);

/* Whether a store that could not be opened for this reason may still be read. */
bool opening_may_freeze(int r);
/* As opening_read(), of a file that cannot be written. -ENOENT if there is none; else as schema_check(). */
int opening_read_frozen(const struct opening *opening, struct sql **ret);
/* In place of a connection to a file of which nothing is shown. */
int opening_read_blank(struct sql **ret);
/* In place of a connection that may write. */
int opening_nothing(struct sql **ret);
