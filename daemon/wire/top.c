#include "wire/top.h"

static const struct wire_field word_fields[] = {
    WIRE_INT_FIELD(struct wire_word, rank, "rank"),
    WIRE_STRING_FIELD(struct wire_word, word, "word"),
    WIRE_INT_FIELD(struct wire_word, tokens, "tokens"),
    WIRE_FLOAT_FIELD(struct wire_word, per_million, "perMillion"),
    WIRE_INT_FIELD(struct wire_word, pages, "pages"),
    WIRE_INT_FIELD(struct wire_word, hosts, "hosts"),
};
WIRE_SHAPE(wire_word_shape, "Word", struct wire_word, word_fields);

static const struct wire_field group_word_fields[] = {
    WIRE_INT_FIELD(struct wire_group_word, rank, "rank"),
    WIRE_STRING_FIELD(struct wire_group_word, word, "word"),
    WIRE_INT_FIELD(struct wire_group_word, tokens, "tokens"),
};
WIRE_SHAPE(wire_group_word_shape, "GroupWord", struct wire_group_word, group_word_fields);

static const struct wire_field group_fields[] = {
    WIRE_MAYBE_INT(struct wire_group, job, "job", WIRE_OPTIONAL),
    WIRE_MAYBE_INT(struct wire_group, page, "page", WIRE_OPTIONAL),
    WIRE_MAYBE_STRING(struct wire_group, url, "url", WIRE_OPTIONAL),
    WIRE_MAYBE_STRING(struct wire_group, host, "host", WIRE_OPTIONAL),
    WIRE_MAYBE_STRING(struct wire_group, label, "label", WIRE_OPTIONAL),
    WIRE_MAYBE_INT(struct wire_group, pages, "pages", WIRE_OPTIONAL),
    WIRE_INT_FIELD(struct wire_group, tokens, "tokens"),
    WIRE_INT_FIELD(struct wire_group, distinct, "distinct"),
    WIRE_STRUCTS_FIELD(
        struct wire_group, words, "words", WIRE_REQUIRED, struct wire_group_word, &wire_group_word_shape),
};
WIRE_SHAPE(wire_group_shape, "Group", struct wire_group, group_fields);

static const struct wire_field top_in_fields[] = {
    WIRE_STRINGS_FIELD(struct wire_top_in, jobs, "jobs", WIRE_OPTIONAL),
    WIRE_MAYBE_BOOL(struct wire_top_in, all, "all", WIRE_OPTIONAL),
    WIRE_MAYBE_INT(struct wire_top_in, k, "k", WIRE_OPTIONAL),
    WIRE_MAYBE_STRING(struct wire_top_in, per, "per", WIRE_OPTIONAL),
    WIRE_MAYBE_STRING(struct wire_top_in, by, "by", WIRE_OPTIONAL),
    WIRE_MAYBE_STRING(struct wire_top_in, url, "url", WIRE_OPTIONAL),
    WIRE_MAYBE_STRING(struct wire_top_in, host, "host", WIRE_OPTIONAL),
    WIRE_MAYBE_BOOL(struct wire_top_in, unique, "unique", WIRE_OPTIONAL),
    WIRE_MAYBE_INT(struct wire_top_in, filter.min_length, "minLength", WIRE_OPTIONAL),
    WIRE_MAYBE_BOOL(struct wire_top_in, filter.no_numbers, "noNumbers", WIRE_OPTIONAL),
    WIRE_STRINGS_OF(struct wire_top_in, filter.match, filter.n_match, "match", WIRE_OPTIONAL),
    WIRE_MAYBE_FLOAT(struct wire_top_in, max_pages, "maxPages", WIRE_OPTIONAL),
    WIRE_STRINGS_OF(struct wire_top_in, filter.stop_words, filter.n_stop_words, "stopWords", WIRE_OPTIONAL),
};
WIRE_SHAPE(wire_top_in_shape, "Top", struct wire_top_in, top_in_fields);

static const struct wire_field top_out_fields[] = {
    WIRE_INTS_FIELD(struct wire_top_out, jobs, "jobs", WIRE_REQUIRED),
    WIRE_BOOL_FIELD(struct wire_top_out, complete, "complete"),
    WIRE_INT_FIELD(struct wire_top_out, total, "total"),
    WIRE_INT_FIELD(struct wire_top_out, queued, "queued"),
    WIRE_INT_FIELD(struct wire_top_out, failed, "failed"),
    WIRE_INT_FIELD(struct wire_top_out, skipped, "skipped"),
    WIRE_INT_FIELD(struct wire_top_out, pages, "pages"),
    WIRE_INT_FIELD(struct wire_top_out, tokens, "tokens"),
    WIRE_INT_FIELD(struct wire_top_out, distinct, "distinct"),
    WIRE_STRUCT_FIELD(struct wire_top_out, engine, "engine", struct wire_engine, &wire_engine_shape),
    WIRE_STRINGS_FIELD(struct wire_top_out, engines, "engines", WIRE_REQUIRED),
    WIRE_STRUCTS_FIELD(
        struct wire_top_out, words, "words", WIRE_OPTIONAL, struct wire_word, &wire_word_shape),
    WIRE_STRUCTS_FIELD(
        struct wire_top_out, groups, "groups", WIRE_OPTIONAL, struct wire_group, &wire_group_shape),
};
WIRE_SHAPE(wire_top_out_shape, "Top", struct wire_top_out, top_out_fields);
