/* What the files of the gate share: asking (robots_gate.c), what came of it (robots_gate_answer.c), and what
 * the rules say of a URL (robots_gate_rules.c). Thread: main. */
#pragma once

#include "base/clock.h"
#include "engine/robots_gate.h"
#include <stdbool.h>

/* How long an origin whose robots.txt cannot be had is left alone. */
#define ROBOTS_UNREACHABLE_USEC (600 * USEC_PER_SEC)
/* Bytes of a rule or a place that go into the detail of URLs. */
#define ROBOTS_SHOWN_SIZE 200

/* The origin's URLs end as `outcome` for this while. `is_ours`: another configuration may let it through. */
void robots_gate_condemn(struct origin *origin, enum outcome outcome, bool is_ours, const char *detail);

/* ---- robots_gate_rules.c ---- */
/* What the rules of an origin that is KNOWN say of the URL: GATE_OPEN or GATE_CLOSED. *ret_detail is the
 * caller's, and NULL if memory is short. */
enum gate robots_gate_check(
    struct origin *origin, const char *url, enum outcome *ret_outcome, char **ret_detail);
/* What they said of it before they were dropped; likewise. For one with a `ruled_until_usec` to come. */
enum gate robots_gate_recall(const struct waiting *waiting, enum outcome *ret_outcome, char **ret_detail);
