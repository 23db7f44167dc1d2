/* URL rules: what is accepted, and the one spelling that stands for all spellings of a URL.
 *
 * By RFC 3986 6.2.2 and 6.2.3, through libcurl's URL API: scheme and host in lower case, international names
 * in their ASCII form (UTS #46), final dot of the host, default port and fragment dropped, an empty path
 * becomes "/", dot segments removed, unreserved escapes decoded, the others in upper case, characters that a
 * URL may not hold escaped. A host that ends in a number is an IPv4 address in any of its spellings ("127.1",
 * "0x7f.1", "2130706433") and is written with four decimal parts. Pure. Thread: any, after fetch_init(). */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Longest URL taken, in bytes, before and after normalisation. */
#define URL_MAX_LENGTH 8192

enum url_verdict {
    URL_OK,
    URL_EMPTY,
    URL_TOO_LONG,
    URL_NO_SCHEME,   /* "example.org/x": did you mean https:// */
    URL_SCHEME,      /* neither http nor https */
    URL_CREDENTIALS, /* user or password in it */
    URL_BAD_HOST,    /* none, not a name, or an address that is no address */
    URL_BAD_PORT,
    URL_BAD_CHARACTER, /* a control character, a space, or invalid UTF-8 */
    URL_MALFORMED,
};

/* One clause for people, without the URL: "only http and https are fetched". */
const char *url_verdict_message(enum url_verdict verdict);

/* *ret_url: the normalised URL (caller frees). *ret_verdict says why if it is not URL_OK, and *ret_url is
 * NULL then. Returns 0 or -ENOMEM. */
int url_normalise(const char *text, char **ret_url, enum url_verdict *ret_verdict);

/* The target of a redirect, resolved against the normalised URL `base` (RFC 3986 5.2) and normalised. More
 * lenient than url_normalise(), as browsers are: white space around it is dropped, inside it is escaped, and
 * bytes that are not UTF-8 are escaped as they are. An empty reference and a bare fragment, which lead to
 * `base` itself, are URL_MALFORMED. */
int url_resolve(const char *base, const char *reference, char **ret_url, enum url_verdict *ret_verdict);

/* Parts of a normalised URL, which they point into. */
struct url_parts {
    const char *scheme;
    size_t scheme_length;
    const char *host; /* brackets of an IPv6 address included */
    size_t host_length;
    uint16_t port;    /* 80 or 443 where none is written */
    const char *path; /* path and query, to the end of the URL */
};
void url_split(const char *url, struct url_parts *ret);

/* The politeness key, whose budget all schemes share: "example.org" where the port is 80 or 443, else
 * "example.org:8080". For a normalised URL. Caller frees; NULL if out of memory. */
char *url_host_key(const char *url);

/* The origin, which robots.txt and failures belong to (RFC 6454): "https://example.org" or with its port
 * where that is not the scheme's. Caller frees; NULL if out of memory. */
char *url_origin(const char *url);
