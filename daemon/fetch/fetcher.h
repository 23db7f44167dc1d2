/* One URL -> bytes into a sink -> outcome, many at once. A fetcher belongs to one worker thread, which alone
 * calls it: it owns a curl multi handle driven by curl_multi_socket_action and epoll, and a c-ares channel
 * with a cache by TTL. It follows no redirect, decides on no retry and keeps no host's budget: it reports,
 * the engine decides.
 *
 * Every transfer ends in exactly one call of its `done`, never from within fetcher_start(). */
#pragma once

#include "base/outcome.h"
#include "fetch/guard.h"
#include "fetch/rate.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Process-wide set-up of libcurl and c-ares, before the first thread. LC_CTYPE must be a UTF-8 locale for
 * international names. Returns 0 or negative errno. */
int fetch_init(void);

/* Shared, immutable, outlives every transfer that was started under it (the engine counts users). */
struct fetch_settings {
    const char *user_agent;
    const struct guard *guard;
    const char *ca_file; /* NULL: the system's */
    const char *proxy;   /* NULL: none, whatever the environment says. A proxy takes the guard's place. */
    uint64_t connect_timeout_usec;  /* names, connecting to one address after the other, TLS; 0: no limit */
    uint64_t transfer_timeout_usec; /* from start to end of one transfer; 0: no limit */
    uint64_t low_speed_bytes;       /* an answer that, from its first byte on, brings less than this ... */
    uint64_t low_speed_usec;        /* ... in such a span ends as OUTCOME_TIMEOUT; 0: no such limit */
    uint64_t max_body_bytes;        /* decoded */
    /* These are the fetcher's, see fetcher_new() and fetcher_reconfigure(). */
    struct rate *rate;        /* of all fetchers together; it outlives them. NULL: no limit */
    uint64_t decode_memory;   /* for the decoders of one fetcher, see fetch/decode_budget.h */
    uint32_t max_connections; /* idle ones included, of one fetcher */
    const char *dns_servers;  /* as c-ares takes them, for tests; NULL: the system's; never changes */
};

/* Response head limits: more is OUTCOME_BAD_RESPONSE. */
#define FETCH_MAX_HEADER_BYTES (256 * 1024)

enum fetch_kind {
    FETCH_PAGE,   /* counted types only: others end as OUTCOME_UNSUPPORTED_TYPE at the header */
    FETCH_ROBOTS, /* any type; a 2xx alone has a body, which is cut at ROBOTS_MAX_SIZE whatever max_body_bytes
                     is: that is no error */
};

/* How it ended. Strings are owned by the transfer and live until `done` returns. */
struct fetch_result {
    enum outcome outcome; /* OUTCOME_COUNTED: a whole body of a 2xx went into the sink. OUTCOME_NONE: a
                             redirect, 304, see below */
    bool is_redirect;     /* 301 302 303 307 308 with a Location; `location` is set, the engine resolves it */
    /* A failure that another attempt may not meet: timeout, reset, early close, refused connection, temporary
     * DNS, 408 500 502 504. (429 and 503 are the host's: see http_status.) */
    bool may_pass;
    bool is_held_back; /* a limit of time ended it, but the limit of bytes a second had half of that time or
                          more */
    bool is_stale; /* it met the end of a connection that was kept, or what an earlier answer had left there:
                      says nothing of the URL, which may be asked for again with `wants_fresh`; never with
                      that */
    int http_status;           /* 0 if there was no response */
    const char *location;      /* raw Location; NULL if none */
    const char *content_type;  /* essence, lower case: "text/html"; NULL if none */
    const char *charset;       /* of Content-Type; NULL if none */
    const char *etag;          /* as it came; NULL if none that may be sent back */
    const char *last_modified; /* likewise */
    /* One clause for people, printable ASCII: "connection refused by 192.0.2.1"; "" if none. */
    const char *detail;
    uint64_t retry_after_usec; /* of 429 and 503, both forms; 0 if none */
    uint64_t body_bytes;       /* decoded */
    uint64_t wire_bytes;       /* received, heads included */
    uint64_t connect_usec;     /* from start; 0 if reused or never */
    uint64_t first_byte_usec;  /* from start to the first byte of the response; 0 if none */
    uint64_t total_usec;
};

/* What the caller gives; the strings must live until `done`. */
struct fetch_request {
    enum fetch_kind kind;
    const struct fetch_settings *settings;
    const char *url;               /* normalised */
    const char *if_none_match;     /* NULL if none */
    const char *if_modified_since; /* NULL if none */
    bool wants_fresh;              /* a connection of its own, that was not used before */
    /* Of the fetcher, to its host and port (80 and 443 being one), idle ones included: one more is opened
     * after idle ones are closed. The caller starts no more than that at once. 0: no limit. */
    uint32_t max_host_connections;

    /* The request is about to go out on a connection, which happens once at most. It may not call the
     * fetcher. NULL: not told. */
    void (*sent)(struct fetch_request *request);
    /* The first bytes of an answer have come. It may not call the fetcher. NULL: not told. */
    void (*answered)(struct fetch_request *request);
    /* The head of a 2xx whose type is taken, before the first bytes (`content_type` NULL: none was given,
     * sniff). These two return 0 to go on. A negative errno ends the transfer as OUTCOME_INTERNAL_ERROR, but
     * for -EMEDIUMTYPE: its content is of no type that is counted, OUTCOME_UNSUPPORTED_TYPE. They may not
     * call the fetcher. */
    int (*begin)(struct fetch_request *request, const char *content_type, const char *charset);
    int (*data)(struct fetch_request *request, const void *bytes, size_t size);
    /* The last call. The request may be freed in it. */
    void (*done)(struct fetch_request *request, const struct fetch_result *result);

    void *transfer; /* the fetcher's, while it runs */
};

struct fetcher;

/* Of `settings` it copies rate, decode_memory, max_connections and dns_servers; the rest comes with each
 * request. Returns 0 or negative errno: -EINVAL for bad dns_servers. */
int fetcher_new(const struct fetch_settings *settings, struct fetcher **ret);
/* Ends what runs as OUTCOME_CANCELLED first. */
void fetcher_free(struct fetcher *fetcher);

/* Returns 0, or negative errno if the machine failed: then `done` is not called. */
int fetcher_start(struct fetcher *fetcher, struct fetch_request *request);

/* Aborts: `done` is called with OUTCOME_CANCELLED before this returns. Not from `begin` or `data`; from a
 * `done` only for another request. */
void fetcher_cancel(struct fetcher *fetcher, struct fetch_request *request);

/* Polls readable when fetcher_run() has something to do. */
int fetcher_fd(const struct fetcher *fetcher);
/* Milliseconds until fetcher_run() must be called even without the descriptor; -1 for never. As for
 * epoll_wait. */
int fetcher_timeout_ms(const struct fetcher *fetcher);
/* Moves every transfer on as far as it goes without blocking, and calls `done` of those that ended. */
int fetcher_run(struct fetcher *fetcher);

/* The limit of bytes a second lets nothing come before fetcher_timeout_ms(): until then the descriptor is not
 * to be polled. */
bool fetcher_is_held(const struct fetcher *fetcher);

size_t fetcher_running(const struct fetcher *fetcher);

/* After a reload: other rate, decode_memory and max_connections, for what runs too. Idle connections, made
 * under another guard and other authorities, are closed. Transfers that run go on under their request's
 * settings. */
void fetcher_reconfigure(struct fetcher *fetcher, const struct fetch_settings *settings);

/* Idle connections are closed. */
void fetcher_drop_idle(struct fetcher *fetcher);

/* Memory is short: gives back what is kept for the next fetches, which are slower for it. */
void fetcher_drop_caches(struct fetcher *fetcher);
