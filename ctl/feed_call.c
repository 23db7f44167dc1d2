#include "ctl/feed_private.h"

#include "base/clock.h"
#include <stdio.h>
#include <string.h>

#define CALL_TIMEOUT_USEC (10 * USEC_PER_SEC)

void feed_lose(struct feed *feed, int r)
{
    client_free(TAKE(feed->stream));
    client_free(TAKE(feed->calls));
    snprintf(feed->problem, sizeof(feed->problem), "the daemon does not answer: %s; trying on", strerror(-r));
}

static int connect_one(struct feed *feed, struct client **client)
{
    int r = 0;

    if (!*client)
        r = client_connect(feed->context->socket, client);
    if (r == 0) {
        client_set_timeout(*client, CALL_TIMEOUT_USEC);
        client_set_interrupt(*client, feed->interrupt_fd);
    }
    return r;
}

static bool is_of_an_older_daemon(const char *error)
{
    return strcmp(error, "org.varlink.service.MethodNotFound") == 0 ||
        strcmp(error, "org.varlink.service.InvalidParameter") == 0;
}

static void note_refusal(struct feed *feed, enum wire_verb verb, struct wire_reply *reply)
{
    const char *error = wire_reply_error(reply), *message = wire_reply_message(reply);
    const char *name = strrchr(wire_methods[verb].name, '.') + 1;

    feed->was_no_such_job = strcmp(error, "io.urlstat.NoSuchJob") == 0;
    if (message)
        snprintf(feed->problem, sizeof(feed->problem), "%s", message);
    else if (is_of_an_older_daemon(error))
        snprintf(feed->problem, sizeof(feed->problem),
            "the daemon does not know %s as urlstatctl " URLSTAT_VERSION " does: restart it, it is older",
            name);
    else
        snprintf(feed->problem, sizeof(feed->problem), "the daemon refused %s: %s", name, error);
}

int feed_call_receive(
    struct feed *feed, enum wire_verb verb, struct wire_reply **ret_reply, const void **ret_out)
{
    CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
    int r = client_receive(feed->calls, &reply);

    if (r < 0)
        return r;
    if (wire_reply_error(reply)) {
        note_refusal(feed, verb, reply);
        return 1;
    }
    r = client_decode(verb, reply, ret_out);
    if (r == 0)
        *ret_reply = TAKE(reply);
    return r;
}

int feed_call_begin(struct feed *feed, enum wire_verb verb, enum wire_call_flags flags, const void *in)
{
    int r = connect_one(feed, &feed->calls);

    return r < 0 ? r : client_send(feed->calls, verb, flags, in);
}

int feed_ask(struct feed *feed, enum wire_verb verb, enum wire_call_flags flags, const void *in,
    struct feed_answer *ret)
{
    struct feed_answer answer = {0};
    int r = feed_call_begin(feed, verb, flags, in);

    if (r == 0)
        r = feed_call_receive(feed, verb, &answer.reply, &answer.out);
    if (r < 0)
        return r;
    if (r == 0 && wire_reply_continues(answer.reply))
        client_free(TAKE(feed->calls));
    wire_reply_free(ret->reply);
    *ret = answer;
    return r;
}
