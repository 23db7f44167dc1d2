/* Rows of the store as the wire shows them. Strings are borrowed from the row, or made in the arena. Thread:
 * main. */
#pragma once

#include "base/arena.h"
#include "server/service_private.h"
#include "store/store_read.h"
#include "wire/messages.h"

/* All return 0 or -ENOMEM. */

/* What the peer may see of it. */
int view_job(const struct service *service, const struct peer *peer, const struct store_job_row *row,
    struct arena *arena, struct wire_job *ret);
int view_url(const struct service *service, const struct store_url_row *row, struct arena *arena,
    struct wire_url *ret);

/* "2026-11-22T10:00:00Z"; NULL for 0. */
int view_time(uint64_t realtime_usec, struct arena *arena, const char **ret);

/* In hexadecimal. */
int view_hex(const uint8_t *bytes, size_t size, struct arena *arena, const char **ret);

/* The lines of struct store_commit's settings, or of NULL. Also returns -EUCLEAN. */
int view_settings(const char *lines, struct arena *arena, const struct wire_setting **ret, size_t *ret_n);

/* What counts depend on. */
struct wire_engine view_engine(void);

/* Seconds, to the millisecond. */
double view_seconds(uint64_t usec);

/* A share of `all`, 0 of none; to four decimals, beyond which nobody reads. */
double view_per_million(uint64_t tokens, uint64_t all);

/* Which state a URL is in now: what waits may be in flight, which only the engine knows. */
enum url_state view_url_state(const struct service *service, const struct store_url_row *row);
