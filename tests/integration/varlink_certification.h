/* org.varlink.certification, as our wire has it. Its maps, sets and nested types have no shape: they are
 * JSON. */
#pragma once

#include "wire/verbs.h"

/* Every parameter and every reply takes its fields from here. */
struct certification {
    const char *client_id;
    bool flag;
    int64_t whole;
    double real;
    const char *text;
    const char *json; /* a struct, map, set or MyType */
    const char *const *replies;
    size_t n_replies;
    bool all_ok;
};

enum certification_test {
    CERTIFICATION_START,
    CERTIFICATION_TEST01,
    CERTIFICATION_TEST02,
    CERTIFICATION_TEST03,
    CERTIFICATION_TEST04,
    CERTIFICATION_TEST05,
    CERTIFICATION_TEST06,
    CERTIFICATION_TEST07,
    CERTIFICATION_TEST08,
    CERTIFICATION_TEST09,
    CERTIFICATION_TEST10,
    CERTIFICATION_TEST11,
    CERTIFICATION_END,
};
#define N_CERTIFICATION_TESTS 13

extern const struct wire_method certification_methods[N_CERTIFICATION_TESTS];

#define CERTIFICATION_MORE_REPLIES 10
