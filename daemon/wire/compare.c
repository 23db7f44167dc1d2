#include "wire/compare.h"

static const struct wire_field side_fields[] = {
    WIRE_INT_FIELD(struct wire_compared_side, job, "job"),
    WIRE_MAYBE_STRING(struct wire_compared_side, host, "host", WIRE_NULLABLE),
    WIRE_BOOL_FIELD(struct wire_compared_side, complete, "complete"),
    WIRE_INT_FIELD(struct wire_compared_side, total, "total"),
    WIRE_INT_FIELD(struct wire_compared_side, queued, "queued"),
    WIRE_INT_FIELD(struct wire_compared_side, counted, "counted"),
    WIRE_INT_FIELD(struct wire_compared_side, pages, "pages"),
    WIRE_INT_FIELD(struct wire_compared_side, tokens, "tokens"),
    WIRE_INT_FIELD(struct wire_compared_side, distinct, "distinct"),
    WIRE_STRINGS_FIELD(struct wire_compared_side, engines, "engines", WIRE_REQUIRED),
};
WIRE_SHAPE(wire_compared_side_shape, "ComparedSide", struct wire_compared_side, side_fields);

static const struct wire_field word_fields[] = {
    WIRE_INT_FIELD(struct wire_changed_word, rank, "rank"),
    WIRE_STRING_FIELD(struct wire_changed_word, word, "word"),
    WIRE_STRING_FIELD(struct wire_changed_word, change, "change"),
    WIRE_INT_FIELD(struct wire_changed_word, base_tokens, "baseTokens"),
    WIRE_INT_FIELD(struct wire_changed_word, new_tokens, "newTokens"),
    WIRE_FLOAT_FIELD(struct wire_changed_word, base_per_million, "basePerMillion"),
    WIRE_FLOAT_FIELD(struct wire_changed_word, new_per_million, "newPerMillion"),
    WIRE_INT_FIELD(struct wire_changed_word, base_pages, "basePages"),
    WIRE_INT_FIELD(struct wire_changed_word, new_pages, "newPages"),
    WIRE_FLOAT_FIELD(struct wire_changed_word, log_likelihood, "logLikelihood"),
    WIRE_FLOAT_FIELD(struct wire_changed_word, log_ratio, "logRatio"),
};
WIRE_SHAPE(wire_changed_word_shape, "ChangedWord", struct wire_changed_word, word_fields);

static const struct wire_field compare_in_fields[] = {
    WIRE_STRING_FIELD(struct wire_compare_in, base, "base"),
    WIRE_STRING_FIELD(struct wire_compare_in, newer, "new"),
    WIRE_MAYBE_STRING(struct wire_compare_in, pages, "pages", WIRE_OPTIONAL),
    WIRE_MAYBE_INT(struct wire_compare_in, k, "k", WIRE_OPTIONAL),
    WIRE_MAYBE_STRING(struct wire_compare_in, by, "by", WIRE_OPTIONAL),
    WIRE_MAYBE_INT(struct wire_compare_in, min_tokens, "minTokens", WIRE_OPTIONAL),
    WIRE_MAYBE_INT(struct wire_compare_in, filter.min_length, "minLength", WIRE_OPTIONAL),
    WIRE_MAYBE_BOOL(struct wire_compare_in, filter.no_numbers, "noNumbers", WIRE_OPTIONAL),
    WIRE_STRINGS_OF(struct wire_compare_in, filter.match, filter.n_match, "match", WIRE_OPTIONAL),
    WIRE_STRINGS_OF(
        struct wire_compare_in, filter.stop_words, filter.n_stop_words, "stopWords", WIRE_OPTIONAL),
};
WIRE_SHAPE(wire_compare_in_shape, "Compare", struct wire_compare_in, compare_in_fields);

static const struct wire_field compare_out_fields[] = {
    WIRE_STRUCT_FIELD(
        struct wire_compare_out, base, "base", struct wire_compared_side, &wire_compared_side_shape),
    WIRE_STRUCT_FIELD(
        struct wire_compare_out, newer, "new", struct wire_compared_side, &wire_compared_side_shape),
    WIRE_BOOL_FIELD(struct wire_compare_out, complete, "complete"),
    WIRE_STRING_FIELD(struct wire_compare_out, pages, "pages"),
    WIRE_MAYBE_BOOL(struct wire_compare_out, overlap, "overlap", WIRE_OPTIONAL),
    WIRE_STRUCTS_FIELD(struct wire_compare_out, words, "words", WIRE_REQUIRED, struct wire_changed_word,
        &wire_changed_word_shape),
};
WIRE_SHAPE(wire_compare_out_shape, "Compare", struct wire_compare_out, compare_out_fields);
