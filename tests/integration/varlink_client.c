/* Our client layer against a server of org.varlink.certification: varlink_client SOCKET. Exits with 0 if the
 * server is content. */
#include "ctl/client.h"
#include "varlink_certification.h"

#include "base/clock.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Kept to the end: the next call takes strings from them. */
static struct wire_reply *kept[200];
static size_t n_kept;

static _Noreturn void fail(enum certification_test test, const char *what)
{
    fprintf(stderr, "%s: %s\n", certification_methods[test].name, what);
    exit(1);
}

static void check(enum certification_test test, int r)
{
    if (r < 0)
        fail(test, strerror(-r));
}

static void send_call(struct client *client, enum certification_test test, enum wire_call_flags flags,
    const struct certification *in)
{
    const struct wire_method *method = &certification_methods[test];

    check(test, client_send_method(client, method->name, flags, method->in, in));
}

static const struct certification *receive(
    struct client *client, enum certification_test test, bool *ret_continues)
{
    struct wire_reply *reply;
    const void *out;

    if (n_kept == sizeof(kept) / sizeof(kept[0]))
        fail(test, "too many replies");
    check(test, client_receive(client, &reply));
    kept[n_kept++] = reply;
    if (wire_reply_error(reply))
        fail(test, wire_reply_error(reply));
    check(test, wire_reply_decode(reply, certification_methods[test].out, &out));
    *ret_continues = wire_reply_continues(reply);
    return out;
}

static struct certification call(
    struct client *client, enum certification_test test, const struct certification *in)
{
    struct certification next;
    bool continues;

    send_call(client, test, WIRE_CALL_PLAIN, in);
    next = *receive(client, test, &continues);
    if (continues)
        fail(test, "the reply continues, unasked");
    next.client_id = next.client_id ? next.client_id : in->client_id;
    return next;
}

static size_t call_more(
    struct client *client, const struct certification *in, const char **replies, size_t max)
{
    bool continues = true;
    size_t n = 0;

    send_call(client, CERTIFICATION_TEST10, WIRE_CALL_MORE, in);
    while (continues) {
        if (n == max)
            fail(CERTIFICATION_TEST10, "too many replies");
        replies[n++] = receive(client, CERTIFICATION_TEST10, &continues)->text;
    }
    return n;
}

int main(int argc, char **argv)
{
    CLEANUP(client_freep) struct client *client = NULL;
    struct certification now = {0};
    const char *replies[100];

    if (argc != 2) {
        fprintf(stderr, "usage: %s SOCKET\n", argv[0]);
        return 2;
    }
    check(CERTIFICATION_START, client_connect(argv[1], &client));
    client_set_timeout(client, 30 * USEC_PER_SEC);
    for (enum certification_test test = CERTIFICATION_START; test <= CERTIFICATION_TEST09; test++)
        now = call(client, test, &now);
    now.n_replies = call_more(client, &now, replies, sizeof(replies) / sizeof(replies[0]));
    now.replies = replies;
    send_call(client, CERTIFICATION_TEST11, WIRE_CALL_ONEWAY, &now);
    now = call(client, CERTIFICATION_END, &now);
    while (n_kept > 0)
        wire_reply_free(kept[--n_kept]);
    if (!now.all_ok)
        fail(CERTIFICATION_END, "the server is not content");
    return 0;
}
