#include "varlink_certification.h"

#define T struct certification
#define ID WIRE_STRING_FIELD(T, client_id, "client_id")
#define FLAG WIRE_BOOL_FIELD(T, flag, "bool")
#define WHOLE WIRE_INT_FIELD(T, whole, "int")
#define REAL WIRE_FLOAT_FIELD(T, real, "float")
#define TEXT WIRE_STRING_FIELD(T, text, "string")
#define JSON(name) WIRE_JSON_FIELD(T, json, name, WIRE_REQUIRED)

#define SHAPE(name, ...)                                                                                     \
    static const struct wire_field name##_fields[] = {__VA_ARGS__};                                          \
    static WIRE_SHAPE(name, #name, T, name##_fields)

SHAPE(id, ID);
SHAPE(flag, FLAG);
SHAPE(id_flag, ID, FLAG);
SHAPE(whole, WHOLE);
SHAPE(id_whole, ID, WHOLE);
SHAPE(real, REAL);
SHAPE(id_real, ID, REAL);
SHAPE(text, TEXT);
SHAPE(id_text, ID, TEXT);
SHAPE(all, FLAG, WHOLE, REAL, TEXT);
SHAPE(id_all, ID, FLAG, WHOLE, REAL, TEXT);
SHAPE(structure, JSON("struct"));
SHAPE(id_structure, ID, JSON("struct"));
SHAPE(map, JSON("map"));
SHAPE(id_map, ID, JSON("map"));
SHAPE(set, JSON("set"));
SHAPE(id_set, ID, JSON("set"));
SHAPE(mytype, JSON("mytype"));
SHAPE(id_mytype, ID, JSON("mytype"));
SHAPE(id_replies, ID, WIRE_STRINGS_FIELD(T, replies, "last_more_replies", WIRE_REQUIRED));
SHAPE(end, WIRE_BOOL_FIELD(T, all_ok, "all_ok"));

#define METHOD(name_, in_, out_)                                                                             \
    {                                                                                                        \
        .name = "org.varlink.certification." name_, .in = &(in_), .out = &(out_)                             \
    }

const struct wire_method certification_methods[N_CERTIFICATION_TESTS] = {
    [CERTIFICATION_START] = METHOD("Start", wire_nothing_shape, id),
    [CERTIFICATION_TEST01] = METHOD("Test01", id, flag),
    [CERTIFICATION_TEST02] = METHOD("Test02", id_flag, whole),
    [CERTIFICATION_TEST03] = METHOD("Test03", id_whole, real),
    [CERTIFICATION_TEST04] = METHOD("Test04", id_real, text),
    [CERTIFICATION_TEST05] = METHOD("Test05", id_text, all),
    [CERTIFICATION_TEST06] = METHOD("Test06", id_all, structure),
    [CERTIFICATION_TEST07] = METHOD("Test07", id_structure, map),
    [CERTIFICATION_TEST08] = METHOD("Test08", id_map, set),
    [CERTIFICATION_TEST09] = METHOD("Test09", id_set, mytype),
    [CERTIFICATION_TEST10] = METHOD("Test10", id_mytype, text),
    [CERTIFICATION_TEST11] = METHOD("Test11", id_replies, wire_nothing_shape),
    [CERTIFICATION_END] = METHOD("End", id, end),
};
