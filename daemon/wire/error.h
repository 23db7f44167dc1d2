/* The errors of io.urlstat and org.varlink.service, as one table. All of their parameters share one struct,
 * of which each error's shape takes its own. Thread: any. */
#pragma once

#include "wire/shape.h"

enum wire_error {
    WIRE_NO_SUCH_JOB,            /* job (may be NULL), message */
    WIRE_NOT_PERMITTED,          /* message */
    WIRE_INVALID_INPUT,          /* message */
    WIRE_WRONG_STATE,            /* number, state, message */
    WIRE_LIMIT_REACHED,          /* limit, message */
    WIRE_STORE_FULL,             /* message */
    WIRE_STORE_FAILED,           /* message */
    WIRE_NO_SUBMISSION,          /* message */
    WIRE_SUBMISSION_OPEN,        /* message */
    WIRE_CONFIGURATION_REFUSED,  /* message */
    WIRE_INTERFACE_NOT_FOUND,    /* interface */
    WIRE_METHOD_NOT_FOUND,       /* method */
    WIRE_METHOD_NOT_IMPLEMENTED, /* method */
    WIRE_INVALID_PARAMETER,      /* parameter */
    WIRE_PERMISSION_DENIED,
    WIRE_EXPECTED_MORE,
};
#define N_WIRE_ERRORS 16

struct wire_error_parameters {
    const char *job;
    int64_t number;
    const char *state;
    const char *limit;
    const char *message;
    const char *interface;
    const char *method;
    const char *parameter;
};

struct wire_error_type {
    const char *name;        /* "io.urlstat.NoSuchJob" */
    struct wire_shape shape; /* of struct wire_error_parameters */
};
extern const struct wire_error_type wire_errors[N_WIRE_ERRORS];
