/* The one spelling of a URL's host. Pure. Thread: any. */
#pragma once

#include "fetch/url.h"

/* Longest name of the DNS, without its final dot (RFC 1035 2.3.4). */
#define URL_MAX_HOST 253
/* And of one label. */
#define URL_MAX_LABEL 63

/* `host`: ASCII, without port; an IPv6 address in brackets. Writes the name in lower case without its final
 * dot, or the address in its usual form. URL_OK or URL_BAD_HOST. */
enum url_verdict url_host_normalise(const char *host, char ret[static URL_MAX_HOST + 1]);
