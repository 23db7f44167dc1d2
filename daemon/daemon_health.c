#include "daemon/daemon_private.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/message_id.h"
#include "store/store.h"

#include <stdio.h>
#include <string.h>
#include <systemd/sd-daemon.h>

/* While starting or stopping, the manager waits at least this much longer after each line. */
#define EXTEND_USEC (10 * USEC_PER_SEC)
#define STATUS_USEC USEC_PER_SEC
/* A thread without a sign of life for as long as the manager waits for ours is stuck, within these limits,
 * and the watchdog gets no answer. The store may have a slow disk to wait for. */
#define MIN_STUCK_USEC (5 * USEC_PER_SEC)
#define MAX_STUCK_USEC (60 * USEC_PER_SEC)
#define STORE_PATIENCE 3
/* A configuration that was refused comes first. */
#define REFUSED "The configuration was refused, see urlstatctl status; "

void daemon_send_status(struct daemon *daemon)
{
    struct engine_status status;
    char formatted[NOTIFY_MAX_STATUS];
    char line[sizeof(daemon->status)];

    engine_get_status(daemon->engine, &status);
    (void)snprintf(line, sizeof(line), "%s%s", daemon->refusal ? REFUSED : "",
        notify_format_status(daemon->phase, &status, formatted));
    if (daemon->phase != NOTIFY_RUNNING)
        (void)sd_notifyf(false, "EXTEND_TIMEOUT_USEC=%llu", (unsigned long long)EXTEND_USEC);
    if (strcmp(line, daemon->status) == 0)
        return;
    strcpy(daemon->status, line);
    (void)sd_notifyf(false, "STATUS=%s", line);
}

static void arm_status(struct daemon *daemon)
{
    daemon->status_armed =
        daemon_arm(daemon->status_source, clock_add(daemon->status_sent_usec, STATUS_USEC)) == 0;
}

void daemon_status_changed(struct daemon *daemon)
{
    if (daemon->status_source && !daemon->status_armed)
        arm_status(daemon);
}

/* Goes on as long as the line may change by itself. */
int daemon_on_status(sd_event_source *source, uint64_t usec, void *userdata)
{
    struct daemon *daemon = userdata;
    struct engine_status status;

    daemon->status_armed = false;
    daemon->status_sent_usec = clock_boottime_usec();
    daemon_send_status(daemon);
    engine_get_status(daemon->engine, &status);
    if (daemon->phase != NOTIFY_RUNNING || status.active > 0 || status.urls_per_sec > 0)
        arm_status(daemon);
    return 0;
}

static bool is_older(uint64_t since_usec, uint64_t now_usec, uint64_t limit_usec)
{
    return since_usec != 0 && since_usec < now_usec && now_usec - since_usec > limit_usec;
}

static uint64_t stuck_usec(void)
{
    uint64_t interval_usec = 0;

    if (sd_watchdog_enabled(false, &interval_usec) <= 0 || interval_usec > MAX_STUCK_USEC)
        return MAX_STUCK_USEC;
    return interval_usec < MIN_STUCK_USEC ? MIN_STUCK_USEC : interval_usec;
}

/* The name of a thread that is stuck; NULL if none. */
static const char *find_stuck(const struct daemon *daemon)
{
    uint64_t now = clock_boottime_usec();
    uint64_t limit = stuck_usec();
    struct store_pulse pulse;

    store_get_pulse(daemon->store, &pulse);
    if (is_older(pulse.writer_busy_since_usec, now, STORE_PATIENCE * limit))
        return "the store's writer";
    if (is_older(pulse.reader_busy_since_usec, now, STORE_PATIENCE * limit))
        return "the store's reader";
    if (is_older(engine_oldest_pulse_usec(daemon->engine), now, limit))
        return "a worker";
    return NULL;
}

int daemon_on_watchdog(sd_event_source *source, uint64_t usec, void *userdata)
{
    struct daemon *daemon = userdata;
    const char *stuck = find_stuck(daemon);
    uint64_t interval_usec;

    if (!stuck)
        (void)sd_notify(false, "WATCHDOG=1");
    else if (!daemon->was_stuck)
        log_write(LOG_ERR, &(const struct log_fields){.message_id = MESSAGE_STUCK},
            "%s has shown no sign of life for long: leaving the restart to the manager", stuck);
    daemon->was_stuck = stuck;
    if (sd_watchdog_enabled(false, &interval_usec) <= 0)
        return 0;
    return daemon_arm(source, clock_boottime_usec() + interval_usec / 3);
}
