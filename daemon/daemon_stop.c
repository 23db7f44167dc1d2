#include "daemon/daemon_private.h"

#include "base/clock.h"
#include "base/log.h"

#include <systemd/sd-daemon.h>

/* A stop waits for transfers that run, but not for all of TransferTimeoutSec=: what is dropped is fetched
 * again. Less than TimeoutStopSec= of the unit. */
#define DRAIN_USEC (20 * USEC_PER_SEC)
/* Then for clients that have replies to read. */
#define DRAIN_CLIENTS_USEC (3 * USEC_PER_SEC)

static bool has_work(const struct daemon *daemon)
{
    struct engine_status status;

    if (!engine_is_idle(daemon->engine))
        return true;
    engine_get_status(daemon->engine, &status);
    return status.jobs_queued + status.jobs_running > 0;
}

static bool is_unused(const struct daemon *daemon)
{
    return daemon->phase == NOTIFY_RUNNING && server_n_connections(daemon->server) == 0 && !has_work(daemon);
}

/* A daemon that nobody can reach any more is unused at once when its work is done. */
static uint64_t idle_limit_usec(const struct daemon *daemon)
{
    return daemon->listens ? daemon->config->idle_exit_usec : 0;
}

/* No new clients and fetches; the loop ends once what runs has ended, or its time is over. */
static void drain(struct daemon *daemon)
{
    int r;

    daemon->phase = NOTIFY_DRAINING;
    (void)sd_notify(false, "STOPPING=1");
    daemon_send_status(daemon);
    daemon_status_changed(daemon);
    if (daemon->server)
        server_drain(daemon->server);
    engine_drain(daemon->engine);
    r = daemon_arm(daemon->drain_source, clock_boottime_usec() + DRAIN_USEC);
    if (r < 0)
        (void)sd_event_exit(daemon->event, r);
}

int daemon_on_idle(sd_event_source *source, uint64_t usec, void *userdata)
{
    struct daemon *daemon = userdata;

    daemon->idle_armed = false;
    if (!is_unused(daemon))
        return 0;
    log_info("nothing to do and nobody connected: stopping until the next client comes");
    drain(daemon);
    return 0;
}

int daemon_check_idle(struct daemon *daemon)
{
    uint64_t limit_usec = idle_limit_usec(daemon);
    bool unused = limit_usec != USEC_NEVER && is_unused(daemon);

    if (unused == daemon->idle_armed)
        return 0;
    daemon->idle_armed = unused;
    if (!unused)
        return sd_event_source_set_enabled(daemon->idle_source, SD_EVENT_OFF);
    return daemon_arm(daemon->idle_source, clock_add(clock_boottime_usec(), limit_usec));
}

int daemon_check_drained(struct daemon *daemon)
{
    if (daemon->phase != NOTIFY_DRAINING || !engine_is_idle(daemon->engine))
        return 0;
    if (server_n_connections(daemon->server) == 0)
        return sd_event_exit(daemon->event, 0);
    if (daemon->engine_ended)
        return 0;
    daemon->engine_ended = true;
    return daemon_arm(daemon->drain_source, clock_boottime_usec() + DRAIN_CLIENTS_USEC);
}

int daemon_on_drain_deadline(sd_event_source *source, uint64_t usec, void *userdata)
{
    struct daemon *daemon = userdata;
    struct engine_status status;

    engine_get_status(daemon->engine, &status);
    if (status.active > 0)
        log_notice("%llu transfer%s did not end in time: made again after the next start",
            (unsigned long long)status.active, status.active == 1 ? "" : "s");
    return sd_event_exit(daemon->event, 0);
}

int daemon_on_stop_signal(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
    struct daemon *daemon = userdata;

    switch (daemon->phase) {
    case NOTIFY_RUNNING:
        log_info("stopping once running transfers have ended; another signal stops at once");
        drain(daemon);
        return 0;
    case NOTIFY_STARTING:
    case NOTIFY_DRAINING:
        return sd_event_exit(daemon->event, 0);
    }
    return 0;
}

int daemon_on_hangup(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
    daemon_reload(userdata, NULL, NULL);
    return 0;
}
