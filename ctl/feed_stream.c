#include "ctl/feed_private.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

int feed_stream_begin(struct feed *feed)
{
    char numbers[FEED_MAX_JOBS][24];
    const char *jobs[FEED_MAX_JOBS];
    struct wire_watch_in in = {.jobs = jobs};
    int r;

    if (feed->stream && !feed->is_stale)
        return 0;
    client_free(TAKE(feed->stream));
    for (size_t i = 0; i < feed->n_jobs; i++)
        if (feed->jobs[i].is_active) {
            snprintf(numbers[in.n_jobs], sizeof(numbers[0]), "%" PRId64, feed->jobs[i].job);
            jobs[in.n_jobs] = numbers[in.n_jobs];
            in.n_jobs++;
        }
    feed->is_stale = false;
    feed->urls_per_second = feed->bytes_per_second = 0;
    if (in.n_jobs == 0)
        return 0;
    r = client_connect(feed->context->socket, &feed->stream);
    return r < 0 ? r : client_send(feed->stream, WIRE_WATCH, WIRE_CALL_MORE, &in);
}

int feed_receive(struct feed *feed, int interrupt_fd)
{
    CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
    const struct wire_watch_out *watch;
    const void *out;
    int r;

    if (!feed->stream)
        return -ENOTCONN;
    client_set_interrupt(feed->stream, interrupt_fd);
    r = client_receive(feed->stream, &reply);
    if (r == -EINTR)
        return r;
    if (r == 0 && !wire_reply_error(reply))
        r = client_decode(WIRE_WATCH, reply, &out);
    if (r < 0 || wire_reply_error(reply)) {
        client_free(TAKE(feed->stream));
        return -ENOTCONN;
    }
    watch = out;
    for (size_t i = 0; i < watch->n_jobs; i++)
        (void)feed_take_job(feed, &watch->jobs[i]);
    if (watch->n_jobs > 0) {
        feed->urls_per_second = watch->urls_per_second;
        feed->bytes_per_second = watch->bytes_per_second;
    }
    if (!wire_reply_continues(reply))
        client_free(TAKE(feed->stream));
    return 0;
}
