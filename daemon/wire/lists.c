#include "wire/lists.h"

static const struct wire_field jobs_in_fields[] = {
    WIRE_MAYBE_BOOL(struct wire_jobs_in, all, "all", WIRE_OPTIONAL),
    WIRE_MAYBE_STRING(struct wire_jobs_in, name, "name", WIRE_OPTIONAL),
    WIRE_MAYBE_STRING(struct wire_jobs_in, state, "state", WIRE_OPTIONAL),
    WIRE_MAYBE_STRING(struct wire_jobs_in, owner, "owner", WIRE_OPTIONAL),
    WIRE_MAYBE_STRING(struct wire_jobs_in, since, "since", WIRE_OPTIONAL),
};
WIRE_SHAPE(wire_jobs_in_shape, "Jobs", struct wire_jobs_in, jobs_in_fields);

static const struct wire_field jobs_out_fields[] = {
    WIRE_STRUCTS_FIELD(struct wire_jobs_out, jobs, "jobs", WIRE_REQUIRED, struct wire_job, &wire_job_shape),
};
WIRE_SHAPE(wire_jobs_out_shape, "Jobs", struct wire_jobs_out, jobs_out_fields);

static const struct wire_field show_in_fields[] = {
    WIRE_MAYBE_STRING(struct wire_show_in, job, "job", WIRE_OPTIONAL),
    WIRE_MAYBE_BOOL(struct wire_show_in, cite, "cite", WIRE_OPTIONAL),
};
WIRE_SHAPE(wire_show_in_shape, "Show", struct wire_show_in, show_in_fields);

static const struct wire_field urls_in_fields[] = {
    WIRE_MAYBE_STRING(struct wire_urls_in, job, "job", WIRE_OPTIONAL),
    WIRE_MAYBE_STRING(struct wire_urls_in, state, "state", WIRE_OPTIONAL),
    WIRE_MAYBE_STRING(struct wire_urls_in, outcome, "outcome", WIRE_OPTIONAL),
    WIRE_MAYBE_STRING(struct wire_urls_in, host, "host", WIRE_OPTIONAL),
    WIRE_MAYBE_STRING(struct wire_urls_in, url, "url", WIRE_OPTIONAL),
    WIRE_MAYBE_INT(struct wire_urls_in, max_tokens, "maxTokens", WIRE_OPTIONAL),
};
WIRE_SHAPE(wire_urls_in_shape, "Urls", struct wire_urls_in, urls_in_fields);

static const struct wire_field urls_out_fields[] = {
    WIRE_STRUCTS_FIELD(struct wire_urls_out, urls, "urls", WIRE_REQUIRED, struct wire_url, &wire_url_shape),
};
WIRE_SHAPE(wire_urls_out_shape, "Urls", struct wire_urls_out, urls_out_fields);

static const struct wire_field watch_in_fields[] = {
    WIRE_STRINGS_FIELD(struct wire_watch_in, jobs, "jobs", WIRE_OPTIONAL),
    WIRE_MAYBE_INT(struct wire_watch_in, per_page, "perPage", WIRE_OPTIONAL),
};
WIRE_SHAPE(wire_watch_in_shape, "Watch", struct wire_watch_in, watch_in_fields);

static const struct wire_field watch_out_fields[] = {
    WIRE_STRUCTS_FIELD(struct wire_watch_out, jobs, "jobs", WIRE_REQUIRED, struct wire_job, &wire_job_shape),
    WIRE_FLOAT_FIELD(struct wire_watch_out, urls_per_second, "urlsPerSecond"),
    WIRE_FLOAT_FIELD(struct wire_watch_out, bytes_per_second, "bytesPerSecond"),
    WIRE_MAYBE_STRUCT(
        struct wire_watch_out, page, "page", WIRE_OPTIONAL, struct wire_group, &wire_group_shape),
    WIRE_MAYBE_STRUCT(struct wire_watch_out, url, "url", WIRE_OPTIONAL, struct wire_url, &wire_url_shape),
};
WIRE_SHAPE(wire_watch_out_shape, "Watch", struct wire_watch_out, watch_out_fields);
