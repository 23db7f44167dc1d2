/* Watch: watch.c tells of the jobs' progress, and the files named below of their pages. Private to server/.
 * Thread: main. */
#pragma once

#include "base/list.h"
#include "engine/query.h"
#include "server/work.h"
#include "store/store_read.h"
#include "wire/messages.h"

#define WATCHER_INTERVAL_USEC (250 * UINT64_C(1000))
#define WATCHER_MAX_WORDS 1000
/* Pages that the client has not read yet, of one watcher and of all. What comes beyond that is missed, and
 * read from the store once the client has caught up. */
#define WATCHER_MAX_QUEUE ((size_t)1 << 20)
#define WATCHER_MAX_ALL_QUEUES ((size_t)64 << 20)
/* Between two rounds through the store while the jobs run. */
#define WATCHER_REST_USEC (1000 * UINT64_C(1000))

struct watched {
    struct watcher *watcher;
    struct engine_watch *watch;
    uint64_t job;
    bool ended;
    /* Which of its URLs were told, a bit a seq: as counted pages, and as ended otherwise. */
    uint8_t *told_counted;
    uint8_t *told_otherwise;
    size_t told_size;
};

struct watcher {
    struct work work;
    struct watched *jobs;
    size_t n_jobs;
    size_t n_running;
    sd_event_source *timer;
    bool reading;                             /* rows are being read again */
    bool last;                                /* all have ended: the next rows are the last */
    double urls_per_second, bytes_per_second; /* as told last */

    uint64_t per_page; /* words of each page; 0: pages are not told */
    struct list queue; /* of replies that wait for room */
    size_t queue_bytes;
    bool missed; /* something has ended that was not queued */
    /* Pages that had ended before the watcher came, or were missed, are read from the store, job after job.
     */
    bool catching_up;
    bool asked;    /* the query or the store has something to bring */
    size_t behind; /* of jobs: the one under way */
    struct query *query;
    const struct query_group *groups;
    size_t n_groups;
    size_t group;
    bool groups_end;
    struct store_read_urls read;
    size_t row;
    uint64_t rests_until_usec; /* CLOCK_BOOTTIME */
};

/* Called from the event loop when there is room: all that can be told is told. */
void watcher_go_on(struct call *call);

/* ---- watch_queue.c: replies that wait for room ---- */

void watcher_release_queue(struct watcher *watcher);
/* Whether this end of a URL was told: as a counted page, or as ended otherwise. */
bool watcher_was_told(const struct watched *watched, uint64_t seq, bool counted);
void watcher_mark_told(struct watched *watched, uint64_t seq, bool counted);
bool watcher_queue_is_full(const struct watcher *watcher);
/* Of `page` and `url` one is NULL. 0, -EMSGSIZE or -ENOMEM. */
int watcher_queue(struct watcher *watcher, const struct wire_group *page, const struct wire_url *url);
/* The page with the words of the ranking, as many as fit a message. 0 or -ENOMEM. */
int watcher_queue_page(
    struct watcher *watcher, struct wire_group *page, const struct counts_ranking *ranking);
/* As long as there is room. 0 or -ENOMEM. */
int watcher_send_queue(struct watcher *watcher);

/* ---- watch_pages.c: pages as they end. An engine's callback ---- */

void watcher_url_ended(void *userdata, const struct engine_ended *ended);

/* ---- watch_behind.c: pages that ended before, or were missed ---- */

void watcher_release_behind(struct watcher *watcher);
/* Begins a round through the store. 0 or -ENOMEM. */
int watcher_start_round(struct watcher *watcher);
/* The queue, then what the round brings. 0 or negative errno; stops when there is no room, or for what must
 * be read first. */
int watcher_tell_pages(struct watcher *watcher);
