#include "wire/job.h"

static const struct wire_field engine_fields[] = {
    WIRE_STRING_FIELD(struct wire_engine, id, "id"),
    WIRE_STRING_FIELD(struct wire_engine, rules, "rules"),
    WIRE_STRING_FIELD(struct wire_engine, icu, "icu"),
    WIRE_STRING_FIELD(struct wire_engine, unicode, "unicode"),
    WIRE_STRING_FIELD(struct wire_engine, dictionaries, "dictionaries"),
};
WIRE_SHAPE(wire_engine_shape, "Engine", struct wire_engine, engine_fields);

static const struct wire_field outcome_count_fields[] = {
    WIRE_STRING_FIELD(struct wire_outcome_count, outcome, "outcome"),
    WIRE_STRING_FIELD(struct wire_outcome_count, state, "state"),
    WIRE_INT_FIELD(struct wire_outcome_count, urls, "urls"),
    WIRE_MAYBE_STRING(struct wire_outcome_count, example_url, "exampleUrl", WIRE_NULLABLE),
    WIRE_MAYBE_STRING(struct wire_outcome_count, example_detail, "exampleDetail", WIRE_NULLABLE),
};
WIRE_SHAPE(wire_outcome_count_shape, "OutcomeCount", struct wire_outcome_count, outcome_count_fields);

static const struct wire_field setting_fields[] = {
    WIRE_STRING_FIELD(struct wire_setting, name, "name"),
    WIRE_STRING_FIELD(struct wire_setting, value, "value"),
};
WIRE_SHAPE(wire_setting_shape, "Setting", struct wire_setting, setting_fields);

static const struct wire_field equal_pages_fields[] = {
    WIRE_INT_FIELD(struct wire_equal_pages, pages, "pages"),
    WIRE_INT_FIELD(struct wire_equal_pages, page, "page"),
    WIRE_STRING_FIELD(struct wire_equal_pages, example_url, "exampleUrl"),
    WIRE_STRING_FIELD(struct wire_equal_pages, content_hash, "contentHash"),
    WIRE_INT_FIELD(struct wire_equal_pages, tokens, "tokens"),
};
WIRE_SHAPE(wire_equal_pages_shape, "EqualPages", struct wire_equal_pages, equal_pages_fields);

static const struct wire_field cite_fields[] = {
    WIRE_MAYBE_STRING(struct wire_cite, first_fetched, "firstFetched", WIRE_NULLABLE),
    WIRE_MAYBE_STRING(struct wire_cite, last_fetched, "lastFetched", WIRE_NULLABLE),
    WIRE_INT_FIELD(struct wire_cite, distinct, "distinct"),
    WIRE_STRINGS_FIELD(struct wire_cite, engines, "engines", WIRE_REQUIRED),
    WIRE_STRING_FIELD(struct wire_cite, list_hash, "listHash"),
    WIRE_STRUCTS_FIELD(
        struct wire_cite, settings, "settings", WIRE_REQUIRED, struct wire_setting, &wire_setting_shape),
    WIRE_STRUCTS_FIELD(struct wire_cite, equal_pages, "equalPages", WIRE_NULLABLE, struct wire_equal_pages,
        &wire_equal_pages_shape),
};
WIRE_SHAPE(wire_cite_shape, "Cite", struct wire_cite, cite_fields);

static const struct wire_field job_fields[] = {
    WIRE_INT_FIELD(struct wire_job, job, "job"),
    WIRE_MAYBE_STRING(struct wire_job, name, "name", WIRE_NULLABLE),
    WIRE_STRING_FIELD(struct wire_job, state, "state"),
    WIRE_MAYBE_STRING(struct wire_job, user, "user", WIRE_NULLABLE),
    WIRE_INT_FIELD(struct wire_job, uid, "uid"),
    WIRE_INT_FIELD(struct wire_job, priority, "priority"),
    WIRE_INT_FIELD(struct wire_job, total, "total"),
    WIRE_INT_FIELD(struct wire_job, queued, "queued"),
    WIRE_INT_FIELD(struct wire_job, active, "active"),
    WIRE_INT_FIELD(struct wire_job, counted, "counted"),
    WIRE_INT_FIELD(struct wire_job, failed, "failed"),
    WIRE_INT_FIELD(struct wire_job, skipped, "skipped"),
    WIRE_INT_FIELD(struct wire_job, cancelled, "cancelled"),
    WIRE_INT_FIELD(struct wire_job, duplicates, "duplicates"),
    WIRE_INT_FIELD(struct wire_job, tokens, "tokens"),
    WIRE_INT_FIELD(struct wire_job, bytes, "bytes"),
    WIRE_STRING_FIELD(struct wire_job, submitted, "submitted"),
    WIRE_MAYBE_STRING(struct wire_job, finished, "finished", WIRE_NULLABLE),
    WIRE_MAYBE_FLOAT(struct wire_job, remaining, "remaining", WIRE_NULLABLE),
    WIRE_MAYBE_STRING(struct wire_job, expires, "expires", WIRE_NULLABLE),
    WIRE_STRUCTS_FIELD(struct wire_job, outcomes, "outcomes", WIRE_OPTIONAL, struct wire_outcome_count,
        &wire_outcome_count_shape),
    WIRE_MAYBE_STRUCT(
        struct wire_job, engine, "engine", WIRE_OPTIONAL, struct wire_engine, &wire_engine_shape),
    WIRE_MAYBE_STRING(struct wire_job, deadline, "deadline", WIRE_NULLABLE),
    WIRE_MAYBE_BOOL(struct wire_job, imported, "imported", WIRE_OPTIONAL),
    WIRE_MAYBE_STRUCT(struct wire_job, cite, "cite", WIRE_OPTIONAL, struct wire_cite, &wire_cite_shape),
};
WIRE_SHAPE(wire_job_shape, "Job", struct wire_job, job_fields);

static const struct wire_field url_fields[] = {
    WIRE_INT_FIELD(struct wire_url, job, "job"),
    WIRE_INT_FIELD(struct wire_url, page, "page"),
    WIRE_MAYBE_STRING(struct wire_url, source, "source", WIRE_NULLABLE),
    WIRE_MAYBE_INT(struct wire_url, line, "line", WIRE_NULLABLE),
    WIRE_MAYBE_STRING(struct wire_url, label, "label", WIRE_NULLABLE),
    WIRE_STRING_FIELD(struct wire_url, submitted, "submitted"),
    WIRE_STRING_FIELD(struct wire_url, url, "url"),
    WIRE_MAYBE_STRING(struct wire_url, final_url, "finalUrl", WIRE_NULLABLE),
    WIRE_STRING_FIELD(struct wire_url, host, "host"),
    WIRE_STRING_FIELD(struct wire_url, state, "state"),
    WIRE_MAYBE_STRING(struct wire_url, outcome, "outcome", WIRE_NULLABLE),
    WIRE_MAYBE_STRING(struct wire_url, detail, "detail", WIRE_NULLABLE),
    WIRE_MAYBE_INT(struct wire_url, http_status, "httpStatus", WIRE_NULLABLE),
    WIRE_MAYBE_STRING(struct wire_url, fetched, "fetched", WIRE_NULLABLE),
    WIRE_MAYBE_STRING(struct wire_url, counted_from, "countedFrom", WIRE_NULLABLE),
    WIRE_MAYBE_STRING(struct wire_url, content_type, "contentType", WIRE_NULLABLE),
    WIRE_MAYBE_STRING(struct wire_url, charset, "charset", WIRE_NULLABLE),
    WIRE_MAYBE_STRING(struct wire_url, charset_from, "charsetFrom", WIRE_NULLABLE),
    WIRE_MAYBE_STRING(struct wire_url, title, "title", WIRE_NULLABLE),
    WIRE_MAYBE_STRING(struct wire_url, content_hash, "contentHash", WIRE_NULLABLE),
    WIRE_MAYBE_INT(struct wire_url, body_bytes, "bodyBytes", WIRE_NULLABLE),
    WIRE_MAYBE_INT(struct wire_url, wire_bytes, "wireBytes", WIRE_NULLABLE),
    WIRE_MAYBE_INT(struct wire_url, replaced, "replaced", WIRE_NULLABLE),
    WIRE_MAYBE_INT(struct wire_url, tokens, "tokens", WIRE_NULLABLE),
    WIRE_MAYBE_INT(struct wire_url, distinct, "distinct", WIRE_NULLABLE),
    WIRE_MAYBE_INT(struct wire_url, attempts, "attempts", WIRE_NULLABLE),
    WIRE_MAYBE_FLOAT(struct wire_url, seconds, "seconds", WIRE_NULLABLE),
};
WIRE_SHAPE(wire_url_shape, "Url", struct wire_url, url_fields);
