#include "wire/hosts.h"

static const struct wire_field host_fields[] = {
    WIRE_STRING_FIELD(struct wire_host, host, "host"),
    WIRE_STRING_FIELD(struct wire_host, state, "state"),
    WIRE_FLOAT_FIELD(struct wire_host, delay, "delay"),
    WIRE_STRING_FIELD(struct wire_host, delay_from, "delayFrom"),
    WIRE_MAYBE_STRING(struct wire_host, next, "next", WIRE_NULLABLE),
    WIRE_INT_FIELD(struct wire_host, queued, "queued"),
    WIRE_INT_FIELD(struct wire_host, active, "active"),
    WIRE_INT_FIELD(struct wire_host, connections, "connections"),
    WIRE_MAYBE_FLOAT(struct wire_host, latency, "latency", WIRE_NULLABLE),
    WIRE_INT_FIELD(struct wire_host, refusals, "refusals"),
    WIRE_INT_FIELD(struct wire_host, failures, "failures"),
    WIRE_MAYBE_STRING(struct wire_host, last_outcomes, "lastOutcomes", WIRE_NULLABLE),
    WIRE_STRING_FIELD(struct wire_host, reason, "reason"),
    WIRE_INT_FIELD(struct wire_host, parkings, "parkings"),
    WIRE_MAYBE_STRING(struct wire_host, paused_by, "pausedBy", WIRE_NULLABLE),
    WIRE_MAYBE_STRING(struct wire_host, rule, "rule", WIRE_NULLABLE),
    WIRE_MAYBE_STRING(struct wire_host, rule_from, "ruleFrom", WIRE_NULLABLE),
};
WIRE_SHAPE(wire_host_shape, "Host", struct wire_host, host_fields);

static const struct wire_field hosts_in_fields[] = {
    WIRE_MAYBE_STRING(struct wire_hosts_in, job, "job", WIRE_OPTIONAL),
    WIRE_MAYBE_STRING(struct wire_hosts_in, host, "host", WIRE_OPTIONAL),
};
WIRE_SHAPE(wire_hosts_in_shape, "Hosts", struct wire_hosts_in, hosts_in_fields);

static const struct wire_field hosts_out_fields[] = {
    WIRE_STRUCTS_FIELD(
        struct wire_hosts_out, hosts, "hosts", WIRE_REQUIRED, struct wire_host, &wire_host_shape),
};
WIRE_SHAPE(wire_hosts_out_shape, "Hosts", struct wire_hosts_out, hosts_out_fields);
