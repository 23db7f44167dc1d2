#include "wire/submit.h"

static const struct wire_field entry_fields[] = {
    WIRE_STRING_FIELD(struct wire_entry, url, "url"),
    WIRE_MAYBE_INT(struct wire_entry, source, "source", WIRE_OPTIONAL),
    WIRE_MAYBE_INT(struct wire_entry, line, "line", WIRE_OPTIONAL),
    WIRE_MAYBE_STRING(struct wire_entry, label, "label", WIRE_OPTIONAL),
};
WIRE_SHAPE(wire_entry_shape, "Entry", struct wire_entry, entry_fields);

static const struct wire_field rejected_fields[] = {
    WIRE_MAYBE_STRING(struct wire_rejected, source, "source", WIRE_NULLABLE),
    WIRE_MAYBE_INT(struct wire_rejected, line, "line", WIRE_NULLABLE),
    WIRE_STRING_FIELD(struct wire_rejected, text, "text"),
    WIRE_STRING_FIELD(struct wire_rejected, reason, "reason"),
};
WIRE_SHAPE(wire_rejected_shape, "Rejected", struct wire_rejected, rejected_fields);

static const struct wire_field slowest_host_fields[] = {
    WIRE_STRING_FIELD(struct wire_slowest_host, host, "host"),
    WIRE_INT_FIELD(struct wire_slowest_host, urls, "urls"),
    WIRE_FLOAT_FIELD(struct wire_slowest_host, delay, "delay"),
    WIRE_FLOAT_FIELD(struct wire_slowest_host, seconds, "seconds"),
};
WIRE_SHAPE(wire_slowest_host_shape, "SlowestHost", struct wire_slowest_host, slowest_host_fields);

/* What Begin and Submit have in common; `at` is where the type has it: nothing, or "begin.". */
#define LIST_FIELDS(type, at)                                                                                \
    WIRE_MAYBE_STRING(type, at name, "name", WIRE_OPTIONAL),                                                 \
        WIRE_MAYBE_STRING(type, at label, "label", WIRE_OPTIONAL),                                           \
        WIRE_MAYBE_INT(type, at priority, "priority", WIRE_OPTIONAL),                                        \
        WIRE_MAYBE_STRING(type, at key, "key", WIRE_OPTIONAL),                                               \
        WIRE_MAYBE_FLOAT(type, at deadline, "deadline", WIRE_OPTIONAL),                                      \
        WIRE_MAYBE_BOOL(type, at strict, "strict", WIRE_OPTIONAL),                                           \
        WIRE_MAYBE_FLOAT(type, at max_age, "maxAge", WIRE_OPTIONAL),                                         \
        WIRE_MAYBE_STRING(type, at again, "again", WIRE_OPTIONAL),                                           \
        WIRE_MAYBE_BOOL(type, at keep, "keep", WIRE_OPTIONAL),                                               \
        WIRE_MAYBE_FLOAT(type, at expire, "expire", WIRE_OPTIONAL),                                          \
        WIRE_STRINGS_OF(type, at sources, at n_sources, "sources", WIRE_OPTIONAL)

static const struct wire_field begin_in_fields[] = {LIST_FIELDS(struct wire_begin_in, )};
WIRE_SHAPE(wire_begin_in_shape, "Begin", struct wire_begin_in, begin_in_fields);

static const struct wire_field submit_in_fields[] = {
    LIST_FIELDS(struct wire_submit_in, begin.),
    WIRE_STRUCTS_FIELD(
        struct wire_submit_in, urls, "urls", WIRE_REQUIRED, struct wire_entry, &wire_entry_shape),
};
WIRE_SHAPE(wire_submit_in_shape, "Submit", struct wire_submit_in, submit_in_fields);

static const struct wire_field submit_out_fields[] = {
    WIRE_MAYBE_INT(struct wire_submit_out, job, "job", WIRE_NULLABLE),
    WIRE_INT_FIELD(struct wire_submit_out, accepted, "accepted"),
    WIRE_INT_FIELD(struct wire_submit_out, duplicates, "duplicates"),
    WIRE_STRUCTS_FIELD(struct wire_submit_out, rejected, "rejected", WIRE_REQUIRED, struct wire_rejected,
        &wire_rejected_shape),
    WIRE_INT_FIELD(struct wire_submit_out, rejected_count, "rejectedCount"),
    WIRE_BOOL_FIELD(struct wire_submit_out, existed, "existed"),
    WIRE_MAYBE_STRUCT(struct wire_submit_out, slowest_host, "slowestHost", WIRE_NULLABLE,
        struct wire_slowest_host, &wire_slowest_host_shape),
};
WIRE_SHAPE(wire_submit_out_shape, "Submit", struct wire_submit_out, submit_out_fields);

static const struct wire_field append_in_fields[] = {
    WIRE_STRUCTS_FIELD(
        struct wire_append_in, urls, "urls", WIRE_REQUIRED, struct wire_entry, &wire_entry_shape),
};
WIRE_SHAPE(wire_append_in_shape, "Append", struct wire_append_in, append_in_fields);

static const struct wire_field append_out_fields[] = {
    WIRE_INT_FIELD(struct wire_append_out, accepted, "accepted"),
    WIRE_INT_FIELD(struct wire_append_out, duplicates, "duplicates"),
    WIRE_STRUCTS_FIELD(struct wire_append_out, rejected, "rejected", WIRE_REQUIRED, struct wire_rejected,
        &wire_rejected_shape),
    WIRE_INT_FIELD(struct wire_append_out, rejected_count, "rejectedCount"),
};
WIRE_SHAPE(wire_append_out_shape, "Append", struct wire_append_out, append_out_fields);

static const struct wire_field commit_out_fields[] = {
    WIRE_MAYBE_INT(struct wire_commit_out, job, "job", WIRE_NULLABLE),
    WIRE_INT_FIELD(struct wire_commit_out, accepted, "accepted"),
    WIRE_INT_FIELD(struct wire_commit_out, duplicates, "duplicates"),
    WIRE_INT_FIELD(struct wire_commit_out, rejected_count, "rejectedCount"),
    WIRE_BOOL_FIELD(struct wire_commit_out, existed, "existed"),
    WIRE_MAYBE_STRUCT(struct wire_commit_out, slowest_host, "slowestHost", WIRE_NULLABLE,
        struct wire_slowest_host, &wire_slowest_host_shape),
};
WIRE_SHAPE(wire_commit_out_shape, "Commit", struct wire_commit_out, commit_out_fields);
