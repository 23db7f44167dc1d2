#include "daemon/daemon_private.h"

#include "base/array.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/message_id.h"
#include "daemon/config_arguments.h"
#include "daemon/daemon_limits.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>

DEFINE_CLEANUP(struct config *, config_free)

/* Why a reload cannot be, as far as it is told; all of it is in the log. */
#define MAX_REFUSAL 512
/* Lines of the configuration that are logged. */
#define MAX_PROBLEMS 20

/* Somebody who waits for a reload. */
struct daemon_waiter {
    service_reloaded done;
    void *userdata;
    struct daemon_waiter *next;
};

struct problems {
    char first[MAX_REFUSAL];
    size_t n;
};

static void refuse(struct problems *problems, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void refuse(struct problems *problems, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    if (problems->n++ == 0)
        vsnprintf(problems->first, sizeof(problems->first), format, arguments);
    va_end(arguments);
}

static void add_problem(void *userdata, const char *where, const char *what)
{
    struct problems *problems = userdata;

    if (problems->n < MAX_PROBLEMS)
        log_write(LOG_WARNING, &(const struct log_fields){.message_id = MESSAGE_CONFIG_WARNING}, "%s: %s",
            where, what);
    refuse(problems, "%s: %s", where, what);
}

/* At start what is not understood is left out, as there is nothing better; here there is. */
static void read_config(const struct arguments *arguments, struct problems *problems, struct config **ret)
{
    struct config *config CLEANUP(config_freep) = NULL;
    int r = config_load(arguments->config, arguments->user, add_problem, problems, &config);

    if (r < 0)
        refuse(problems, "%s: %s", arguments->config ? arguments->config : "configuration", strerror(-r));
    else if (problems->n == 0 && (r = arguments_apply(arguments, config)) < 0)
        refuse(problems, "%s", strerror(-r));
    if (problems->n == 0)
        *ret = TAKE(config);
}

static bool is_same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* What is used at start alone. */
static const char *const *find_restarts(const struct config *old, const struct config *new)
{
    static const char *const nothing[] = {NULL};
    static const char *const servers[] = {"DnsServers", NULL};

    return is_same(old->dns_servers, new->dns_servers) ? nothing : servers;
}

static void answer(struct daemon *daemon, struct daemon_waiter *waiter, const char *refusal)
{
    while (waiter) {
        struct daemon_waiter *next = waiter->next;

        if (waiter->done)
            waiter->done(waiter->userdata, refusal, daemon->need_restart);
        free(waiter);
        waiter = next;
    }
}

static void begin(struct daemon *daemon);

/* The manager hears of the end before those who wait, so that it knows when `systemctl reload` returns. */
static void end(struct daemon *daemon, const char *refusal)
{
    struct daemon_waiter *waiters = TAKE(daemon->reloading);

    if (daemon->phase == NOTIFY_RUNNING)
        (void)sd_notify(false, "READY=1");
    daemon->is_reloading = false;
    daemon_configure_service(daemon);
    daemon_send_status(daemon);
    daemon_status_changed(daemon);
    answer(daemon, waiters, refusal);
    if (daemon->reload_waiting && daemon->phase == NOTIFY_RUNNING)
        begin(daemon);
}

static void refuse_reload(struct daemon *daemon, const struct problems *problems)
{
    char refusal[MAX_REFUSAL + 64];

    if (problems->n > 1)
        snprintf(
            refusal, sizeof(refusal), "%s (and %zu more, see the log)", problems->first, problems->n - 1);
    else
        snprintf(refusal, sizeof(refusal), "%s", problems->first);
    log_write(LOG_ERR, &(const struct log_fields){.message_id = MESSAGE_RELOAD_REFUSED},
        "the configuration was read anew and refused, the one before is in effect: %s", refusal);
    free(daemon->refusal);
    daemon->refusal = strdup(refusal);
    end(daemon, refusal);
}

/* Every worker goes by it. */
static void on_reloaded(void *userdata)
{
    struct daemon *daemon = userdata;

    if (daemon->is_over)
        return;
    log_write(LOG_INFO, &(const struct log_fields){.message_id = MESSAGE_RELOADED},
        "the configuration was read anew and is in effect");
    end(daemon, NULL);
}

/* What the engine does not see to. */
static void adopt(struct daemon *daemon, struct config *config)
{
    daemon->need_restart = find_restarts(daemon->config, config);
    config_free(daemon->config);
    daemon->config = config;
    free(TAKE(daemon->refusal));
    store_tune(daemon->store, config->sync_full, config->cache_size - config_totals_bytes(config));
    server_set_limits(
        daemon->server, config->max_connections, daemon_connections_per_user(config->max_connections));
    daemon_set_log_level(config);
    if (daemon->idle_armed) {
        (void)sd_event_source_set_enabled(daemon->idle_source, SD_EVENT_OFF);
        daemon->idle_armed = false;
    }
}

static void reload(struct daemon *daemon, struct problems *problems)
{
    struct config *config CLEANUP(config_freep) = NULL;
    struct engine_settings *settings = NULL;
    int r;

    read_config(daemon->arguments, problems, &config);
    if (!config || problems->n > 0)
        return;
    daemon_raise_limits(config);
    r = config_make_engine_settings(config, &settings);
    if (r == 0)
        r = engine_reload(daemon->engine, settings, on_reloaded, daemon);
    if (r < 0)
        refuse(problems, "%u workers cannot do it: %s", config->workers, strerror(-r));
    else
        adopt(daemon, TAKE(config));
}

static void begin(struct daemon *daemon)
{
    struct problems problems = {.n = 0};

    daemon->reloading = TAKE(daemon->reload_waiting);
    daemon->is_reloading = true;
    /* sd_notify(3): the manager wants CLOCK_MONOTONIC. */
    (void)sd_notifyf(false, "RELOADING=1\nMONOTONIC_USEC=%llu", (unsigned long long)clock_monotonic_usec());
    reload(daemon, &problems);
    if (problems.n > 0)
        refuse_reload(daemon, &problems);
}

void daemon_reload(void *userdata, service_reloaded done, void *waiting)
{
    struct daemon *daemon = userdata;
    struct daemon_waiter *waiter;

    if (daemon->phase != NOTIFY_RUNNING) {
        if (done)
            done(waiting, "urlstatd is starting or stopping: nothing is reloaded", NULL);
        return;
    }
    waiter = calloc(1, sizeof(*waiter));
    if (!waiter) {
        if (done)
            done(waiting, strerror(ENOMEM), NULL);
        return;
    }
    *waiter = (struct daemon_waiter){.done = done, .userdata = waiting, .next = daemon->reload_waiting};
    daemon->reload_waiting = waiter;
    /* Those who ask while the files are being followed may have changed them since: they wait for the next
     * turn. */
    if (!daemon->is_reloading)
        begin(daemon);
}

void daemon_free_waiters(struct daemon *daemon)
{
    answer(daemon, TAKE(daemon->reloading), "urlstatd is stopping");
    answer(daemon, TAKE(daemon->reload_waiting), "urlstatd is stopping");
}
