#include "daemon/daemon_private.h"

#include "base/clock.h"
#include "daemon/daemon_store.h"

#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <systemd/sd-daemon.h>

/* What sd-event may add to a timer to save wake-ups. */
#define TICK_ACCURACY_USEC USEC_PER_MSEC
#define ACCURACY_USEC (100 * USEC_PER_MSEC)

int daemon_arm(sd_event_source *source, uint64_t usec)
{
    int r = sd_event_source_set_time(source, usec);

    return r < 0 ? r : sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

/* Ends the round where the store is to be closed and opened anew. */
static int look_at_store(struct daemon *daemon)
{
    if (store_is_stuck_damaged(daemon->store) && !daemon->is_stuck_damaged) {
        daemon->is_stuck_damaged = true;
        daemon_log_stuck_damage(daemon->store);
    }
    if (daemon->ends_round || !(store_is_damaged(daemon->store) || store_is_outdated(daemon->store)))
        return 0;
    daemon->ends_round = true;
    if (store_is_damaged(daemon->store))
        daemon_log_damage();
    else
        daemon_log_store_change(0);
    if (daemon->phase == NOTIFY_DRAINING)
        return sd_event_exit(daemon->event, 0);
    return sd_event_exit(
        daemon->event, store_is_damaged(daemon->store) && daemon->met_damage ? -EUCLEAN : -ERESTART);
}

static int on_inbox(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
    struct daemon *daemon = userdata;

    mailbox_deliver(&daemon->inbox, daemon->engine);
    daemon_status_changed(daemon);
    return look_at_store(daemon);
}

static int on_tick(sd_event_source *source, uint64_t usec, void *userdata)
{
    struct daemon *daemon = userdata;

    daemon->tick_usec = USEC_NEVER;
    engine_tick(daemon->engine);
    return 0;
}

static int set_tick(struct daemon *daemon)
{
    uint64_t next_usec = engine_next_usec(daemon->engine);

    if (next_usec == daemon->tick_usec)
        return 0;
    daemon->tick_usec = next_usec;
    if (next_usec == USEC_NEVER)
        return sd_event_source_set_enabled(daemon->tick_source, SD_EVENT_OFF);
    return daemon_arm(daemon->tick_source, next_usec);
}

/* Runs before the loop sleeps: whatever was handled may have changed what comes next. */
static int before_sleep(sd_event_source *source, void *userdata)
{
    struct daemon *daemon = userdata;
    int r;

    r = set_tick(daemon);
    if (r == 0)
        r = daemon_check_idle(daemon);
    if (r == 0)
        r = daemon_check_drained(daemon);
    return r;
}

static int add_timer(
    struct daemon *daemon, uint64_t accuracy_usec, sd_event_time_handler_t handler, sd_event_source **ret)
{
    int r = sd_event_add_time(daemon->event, ret, CLOCK_BOOTTIME, 0, accuracy_usec, handler, daemon);

    if (r >= 0)
        r = sd_event_source_set_exit_on_failure(*ret, true);
    return r < 0 ? r : sd_event_source_set_enabled(*ret, SD_EVENT_OFF);
}

static int add_timers(struct daemon *daemon)
{
    int r;

    r = add_timer(daemon, TICK_ACCURACY_USEC, on_tick, &daemon->tick_source);
    if (r >= 0)
        r = add_timer(daemon, ACCURACY_USEC, daemon_on_idle, &daemon->idle_source);
    if (r >= 0)
        r = add_timer(daemon, ACCURACY_USEC, daemon_on_drain_deadline, &daemon->drain_source);
    if (r >= 0)
        r = add_timer(daemon, ACCURACY_USEC, daemon_on_status, &daemon->status_source);
    if (r >= 0)
        r = add_timer(daemon, ACCURACY_USEC, daemon_on_watchdog, &daemon->watchdog_source);
    if (r >= 0 && sd_watchdog_enabled(false, NULL) > 0)
        r = daemon_arm(daemon->watchdog_source, clock_boottime_usec());
    return r;
}

static int add_signals(struct daemon *daemon)
{
    int r;

    r = sd_event_add_signal(daemon->event, NULL, SIGTERM, daemon_on_stop_signal, daemon);
    if (r >= 0)
        r = sd_event_add_signal(daemon->event, NULL, SIGINT, daemon_on_stop_signal, daemon);
    if (r >= 0)
        r = sd_event_add_signal(daemon->event, NULL, SIGHUP, daemon_on_hangup, daemon);
    return r;
}

int daemon_add_sources(struct daemon *daemon)
{
    int r;

    daemon->tick_usec = USEC_NEVER;
    r = sd_event_add_io(daemon->event, &daemon->inbox_source, daemon->inbox.fd, EPOLLIN, on_inbox, daemon);
    /* Else a callback that fails would be called no more, and the daemon do nothing for ever. */
    if (r >= 0)
        r = sd_event_source_set_exit_on_failure(daemon->inbox_source, true);
    if (r >= 0)
        r = sd_event_source_set_prepare(daemon->inbox_source, before_sleep);
    if (r >= 0)
        r = add_timers(daemon);
    if (r >= 0)
        r = add_signals(daemon);
    if (r >= 0)
        daemon_status_changed(daemon);
    return r < 0 ? r : 0;
}

void daemon_free_sources(struct daemon *daemon)
{
    sd_event_source *const sources[] = {daemon->inbox_source, daemon->tick_source, daemon->status_source,
        daemon->watchdog_source, daemon->idle_source, daemon->drain_source, daemon->pressure_source};

    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
        sd_event_source_disable_unref(sources[i]);
}
