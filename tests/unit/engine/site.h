/* A web site of one thread on a loopback port: what it answers follows from the path. Thread: the test's. */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

struct site;

/* Paths: /ok?WORDS "one two"; /status/N; /redirect?URL; /busy: 503 with Retry-After: 1 the first time, then a
 * page; /flaky: 500 the first time, then a page; /robots.txt: disallows /private. */
struct site *site_start(void);
void site_stop(struct site *site);
uint16_t site_port(const struct site *site);
/* Requests answered whose path begins with this. */
unsigned site_requests(struct site *site, const char *prefix);
/* robots.txt answers with this status from here on; 200 at first. */
void site_set_robots_status(struct site *site, int status);
