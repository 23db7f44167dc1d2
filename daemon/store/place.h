/* The directory of a store: what its files are called, and who has it. Thread: the one that opens the store.
 */
#pragma once

#define STORE_FILE "urlstat.db"
/* A backup that is being made; one that is being taken in. A crash may leave them. */
#define STORE_COPY_SUFFIX ".backup"
#define STORE_RESTORED_SUFFIX ".restoring"
/* Has this name for a moment, where no file can be without one. */
#define STORE_PRINTS_SUFFIX ".prints"

/* "DIRECTORY/NAME". 0 or -ENOMEM. */
int place_path(const char *directory, const char *name, char **ret);

/* A descriptor that keeps everybody else out until it is closed, or -EBUSY. */
int place_lock(const char *directory, int *ret_fd);

/* Removes what a crash left of backups and prints. The lock is held. */
int place_sweep(const char *directory);
