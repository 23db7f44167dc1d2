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
    bool is_over; /* the loop has ended */

    sd_event_source *inbox_source, *tick_source, *status_source, *watchdog_source, *idle_source,
        *drain_source;
    uint64_t tick_usec; /* what tick_source is set to; USEC_NEVER: off */
    bool idle_armed, status_armed;
    uint64_t status_sent_usec;
    char status[NOTIFY_MAX_STATUS]; /* as it was sent last */
    bool was_stuck;
    bool engine_ended; /* while draining: clients alone are waited for */
};

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

/* No new clients and fetches; the loop ends once what runs has ended, or its time is over. */
void daemon_drain(struct daemon *daemon);
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
