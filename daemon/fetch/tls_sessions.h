/* TLS sessions, so that a new connection to a host that was met before skips half of the handshake. libcurl
 * keeps a few of them in each handle, or in a share for all its handles: here a host has its share by its
 * name's hash. Owner and thread: one fetcher. */
#pragma once

#include <curl/curl.h>

/* libcurl gives each eight places. */
#define TLS_SESSIONS_SHARES 64

struct tls_sessions {
    CURLSH *shares[TLS_SESSIONS_SHARES]; /* made when first asked for */
};

/* No handle may use them any more. */
void tls_sessions_deinit(struct tls_sessions *sessions);

/* NULL if out of memory: then the handle keeps its own. */
CURLSH *tls_sessions_of(struct tls_sessions *sessions, const char *host);
