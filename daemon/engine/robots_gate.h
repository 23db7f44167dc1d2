/* robots.txt stands before every URL: asked for once for all that wait for it. RFC 9309. Thread: main. */
#pragma once

#include "base/outcome.h"
#include <stdint.h>

struct host;
struct origin;
struct task;
struct waiting;

#define ROBOTS_MAX_AGE_USEC (24 * 3600 * USEC_PER_SEC)
#define ROBOTS_MAX_REDIRECTS 5
#define CRAWL_DELAY_MAX_USEC (30 * USEC_PER_SEC)

enum gate {
    GATE_OPEN,   /* may be fetched */
    GATE_ASKED,  /* robots.txt was asked for in its place; the URL still waits */
    GATE_WAITS,  /* robots.txt cannot be asked for now */
    GATE_CLOSED, /* ends as *ret_outcome */
};
enum gate robots_gate(
    struct host *host, const struct waiting *waiting, enum outcome *ret_outcome, char **ret_detail);
/* For the visitor whose turn it is on the host, see host_visit.h. False if there is none. */
bool robots_gate_serve_visitor(struct host *visited, uint64_t now_usec);
void robots_gate_answer(struct task *task);
/* There is no room for the origin's rules. The first of its URLs that wait in memory are judged before they
 * go; for the others robots.txt is asked for again. */
void robots_gate_dropping(struct origin *origin);

/* The configuration is another: origins that it may have kept from answering are asked again. */
void robots_gate_forgive(struct host *host);
