/* Names to addresses by c-ares (/etc/hosts, then DNS): one channel, no threads. Answers are kept for their
 * TTL within bounds; a name that many wait for is asked once. Owner and thread: one fetcher. */
#pragma once

#include "base/list.h"
#include "fetch/address.h"
#include <stdint.h>

#define RESOLVER_MAX_ADDRESSES 8  /* of a name; c-ares puts those likely to work first (RFC 6724) */
#define RESOLVER_MAX_NAMES 8192   /* kept */
#define RESOLVER_MAX_QUERIES 8192 /* names being asked for; further ones wait */
/* Of these, so many may have been asked within the last moment: two packets each, as many as a socket of a
 * name server holds where nobody made it larger. A name that takes longer holds up no other. */
#define RESOLVER_MAX_YOUNG 128
#define RESOLVER_YOUNG_USEC UINT64_C(100000)
/* Answers count for their TTL within these bounds: a page and its robots.txt are asked of one address even
 * where the TTL is 0, and a host that moved is found again soon, whatever its TTL. */
#define RESOLVER_MIN_TTL_USEC UINT64_C(1000000)
#define RESOLVER_MAX_TTL_USEC UINT64_C(3600000000)
#define RESOLVER_NO_NAME_TTL_USEC UINT64_C(60000000)
#define RESOLVER_FAILURE_TTL_USEC UINT64_C(900000) /* less than any retry waits, which is to ask again */

enum resolver_status {
    RESOLVER_OK,
    RESOLVER_NO_NAME, /* the name servers say so */
    RESOLVER_FAILED,  /* may pass: no answer, or a failure of theirs */
    RESOLVER_NO_MEMORY,
};

/* Owned by the resolver; valid until its next call. */
struct resolver_answer {
    enum resolver_status status;
    const char *message; /* one clause if not RESOLVER_OK: "there is no such name" */
    const union address *addresses;
    size_t n_addresses;
};

/* Embedded in whoever waits; zeroed by resolver_wait_init(). */
struct resolver_wait {
    struct list link;
    struct resolver_entry *entry;
};

struct resolver;

/* Its sockets are put into `epoll_fd`, as data.u64 = fd: data.u64 of all others there must be above
 * UINT32_MAX. `servers` as c-ares takes them ("127.0.0.1:5353,[::1]:53"); NULL for those of `configuration`,
 * which is followed when it changes (NULL for /etc/resolv.conf). Returns 0, -EINVAL for bad servers, or
 * another negative errno. */
int resolver_new(int epoll_fd, const char *servers, const char *configuration, struct resolver **ret);
/* Nobody may wait. */
void resolver_free(struct resolver *resolver);

/* The answer comes by resolver_next(), perhaps at once. `name` is a normalised host name. Returns 0 or
 * -ENOMEM. */
int resolver_ask(struct resolver *resolver, const char *name, size_t size, struct resolver_wait *wait);
void resolver_wait_init(struct resolver_wait *wait);
/* Takes back a question; also one that was answered or never asked. */
void resolver_forget(struct resolver *resolver, struct resolver_wait *wait);

/* The next one that has its answer, with it; NULL if none. */
struct resolver_wait *resolver_next(struct resolver *resolver, struct resolver_answer *ret);

/* An address did not answer: those who ask from now on get it last. */
void resolver_demote(struct resolver *resolver, const char *name, size_t size, const union address *address);

/* Forgets the answers that nobody waits for. */
void resolver_drop_names(struct resolver *resolver);

/* What epoll said of one of its sockets. */
void resolver_ready(struct resolver *resolver, int fd, uint32_t events);
/* Boottime when resolver_run_timeouts() is due; USEC_NEVER if it is not. */
uint64_t resolver_next_usec(const struct resolver *resolver);
void resolver_run_timeouts(struct resolver *resolver);
