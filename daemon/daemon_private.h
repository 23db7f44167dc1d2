/* What the files of the composition root share. Thread: main. */
#pragma once

#include "base/mailbox.h"
#include "daemon/config.h"
#include "daemon/daemon.h"
#include "daemon/daemon_listen.h"
#include "daemon/daemon_notify.h"
#include "engine/engine.h"
#include "server/server.h"
#include "server/service.h"
#include "store/store.h"
#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

struct daemon {
    const struct arguments *arguments; /* borrowed */
    struct config *config;
    struct listen_fds fds;
    sd_event *event;
    struct mailbox inbox;
    bool has_inbox;
    char *directory;
    struct store *store;
    struct engine *engine;
    struct server *server;
    struct service *service;
    bool listens; /* has a listening socket, not just connections */
    enum notify_phase phase;
    bool is_over;          /* the loop has ended */
    bool ends_round;       /* it ends, to begin anew with another store */
    bool is_again;         /* this is not its first round */
    bool met_damage;       /* a round before this one did */
    bool is_stuck_damaged; /* which was said: store_is_stuck_damaged() */

    sd_event_source *inbox_source, *tick_source, *status_source, *watchdog_source, *idle_source,
        *drain_source, *pressure_source;
    uint64_t tick_usec; /* what tick_source is set to; USEC_NEVER: off */
    bool idle_armed, status_armed;
    uint64_t status_sent_usec;
    char status[NOTIFY_MAX_STATUS + 64]; /* as it was sent last */
    bool was_stuck;
    bool engine_ended; /* while draining: clients alone are waited for */

    bool is_reloading;
    struct daemon_waiter *reloading;      /* who waits for the reload that is under way ... */
    struct daemon_waiter *reload_waiting; /* ... and for the one after it */
    char *refusal;                        /* why the last one was refused; NULL if it was not */
    const char *const *need_restart;      /* what the last one could not change; NULL at first */
    uint64_t pressure_usec;               /* boottime: caches were dropped last; 0: never */
};

/* ---- daemon.c ---- */

/* Tells the service what the configuration is. */
void daemon_configure_service(struct daemon *daemon);
/* Leaves some connections to others. */
uint32_t daemon_connections_per_user(uint32_t max_connections);
/* The configured level, or what the manager asks for. */
void daemon_set_log_level(const struct config *config);

/* ---- daemon_reload.c ---- */

/* Reads the configuration anew, `userdata` being the daemon; see struct service_settings. */
void daemon_reload(void *userdata, service_reloaded done, void *waiting);
/* Who still waits gets a refusal. */
void daemon_free_waiters(struct daemon *daemon);

/* ---- daemon_memory.c ---- */

/* Caches are dropped when the manager says that memory is short ($MEMORY_PRESSURE_WATCH). */
void daemon_watch_memory(struct daemon *daemon);

/* ---- daemon_events.c: the loop ---- */

/* Attaches the sources that the loop has from the start. Returns 0 or negative errno. */
int daemon_add_sources(struct daemon *daemon);
void daemon_free_sources(struct daemon *daemon);

/* Lets a timer fire once, at this CLOCK_BOOTTIME. */
int daemon_arm(sd_event_source *source, uint64_t usec);

/* ---- daemon_health.c: what the manager is told ---- */

/* Something happened that STATUS= may tell, soon. */
void daemon_status_changed(struct daemon *daemon);
/* Tells it now. */
void daemon_send_status(struct daemon *daemon);
int daemon_on_status(sd_event_source *source, uint64_t usec, void *userdata);
/* Answers for every thread. */
int daemon_on_watchdog(sd_event_source *source, uint64_t usec, void *userdata);

/* ---- daemon_stop.c: how it comes to an end ---- */

/* These look at what is, before the loop sleeps. Return 0 or negative errno. */
int daemon_check_idle(struct daemon *daemon);
int daemon_check_drained(struct daemon *daemon);
int daemon_on_idle(sd_event_source *source, uint64_t usec, void *userdata);
int daemon_on_drain_deadline(sd_event_source *source, uint64_t usec, void *userdata);
int daemon_on_stop_signal(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata);
int daemon_on_hangup(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata);

/* ---- daemon_journal.c ---- */

/* A line for each job that ends, and at debug level for each URL. */
void daemon_observe(struct daemon *daemon);
