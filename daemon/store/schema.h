/* The tables, and how an older file becomes a newer one. Thread: the one that opens the store. */
#pragma once

#include "store/sql.h"

#define SCHEMA_APPLICATION_ID 0x75726c73 /* "urls" */

/* Larger than the default, so that a page's packed counts (2 KB) lie in the tree itself and a scan in key
 * order reads the file in order. */
#define SCHEMA_PAGE_SIZE 16384

struct schema {
    /* versions[i] takes a file of version i to i + 1; versions[0] creates. */
    const char *const *versions;
    int n_versions;
};
extern const struct schema schema_current;

/* The kept copy of the file as it was before a migration: PATH + SCHEMA_KEPT_SUFFIX, until the next good
 * start. */
#define SCHEMA_KEPT_SUFFIX ".before-migration"

/* Who is told, when a migration begins and about once a second, that it goes on. NULL: nobody. */
struct schema_watch {
    void (*migrating)(void *userdata); /* NULL: nobody */
    void *userdata;
    uint64_t told_usec; /* the schema's own; 0 */
    bool keeps_copy;    /* what a migration has put aside stays: this is no start of its own */
};

/* Opens the file at `path`, in WAL mode, with the given schema: creates it or migrates it in one transaction.
 * -EPROTONOSUPPORT if it is newer (nothing was touched then), -EMEDIUMTYPE if it is not ours; -EUCLEAN if it
 * is damaged. */
int schema_open(const char *path, const struct schema *schema, struct schema_watch *watch, struct sql **ret);

/* What the schema of an open file is: 0 if it is this one; -ENOENT if there is none yet; -ESTALE if it is
 * older, -EPROTONOSUPPORT if it is newer; -EMEDIUMTYPE if it is not ours; -EUCLEAN if the file is damaged.
 * Writes nothing. */
int schema_check(struct sql *sql, const struct schema *schema);
/* All tables with nothing in them, in memory. */
int schema_open_blank(const struct schema *schema, struct sql **ret);
