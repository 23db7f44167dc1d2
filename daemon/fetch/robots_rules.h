/* What a parsed robots.txt is made of, shared by the file that parses and the file that asks.
 * Immutable once parsed: then any thread. */
#pragma once

#include "base/array.h"
#include "fetch/robots.h"

struct rule {
    uint32_t text;      /* offset of the pattern as written, NUL-terminated */
    uint32_t canonical; /* offset of the form that compares */
    uint32_t canonical_size;
    uint32_t line;
    uint32_t group_line; /* of the User-agent line that names us */
    bool is_allow;
    bool has_star;
};

/* The rules that one user agent has, of all its groups together (2.2.1). */
struct rule_set {
    struct rule *rules;
    size_t n_rules;
    size_t capacity;
    uint64_t crawl_delay_usec;
    uint32_t crawl_delay_line;
    uint32_t group_line; /* of the first group that names it; 0 if none does */
};

struct robots {
    struct rule_set set;
    bool for_everyone; /* the set is that of "*" */
    struct buffer text;
};
