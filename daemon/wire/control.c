#include "wire/control.h"

static const struct wire_field control_in_fields[] = {
    WIRE_STRINGS_FIELD(struct wire_control_in, jobs, "jobs", WIRE_OPTIONAL),
};
WIRE_SHAPE(wire_control_in_shape, "Control", struct wire_control_in, control_in_fields);

static const struct wire_field pause_in_fields[] = {
    WIRE_STRINGS_FIELD(struct wire_pause_in, jobs, "jobs", WIRE_OPTIONAL),
    WIRE_MAYBE_STRING(struct wire_pause_in, host, "host", WIRE_OPTIONAL),
};
WIRE_SHAPE(wire_pause_in_shape, "Pause", struct wire_pause_in, pause_in_fields);

static const struct wire_field retry_in_fields[] = {
    WIRE_STRINGS_FIELD(struct wire_retry_in, jobs, "jobs", WIRE_OPTIONAL),
    WIRE_STRINGS_FIELD(struct wire_retry_in, outcomes, "outcomes", WIRE_OPTIONAL),
};
WIRE_SHAPE(wire_retry_in_shape, "Retry", struct wire_retry_in, retry_in_fields);

static const struct wire_field retry_out_fields[] = {
    WIRE_STRUCTS_FIELD(struct wire_retry_out, jobs, "jobs", WIRE_REQUIRED, struct wire_job, &wire_job_shape),
    WIRE_INT_FIELD(struct wire_retry_out, retried, "retried"),
};
WIRE_SHAPE(wire_retry_out_shape, "Retry", struct wire_retry_out, retry_out_fields);

static const struct wire_field priority_in_fields[] = {
    WIRE_STRINGS_FIELD(struct wire_priority_in, jobs, "jobs", WIRE_OPTIONAL),
    WIRE_INT_FIELD(struct wire_priority_in, priority, "priority"),
};
WIRE_SHAPE(wire_priority_in_shape, "Priority", struct wire_priority_in, priority_in_fields);

static const struct wire_field remove_in_fields[] = {
    WIRE_STRINGS_FIELD(struct wire_remove_in, jobs, "jobs", WIRE_OPTIONAL),
    WIRE_MAYBE_FLOAT(struct wire_remove_in, before, "before", WIRE_OPTIONAL),
    WIRE_MAYBE_STRING(struct wire_remove_in, name, "name", WIRE_OPTIONAL),
};
WIRE_SHAPE(wire_remove_in_shape, "Remove", struct wire_remove_in, remove_in_fields);

static const struct wire_field remove_out_fields[] = {
    WIRE_INTS_FIELD(struct wire_remove_out, removed, "removed", WIRE_REQUIRED),
};
WIRE_SHAPE(wire_remove_out_shape, "Remove", struct wire_remove_out, remove_out_fields);
