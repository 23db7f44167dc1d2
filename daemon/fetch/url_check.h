/* What can be said of a URL before it is parsed. Pure. Thread: any. */
#pragma once

#include "fetch/url.h"
#include <stdbool.h>

/* Where the scheme of `text` ends, at its colon; NULL if it has none (RFC 3986 3.1). */
const char *url_scheme_end(const char *text);

bool url_is_web_scheme(const char *scheme, size_t length);

/* What a person typed: is there a web scheme at all? "example.org:8080/x" starts like a scheme, yet is none.
 */
enum url_verdict url_check_scheme(const char *text);

/* URL_OK or URL_BAD_CHARACTER. */
enum url_verdict url_check_characters(const char *text);

/* True for a URL that every rule of normalisation leaves as it is: most URLs, and libcurl's parser costs
 * several times as much. Knowing too few of them is harmless. */
bool url_is_plainly_normal(const char *text);
