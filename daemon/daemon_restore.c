#include "daemon/daemon.h"

#include "base/cleanup.h"
#include "base/log.h"
#include "daemon/daemon_store.h"
#include "store/store_restore.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

#define ROOT ((uid_t)0)

/* 1 if the system knows a user of that name, and *ret is its number. */
static int find_name(const char *name, uid_t *ret)
{
    char bytes[4096];
    struct passwd *found = NULL;
    struct passwd entry;

    if (getpwnam_r(name, &entry, bytes, sizeof(bytes), &found) != 0 || !found)
        return 0;
    *ret = found->pw_uid;
    return 1;
}

static bool is_taken(uid_t uid)
{
    char bytes[4096];
    struct passwd *found = NULL;
    struct passwd entry;

    return getpwuid_r(uid, &entry, bytes, sizeof(bytes), &found) == 0 && found;
}

/* The name says who it is. Without that user the number stays, unless it is somebody else's here, who has no
 * business with these jobs: then they are root's. */
static uid_t choose_owner(void *userdata, const char *name, uid_t uid, uint64_t n_jobs)
{
    uid_t here = uid;

    if (!find_name(name, &here) && is_taken(uid))
        here = ROOT;
    if (here != uid)
        log_info("%llu job%s of %s, user %u in the backup: user %u from now on", (unsigned long long)n_jobs,
            n_jobs == 1 ? "" : "s", name, (unsigned)uid, (unsigned)here);
    return here;
}

static int explain_failure(int r, const char *file, const char *directory)
{
    switch (r) {
    case -EBUSY:
        log_error("an urlstatd keeps its jobs in %s: stop it first", directory);
        break;
    case -ENOTEMPTY:
        log_error("there are jobs in %s already: name an empty directory by --state-directory=DIR, or move "
                  "urlstat.db away",
            directory);
        break;
    case -EBADMSG:
        log_error("%s: no backup of urlstatd; nothing was changed", file);
        break;
    case -EUCLEAN:
        log_error("%s: the backup is damaged or cut short; nothing was changed", file);
        break;
    case -EPROTONOSUPPORT:
        log_error("%s: the backup was made by a newer urlstatd: install that one; nothing was changed", file);
        break;
    case -EROFS:
        log_error("the disk of %s is read-only: mount it to be written and start again; nothing was changed",
            directory);
        break;
    case -ENOSPC:
    case -EDQUOT:
        log_error("no room for %s in %s: make some and start again; nothing was changed", file, directory);
        break;
    default:
        log_error("cannot restore %s in %s: %s", file, directory, strerror(-r));
        break;
    }
    return r;
}

int daemon_restore(const struct config *config, const char *file)
{
    char *directory CLEANUP(freep) = NULL;
    int fd CLEANUP(closep) = open(file, O_RDONLY | O_CLOEXEC);
    struct store_restored restored;
    int r;

    if (fd < 0) {
        r = -errno;
        log_error("%s: %s", file, strerror(-r));
        return r;
    }
    (void)umask(0077);
    r = daemon_find_directory(config, &directory);
    if (r < 0)
        return r;
    r = store_restore(directory, fd, choose_owner, NULL, &restored);
    if (r < 0)
        return explain_failure(r, file, directory);
    log_info(
        "%llu job%s with %llu URLs restored in %s: start urlstatd, and it goes on with what had not ended",
        (unsigned long long)restored.jobs, restored.jobs == 1 ? "" : "s", (unsigned long long)restored.urls,
        directory);
    return 0;
}
