/* What the verbs share. Private to server/. Thread: main. */
#pragma once

#include "server/call.h"
#include "server/service.h"

#define SERVICE_USERS 64

struct user_name {
    uid_t uid;
    char *name;
};

struct service {
    sd_event *event;
    struct service_settings settings;
    struct user_name users[SERVICE_USERS]; /* names that were looked up; the oldest gives way */
    size_t n_users;
    size_t queued_bytes; /* of all that watchers have not read yet */
};

/* The name of a user, or the number where the system knows none; borrowed until the next one is asked for.
 * NULL if there is no memory. */
const char *service_user_name(struct service *service, uid_t uid);

/* Whether the peer may see names, URLs and words of this owner's jobs; whether it may change them. */
bool service_may_read(const struct service *service, const struct peer *peer, uid_t owner);
/* The daemon itself: for root and its own user. */
bool service_may_administer(const struct peer *peer);
bool service_may_change(const struct peer *peer, uid_t owner);

/* Whether the caller may give a job this priority; if not, the call has been refused. */
bool service_check_priority(struct call *call, int64_t priority);

/* One a verb, in the files of these names. */
void serve_submit(struct call *call);
void serve_begin(struct call *call);
void serve_append(struct call *call);
void serve_commit(struct call *call);
void serve_top(struct call *call);
void serve_why(struct call *call);
void serve_compare(struct call *call);
void serve_jobs(struct call *call);
void serve_show(struct call *call);
void serve_urls(struct call *call);
void serve_wait(struct call *call);
void serve_watch(struct call *call);
void serve_pause(struct call *call);
void serve_resume(struct call *call);
void serve_cancel(struct call *call);
void serve_retry(struct call *call);
void serve_priority(struct call *call);
void serve_remove(struct call *call);
void serve_hosts(struct call *call);
void serve_explain(struct call *call);
void serve_workers(struct call *call);
void serve_export(struct call *call);
void serve_import(struct call *call);
void serve_backup(struct call *call);
void serve_reload(struct call *call);
void serve_set_log_level(struct call *call);
void serve_status(struct call *call);
void serve_metrics(struct call *call);
void serve_ping(struct call *call);
