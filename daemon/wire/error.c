#include "wire/error.h"

static const struct wire_field message_fields[] = {
    WIRE_STRING_FIELD(struct wire_error_parameters, message, "message"),
};
static const struct wire_field no_such_job_fields[] = {
    WIRE_MAYBE_STRING(struct wire_error_parameters, job, "job", WIRE_NULLABLE),
    WIRE_STRING_FIELD(struct wire_error_parameters, message, "message"),
};
static const struct wire_field wrong_state_fields[] = {
    WIRE_INT_FIELD(struct wire_error_parameters, number, "job"),
    WIRE_STRING_FIELD(struct wire_error_parameters, state, "state"),
    WIRE_STRING_FIELD(struct wire_error_parameters, message, "message"),
};
static const struct wire_field limit_reached_fields[] = {
    WIRE_STRING_FIELD(struct wire_error_parameters, limit, "limit"),
    WIRE_STRING_FIELD(struct wire_error_parameters, message, "message"),
};
static const struct wire_field interface_fields[] = {
    WIRE_STRING_FIELD(struct wire_error_parameters, interface, "interface"),
};
static const struct wire_field method_fields[] = {
    WIRE_STRING_FIELD(struct wire_error_parameters, method, "method"),
};
static const struct wire_field parameter_fields[] = {
    WIRE_STRING_FIELD(struct wire_error_parameters, parameter, "parameter"),
};

#define SHAPE(short_name, fields_)                                                                           \
    {                                                                                                        \
        .name = (short_name), .size = sizeof(struct wire_error_parameters), .fields = (fields_),             \
        .n_fields = sizeof(fields_) / sizeof((fields_)[0])                                                   \
    }
#define OURS(name_, fields)                                                                                  \
    {                                                                                                        \
        .name = "io.urlstat." name_, .shape = SHAPE(name_, fields)                                           \
    }
#define VARLINK(name_, fields)                                                                               \
    {                                                                                                        \
        .name = "org.varlink.service." name_, .shape = SHAPE(name_, fields)                                  \
    }
#define VARLINK_BARE(name_)                                                                                  \
    {                                                                                                        \
        .name = "org.varlink.service." name_, .shape = {                                                     \
            .name = (name_),                                                                                 \
            .size = sizeof(struct wire_error_parameters)                                                     \
        }                                                                                                    \
    }

const struct wire_error_type wire_errors[N_WIRE_ERRORS] = {
    [WIRE_NO_SUCH_JOB] = OURS("NoSuchJob", no_such_job_fields),
    [WIRE_NOT_PERMITTED] = OURS("NotPermitted", message_fields),
    [WIRE_INVALID_INPUT] = OURS("InvalidInput", message_fields),
    [WIRE_WRONG_STATE] = OURS("WrongState", wrong_state_fields),
    [WIRE_LIMIT_REACHED] = OURS("LimitReached", limit_reached_fields),
    [WIRE_STORE_FULL] = OURS("StoreFull", message_fields),
    [WIRE_STORE_FAILED] = OURS("StoreFailed", message_fields),
    [WIRE_NO_SUBMISSION] = OURS("NoSubmission", message_fields),
    [WIRE_SUBMISSION_OPEN] = OURS("SubmissionOpen", message_fields),
    [WIRE_CONFIGURATION_REFUSED] = OURS("ConfigurationRefused", message_fields),
    [WIRE_INTERFACE_NOT_FOUND] = VARLINK("InterfaceNotFound", interface_fields),
    [WIRE_METHOD_NOT_FOUND] = VARLINK("MethodNotFound", method_fields),
    [WIRE_METHOD_NOT_IMPLEMENTED] = VARLINK("MethodNotImplemented", method_fields),
    [WIRE_INVALID_PARAMETER] = VARLINK("InvalidParameter", parameter_fields),
    [WIRE_PERMISSION_DENIED] = VARLINK_BARE("PermissionDenied"),
    [WIRE_EXPECTED_MORE] = VARLINK_BARE("ExpectedMore"),
};
