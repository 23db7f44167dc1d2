/* What the files of the feed share: calls of the daemon (feed_call.c), the list of jobs (feed_jobs.c), and
 * the stream of events (feed_stream.c). Thread: main. */
#pragma once

#include "ctl/feed.h"
#include <stddef.h>

/* ---- feed_call.c ---- */
/* The daemon is gone, for the reason `r`: closes both connections, and says so in feed->problem. */
void feed_lose(struct feed *feed, int r);
/* Sends a call, and connects first if need be. 0 or negative errno. */
int feed_call_begin(struct feed *feed, enum wire_verb verb, enum wire_call_flags flags, const void *in);
/* The next reply of a call, the caller's, which owns *ret_out. 0; 1: the daemon refuses, see feed->problem;
 * else negative errno. */
int feed_call_receive(
    struct feed *feed, enum wire_verb verb, struct wire_reply **ret_reply, const void **ret_out);
/* One call, of whose reply only the first part is taken: long lists are not for a screen. On 0 *ret is the
 * answer; 1: the daemon refuses, and *ret is empty; else negative errno. What *ret had is freed. */
int feed_ask(struct feed *feed, enum wire_verb verb, enum wire_call_flags flags, const void *in,
    struct feed_answer *ret);

/* ---- feed_jobs.c ---- */
/* Brings the job up to date, or into the list. NULL if the list is full of jobs that come before it. */
struct feed_job *feed_take_job(struct feed *feed, const struct wire_job *from);
/* Likewise all of them, which are listed then. Returns 0. */
int feed_take_jobs(struct feed *feed, const struct wire_jobs_out *out);
/* Removed since the last time: neither running nor to be found any more. */
void feed_drop_job(struct feed *feed, size_t i);
/* Makes the rates anew, of what has ended since the last time; not within half a second of that. */
void feed_rate_jobs(struct feed *feed);

/* ---- feed_stream.c ---- */
/* Watches the jobs that have not ended, anew if there is no stream or it is stale: a stream tells of the jobs
 * that it was begun with. 0 or negative errno. */
int feed_stream_begin(struct feed *feed);
