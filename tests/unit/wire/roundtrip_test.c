/* Structs filled by their shapes with all kinds of values: what is printed decodes to what was printed. */
#include "wire/call.h"
#include "wire/encode.h"
#include "wire/verbs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MAX_ELEMENTS 3

static uint64_t seed = 1;
static void *allocated[100000];
static size_t n_allocated;

static uint32_t next_number(uint32_t below)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(seed >> 33) % below;
}

static void *allocate(size_t size)
{
    void *bytes = calloc(1, size > 0 ? size : 1);

    assert_non_null(bytes);
    assert_true(n_allocated < sizeof(allocated) / sizeof(allocated[0]));
    allocated[n_allocated++] = bytes;
    return bytes;
}

static void free_all(void)
{
    while (n_allocated > 0)
        free(allocated[--n_allocated]);
}

static const char *any_text(void)
{
    static const char *const texts[] = {"", "a", "\"\\/", "\n\t\x01", "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80",
        "null", "http://example.org/?q=%20", "\xED\x9F\xBF\xEE\x80\x80"};

    return texts[next_number(sizeof(texts) / sizeof(texts[0]))];
}

static int64_t any_int(void)
{
    static const int64_t ints[] = {0, 1, -1, INT64_MAX, -INT64_MAX, INT64_C(9007199254740993), 1234567};

    return ints[next_number(sizeof(ints) / sizeof(ints[0]))];
}

static double any_float(void)
{
    static const double floats[] = {0, 0.5, -1e300, 1.0 / 3, 123456.789, 5e-324};

    return floats[next_number(sizeof(floats) / sizeof(floats[0]))];
}

static void *fill(const struct wire_shape *shape, size_t n);

static void fill_array(const struct wire_field *field, char *message)
{
    size_t n = next_number(MAX_ELEMENTS + 1);
    void *elements;

    if (field->kind == WIRE_STRUCTS) {
        elements = fill(field->shape, n);
    } else {
        elements = allocate(n * sizeof(int64_t));
        for (size_t i = 0; i < n; i++)
            if (field->kind == WIRE_INTS)
                ((int64_t *)elements)[i] = any_int();
            else
                ((const char **)elements)[i] = any_text();
    }
    *(void **)(message + field->offset) = elements;
    *(size_t *)(message + field->n_offset) = n;
}

static void fill_field(const struct wire_field *field, char *message)
{
    bool maybe = field->presence != WIRE_REQUIRED;
    char *place = message + field->offset;

    if (maybe && next_number(3) == 0)
        return;
    switch (field->kind) {
    case WIRE_BOOL:
        if (maybe)
            *(struct wire_bool *)place = wire_some_bool(next_number(2));
        else
            *(bool *)place = next_number(2);
        break;
    case WIRE_INT:
        if (maybe)
            *(struct wire_int *)place = wire_some_int(any_int());
        else
            *(int64_t *)place = any_int();
        break;
    case WIRE_FLOAT:
        if (maybe)
            *(struct wire_float *)place = wire_some_float(any_float());
        else
            *(double *)place = any_float();
        break;
    case WIRE_STRING:
        *(const char **)place = any_text();
        break;
    case WIRE_JSON:
        *(const char **)place = "{\"x\":[1,null]}";
        break;
    case WIRE_STRUCT:
        if (maybe)
            *(void **)place = fill(field->shape, 1);
        else
            memcpy(place, fill(field->shape, 1), field->shape->size);
        break;
    case WIRE_INTS:
    case WIRE_STRINGS:
    case WIRE_STRUCTS:
        fill_array(field, message);
        break;
    }
}

static void *fill(const struct wire_shape *shape, size_t n)
{
    char *messages = allocate(n * shape->size);

    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < shape->n_fields; k++)
            fill_field(&shape->fields[k], messages + i * shape->size);
    return messages;
}

static void assert_same_text(struct buffer *one, struct buffer *two)
{
    assert_int_equal(one->size, two->size);
    assert_memory_equal(one->bytes, two->bytes, one->size);
    buffer_deinit(one);
    buffer_deinit(two);
}

static void check_call(const struct wire_shape *shape)
{
    struct buffer first = {0};
    struct buffer second = {0};
    CLEANUP(wire_call_freep) struct wire_call *call = NULL;
    const char *path = "";
    const void *decoded;

    assert_int_equal(wire_encode_call(&first, "a.B", WIRE_CALL_MORE, shape, fill(shape, 1)), 0);
    assert_int_equal(wire_call_parse((const char *)first.bytes, first.size - 1, &call), 0);
    if (wire_call_decode(call, shape, &decoded, &path) < 0)
        fail_msg("%s of %s", path, shape->name);
    assert_int_equal(wire_encode_call(&second, "a.B", WIRE_CALL_MORE, shape, decoded), 0);
    assert_same_text(&first, &second);
}

static void check_reply(const struct wire_shape *shape)
{
    struct buffer first = {0};
    struct buffer second = {0};
    CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
    const void *decoded;

    assert_int_equal(wire_encode_reply(&first, shape, fill(shape, 1), true), 0);
    assert_int_equal(wire_reply_parse((const char *)first.bytes, first.size - 1, &reply), 0);
    assert_true(wire_reply_continues(reply));
    assert_int_equal(wire_reply_decode(reply, shape, &decoded), 0);
    assert_int_equal(wire_encode_reply(&second, shape, decoded, true), 0);
    assert_same_text(&first, &second);
}

static void parameters_of_every_method_come_back_as_they_were(void **state)
{
    for (int round = 0; round < 200; round++)
        for (size_t i = 0; i < N_WIRE_VERBS; i++) {
            check_call(wire_methods[i].in);
            free_all();
        }
}

static void replies_of_every_method_come_back_as_they_were(void **state)
{
    for (int round = 0; round < 200; round++)
        for (size_t i = 0; i < N_WIRE_VERBS; i++) {
            check_reply(wire_methods[i].out);
            free_all();
        }
}

static void errors_come_back_as_they_were(void **state)
{
    for (size_t i = 0; i < N_WIRE_ERRORS; i++) {
        struct buffer first = {0};
        CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;

        assert_int_equal(wire_encode_error(&first, (enum wire_error)i, fill(&wire_errors[i].shape, 1)), 0);
        assert_int_equal(wire_reply_parse((const char *)first.bytes, first.size - 1, &reply), 0);
        assert_string_equal(wire_reply_error(reply), wire_errors[i].name);
        buffer_deinit(&first);
        free_all();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_of_every_method_come_back_as_they_were),
        cmocka_unit_test(replies_of_every_method_come_back_as_they_were),
        cmocka_unit_test(errors_come_back_as_they_were),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
