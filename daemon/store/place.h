/* The directory of a store: what its files are called, and who has it. Thread: the one that opens the store.
 */
#pragma once

#include <stdint.h>

#define STORE_FILE "urlstat.db"
/* A backup that is being made; one that is being taken in. A crash may leave them. */
#define STORE_COPY_SUFFIX ".backup"
#define STORE_RESTORED_SUFFIX ".restoring"
/* Has this name for a moment, where no file can be without one. */
#define STORE_PRINTS_SUFFIX ".prints"
/* See reserve.h. */
#define STORE_RESERVE_SUFFIX ".reserve"

/* "DIRECTORY/NAME". 0 or -ENOMEM. */
int place_path(const char *directory, const char *name, char **ret);

/* Descriptors that keep everybody else out until they are closed. */
struct place_hold {
    int directory_fd;
    int file_fd; /* of "urlstat.lock"; -1: it is not there and cannot be made */
};
#define PLACE_FREE ((struct place_hold){-1, -1})

/* -EBUSY if somebody else has it, of an earlier version, too. Also of a directory that cannot be written. */
int place_lock(const char *directory, struct place_hold *ret);
void place_unlock(const struct place_hold *hold);

/* Removes what a crash left of backups and prints. The lock is held. */
int place_sweep(const char *directory);

/* The greatest number of a job, kept beside the store as it must survive the store; 0 if none is known. Where
 * noting fails, the next one does it. Thread: the one that opens the store, or the writer. */
void place_note_job(const char *directory, int64_t number);
int64_t place_last_job(const char *directory);

/* SQLite knows only of an I/O error where the file system says more: -EROFS or -ENOSPC in place of -EIO. */
int place_reason(const char *directory, int r);
