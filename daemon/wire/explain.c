#include "wire/explain.h"

static const struct wire_field origin_fields[] = {
    WIRE_STRING_FIELD(struct wire_origin, origin, "origin"),
    WIRE_STRING_FIELD(struct wire_origin, robots, "robots"),
    WIRE_MAYBE_STRING(struct wire_origin, robots_fetched, "robotsFetched", WIRE_NULLABLE),
    WIRE_MAYBE_STRING(struct wire_origin, robots_until, "robotsUntil", WIRE_NULLABLE),
    WIRE_MAYBE_FLOAT(struct wire_origin, crawl_delay, "crawlDelay", WIRE_NULLABLE),
    WIRE_MAYBE_INT(struct wire_origin, crawl_delay_line, "crawlDelayLine", WIRE_NULLABLE),
    WIRE_INT_FIELD(struct wire_origin, failures, "failures"),
    WIRE_INT_FIELD(struct wire_origin, parkings, "parkings"),
    WIRE_MAYBE_STRING(struct wire_origin, until, "until", WIRE_NULLABLE),
    WIRE_MAYBE_STRING(struct wire_origin, outcome, "outcome", WIRE_NULLABLE),
    WIRE_MAYBE_STRING(struct wire_origin, detail, "detail", WIRE_NULLABLE),
};
WIRE_SHAPE(wire_origin_shape, "Origin", struct wire_origin, origin_fields);

static const struct wire_field prospect_fields[] = {
    WIRE_STRING_FIELD(struct wire_prospect, host, "host"),
    WIRE_MAYBE_BOOL(struct wire_prospect, allowed, "allowed", WIRE_NULLABLE),
    WIRE_MAYBE_STRING(struct wire_prospect, rule, "rule", WIRE_NULLABLE),
    WIRE_MAYBE_INT(struct wire_prospect, rule_line, "ruleLine", WIRE_NULLABLE),
    WIRE_MAYBE_INT(struct wire_prospect, group_line, "groupLine", WIRE_NULLABLE),
    WIRE_MAYBE_STRING(struct wire_prospect, etag, "etag", WIRE_NULLABLE),
    WIRE_MAYBE_STRING(struct wire_prospect, last_modified, "lastModified", WIRE_NULLABLE),
    WIRE_MAYBE_STRING(struct wire_prospect, asked, "asked", WIRE_NULLABLE),
    WIRE_MAYBE_INT(struct wire_prospect, job, "job", WIRE_NULLABLE),
    WIRE_MAYBE_INT(struct wire_prospect, page, "page", WIRE_NULLABLE),
    WIRE_INT_FIELD(struct wire_prospect, jobs_searched, "jobsSearched"),
    WIRE_INT_FIELD(struct wire_prospect, jobs_left, "jobsLeft"),
};
WIRE_SHAPE(wire_prospect_shape, "Prospect", struct wire_prospect, prospect_fields);

static const struct wire_field explain_in_fields[] = {
    WIRE_MAYBE_STRING(struct wire_explain_in, subject, "subject", WIRE_OPTIONAL),
};
WIRE_SHAPE(wire_explain_in_shape, "Explain", struct wire_explain_in, explain_in_fields);

static const struct wire_field explain_out_fields[] = {
    WIRE_STRING_FIELD(struct wire_explain_out, kind, "kind"),
    WIRE_STRING_FIELD(struct wire_explain_out, subject, "subject"),
    WIRE_STRING_FIELD(struct wire_explain_out, reason, "reason"),
    WIRE_MAYBE_STRING(struct wire_explain_out, next, "next", WIRE_NULLABLE),
    WIRE_MAYBE_STRUCT(struct wire_explain_out, job, "job", WIRE_NULLABLE, struct wire_job, &wire_job_shape),
    WIRE_MAYBE_STRUCT(struct wire_explain_out, prospect, "prospect", WIRE_NULLABLE, struct wire_prospect,
        &wire_prospect_shape),
    WIRE_INT_FIELD(struct wire_explain_out, host_count, "hostCount"),
    WIRE_STRUCTS_FIELD(
        struct wire_explain_out, hosts, "hosts", WIRE_REQUIRED, struct wire_host, &wire_host_shape),
    WIRE_STRUCTS_FIELD(
        struct wire_explain_out, origins, "origins", WIRE_REQUIRED, struct wire_origin, &wire_origin_shape),
    WIRE_STRUCTS_FIELD(
        struct wire_explain_out, urls, "urls", WIRE_REQUIRED, struct wire_url, &wire_url_shape),
};
WIRE_SHAPE(wire_explain_out_shape, "Explain", struct wire_explain_out, explain_out_fields);
