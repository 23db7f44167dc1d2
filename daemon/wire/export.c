#include "wire/export.h"

static const struct wire_field page_counts_fields[] = {
    WIRE_STRUCT_FIELD(struct wire_page_counts, url, "url", struct wire_url, &wire_url_shape),
    WIRE_MAYBE_STRING(struct wire_page_counts, engine, "engine", WIRE_OPTIONAL),
    WIRE_STRINGS_FIELD(struct wire_page_counts, words, "words", WIRE_REQUIRED),
    WIRE_INTS_FIELD(struct wire_page_counts, counts, "counts", WIRE_REQUIRED),
    WIRE_MAYBE_BOOL(struct wire_page_counts, more, "more", WIRE_OPTIONAL),
};
WIRE_SHAPE(wire_page_counts_shape, "PageCounts", struct wire_page_counts, page_counts_fields);

static const struct wire_field export_in_fields[] = {
    WIRE_MAYBE_STRING(struct wire_export_in, job, "job", WIRE_OPTIONAL),
};
WIRE_SHAPE(wire_export_in_shape, "Export", struct wire_export_in, export_in_fields);

static const struct wire_field export_out_fields[] = {
    WIRE_STRUCT_FIELD(struct wire_export_out, job, "job", struct wire_job, &wire_job_shape),
    WIRE_STRUCT_FIELD(struct wire_export_out, engine, "engine", struct wire_engine, &wire_engine_shape),
    WIRE_STRUCTS_FIELD(struct wire_export_out, settings, "settings", WIRE_REQUIRED, struct wire_setting,
        &wire_setting_shape),
    WIRE_STRUCTS_FIELD(struct wire_export_out, pages, "pages", WIRE_REQUIRED, struct wire_page_counts,
        &wire_page_counts_shape),
};
WIRE_SHAPE(wire_export_out_shape, "Export", struct wire_export_out, export_out_fields);

static const struct wire_field import_in_fields[] = {
    WIRE_MAYBE_STRING(struct wire_import_in, name, "name", WIRE_OPTIONAL),
    WIRE_MAYBE_BOOL(struct wire_import_in, keep, "keep", WIRE_OPTIONAL),
    WIRE_MAYBE_FLOAT(struct wire_import_in, expire, "expire", WIRE_OPTIONAL),
    WIRE_STRUCTS_FIELD(
        struct wire_import_in, settings, "settings", WIRE_OPTIONAL, struct wire_setting, &wire_setting_shape),
    WIRE_STRUCTS_FIELD(struct wire_import_in, pages, "pages", WIRE_REQUIRED, struct wire_page_counts,
        &wire_page_counts_shape),
    WIRE_MAYBE_BOOL(struct wire_import_in, end, "end", WIRE_OPTIONAL),
};
WIRE_SHAPE(wire_import_in_shape, "Import", struct wire_import_in, import_in_fields);

static const struct wire_field import_out_fields[] = {
    WIRE_MAYBE_INT(struct wire_import_out, job, "job", WIRE_NULLABLE),
    WIRE_INT_FIELD(struct wire_import_out, urls, "urls"),
    WIRE_INT_FIELD(struct wire_import_out, tokens, "tokens"),
    WIRE_STRING_FIELD(struct wire_import_out, engine, "engine"),
};
WIRE_SHAPE(wire_import_out_shape, "Import", struct wire_import_out, import_out_fields);
