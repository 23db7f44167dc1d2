#include "daemon/daemon_private.h"

#include "base/log.h"
#include "base/message_id.h"
#include "daemon/daemon_store.h"

#include <stdio.h>

#define MAX_FIELD 64
/* Of a URL in a field; longer ones are cut. */
#define MAX_URL_FIELD 8300

static void url_ended(void *userdata, const struct engine_ended *ended)
{
    char job[MAX_FIELD];
    char outcome[MAX_FIELD];
    char url[MAX_URL_FIELD];
    const char *const fields[] = {job, outcome, url};

    if (log_level() < LOG_DEBUG)
        return;
    snprintf(job, sizeof(job), "URLSTAT_JOB=%llu", (unsigned long long)ended->job);
    snprintf(outcome, sizeof(outcome), "URLSTAT_OUTCOME=%s", outcome_to_string(ended->outcome));
    snprintf(url, sizeof(url), "URLSTAT_URL=%s", ended->url);
    log_write(LOG_DEBUG,
        &(const struct log_fields){.message_id = MESSAGE_URL_ENDED, .fields = fields, .n_fields = 3},
        "job %llu: %s: %s", (unsigned long long)ended->job, outcome_to_string(ended->outcome), ended->url);
}

static void job_ended(void *userdata, uint64_t job, enum store_job_state state, uint64_t total)
{
    char field[MAX_FIELD];
    const char *const fields[] = {field};

    snprintf(field, sizeof(field), "URLSTAT_JOB=%llu", (unsigned long long)job);
    log_write(LOG_INFO,
        &(const struct log_fields){.message_id = MESSAGE_JOB_FINISHED, .fields = fields, .n_fields = 1},
        "job %llu is %s, %llu URL%s", (unsigned long long)job, store_job_state_to_string(state),
        (unsigned long long)total, total == 1 ? "" : "s");
}

static void job_expired(void *userdata, uint64_t job)
{
    char field[MAX_FIELD];
    const char *const fields[] = {field};

    snprintf(field, sizeof(field), "URLSTAT_JOB=%llu", (unsigned long long)job);
    log_write(LOG_INFO,
        &(const struct log_fields){.message_id = MESSAGE_JOB_EXPIRED, .fields = fields, .n_fields = 1},
        "job %llu is removed: its time after its end is over, or room was needed", (unsigned long long)job);
}

static void store_changed(void *userdata, int r)
{
    daemon_log_store_change(r);
    daemon_status_changed(userdata);
}

void daemon_observe(struct daemon *daemon)
{
    static const struct engine_observer observer = {url_ended, job_ended, job_expired, store_changed};

    engine_set_observer(daemon->engine, &observer, daemon);
}
