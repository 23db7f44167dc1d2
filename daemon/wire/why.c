#include "wire/why.h"

static const struct wire_field page_fields[] = {
    WIRE_INT_FIELD(struct wire_why_page, job, "job"),
    WIRE_INT_FIELD(struct wire_why_page, page, "page"),
    WIRE_STRING_FIELD(struct wire_why_page, url, "url"),
    WIRE_INT_FIELD(struct wire_why_page, tokens, "tokens"),
    WIRE_INT_FIELD(struct wire_why_page, all_tokens, "allTokens"),
    WIRE_FLOAT_FIELD(struct wire_why_page, per_million, "perMillion"),
};
static WIRE_SHAPE(page_shape, "WordPage", struct wire_why_page, page_fields);

static const struct wire_field why_in_fields[] = {
    WIRE_STRING_FIELD(struct wire_why_in, word, "word"),
    WIRE_MAYBE_STRING(struct wire_why_in, job, "job", WIRE_OPTIONAL),
    WIRE_MAYBE_INT(struct wire_why_in, k, "k", WIRE_OPTIONAL),
};
WIRE_SHAPE(wire_why_in_shape, "Why", struct wire_why_in, why_in_fields);

static const struct wire_field why_out_fields[] = {
    WIRE_STRING_FIELD(struct wire_why_out, word, "word"),
    WIRE_INT_FIELD(struct wire_why_out, tokens, "tokens"),
    WIRE_INT_FIELD(struct wire_why_out, pages, "pages"),
    WIRE_INT_FIELD(struct wire_why_out, all_pages, "allPages"),
    WIRE_STRUCTS_FIELD(
        struct wire_why_out, pages_with, "pagesWith", WIRE_REQUIRED, struct wire_why_page, &page_shape),
};
WIRE_SHAPE(wire_why_out_shape, "Why", struct wire_why_out, why_out_fields);
