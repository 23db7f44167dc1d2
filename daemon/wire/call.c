#include "wire/call.h"

#include "base/arena.h"
#include "wire/decode.h"
#include "wire/json.h"
#include <errno.h>
#include <string.h>

/* What calls and replies share: the tree until its parameters are decoded, and the memory of what came of it.
 */
struct message {
    struct json_object *object;
    struct json_object *parameters; /* within object; NULL if there are none */
    struct arena arena;
};

struct wire_call {
    struct message message;
    const char *method;
    bool more;
    bool oneway;
    bool upgrade;
};

struct wire_reply {
    struct message message;
    const char *error;
    const char *text;
    const char *parameter;
    bool continues;
};

static void message_deinit(struct message *message)
{
    json_free(message->object);
    arena_deinit(&message->arena);
}

/* A flag may be missing, and is false then. */
static int take_flag(struct json_object *value, bool *ret)
{
    if (!json_object_is_type(value, json_type_boolean))
        return -EBADMSG;
    *ret = json_object_get_boolean(value);
    return 0;
}

static int take_text(struct message *message, struct json_object *value, const char **ret)
{
    char *copy;

    if (!json_object_is_type(value, json_type_string))
        return -EBADMSG;
    copy = arena_copy(&message->arena, json_object_get_string(value));
    if (!copy)
        return -ENOMEM;
    *ret = copy;
    return 0;
}

static int take_parameters(struct message *message, struct json_object *value)
{
    if (value && !json_object_is_type(value, json_type_object))
        return -EBADMSG;
    message->parameters = value;
    return 0;
}

static int take_call_key(struct wire_call *call, const char *key, struct json_object *value)
{
    if (strcmp(key, "method") == 0)
        return take_text(&call->message, value, &call->method);
    if (strcmp(key, "parameters") == 0)
        return take_parameters(&call->message, value);
    if (strcmp(key, "more") == 0)
        return take_flag(value, &call->more);
    if (strcmp(key, "oneway") == 0)
        return take_flag(value, &call->oneway);
    if (strcmp(key, "upgrade") == 0)
        return take_flag(value, &call->upgrade);
    return -EBADMSG;
}

int wire_call_parse(const char *message, size_t size, struct wire_call **ret)
{
    CLEANUP(wire_call_freep) struct wire_call *call = calloc(1, sizeof(*call));
    int r;

    if (!call)
        return -ENOMEM;
    r = json_parse(message, size, &call->message.object);
    if (r < 0)
        return r;
    json_object_object_foreach(call->message.object, key, value)
    {
        r = take_call_key(call, key, value);
        if (r < 0)
            return r;
    }
    if (!call->method || (call->more && call->oneway))
        return -EBADMSG;
    *ret = TAKE(call);
    return 0;
}

void wire_call_free(struct wire_call *call)
{
    if (!call)
        return;
    message_deinit(&call->message);
    free(call);
}

const char *wire_call_method(const struct wire_call *call)
{
    return call->method;
}

bool wire_call_more(const struct wire_call *call)
{
    return call->more;
}

bool wire_call_oneway(const struct wire_call *call)
{
    return call->oneway;
}

bool wire_call_upgrade(const struct wire_call *call)
{
    return call->upgrade;
}

/* The tree is many times the size of the struct, so it goes at once. */
static int message_decode(struct message *message, const struct wire_shape *shape,
    enum decode_unknown unknown, const void **ret, const char **ret_path)
{
    void *decoded;
    int r = decode_struct(message->parameters, shape, unknown, &message->arena, &decoded, ret_path);

    if (r < 0)
        return r;
    json_free(TAKE(message->object));
    message->parameters = NULL;
    *ret = decoded;
    return 0;
}

int wire_call_decode(
    struct wire_call *call, const struct wire_shape *shape, const void **ret, const char **ret_parameter)
{
    return message_decode(&call->message, shape, DECODE_REFUSE_UNKNOWN, ret, ret_parameter);
}

static int take_reply_key(struct wire_reply *reply, const char *key, struct json_object *value)
{
    if (strcmp(key, "parameters") == 0)
        return take_parameters(&reply->message, value);
    if (strcmp(key, "continues") == 0)
        return take_flag(value, &reply->continues);
    if (strcmp(key, "error") == 0)
        return value ? take_text(&reply->message, value, &reply->error) : 0;
    return -EBADMSG;
}

static int take_error_text(struct wire_reply *reply, const char *name, const char **ret)
{
    struct json_object *text;

    if (!reply->error || !reply->message.parameters)
        return 0;
    if (!json_object_object_get_ex(reply->message.parameters, name, &text))
        return 0;
    if (!json_object_is_type(text, json_type_string))
        return 0;
    return take_text(&reply->message, text, ret);
}

int wire_reply_parse(const char *message, size_t size, struct wire_reply **ret)
{
    CLEANUP(wire_reply_freep) struct wire_reply *reply = calloc(1, sizeof(*reply));
    int r;

    if (!reply)
        return -ENOMEM;
    r = json_parse(message, size, &reply->message.object);
    if (r < 0)
        return r;
    json_object_object_foreach(reply->message.object, key, value)
    {
        r = take_reply_key(reply, key, value);
        if (r < 0)
            return r;
    }
    r = take_error_text(reply, "message", &reply->text);
    if (r == 0)
        r = take_error_text(reply, "parameter", &reply->parameter);
    if (r < 0)
        return r;
    if (reply->error && reply->continues)
        return -EBADMSG;
    *ret = TAKE(reply);
    return 0;
}

void wire_reply_free(struct wire_reply *reply)
{
    if (!reply)
        return;
    message_deinit(&reply->message);
    free(reply);
}

bool wire_reply_continues(const struct wire_reply *reply)
{
    return reply->continues;
}

const char *wire_reply_error(const struct wire_reply *reply)
{
    return reply->error;
}

const char *wire_reply_message(const struct wire_reply *reply)
{
    return reply->text;
}

const char *wire_reply_parameter(const struct wire_reply *reply)
{
    return reply->parameter;
}

int wire_reply_decode(struct wire_reply *reply, const struct wire_shape *shape, const void **ret)
{
    const char *path;
    int r = message_decode(&reply->message, shape, DECODE_SKIP_UNKNOWN, ret, &path);

    return r == -EINVAL ? -EBADMSG : r;
}
