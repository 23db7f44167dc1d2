/* Export and Import: the URLs of a job with the words of their pages. Thread: any. */
#pragma once

#include "wire/job.h"

struct wire_page_counts {
    struct wire_url url;
    const char *engine; /* may be NULL */
    const char *const *words;
    size_t n_words;
    const int64_t *counts; /* beside the words */
    size_t n_counts;
    struct wire_bool more; /* the page goes on in the next item */
};

struct wire_export_in {
    const char *job; /* may be NULL */
};

struct wire_export_out {
    struct wire_job job;
    struct wire_engine engine;
    const struct wire_setting *settings;
    size_t n_settings;
    const struct wire_page_counts *pages;
    size_t n_pages;
};

struct wire_import_in {
    const char *name; /* may be NULL */
    struct wire_bool keep;
    struct wire_float expire;
    const struct wire_setting *settings; /* may be NULL */
    size_t n_settings;
    const struct wire_page_counts *pages;
    size_t n_pages;
    struct wire_bool end;
};

struct wire_import_out {
    struct wire_int job;
    int64_t urls;
    int64_t tokens;
    const char *engine;
};

extern const struct wire_shape wire_page_counts_shape;
extern const struct wire_shape wire_export_in_shape;
extern const struct wire_shape wire_export_out_shape;
extern const struct wire_shape wire_import_in_shape;
extern const struct wire_shape wire_import_out_shape;
