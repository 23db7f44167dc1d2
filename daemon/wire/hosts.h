/* Hosts: how those that URLs wait for fare. Thread: any. */
#pragma once

#include "wire/shape.h"

struct wire_host {
    const char *host;
    const char *state;
    double delay;
    const char *delay_from;
    const char *next; /* may be NULL */
    int64_t queued;
    int64_t active;
    int64_t connections;
    struct wire_float latency;
    int64_t refusals;
    int64_t failures;
    const char *last_outcomes; /* may be NULL */
    const char *reason;
    int64_t parkings;
    const char *paused_by; /* may be NULL, as the two behind it */
    const char *rule;
    const char *rule_from;
};

struct wire_hosts_in {
    const char *job;  /* may be NULL */
    const char *host; /* may be NULL */
};

struct wire_hosts_out {
    const struct wire_host *hosts;
    size_t n_hosts;
};

extern const struct wire_shape wire_host_shape;
extern const struct wire_shape wire_hosts_in_shape;
extern const struct wire_shape wire_hosts_out_shape;
