#include "store/store.h"

#include <errno.h>
#include <string.h>

static const char *const state_names[N_JOB_STATES] = {
    [JOB_QUEUED] = "queued",
    [JOB_RUNNING] = "running",
    [JOB_PAUSED] = "paused",
    [JOB_DONE] = "done",
    [JOB_CANCELLED] = "cancelled",
};

const char *store_job_state_to_string(enum store_job_state state)
{
    return (unsigned)state < N_JOB_STATES ? state_names[state] : NULL;
}

int store_job_state_from_string(const char *name, enum store_job_state *ret)
{
    for (int i = 0; i < N_JOB_STATES; i++)
        if (strcmp(name, state_names[i]) == 0) {
            *ret = (enum store_job_state)i;
            return 0;
        }
    return -EINVAL;
}

static uint64_t fnv1a(const char *text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (const char *p = text; *p; p++)
        hash = (hash ^ (uint8_t)*p) * UINT64_C(0x100000001b3);
    return hash;
}

uint32_t store_partition(const char *host)
{
    return (uint32_t)(fnv1a(host) % STORE_PARTITIONS);
}

uint64_t store_url_key(const char *url)
{
    return fnv1a(url) & INT64_MAX;
}
