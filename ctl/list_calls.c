#include "ctl/list_calls.h"

#include "ctl/call.h"
#include <errno.h>

#define MAX_PENDING 8 /* calls sent ahead of their replies */

static int take_append(struct list *list, const struct wire_append_out *out)
{
    return rejects_add_all(&list->rejects, out->rejected, out->n_rejected, out->rejected_count);
}

static int take_slowest(struct list *list, const struct wire_slowest_host *slowest)
{
    if (!slowest)
        return 0;
    list->slowest = *slowest;
    list->slowest.host = arena_copy(&list->rejects.strings, slowest->host);
    list->result.slowest_host = &list->slowest;
    return list->slowest.host ? 0 : -ENOMEM;
}

static int take_commit(struct list *list, const struct wire_commit_out *out)
{
    list->result.job = out->job;
    list->result.accepted = out->accepted;
    list->result.duplicates = out->duplicates;
    list->result.rejected_count = out->rejected_count + (int64_t)list->n_local;
    list->result.existed = out->existed;
    return take_slowest(list, out->slowest_host);
}

static int take_submit(struct list *list, const struct wire_submit_out *out)
{
    int r;

    list->result.job = out->job;
    list->result.accepted = out->accepted;
    list->result.duplicates = out->duplicates;
    list->result.rejected_count = out->rejected_count + (int64_t)list->n_local;
    list->result.existed = out->existed;
    r = rejects_add_all(&list->rejects, out->rejected, out->n_rejected, out->rejected_count);
    return r < 0 ? r : take_slowest(list, out->slowest_host);
}

static enum wire_verb next_verb(const struct list *list)
{
    if (!list->reply_begun)
        return WIRE_BEGIN;
    return list->commit_sent ? WIRE_COMMIT : WIRE_APPEND;
}

/* Until Commit or Submit is on its way nothing of it is kept; from then on it may be. */
int list_calls_failed(const struct list *list, int r)
{
    if (r == -ENOMEM)
        return r;
    if (!list->commit_sent || r == -EMSGSIZE)
        return call_failed_knowing(list->context, r, "; nothing was queued: submit it again");
    if (list->options->key)
        return call_failed_knowing(list->context, r,
            "; whether the job was queued is not known: the same submit once more, with this --key, gives "
            "its number, or queues it");
    return call_failed_knowing(list->context, r,
        "; whether the job was queued is not known: urlstatctl jobs tells; a submit with --key=STRING can be "
        "repeated without harm");
}

int list_calls_receive(struct list *list)
{
    CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
    const void *out;
    enum wire_verb verb;
    int r = client_receive(list->client, &reply);

    if (r < 0)
        return list_calls_failed(list, r);
    r = call_check(list->context, reply);
    if (r != 0)
        return r;
    verb = next_verb(list);
    r = client_decode(verb, reply, &out);
    if (r < 0)
        return list_calls_failed(list, r);
    list->reply_begun = true;
    if (verb == WIRE_APPEND)
        return take_append(list, out);
    return verb == WIRE_COMMIT ? take_commit(list, out) : 0;
}

/* Until no more than so many are awaited. */
static int receive_down_to(struct list *list, size_t n)
{
    int r = 0;

    while (r == 0 && client_pending(list->client) > n)
        r = list_calls_receive(list);
    return r;
}

static int send_call(struct list *list, enum wire_verb verb, const void *in)
{
    int r = client_send(list->client, verb, WIRE_CALL_PLAIN, in);

    return r < 0 ? list_calls_failed(list, r) : receive_down_to(list, MAX_PENDING);
}

/* What the daemon is told of the list beside its URLs. */
static struct wire_begin_in describe(const struct list *list)
{
    const struct list_options *options = list->options;
    struct wire_begin_in in = {
        .name = options->name,
        .label = options->label,
        .key = options->key,
        .strict = options->strict ? wire_some_bool(true) : (struct wire_bool){0},
        .max_age = options->max_age,
        .keep = options->keep ? wire_some_bool(true) : (struct wire_bool){0},
        .expire = options->expire,
        .again = options->again,
        .sources = list->n_names > 0 ? list->names : NULL,
        .n_sources = list->n_names,
    };

    if (options->has_priority)
        in.priority = wire_some_int(options->priority);
    if (options->deadline_sec > 0)
        in.deadline = wire_some_float(options->deadline_sec);
    return in;
}

static int begin(struct list *list)
{
    const struct wire_begin_in in = describe(list);

    list->begun = true;
    return send_call(list, WIRE_BEGIN, &in);
}

int list_calls_append(struct list *list)
{
    struct wire_append_in in = {.urls = list->batch.entries, .n_urls = list->batch.n};
    int r = list->begun ? 0 : begin(list);

    if (r == 0)
        r = send_call(list, WIRE_APPEND, &in);
    batch_clear(&list->batch);
    return r;
}

/* The list fits one call. */
static int submit_at_once(struct list *list)
{
    CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
    const struct wire_submit_in in = {
        .begin = describe(list), .urls = list->batch.entries, .n_urls = list->batch.n};
    const void *out;
    int r;

    list->commit_sent = true;
    r = client_send(list->client, WIRE_SUBMIT, WIRE_CALL_PLAIN, &in);
    if (r == 0)
        r = client_receive(list->client, &reply);
    if (r < 0)
        return list_calls_failed(list, r);
    r = call_check(list->context, reply);
    if (r != 0)
        return r;
    r = client_decode(WIRE_SUBMIT, reply, &out);
    return r < 0 ? list_calls_failed(list, r) : take_submit(list, out);
}

static int commit(struct list *list)
{
    int r = list->batch.n > 0 ? list_calls_append(list) : 0;

    if (r == 0)
        r = receive_down_to(list, 0);
    if (r != 0)
        return r;
    list->commit_sent = true;
    r = client_send(list->client, WIRE_COMMIT, WIRE_CALL_PLAIN, NULL);
    return r < 0 ? list_calls_failed(list, r) : list_calls_receive(list);
}

/* With --strict a line that was rejected here ends it: closing the connection drops what was appended. The
 * daemon sees all lines first, so that every bad one is reported. */
static int drop(struct list *list)
{
    int r = list->batch.n > 0 ? list_calls_append(list) : 0;

    if (r == 0)
        r = receive_down_to(list, 0);

    client_free(list->client);
    list->context->client = list->client = NULL;
    list->result.rejected_count = (int64_t)list->rejects.n;
    return r;
}

int list_calls_finish(struct list *list)
{
    if (list->options->strict && (list->n_local > 0 || list->n_broken > 0))
        return drop(list);
    if (list->begun)
        return commit(list);
    if (list->batch.n > 0 || list->options->again)
        return submit_at_once(list);
    list->result.rejected_count = (int64_t)list->n_local;
    return 0;
}
