/* Takes a backup into an empty store, before that is opened. Thread: main. */
#pragma once

#include <stdint.h>
#include <sys/types.h>

/* Whose jobs those of this user of the backup are to be here. `n_jobs` of them. */
typedef uid_t (*store_owner)(void *userdata, const char *name, uid_t uid, uint64_t n_jobs);

struct store_restored {
    uint64_t jobs;
    uint64_t urls;
};

/* Reads the backup from `fd` to its end, checks all of it, and puts it in place in one step; nothing has
 * happened before that. Files belong to the owner of the directory. Returns 0; -EBUSY if a daemon has the
 * directory; -ENOTEMPTY if there are jobs in it, or something that cannot be read; -EBADMSG if the backup is
 * none; -EUCLEAN if it is damaged or cut short; -EPROTONOSUPPORT if it is of a newer version; or what the
 * machine says. */
int store_restore(
    const char *directory, int fd, store_owner owner, void *userdata, struct store_restored *ret);
