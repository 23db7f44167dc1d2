/* Patterns of hosts: "example.org", "example.org:8080", or "*.example.org", which does not mean example.org
 * itself. Spelled as host keys are. Without a port every port is meant; 80 and 443, which share one
 * budget, are written ":80". Pure. Thread: any, after
 * fetch_init(). */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* "*.EXAMPLE.org." as it is spelled. Returns 0; -EINVAL: it is none; -ENOMEM. */
int pattern_parse(const char *text, char **ret);

/* `host_key`: see url_host_key(). */
bool pattern_matches(const char *pattern, const char *host_key);

/* Length of a host key or pattern without its port. */
size_t pattern_host_length(const char *host_key);
