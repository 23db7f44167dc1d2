/* A web site of one thread on a loopback port: what it answers follows from the path. Thread: the test's. */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

struct site;

/* Paths: /ok?WORDS "one two"; /status/N; /redirect?URL; /busy: 503 with Retry-After: 1 the first time, then a
 * page; /flaky: 500 the first time, then a page; /robots.txt: disallows /private; /tagged and /dated: a page
 * of the site's version with an ETag or a Last-Modified, 304 if it is asked for with that; /wrong: 304 of
 * another ETag to every condition; /deaf: 304 the first time, whatever is asked; /bare: a page without
 * validators, then 304; /gated: a page as soon as the gate is open. */
struct site *site_start(void);
void site_stop(struct site *site);
uint16_t site_port(const struct site *site);
/* Requests answered whose path begins with this. */
unsigned site_requests(struct site *site, const char *prefix);
/* Of those, the ones with a condition. */
unsigned site_conditions(struct site *site, const char *prefix);
/* What /tagged and /dated have; 1 at first. */
void site_set_version(struct site *site, int version);
/* Opens the gate for one request that waits at it, or for the next one. */
void site_open_gate(struct site *site);
/* robots.txt answers with this status from here on; 200 at first. */
void site_set_robots_status(struct site *site, int status);
