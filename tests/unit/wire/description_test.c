/* The C tables against io.urlstat.varlink: every type, method and error, field by field, in both directions.
 */
#include "base/array.h"
#include "wire/interface.h"
#include "wire/verbs.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The description without comments and white space, which mean nothing in it beyond setting words apart; a
 * space stays behind each keyword. */
static char *squeezed_description(void)
{
    const char *in = wire_interface_description;
    char *text = malloc(strlen(in) + 1);
    size_t n = 0;

    assert_non_null(text);
    while (*in) {
        if (*in == '#') {
            in += strcspn(in, "\n");
            continue;
        }
        if (!isspace((unsigned char)*in))
            text[n++] = *in;
        else if (n > 0 && isalnum((unsigned char)text[n - 1]) && isalnum((unsigned char)in[1]))
            text[n++] = ' ';
        in++;
    }
    text[n] = '\0';
    return text;
}

static void append(struct buffer *buffer, const char *text)
{
    assert_int_equal(buffer_append_text(buffer, text), 0);
}

static const char *scalar_name(const struct wire_field *field)
{
    switch (field->kind) {
    case WIRE_BOOL:
        return "bool";
    case WIRE_INT:
    case WIRE_INTS:
        return "int";
    case WIRE_FLOAT:
        return "float";
    case WIRE_STRING:
    case WIRE_STRINGS:
        return "string";
    case WIRE_STRUCT:
    case WIRE_STRUCTS:
        return field->shape->name;
    case WIRE_JSON:
        return "object";
    }
    return "";
}

/* "(job:?int,urls:[]Entry)" */
static void describe(struct buffer *buffer, const struct wire_shape *shape)
{
    append(buffer, "(");
    for (size_t i = 0; i < shape->n_fields; i++) {
        const struct wire_field *field = &shape->fields[i];
        bool array = field->kind == WIRE_INTS || field->kind == WIRE_STRINGS || field->kind == WIRE_STRUCTS;

        append(buffer, i > 0 ? "," : "");
        append(buffer, field->name);
        append(buffer, field->presence == WIRE_REQUIRED ? ":" : ":?");
        append(buffer, array ? "[]" : "");
        append(buffer, scalar_name(field));
    }
    append(buffer, ")");
}

static void assert_described(const char *line)
{
    char *description = squeezed_description();

    if (!strstr(description, line))
        fail_msg("the description does not have: %s", line);
    free(description);
}

static void assert_type_described(const struct wire_shape *shape)
{
    struct buffer line = {0};

    append(&line, "type ");
    append(&line, shape->name);
    describe(&line, shape);
    assert_int_equal(buffer_append(&line, "", 1), 0);
    assert_described((const char *)line.bytes);
    buffer_deinit(&line);
    for (size_t i = 0; i < shape->n_fields; i++)
        if (shape->fields[i].shape)
            assert_type_described(shape->fields[i].shape);
}

static void assert_members_described(const struct wire_shape *shape)
{
    for (size_t i = 0; i < shape->n_fields; i++)
        if (shape->fields[i].shape)
            assert_type_described(shape->fields[i].shape);
}

static void every_method_has_the_parameters_of_the_description(void **state)
{
    for (size_t i = 0; i < N_WIRE_VERBS; i++) {
        const struct wire_method *method = &wire_methods[i];
        struct buffer line = {0};

        append(&line, "method ");
        append(&line, method->name + strlen(WIRE_INTERFACE "."));
        describe(&line, method->in);
        append(&line, "->");
        describe(&line, method->out);
        assert_int_equal(buffer_append(&line, "", 1), 0);
        assert_described((const char *)line.bytes);
        buffer_deinit(&line);
    }
}

static void every_type_has_the_fields_of_the_description(void **state)
{
    for (size_t i = 0; i < N_WIRE_VERBS; i++) {
        assert_members_described(wire_methods[i].in);
        assert_members_described(wire_methods[i].out);
    }
}

static void every_error_has_the_parameters_of_the_description(void **state)
{
    for (size_t i = 0; i < N_WIRE_ERRORS; i++) {
        struct buffer line = {0};

        if (strncmp(wire_errors[i].name, "io.urlstat.", strlen("io.urlstat.")) != 0)
            continue;
        append(&line, "error ");
        append(&line, wire_errors[i].shape.name);
        describe(&line, &wire_errors[i].shape);
        assert_int_equal(buffer_append(&line, "", 1), 0);
        assert_described((const char *)line.bytes);
        buffer_deinit(&line);
    }
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;

    for (const char *p = strstr(text, what); p; p = strstr(p + 1, what))
        n++;
    return n;
}

static void description_has_no_method_or_error_beyond_the_tables(void **state)
{
    char *description = squeezed_description();
    size_t n_ours = 0;

    for (size_t i = 0; i < N_WIRE_ERRORS; i++)
        n_ours += strncmp(wire_errors[i].name, "io.urlstat.", strlen("io.urlstat.")) == 0;

    assert_int_equal(count(description, "->"), N_WIRE_VERBS);
    assert_int_equal(count(description, "error "), n_ours);
    free(description);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_method_has_the_parameters_of_the_description),
        cmocka_unit_test(every_type_has_the_fields_of_the_description),
        cmocka_unit_test(every_error_has_the_parameters_of_the_description),
        cmocka_unit_test(description_has_no_method_or_error_beyond_the_tables),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
