/* io.urlstat: the verbs, and what they work on. Thread: main. */
#pragma once

#include "base/cleanup.h"
#include "engine/engine.h"
#include "server/server.h"

struct service;

/* What a reload changes. */
struct service_configuration {
    uint64_t min_free_bytes;   /* MinFreeSpace=: a backup leaves it */
    bool contact_is_set;       /* Status reminds of it */
    size_t n_config_warnings;  /* likewise */
    const char *refusal;       /* likewise: why the last reload was refused; NULL if it was not. Borrowed */
    uint64_t submit_idle_usec; /* SubmitIdleSec=; 0 or USEC_NEVER: for ever */
};

/* A reload has ended: `refusal` says why nothing changed, NULL if it did; `need_restart` is a NULL-terminated
 * list of what takes effect at the next start. Both are borrowed for the call. */
typedef void (*service_reloaded)(void *userdata, const char *refusal, const char *const *need_restart);

struct service_settings {
    struct engine *engine; /* borrowed, as all here; outlives the service's last mail, see service_free() */
    struct server *server; /* for Status */
    const char *version;
    struct service_configuration configuration;
    /* Reads the configuration anew; `done` is called once, perhaps from within. */
    void (*reload)(void *daemon, service_reloaded done, void *userdata);
    void *daemon;
};

/* Copies the settings. Returns 0 or -ENOMEM. */
int service_new(sd_event *event, const struct service_settings *settings, struct service **ret);

/* The configuration is another one. */
void service_configure(struct service *service, const struct service_configuration *configuration);

/* After server_free(). What verbs have asked the store and the engine for may still come back afterwards: the
 * mailbox must be delivered until nothing is under way, and that mail touches neither service nor server. */
void service_free(struct service *service);
DEFINE_CLEANUP(struct service *, service_free)

/* For server_add_interface(server, &urlstat_interface, service). */
extern const struct interface urlstat_interface;
