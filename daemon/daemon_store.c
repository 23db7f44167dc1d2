#include "daemon/daemon_store.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/message_id.h"
#include "engine/engine.h"
#include "store/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>

#define DIRECTORY_MODE 0700
/* What the store writes before it folds its log. */
#define RESERVE_BYTES ((uint64_t)16 << 20)
#define MIGRATING_EXTEND_USEC (60 * USEC_PER_SEC)

/* The configured directory, or the first of the manager's, which may give several (systemd.exec(5)). */
static int find_directory(const struct config *config, char **ret)
{
    const char *given = config->state_directory ? config->state_directory : getenv("STATE_DIRECTORY");
    size_t length;

    if (!given || !*given) {
        log_error("no directory to keep jobs in: name one by --state-directory=DIR");
        return -EDESTADDRREQ;
    }
    length = config->state_directory ? strlen(given) : strcspn(given, ":");
    *ret = strndup(given, length);
    return *ret ? 0 : -ENOMEM;
}

static int explain_failure(int r, const char *directory)
{
    switch (r) {
    case -EBUSY:
        log_error("another urlstatd keeps its jobs in %s: stop it, or name another directory by "
                  "--state-directory=DIR",
            directory);
        break;
    case -EPROTONOSUPPORT:
        log_error("the jobs in %s were written by a newer urlstatd: install that one again; nothing was "
                  "changed",
            directory);
        break;
    case -EMEDIUMTYPE:
        log_error("the urlstat.db in %s is the database of another program: move it elsewhere", directory);
        break;
    case -EUCLEAN:
        log_error("the jobs in %s are damaged: look at the disk, and put a backup in their place", directory);
        break;
    case -EACCES:
    case -EPERM:
        log_error(
            "cannot write to %s: %s: user %u needs to own it", directory, strerror(-r), (unsigned)geteuid());
        break;
    case -EROFS:
        log_error(
            "cannot open the jobs in %s: its disk is read-only: mount it to be written, and start again",
            directory);
        break;
    case -ENOSPC:
    case -EDQUOT:
        log_error("cannot open the jobs in %s: no room on its disk: make some and start again", directory);
        break;
    default:
        log_error("cannot open the jobs in %s: %s", directory, strerror(-r));
        break;
    }
    return r;
}

int daemon_find_directory(const struct config *config, char **ret)
{
    char *directory CLEANUP(freep) = NULL;
    int r = find_directory(config, &directory);

    if (r < 0)
        return r;
    if (mkdir(directory, DIRECTORY_MODE) < 0 && errno != EEXIST)
        return explain_failure(-errno, directory);
    *ret = TAKE(directory);
    return 0;
}

/* The manager waits this much longer each time, and hears of it about once a second. */
static void tell_migrating(void *userdata)
{
    (void)sd_notifyf(false, "EXTEND_TIMEOUT_USEC=%llu\nSTATUS=Migrating the jobs of an earlier version",
        (unsigned long long)MIGRATING_EXTEND_USEC);
}

int daemon_open_store(const struct config *config, bool is_again, struct mailbox *replies,
    char **ret_directory, struct store **ret)
{
    char *directory CLEANUP(freep) = NULL;
    struct store *store = NULL;
    struct store_settings settings;
    int r;

    r = daemon_find_directory(config, &directory);
    if (r < 0)
        return r;
    settings = (struct store_settings){
        .directory = directory,
        .sync_full = config->sync_full,
        .cache_bytes = config->cache_size - config_totals_bytes(config),
        .hooks = engine_store_hooks(),
        .replies = replies,
        .reserve_bytes = RESERVE_BYTES,
        .migrating = tell_migrating,
        .is_again = is_again,
    };
    r = store_open(&settings, &store);
    if (r < 0)
        return explain_failure(r, directory);
    if (store_damaged_file(store))
        log_write(LOG_ERR, &(const struct log_fields){.message_id = MESSAGE_STORE_DAMAGED},
            "jobs of before are in %s, which is damaged: look at the disk, put a backup in its place, "
            "or take it away when it is no longer needed",
            store_damaged_file(store));
    if (store_is_older(store))
        log_write(LOG_ERR, &(const struct log_fields){.message_id = MESSAGE_STORE_FAILED},
            "the jobs in %s are of an earlier version and cannot be migrated: that takes a disk that can be "
            "written, with room for a copy of them and a quarter more; until then none is shown",
            store_file(store));
    *ret_directory = TAKE(directory);
    *ret = store;
    return 0;
}

void daemon_log_stuck_damage(const struct store *store)
{
    log_write(LOG_CRIT, &(const struct log_fields){.message_id = MESSAGE_STORE_DAMAGED},
        "the jobs in %s are damaged, and what can still be read of them, if anything, is shown: once its "
        "disk can be written, they are set aside, and the daemon begins anew with an empty file",
        store_file(store));
}

void daemon_log_damage(void)
{
    log_write(LOG_CRIT, &(const struct log_fields){.message_id = MESSAGE_STORE_DAMAGED},
        "the file of the jobs is damaged: it is set aside, and the daemon begins anew with an empty one");
}

void daemon_log_store_change(int r)
{
    struct log_fields fields = {.message_id = MESSAGE_STORE_FAILED};

    if (r == 0) {
        fields.message_id = MESSAGE_STORE_RECOVERED;
        log_write(LOG_NOTICE, &fields, "the store works again, fetching goes on");
    } else if (r == -ENOSPC || r == -EDQUOT) {
        fields.message_id = MESSAGE_STORE_FULL;
        log_write(LOG_ERR, &fields,
            "no room for the store, fetching has paused: make room on its disk, or see MinFreeSpace=");
    } else if (r == -EOVERFLOW) {
        fields.message_id = MESSAGE_STORE_FULL;
        log_write(LOG_ERR, &fields,
            "the store has reached MaxSize=, fetching has paused: remove jobs, or raise it");
    } else if (r == -EROFS) {
        log_write(LOG_ERR, &fields,
            "the store's disk is read-only, fetching has paused: look at the disk, and mount it to be "
            "written "
            "again");
    } else {
        log_write(LOG_ERR, &fields, "the store cannot be written, fetching has paused: %s", strerror(-r));
    }
}
