#include "ctl/call.h"

#include "base/clock.h"
#include "ctl/job.h"
#include "ctl/older.h"
#include "ctl/render.h"
#include "ctl/say.h"
#include <errno.h>
#include <string.h>

#define DEFAULT_SOCKET "/run/urlstatd/io.urlstat"
#define USER_SOCKET "/urlstatd/io.urlstat"

/* --socket, then --user, then $URLSTAT_SOCKET, then the system's. */
static int find_socket(struct context *context)
{
    static char path[4096];
    const char *directory = getenv("XDG_RUNTIME_DIR"), *variable = getenv("URLSTAT_SOCKET");

    if (context->socket)
        return 0;
    context->socket = DEFAULT_SOCKET;
    if (!context->user) {
        if (variable && *variable)
            context->socket = variable;
        return 0;
    }
    if (!directory || !*directory)
        return say_failure(
            context, EXIT_UNREACHABLE, FAILURE_UNREACHABLE, "--user needs XDG_RUNTIME_DIR, which is not set");
    snprintf(path, sizeof(path), "%s%s", directory, USER_SOCKET);
    context->socket = path;
    return 0;
}

static int unreachable(const struct context *context, int r)
{
    const char *socket = context->socket;

    if (r == -EACCES || r == -EPERM)
        return say_failure(context, EXIT_UNREACHABLE, FAILURE_UNREACHABLE,
            "no permission for %s; members of group urlstat have it: sudo adduser $USER urlstat, then log in "
            "anew",
            socket);
    if (strcmp(socket, DEFAULT_SOCKET) == 0)
        return say_failure(context, EXIT_UNREACHABLE, FAILURE_UNREACHABLE,
            "the daemon cannot be reached at %s (%s); start it: sudo systemctl start urlstatd", socket,
            strerror(-r));
    if (context->user)
        return say_failure(context, EXIT_UNREACHABLE, FAILURE_UNREACHABLE,
            "your daemon cannot be reached at %s (%s); start it: systemctl --user start urlstatd", socket,
            strerror(-r));
    return say_failure(context, EXIT_UNREACHABLE, FAILURE_UNREACHABLE,
        "the daemon cannot be reached at %s (%s); start it: urlstatd --listen=%s --state-directory=DIR",
        socket, strerror(-r), socket);
}

int context_client(struct context *context, struct client **ret)
{
    int r;

    if (!context->client) {
        r = find_socket(context);
        if (r != 0)
            return r;
        r = client_connect(context->socket, &context->client);
        if (r == -ENOMEM)
            return say_errno(context, r, NULL);
        if (r < 0)
            return unreachable(context, r);
        client_set_timeout(context->client, context->timeout_usec);
    }
    *ret = context->client;
    return 0;
}

int call_failed_knowing(const struct context *context, int r, const char *known)
{
    switch (-r) {
    case ETIMEDOUT:
        return say_failure(context, EXIT_TIMED_OUT, FAILURE_TIMED_OUT,
            "the daemon at %s did not answer in time; --timeout gives it longer%s", context->socket, known);
    case ECONNRESET:
    case EPIPE:
        return say_failure(context, EXIT_UNREACHABLE, FAILURE_UNREACHABLE,
            "the daemon at %s closed the connection; its journal may say why: journalctl -u urlstatd%s",
            context->socket, known);
    case EPROTO:
        return say_failure(context, EXIT_REFUSED, FAILURE_PROTOCOL,
            "what answers at %s does not speak the protocol io.urlstat of this version%s", context->socket,
            known);
    case EMSGSIZE:
        return say_failure(
            context, EXIT_REFUSED, FAILURE_INPUT, "the call would be longer than 1 MiB%s", known);
    default:
        return say_failure(
            context, EXIT_REFUSED, FAILURE_SYSTEM, "%s: %s%s", context->socket, strerror(-r), known);
    }
}

int call_failed(const struct context *context, int r)
{
    return call_failed_knowing(context, r, "");
}

/* What errors without a message mean. */
static const char *standard_message(const char *error)
{
    static const struct {
        const char *error, *message;
    } messages[] = {
        {"org.varlink.service.InterfaceNotFound", "the daemon does not know this interface"},
        {"org.varlink.service.MethodNotFound",
            "the daemon is older than this urlstatctl: it does not know this verb"},
        {"org.varlink.service.MethodNotImplemented", "the daemon does not implement this verb"},
        {"org.varlink.service.InvalidParameter",
            "the daemon does not know a parameter, or refuses its value"},
        {"org.varlink.service.PermissionDenied", "this is not permitted to you"},
    };

    for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
        if (strcmp(messages[i].error, error) == 0)
            return messages[i].message;
    return error;
}

int call_check(const struct context *context, struct wire_reply *reply)
{
    const char *error = wire_reply_error(reply), *message, *parameter;

    if (!error)
        return 0;
    parameter = older_refused(reply);
    if (parameter)
        return say_failure(context, EXIT_REFUSED, error,
            "the daemon does not know the parameter %s, or refuses its value: it may be older than this "
            "urlstatctl",
            parameter);
    message = wire_reply_message(reply);
    return say_failure(context, EXIT_REFUSED, error, "%s", message ? message : standard_message(error));
}

/* The reply's out struct. 0, or an exit status. */
static int take(
    const struct context *context, enum wire_verb verb, struct wire_reply *reply, const void **ret)
{
    int r = call_check(context, reply);

    if (r != 0)
        return r;
    r = client_decode(verb, reply, ret);
    return r < 0 ? call_failed(context, r) : 0;
}

/* Sends the call, once more where an older daemon does not know all of it. *ret: its first reply. 0, an exit
 * status, or -ENOMEM. */
static int begin(struct context *context, enum wire_verb verb, enum wire_call_flags flags, const void *in,
    struct wire_reply **ret)
{
    CLEANUP(freep) void *copy = NULL;
    struct client *client;
    int r = context_client(context, &client);

    while (r == 0) {
        CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;

        r = client_send(client, verb, flags, in);
        if (r == 0)
            r = client_receive(client, &reply);
        if (r < 0)
            return call_failed(context, r);
        r = older_leave_out(verb, reply, &in, &copy);
        if (r == 0) {
            *ret = TAKE(reply);
            return 0;
        }
        r = r > 0 ? 0 : r;
    }
    return r;
}

int call_once(struct context *context, enum wire_verb verb, const void *in, struct wire_reply **ret_reply,
    const void **ret)
{
    CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
    int r = begin(context, verb, WIRE_CALL_PLAIN, in, &reply);

    if (r == 0)
        r = take(context, verb, reply, ret);
    if (r == 0)
        *ret_reply = TAKE(reply);
    return r;
}

int call_stream(struct context *context, enum wire_verb verb, const void *in, call_part part, void *userdata)
{
    struct wire_reply *reply = NULL;
    bool last = false;
    int r = begin(context, verb, WIRE_CALL_MORE, in, &reply);

    while (r == 0) {
        const void *out;

        r = take(context, verb, reply, &out);
        if (r == 0) {
            last = !wire_reply_continues(reply);
            r = part(userdata, out, last);
        }
        wire_reply_free(TAKE(reply));
        if (r != 0 || last)
            break;
        r = client_receive(context->client, &reply);
        if (r < 0)
            return call_failed(context, r);
    }
    return r;
}

static int render_one(void *userdata, const void *out, bool last)
{
    return render_part(userdata, out, last);
}

int call_render(struct context *context, enum wire_verb verb, const void *in)
{
    return call_stream(context, verb, in, render_one, context);
}

int call_check_jobs(const struct context *context, int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        const char *reason = job_check(argv[i]);

        if (reason)
            return say_usage(context, "%s is no JOB: %s", argv[i], reason);
    }
    return 0;
}
