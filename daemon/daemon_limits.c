#include "daemon/daemon_limits.h"

#include "base/log.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>

/* The store's files, epoll and event descriptors, the journal, the passed sockets. */
#define OTHER_DESCRIPTORS 128
/* Of one worker: epoll, events, the sockets of its name servers. */
#define DESCRIPTORS_PER_WORKER 32
/* A transfer has a connection, and may hold the one before a redirect or a lookup for a moment. */
#define DESCRIPTORS_PER_TRANSFER 2

static rlim_t needed(const struct config *config, rlim_t transfers)
{
    return OTHER_DESCRIPTORS + (rlim_t)config->max_connections +
        (rlim_t)config->workers * DESCRIPTORS_PER_WORKER + transfers * DESCRIPTORS_PER_TRANSFER;
}

static void lower_transfers(struct config *config, rlim_t limit)
{
    rlim_t fixed = needed(config, 0);
    rlim_t transfers = limit > fixed ? (limit - fixed) / DESCRIPTORS_PER_TRANSFER : 0;

    if (transfers < config->workers)
        transfers = config->workers;
    if (transfers >= config->max_transfers)
        return;
    log_warning(
        "MaxTransfers=%u needs %llu descriptors, and %llu is the limit: using MaxTransfers=%llu; raise "
        "LimitNOFILE= of urlstatd.service to have all",
        config->max_transfers, (unsigned long long)needed(config, config->max_transfers),
        (unsigned long long)limit, (unsigned long long)transfers);
    config->max_transfers = (uint32_t)transfers;
}

void daemon_raise_limits(struct config *config)
{
    rlim_t wanted = needed(config, config->max_transfers);
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= wanted)
        return;
    limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0) {
        log_warning("cannot raise the limit of descriptors: %s", strerror(errno));
        (void)getrlimit(RLIMIT_NOFILE, &limit);
    }
    if (limit.rlim_cur < wanted)
        lower_transfers(config, limit.rlim_cur);
}
