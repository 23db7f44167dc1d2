/* robots.txt by RFC 9309: groups (2.2.1), longest match (2.2.2), `*` and `$` (2.2.3), percent-encoding
 * compared as 2.2.2 says. Bytes in, verdicts out. Pure. Immutable once parsed: then any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes fetched and parsed; what follows is ignored, and a line that is cut there too (2.5 asks for at least
 * 500 KiB).
 */
#define ROBOTS_MAX_SIZE (512 * 1024)
/* Bytes of the path that one question runs over, once for each pattern with a star, so that no file and path
 * stop a thread for longer than it can spare (some 20 ms, 60 at worst): paths of 300 bytes meet every rule.
 */
#define ROBOTS_MAX_SCAN (16 * 1024 * 1024)
/* Our product token (2.2.1). */
#define ROBOTS_PRODUCT "urlstatd"

struct robots;

/* Returns 0 or -ENOMEM: every input parses. Keeps the rules of the groups that match `product`, or else of
 * `*`. */
int robots_parse(const void *bytes, size_t size, const char *product, struct robots **ret);
void robots_free(struct robots *robots);

/* Lines count from 1, and end as 2.2 says: with CR, LF or both. */
struct robots_verdict {
    bool allowed;
    bool is_unknown;     /* there is no memory to compare; not allowed */
    uint32_t line;       /* of the rule that decided; 0 if no rule matched */
    const char *rule;    /* that line's path pattern as written, owned by `robots`; NULL if none */
    uint32_t group_line; /* of the User-agent line that makes that rule ours; if no rule matched, of the first
                            that does; 0 if no group is ours */
    bool for_everyone;   /* that line says `*`, and none says our product */
};

/* `path`: path and query of a normalised URL. Beyond ROBOTS_MAX_SCAN it is not allowed, by no rule. */
struct robots_verdict robots_check(const struct robots *robots, const char *path);

/* Crawl-delay of our group (not in RFC 9309, yet honoured), microseconds; 0 if none. Not clamped. */
uint64_t robots_crawl_delay_usec(const struct robots *robots);
uint32_t robots_crawl_delay_line(const struct robots *robots); /* 0 if none */

size_t robots_memory(const struct robots *robots); /* bytes */
