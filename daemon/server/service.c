#include "server/service_private.h"

#include "wire/interface.h"
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int service_new(sd_event *event, const struct service_settings *settings, struct service **ret)
{
    struct service *service = calloc(1, sizeof(*service));

    if (!service)
        return -ENOMEM;
    service->event = sd_event_ref(event);
    service->settings = *settings;
    *ret = service;
    return 0;
}

void service_free(struct service *service)
{
    if (!service)
        return;
    for (size_t i = 0; i < SERVICE_USERS; i++)
        free(service->users[i].name);
    sd_event_unref(service->event);
    free(service);
}

void service_configure(struct service *service, const struct service_configuration *configuration)
{
    service->settings.configuration = *configuration;
}

static char *look_up(uid_t uid)
{
    char bytes[4096];
    struct passwd *found = NULL;
    struct passwd entry;
    char *name;

    if (getpwuid_r(uid, &entry, bytes, sizeof(bytes), &found) == 0 && found)
        return strdup(found->pw_name);
    return asprintf(&name, "%u", (unsigned)uid) < 0 ? NULL : name;
}

const char *service_user_name(struct service *service, uid_t uid)
{
    struct user_name *place = &service->users[service->n_users % SERVICE_USERS];
    char *name;

    for (size_t i = 0; i < SERVICE_USERS; i++)
        if (service->users[i].name && service->users[i].uid == uid)
            return service->users[i].name;
    name = look_up(uid);
    if (!name)
        return NULL;
    free(place->name);
    *place = (struct user_name){.uid = uid, .name = name};
    service->n_users++;
    return name;
}

bool service_may_administer(const struct peer *peer)
{
    return peer->uid == 0 || peer->uid == geteuid();
}

bool service_may_change(const struct peer *peer, uid_t owner)
{
    return peer->uid == 0 || peer->uid == owner;
}

bool service_may_read(const struct service *service, const struct peer *peer, uid_t owner)
{
    return engine_settings_reads(engine_settings(service->settings.engine), peer->uid, owner);
}

bool service_check_priority(struct call *call, int64_t priority)
{
    bool in_range = priority >= ENGINE_PRIORITY_MIN && priority <= ENGINE_PRIORITY_MAX;

    if (!in_range)
        call_refuse(call, WIRE_INVALID_INPUT, "priorities are from -100 to 100");
    else if (priority > 0 && call_peer(call)->uid != 0)
        call_refuse(call, WIRE_NOT_PERMITTED, "a priority above 0 is for root");
    else
        return true;
    return false;
}

#define VERB(verb_, handler_) [verb_] = {.method = &wire_methods[verb_], .handler = (handler_)}
#define ENDLESS_VERB(verb_, handler_)                                                                        \
    [verb_] = {.method = &wire_methods[verb_], .handler = (handler_), .endless = true}

static const struct verb verbs[N_WIRE_VERBS] = {
    VERB(WIRE_SUBMIT, serve_submit),
    VERB(WIRE_BEGIN, serve_begin),
    VERB(WIRE_APPEND, serve_append),
    VERB(WIRE_COMMIT, serve_commit),
    VERB(WIRE_TOP, serve_top),
    VERB(WIRE_WHY, serve_why),
    VERB(WIRE_COMPARE, serve_compare),
    VERB(WIRE_JOBS, serve_jobs),
    VERB(WIRE_SHOW, serve_show),
    VERB(WIRE_URLS, serve_urls),
    ENDLESS_VERB(WIRE_WAIT, serve_wait),
    ENDLESS_VERB(WIRE_WATCH, serve_watch),
    VERB(WIRE_PAUSE, serve_pause),
    VERB(WIRE_RESUME, serve_resume),
    VERB(WIRE_CANCEL, serve_cancel),
    VERB(WIRE_RETRY, serve_retry),
    VERB(WIRE_PRIORITY, serve_priority),
    VERB(WIRE_REMOVE, serve_remove),
    VERB(WIRE_HOSTS, serve_hosts),
    VERB(WIRE_EXPLAIN, serve_explain),
    VERB(WIRE_WORKERS, serve_workers),
    VERB(WIRE_EXPORT, serve_export),
    VERB(WIRE_IMPORT, serve_import),
    VERB(WIRE_BACKUP, serve_backup),
    VERB(WIRE_RELOAD, serve_reload),
    VERB(WIRE_SET_LOG_LEVEL, serve_set_log_level),
    VERB(WIRE_STATUS, serve_status),
    VERB(WIRE_METRICS, serve_metrics),
    VERB(WIRE_PING, serve_ping),
};

const struct interface urlstat_interface = {.name = WIRE_INTERFACE,
    .description = wire_interface_description,
    .verbs = verbs,
    .n_verbs = N_WIRE_VERBS};
