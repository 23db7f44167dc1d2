/* org.varlink.certification on our server layer: varlink_service SOCKET. Serves until it is killed; prints
 * "ready" once it listens. */
#include "varlink_certification.h"

#include "base/cleanup.h"
#include "server/call.h"
#include "server/server.h"
#include <json-c/json.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#define MAP "{\"foo\":\"Foo\",\"bar\":\"Bar\"}"
#define STRUCTURE "{\"bool\":false,\"int\":2,\"float\":" PI ",\"string\":\"a lot of string\"}"
#define PI "3.14159265358979"
#define SET "{\"one\":{},\"two\":{},\"three\":{}}"
#define MYTYPE                                                                                               \
    "{\"object\":{\"method\":\"org.varlink.certification.Test09\",\"parameters\":{\"map\":" MAP "}},"        \
    "\"enum\":\"two\",\"struct\":{\"first\":1,\"second\":\"2\"},\"array\":[\"one\",\"two\",\"three\"],"      \
    "\"dictionary\":" MAP ",\"stringset\":" SET ",\"nullable\":null,\"nullable_array_struct\":null,"         \
    "\"interface\":{\"foo\":[null," MAP ",null,{\"one\":\"foo\",\"two\":\"bar\"}],"                          \
    "\"anon\":{\"foo\":true,\"bar\":false}}}"

#define CLIENT_ID "urlstat"

/* What the clients did wrong is told once, by End. */
static bool all_ok = true;

struct certification_error {
    const char *wants;
    const char *got;
};
static const struct wire_field error_fields[] = {
    WIRE_JSON_FIELD(struct certification_error, wants, "wants", WIRE_REQUIRED),
    WIRE_JSON_FIELD(struct certification_error, got, "got", WIRE_REQUIRED),
};
static WIRE_SHAPE(error_shape, "CertificationError", struct certification_error, error_fields);

static bool knows_client(struct call *call)
{
    const struct certification *in = call_in(call);

    if (strcmp(in->client_id, CLIENT_ID) == 0)
        return true;
    call_foreign_error(call, "org.varlink.certification.ClientIdError", &wire_nothing_shape, NULL);
    return false;
}

/* Members that are null may be left out. */
static bool drop_nulls(struct json_object *object)
{
    json_object_object_del(object, "nullable");
    json_object_object_del(object, "nullable_array_struct");
    return true;
}

static bool same_json(const char *got, const char *wanted)
{
    struct json_object *left = json_tokener_parse(got);
    struct json_object *right = json_tokener_parse(wanted);
    bool same = drop_nulls(left) && drop_nulls(right) && json_object_equal(left, right);

    json_object_put(left);
    json_object_put(right);
    return same;
}

static void answer(struct call *call, bool right, const char *wanted, const struct certification *out)
{
    const struct certification_error error = {.wants = wanted, .got = "{}"};

    if (right) {
        call_reply(call, out);
        return;
    }
    all_ok = false;
    call_foreign_error(call, "org.varlink.certification.CertificationError", &error_shape, &error);
}

static void start(struct call *call)
{
    all_ok = true;
    call_reply(call, &(struct certification){.client_id = CLIENT_ID});
}

static void test01(struct call *call)
{
    if (knows_client(call))
        answer(call, true, "{}", &(struct certification){.flag = true});
}

static void test02(struct call *call)
{
    const struct certification *in = call_in(call);

    if (knows_client(call))
        answer(call, in->flag, "{\"bool\":true}", &(struct certification){.whole = 1});
}

static void test03(struct call *call)
{
    const struct certification *in = call_in(call);

    if (knows_client(call))
        answer(call, in->whole == 1, "{\"int\":1}", &(struct certification){.real = 1});
}

static void test04(struct call *call)
{
    const struct certification *in = call_in(call);

    if (knows_client(call))
        answer(call, fabs(in->real - 1) < 1e-9, "{\"float\":1.0}", &(struct certification){.text = "ping"});
}

static void test05(struct call *call)
{
    const struct certification *in = call_in(call);

    if (knows_client(call))
        answer(call, strcmp(in->text, "ping") == 0, "{\"string\":\"ping\"}",
            &(struct certification){.whole = 2, .real = strtod(PI, NULL), .text = "a lot of string"});
}

static void test06(struct call *call)
{
    const struct certification *in = call_in(call);

    if (knows_client(call))
        answer(call,
            !in->flag && in->whole == 2 && fabs(in->real - strtod(PI, NULL)) < 1e-9 &&
                strcmp(in->text, "a lot of string") == 0,
            STRUCTURE, &(struct certification){.json = STRUCTURE});
}

static void test07(struct call *call)
{
    const struct certification *in = call_in(call);

    if (knows_client(call))
        answer(call, same_json(in->json, STRUCTURE), STRUCTURE, &(struct certification){.json = MAP});
}

static void test08(struct call *call)
{
    const struct certification *in = call_in(call);

    if (knows_client(call))
        answer(call, same_json(in->json, MAP), MAP, &(struct certification){.json = SET});
}

static void test09(struct call *call)
{
    const struct certification *in = call_in(call);

    if (knows_client(call))
        answer(call, same_json(in->json, SET), SET, &(struct certification){.json = MYTYPE});
}

static const char *reply_text(int number)
{
    static char text[32];

    snprintf(text, sizeof(text), "Reply number %d", number);
    return text;
}

static void test10(struct call *call)
{
    const struct certification *in = call_in(call);
    bool right = call_more(call) && same_json(in->json, MYTYPE);

    if (!knows_client(call))
        return;
    for (int i = 1; right && i < CERTIFICATION_MORE_REPLIES; i++)
        right = call_continue(call, &(struct certification){.text = reply_text(i)}) == 0;
    answer(call, right, MYTYPE, &(struct certification){.text = reply_text(CERTIFICATION_MORE_REPLIES)});
}

static void test11(struct call *call)
{
    const struct certification *in = call_in(call);
    bool right = in->n_replies == CERTIFICATION_MORE_REPLIES;

    if (!knows_client(call))
        return;
    for (size_t i = 0; right && i < in->n_replies; i++)
        right = strcmp(in->replies[i], reply_text((int)i + 1)) == 0;
    answer(call, right, "{\"last_more_replies\":[]}", NULL);
}

static void end(struct call *call)
{
    if (knows_client(call))
        call_reply(call, &(struct certification){.all_ok = all_ok});
}

#define VERB(test, handler_) [test] = {.method = &certification_methods[test], .handler = (handler_)}
static const struct verb verbs[N_CERTIFICATION_TESTS] = {
    VERB(CERTIFICATION_START, start),
    VERB(CERTIFICATION_TEST01, test01),
    VERB(CERTIFICATION_TEST02, test02),
    VERB(CERTIFICATION_TEST03, test03),
    VERB(CERTIFICATION_TEST04, test04),
    VERB(CERTIFICATION_TEST05, test05),
    VERB(CERTIFICATION_TEST06, test06),
    VERB(CERTIFICATION_TEST07, test07),
    VERB(CERTIFICATION_TEST08, test08),
    VERB(CERTIFICATION_TEST09, test09),
    VERB(CERTIFICATION_TEST10, test10),
    VERB(CERTIFICATION_TEST11, test11),
    VERB(CERTIFICATION_END, end),
};
static const struct interface interface = {.name = "org.varlink.certification",
    .description = "interface org.varlink.certification\nmethod Start() -> (client_id: string)\n",
    .verbs = verbs,
    .n_verbs = N_CERTIFICATION_TESTS};

static int listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(fd, 8) < 0) {
        perror(path);
        return -1;
    }
    return fd;
}

int main(int argc, char **argv)
{
    const struct server_settings settings = {.vendor = "urlstat",
        .product = "certification",
        .version = "1",
        .url = "https://varlink.org/",
        .max_connections = 8,
        .max_connections_per_user = 8,
        .message_timeout_usec = SERVER_MESSAGE_TIMEOUT_USEC};
    CLEANUP(server_freep) struct server *server = NULL;
    sd_event *event = NULL;
    int fd = argc == 2 ? listen_at(argv[1]) : -1;

    if (fd < 0 || sd_event_new(&event) < 0 || server_new(event, &settings, &server) < 0 ||
        server_add_interface(server, &interface, NULL) < 0 || server_listen(server, fd) < 0)
        return 1;
    printf("ready\n");
    fflush(stdout);
    (void)sd_event_add_signal(event, NULL, SIGTERM | SD_EVENT_SIGNAL_PROCMASK, NULL, NULL);
    return sd_event_loop(event) < 0;
}
