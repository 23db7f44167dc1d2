#include "fetch/tls_sessions.h"

#include <assert.h>
#include <stdint.h>

void tls_sessions_deinit(struct tls_sessions *sessions)
{
    size_t i;

    for (i = 0; i < TLS_SESSIONS_SHARES; i++) {
        CURLSHcode code = curl_share_cleanup(sessions->shares[i]);

        assert(!sessions->shares[i] || code == CURLSHE_OK);
        (void)code;
    }
}

/* One thread uses them, so that they need no lock. */
static CURLSH *make_share(void)
{
    CURLSH *share = curl_share_init();

    if (share && curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION) != CURLSHE_OK) {
        (void)curl_share_cleanup(share);
        return NULL;
    }
    return share;
}

CURLSH *tls_sessions_of(struct tls_sessions *sessions, const char *host)
{
    uint32_t hash = 2166136261; /* FNV-1a */
    CURLSH **share;

    for (; *host != '\0'; host++)
        hash = (hash ^ (unsigned char)*host) * 16777619;
    share = &sessions->shares[(hash ^ hash >> 16) % TLS_SESSIONS_SHARES];
    if (!*share)
        *share = make_share();
    return *share;
}
