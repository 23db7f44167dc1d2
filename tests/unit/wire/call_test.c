#include "wire/call.h"

#include "wire/encode.h"
#include "wire/frame.h"
#include "wire/scan.h"
#include "wire/verbs.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const char *const malformed[] = {
    "",
    " ",
    "null",
    "1",
    "\"method\"",
    "[]",
    "[{\"method\":\"a.B\"}]",
    "{",
    "{}",
    "{\"method\":\"a.B\"",
    "{\"method\":\"a.B\"}}",
    "{\"method\":\"a.B\"} x",
    "{\"method\":\"a.B\"}{\"method\":\"a.B\"}",
    "{\"method\":\"a.B\",}",
    "{method:\"a.B\"}",
    "{'method':'a.B'}",
    "{\"method\":'a.B'}",
    "{\"method\":1}",
    "{\"method\":null}",
    "{\"parameters\":{}}",
    "{\"method\":\"a.B\",\"method\":\"a.B\"}",
    "{\"method\":\"a.B\",\"parameters\":{\"x\":1,\"x\":2}}",
    "{\"method\":\"a.B\",\"parameters\":{\"x\":{\"y\":1,\"y\":1}}}",
    "{\"method\":\"a.B\",\"parameters\":{\"x\":[{\"y\":1,\"\\u0079\":1}]}}",
    "{\"method\":\"a.B\",\"parameters\":[]}",
    "{\"method\":\"a.B\",\"parameters\":1}",
    "{\"method\":\"a.B\",\"more\":1}",
    "{\"method\":\"a.B\",\"more\":null}",
    "{\"method\":\"a.B\",\"more\":\"true\"}",
    "{\"method\":\"a.B\",\"oneway\":0}",
    "{\"method\":\"a.B\",\"more\":true,\"oneway\":true}",
    "{\"method\":\"a.B\",\"extra\":true}",
    "{\"method\":\"a.B\",\"error\":null}",
    "{\"method\":\"a.B\",\"parameters\":{\"x\":NaN}}",
    "{\"method\":\"a.B\",\"parameters\":{\"x\":Infinity}}",
    "{\"method\":\"a.B\",\"parameters\":{\"x\":-Infinity}}",
    "{\"method\":\"a.B\",\"parameters\":{\"x\":01}}",
    "{\"method\":\"a.B\",\"parameters\":{\"x\":1.}}",
    "{\"method\":\"a.B\",\"parameters\":{\"x\":.5}}",
    "{\"method\":\"a.B\",\"parameters\":{\"x\":+1}}",
    "{\"method\":\"a.B\",\"parameters\":{\"x\":1e}}",
    "{\"method\":\"a.B\",\"parameters\":{\"x\":0x1}}",
    "{\"method\":\"a.B\",\"parameters\":{\"x\":True}}",
    "{\"method\":\"a.B\",\"parameters\":{\"x\":nul}}",
    "{\"method\":\"a.B\",\"parameters\":{\"x\":}}",
    "{\"method\":\"a.B\",\"parameters\":{\"x\":1 2}}",
    "{\"method\":\"a.B\",\"parameters\":{\"x\" 1}}",
    "{\"method\":\"a.B\",\"parameters\":{\"x\":[1,]}}",
    "{\"method\":\"a.B\",\"parameters\":{,}}",
    "{\"method\":\"a.B\",\"parameters\":{\"x\":\"\x01\"}}",
    "{\"method\":\"a.B\",\"parameters\":{\"x\":\"\t\"}}",
    "{\"method\":\"a.B\",\"parameters\":{\"x\":\"\n\"}}",
    "{\"method\":\"a.B\",\"parameters\":{\"x\":\"\\u0000\"}}",
    "{\"method\":\"a.B\",\"parameters\":{\"x\":\"\\x\"}}",
    "{\"method\":\"a.B\",\"parameters\":{\"x\":\"\\u12\"}}",
    "{\"method\":\"a.B\",\"parameters\":{\"x\":\"abc}}",
    "{\"method\":\"a.B\",\"parameters\":{\"x\":\"abc\\\"}}",
    "{\"method\":\"a.B\",\"parameters\":{\"x\":\"\xFF\"}}",
    "{\"method\":\"a.B\",\"parameters\":{\"x\":\"\x80\"}}",
    "{\"method\":\"a.B\",\"parameters\":{\"x\":\"\xC0\x80\"}}",
    "{\"method\":\"a.B\",\"parameters\":{\"x\":\"\xE0\x80\x80\"}}",
    "{\"method\":\"a.B\",\"parameters\":{\"x\":\"\xED\xA0\x80\"}}",
    "{\"method\":\"a.B\",\"parameters\":{\"x\":\"\xF4\x90\x80\x80\"}}",
    "{\"method\":\"a.B\",\"parameters\":{\"x\":\"\xE2\x82\"}}",
    "{\"method\":\"a.B\",\"parameters\":{\"\xFF\":1}}",
    "\xEF\xBB\xBF{\"method\":\"a.B\"}",
    "/* */{\"method\":\"a.B\"}",
    "{\"method\":\"a.B\"}//",
};

static void malformed_calls_are_refused(void **state)
{
    for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++) {
        struct wire_call *call;
        int r = wire_call_parse(malformed[i], strlen(malformed[i]), &call);

        if (r != -EBADMSG)
            fail_msg("%s gave %d", malformed[i], r);
    }
}

static void every_cut_of_a_good_call_is_refused(void **state)
{
    const char text[] =
        "{\"method\":\"a.B\",\"parameters\":{\"x\":[1,2.5e3,\"\\u00e4\",null,true]},\"more\":true}";

    for (size_t size = 0; size < sizeof(text) - 1; size++) {
        struct wire_call *call;

        assert_int_equal(wire_call_parse(text, size, &call), -EBADMSG);
    }
}

static struct wire_call *parse(const char *text)
{
    struct wire_call *call = NULL;

    if (wire_call_parse(text, strlen(text), &call) < 0)
        fail_msg("%s was refused", text);
    return call;
}

static void call_without_parameters_has_all_flags_false(void **state)
{
    CLEANUP(wire_call_freep) struct wire_call *call = parse(" {\"method\" : \"a.b.C\" } \n");

    assert_string_equal(wire_call_method(call), "a.b.C");
    assert_false(wire_call_more(call));
    assert_false(wire_call_oneway(call));
    assert_false(wire_call_upgrade(call));
}

static void flags_are_read(void **state)
{
    CLEANUP(wire_call_freep)
    struct wire_call *more = parse("{\"method\":\"a.B\",\"more\":true,\"oneway\":false,\"parameters\":null}");
    CLEANUP(wire_call_freep) struct wire_call *oneway = parse("{\"method\":\"a.B\",\"oneway\":true}");

    assert_true(wire_call_more(more));
    assert_false(wire_call_oneway(more));
    assert_true(wire_call_oneway(oneway));
}

static char *nested(size_t depth)
{
    static char text[4096];
    size_t n = (size_t)snprintf(text, sizeof(text), "{\"method\":\"a.B\",\"parameters\":{\"x\":");

    memset(text + n, '[', depth);
    memset(text + n + depth, ']', depth);
    strcpy(text + n + 2 * depth, "}}");
    return text;
}

static void nesting_is_bounded(void **state)
{
    struct wire_call *call;

    assert_int_equal(wire_call_parse(nested(500), strlen(nested(500)), &call), -EBADMSG);
    assert_int_equal(wire_call_parse(nested(20), strlen(nested(20)), &call), 0);
    wire_call_free(call);
}

static void containers_are_bounded(void **state)
{
    struct buffer text = {0};
    struct wire_call *call;

    assert_int_equal(buffer_append_text(&text, "{\"method\":\"a.B\",\"parameters\":{\"x\":[{}"), 0);
    for (size_t i = 0; i < WIRE_MAX_CONTAINERS; i++)
        assert_int_equal(buffer_append_text(&text, ",{}"), 0);
    assert_int_equal(buffer_append_text(&text, "]}}"), 0);

    assert_int_equal(wire_call_parse((const char *)text.bytes, text.size, &call), -EBADMSG);
    buffer_deinit(&text);
}

static void parameters_become_a_struct(void **state)
{
    CLEANUP(wire_call_freep)
    struct wire_call *call =
        parse("{\"method\":\"io.urlstat.Submit\",\"parameters\":{\"name\":\"docs\",\"priority\":-3,"
              "\"key\":null,\"strict\":true,\"sources\":[\"a\",\"b\"],\"urls\":["
              "{\"url\":\"http://a/\\u00e4\",\"line\":7},{\"label\":\"l\",\"url\":\"x\"}]}}");
    const struct wire_submit_in *in;
    const void *decoded;
    const char *path;

    assert_int_equal(wire_call_decode(call, &wire_submit_in_shape, &decoded, &path), 0);

    in = decoded;
    assert_string_equal(in->begin.name, "docs");
    assert_null(in->begin.label);
    assert_null(in->begin.key);
    assert_true(in->begin.priority.set);
    assert_int_equal(in->begin.priority.value, -3);
    assert_true(in->begin.strict.value);
    assert_int_equal(in->begin.n_sources, 2);
    assert_string_equal(in->begin.sources[1], "b");
    assert_int_equal(in->n_urls, 2);
    assert_string_equal(in->urls[0].url, "http://a/\xC3\xA4");
    assert_int_equal(in->urls[0].line.value, 7);
    assert_false(in->urls[0].source.set);
    assert_false(in->urls[1].line.set);
    assert_string_equal(in->urls[1].label, "l");
}

static void assert_refuses(const char *parameters, const char *expected)
{
    char text[512];
    CLEANUP(wire_call_freep) struct wire_call *call = NULL;
    const char *path = NULL;
    const void *in;

    snprintf(text, sizeof(text), "{\"method\":\"a.B\",\"parameters\":%s}", parameters);
    call = parse(text);
    assert_int_equal(wire_call_decode(call, &wire_submit_in_shape, &in, &path), -EINVAL);
    assert_string_equal(path, expected);
}

static void wrong_parameters_are_named(void **state)
{
    assert_refuses("{}", "urls");
    assert_refuses("{\"urls\":null}", "urls");
    assert_refuses("{\"urls\":{}}", "urls");
    assert_refuses("{\"urls\":[1]}", "urls[0]");
    assert_refuses("{\"urls\":[null]}", "urls[0].url");
    assert_refuses("{\"urls\":[{\"url\":\"a\"},{\"url\":\"a\",\"line\":\"1\"}]}", "urls[1].line");
    assert_refuses("{\"urls\":[{\"url\":\"a\",\"x\":1}]}", "urls[0].x");
    assert_refuses("{\"urls\":[],\"nmae\":\"x\"}", "nmae");
    assert_refuses("{\"urls\":[],\"name\":1}", "name");
    assert_refuses("{\"urls\":[],\"strict\":0}", "strict");
    assert_refuses("{\"urls\":[],\"sources\":[\"a\",2]}", "sources[1]");
    assert_refuses("{\"urls\":[],\"sources\":[null]}", "sources[0]");
    assert_refuses("{\"urls\":[],\"priority\":1.5}", "priority");
    assert_refuses("{\"urls\":[],\"priority\":1e3}", "priority");
    assert_refuses("{\"urls\":[],\"priority\":9223372036854775808}", "priority");
    assert_refuses("{\"urls\":[],\"priority\":18446744073709551616}", "priority");
    assert_refuses("{\"urls\":[],\"priority\":-99999999999999999999}", "priority");
}

static void integers_are_exact_to_64_bits(void **state)
{
    CLEANUP(wire_call_freep)
    struct wire_call *call =
        parse("{\"method\":\"a.B\",\"parameters\":{\"removed\":[9223372036854775807,-9223372036854775807,"
              "9007199254740993,0]}}");
    const struct wire_remove_out *out;
    const void *decoded;
    const char *path;

    assert_int_equal(wire_call_decode(call, &wire_remove_out_shape, &decoded, &path), 0);

    out = decoded;
    assert_true(out->removed[0] == INT64_MAX);
    assert_true(out->removed[1] == -INT64_MAX);
    assert_true(out->removed[2] == INT64_C(9007199254740993));
    assert_true(out->removed[3] == 0);
}

static struct wire_reply *parse_reply(const char *text)
{
    struct wire_reply *reply = NULL;

    if (wire_reply_parse(text, strlen(text), &reply) < 0)
        fail_msg("%s was refused", text);
    return reply;
}

static void client_accepts_fields_that_are_new_to_it(void **state)
{
    CLEANUP(wire_reply_freep)
    struct wire_reply *reply = parse_reply("{\"parameters\":{\"version\":\"9\",\"since\":{\"a\":[1]}}}");
    const struct wire_ping_out *out;
    const void *decoded;

    assert_int_equal(wire_reply_decode(reply, &wire_ping_out_shape, &decoded), 0);

    out = decoded;
    assert_string_equal(out->version, "9");
    assert_null(wire_reply_error(reply));
    assert_false(wire_reply_continues(reply));
}

static void error_reply_has_its_name_and_message(void **state)
{
    CLEANUP(wire_reply_freep)
    struct wire_reply *reply = parse_reply("{\"error\":\"io.urlstat.NoSuchJob\",\"parameters\":{\"job\":"
                                           "\"99\",\"message\":\"there is no job 99\"}}");

    assert_string_equal(wire_reply_error(reply), "io.urlstat.NoSuchJob");
    assert_string_equal(wire_reply_message(reply), "there is no job 99");
}

static void reply_that_lacks_a_field_is_refused(void **state)
{
    CLEANUP(wire_reply_freep) struct wire_reply *reply = parse_reply("{\"parameters\":{}}");
    const void *out;

    assert_int_equal(wire_reply_decode(reply, &wire_ping_out_shape, &out), -EBADMSG);
}

static void list_that_an_older_daemon_does_not_know_of_is_empty(void **state)
{
    CLEANUP(wire_reply_freep) struct wire_reply *reply = parse_reply("{\"parameters\":{}}");
    const struct wire_jobs_out *jobs;
    const void *out;

    assert_int_equal(wire_reply_decode(reply, &wire_jobs_out_shape, &out), 0);
    jobs = out;
    assert_int_equal(jobs->n_jobs, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(malformed_calls_are_refused),
        cmocka_unit_test(every_cut_of_a_good_call_is_refused),
        cmocka_unit_test(call_without_parameters_has_all_flags_false),
        cmocka_unit_test(flags_are_read),
        cmocka_unit_test(nesting_is_bounded),
        cmocka_unit_test(containers_are_bounded),
        cmocka_unit_test(parameters_become_a_struct),
        cmocka_unit_test(wrong_parameters_are_named),
        cmocka_unit_test(integers_are_exact_to_64_bits),
        cmocka_unit_test(client_accepts_fields_that_are_new_to_it),
        cmocka_unit_test(error_reply_has_its_name_and_message),
        cmocka_unit_test(reply_that_lacks_a_field_is_refused),
        cmocka_unit_test(list_that_an_older_daemon_does_not_know_of_is_empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
