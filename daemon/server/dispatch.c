#include "server/connection.h"
#include "server/server_private.h"
#include <errno.h>
#include <string.h>

static const struct verb *find_verb(const struct interface *interface, const char *method)
{
    for (size_t i = 0; i < interface->n_verbs; i++)
        if (strcmp(interface->verbs[i].method->name, method) == 0)
            return &interface->verbs[i];
    return NULL;
}

static void refuse_interface(struct call *call, const char *method, size_t length)
{
    char *name = strndup(method, length);

    if (!name) {
        call_fail(call, -ENOMEM);
        return;
    }
    call_error(call, WIRE_INTERFACE_NOT_FOUND, &(struct wire_error_parameters){.interface = name});
    free(name);
}

static void refuse_method(struct call *call, enum wire_error error, const char *method)
{
    call_error(call, error, &(struct wire_error_parameters){.method = method});
}

static void refuse_parameter(struct call *call, const char *parameter)
{
    call_error(call, WIRE_INVALID_PARAMETER, &(struct wire_error_parameters){.parameter = parameter});
}

static void start(struct call *call, const struct verb *verb)
{
    const char *parameter = NULL;
    int r;

    call->method = verb->method;
    call->endless = verb->endless;
    r = wire_call_decode(call->message, verb->method->in, &call->in, &parameter);
    if (r == -EINVAL)
        refuse_parameter(call, parameter);
    else if (r < 0)
        call_fail(call, r);
    else if (verb->method->streaming == WIRE_MUST_STREAM && !call->more)
        call_error(call, WIRE_EXPECTED_MORE, NULL);
    else
        verb->handler(call);
}

static void find_and_start(struct call *call, const char *name)
{
    const char *dot = strrchr(name, '.');
    const struct registered *registered;
    const struct verb *verb;

    if (!dot) {
        refuse_parameter(call, "method");
        return;
    }
    registered = server_find_interface(call->connection->server, name, (size_t)(dot - name));
    if (!registered) {
        refuse_interface(call, name, (size_t)(dot - name));
        return;
    }
    verb = find_verb(registered->interface, name);
    call->context = registered->context;
    if (!verb)
        refuse_method(call, WIRE_METHOD_NOT_FOUND, name);
    else if (!verb->handler || wire_call_upgrade(call->message))
        refuse_method(call, WIRE_METHOD_NOT_IMPLEMENTED, name);
    else
        start(call, verb);
}

int connection_dispatch(struct connection *connection, const char *message, size_t size)
{
    CLEANUP(call_freep) struct call *call = calloc(1, sizeof(*call));
    int r;

    if (!call)
        return -ENOMEM;
    r = wire_call_parse(message, size, &call->message);
    if (r < 0)
        return r;
    call->connection = connection;
    call->more = wire_call_more(call->message);
    call->oneway = wire_call_oneway(call->message);
    connection->call = TAKE(call);
    find_and_start(connection->call, wire_call_method(connection->call->message));
    return 0;
}
