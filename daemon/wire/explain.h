/* Explain: why a URL, a host or a job waits, and what would become of it. Thread: any. */
#pragma once

#include "wire/hosts.h"
#include "wire/job.h"

/* One scheme of a host. Strings but `origin` and `robots` may be NULL. */
struct wire_origin {
    const char *origin;
    const char *robots;
    const char *robots_fetched;
    const char *robots_until;
    struct wire_float crawl_delay;
    struct wire_int crawl_delay_line;
    int64_t failures;
    int64_t parkings;
    const char *until;
    const char *outcome;
    const char *detail;
};

/* What is known of a URL before it is fetched. Strings but `host` may be NULL. */
struct wire_prospect {
    const char *host;
    struct wire_bool allowed;
    const char *rule;
    struct wire_int rule_line;
    struct wire_int group_line;
    const char *etag;
    const char *last_modified;
    const char *asked;
    struct wire_int job;
    struct wire_int page;
    int64_t jobs_searched;
    int64_t jobs_left;
};

struct wire_explain_in {
    const char *subject; /* may be NULL */
};

struct wire_explain_out {
    const char *kind;
    const char *subject;
    const char *reason;
    const char *next;                     /* may be NULL */
    const struct wire_job *job;           /* NULL but for a job */
    const struct wire_prospect *prospect; /* NULL but for a URL */
    int64_t host_count;
    const struct wire_host *hosts;
    size_t n_hosts;
    const struct wire_origin *origins;
    size_t n_origins;
    const struct wire_url *urls;
    size_t n_urls;
};

extern const struct wire_shape wire_origin_shape;
extern const struct wire_shape wire_prospect_shape;
extern const struct wire_shape wire_explain_in_shape;
extern const struct wire_shape wire_explain_out_shape;
