/* Shapes: tables that say how a C struct looks as a JSON object. One table per type of io.urlstat.varlink
 * serves decoding, encoding, the columns of csv and tsv, and the test that holds structs against the
 * description.
 *
 * A field that may be null is zero when it is null: a NULL string, struct pointer or array, or `set ==
 * false`. So `struct wire_top_in in = {.k = wire_some_int(7)};` leaves everything else null. Strings are
 * UTF-8 without NUL. Messages are read-only views: what their pointers point to belongs to whoever built or
 * decoded them. Thread: any. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wire_bool {
    bool set;
    bool value;
};

struct wire_int {
    bool set;
    int64_t value;
};

struct wire_float {
    bool set;
    double value;
};

static inline struct wire_bool wire_some_bool(bool value)
{
    return (struct wire_bool){.set = true, .value = value};
}

static inline struct wire_int wire_some_int(int64_t value)
{
    return (struct wire_int){.set = true, .value = value};
}

static inline struct wire_float wire_some_float(double value)
{
    return (struct wire_float){.set = true, .value = value};
}

enum wire_kind {
    WIRE_BOOL,    /* bool, or struct wire_bool where null is allowed */
    WIRE_INT,     /* int64_t, struct wire_int */
    WIRE_FLOAT,   /* double, struct wire_float; a value that is not finite is printed as null */
    WIRE_STRING,  /* const char * */
    WIRE_STRUCT,  /* the struct itself, or a pointer to it where null is allowed */
    WIRE_INTS,    /* const int64_t *x and size_t n_x */
    WIRE_STRINGS, /* const char *const *x and size_t n_x */
    WIRE_STRUCTS, /* const struct ... *x and size_t n_x */
    WIRE_JSON,    /* const char * of any JSON value's text: for what has no shape (maps, foreign objects) */
};

enum wire_presence {
    WIRE_REQUIRED,
    WIRE_NULLABLE, /* printed as null when it is null */
    WIRE_OPTIONAL, /* left out when it is null */
};

struct wire_shape;

struct wire_field {
    const char *name; /* in JSON: camelCase */
    enum wire_kind kind;
    enum wire_presence presence;
    size_t offset;
    size_t n_offset;                /* of the element count; kinds with a count alone */
    const struct wire_shape *shape; /* WIRE_STRUCT and WIRE_STRUCTS alone */
};

struct wire_shape {
    const char *name; /* of the type or method in the description: "Job", "Top" */
    size_t size;      /* of the C struct */
    const struct wire_field *fields;
    size_t n_fields;
};

/* The shape of (): no fields. Its C struct may be NULL. */
extern const struct wire_shape wire_nothing_shape;

/* NULL if there is none of that name. */
const struct wire_field *wire_shape_find(const struct wire_shape *shape, const char *name);

/* Whether the field is null in the struct. Never for WIRE_REQUIRED. */
bool wire_field_is_null(const struct wire_field *field, const void *message);

/* Makes it null in the struct; not for WIRE_REQUIRED. */
void wire_field_set_null(const struct wire_field *field, void *message);

/* Defining tables: the member's C type is checked against the kind when the table is compiled. */
#define WIRE_MEMBER_IS(type, member, expected)                                                               \
    (0 * sizeof(struct {                                                                                     \
        _Static_assert(__builtin_types_compatible_p(__typeof__(((type *)0)->member), expected), #member);    \
        int unused;                                                                                          \
    }))
#define WIRE_FIELD(type, member, json, kind_, presence_, expected)                                           \
    {                                                                                                        \
        .name = (json), .kind = (kind_), .presence = (presence_),                                            \
        .offset = offsetof(type, member) + WIRE_MEMBER_IS(type, member, expected)                            \
    }
#define WIRE_ARRAY_OF(type, member, n_member, json, kind_, presence_, expected, shape_)                      \
    {                                                                                                        \
        .name = (json), .kind = (kind_), .presence = (presence_),                                            \
        .offset = offsetof(type, member) + WIRE_MEMBER_IS(type, member, expected),                           \
        .n_offset = offsetof(type, n_member) + WIRE_MEMBER_IS(type, n_member, size_t), .shape = (shape_)     \
    }
#define WIRE_ARRAY(type, member, json, kind_, presence_, expected, shape_)                                   \
    WIRE_ARRAY_OF(type, member, n_##member, json, kind_, presence_, expected, shape_)

#define WIRE_BOOL_FIELD(type, member, json) WIRE_FIELD(type, member, json, WIRE_BOOL, WIRE_REQUIRED, bool)
#define WIRE_INT_FIELD(type, member, json) WIRE_FIELD(type, member, json, WIRE_INT, WIRE_REQUIRED, int64_t)
#define WIRE_FLOAT_FIELD(type, member, json) WIRE_FIELD(type, member, json, WIRE_FLOAT, WIRE_REQUIRED, double)
#define WIRE_STRING_FIELD(type, member, json)                                                                \
    WIRE_FIELD(type, member, json, WIRE_STRING, WIRE_REQUIRED, const char *)
#define WIRE_MAYBE_BOOL(type, member, json, presence)                                                        \
    WIRE_FIELD(type, member, json, WIRE_BOOL, presence, struct wire_bool)
#define WIRE_MAYBE_INT(type, member, json, presence)                                                         \
    WIRE_FIELD(type, member, json, WIRE_INT, presence, struct wire_int)
#define WIRE_MAYBE_FLOAT(type, member, json, presence)                                                       \
    WIRE_FIELD(type, member, json, WIRE_FLOAT, presence, struct wire_float)
#define WIRE_MAYBE_STRING(type, member, json, presence)                                                      \
    WIRE_FIELD(type, member, json, WIRE_STRING, presence, const char *)
#define WIRE_JSON_FIELD(type, member, json, presence)                                                        \
    WIRE_FIELD(type, member, json, WIRE_JSON, presence, const char *)
#define WIRE_STRUCT_FIELD(type, member, json, struct_, shape_)                                               \
    {                                                                                                        \
        .name = (json), .kind = WIRE_STRUCT, .presence = WIRE_REQUIRED,                                      \
        .offset = offsetof(type, member) + WIRE_MEMBER_IS(type, member, struct_), .shape = (shape_)          \
    }
#define WIRE_MAYBE_STRUCT(type, member, json, presence_, struct_, shape_)                                    \
    {                                                                                                        \
        .name = (json), .kind = WIRE_STRUCT, .presence = (presence_),                                        \
        .offset = offsetof(type, member) + WIRE_MEMBER_IS(type, member, const struct_ *), .shape = (shape_)  \
    }
#define WIRE_INTS_FIELD(type, member, json, presence)                                                        \
    WIRE_ARRAY(type, member, json, WIRE_INTS, presence, const int64_t *, NULL)
#define WIRE_STRINGS_OF(type, member, n_member, json, presence)                                              \
    WIRE_ARRAY_OF(type, member, n_member, json, WIRE_STRINGS, presence, const char *const *, NULL)
#define WIRE_STRINGS_FIELD(type, member, json, presence)                                                     \
    WIRE_STRINGS_OF(type, member, n_##member, json, presence)
#define WIRE_STRUCTS_FIELD(type, member, json, presence, struct_, shape)                                     \
    WIRE_ARRAY(type, member, json, WIRE_STRUCTS, presence, const struct_ *, shape)

/* WIRE_SHAPE(variable, "Name", struct type, fields): defines it from a static array of fields. */
#define WIRE_SHAPE(variable, name_, type, fields_)                                                           \
    const struct wire_shape variable = {.name = (name_),                                                     \
        .size = sizeof(type),                                                                                \
        .fields = (fields_),                                                                                 \
        .n_fields = sizeof(fields_) / sizeof((fields_)[0])}
