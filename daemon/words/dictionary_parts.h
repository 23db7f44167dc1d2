/* A plain text (dictionary_joints.h) as parts that are divided each by itself, and what is remembered of them
 * (dictionary_memo.h). Places count UTF-16 units of the text. Owner: a dictionary. Thread: one at a time. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is known of the place behind a unit. */
enum dictionary_mark {
    DICTIONARY_WORD = 1, /* a word ends */
    DICTIONARY_PART = 2, /* a part ends */
    DICTIONARY_NEW = 4,  /* the part was not remembered */
};

/* Zeros to begin with. */
struct dictionary_parts {
    uint8_t *marks;    /* by unit, bits of enum dictionary_mark */
    bool *joins;       /* by unit (joints_find()) */
    struct memo *memo; /* NULL until it is needed: in many processes it never is */
};

/* Room for texts of so many units. 0 or -ENOMEM. */
int dictionary_parts_reserve(struct dictionary_parts *parts, size_t max_units);
void dictionary_parts_deinit(struct dictionary_parts *parts);

/* What is not remembered of a text lies within, of whole parts; these are the same if there is nothing. */
struct dictionary_unknown {
    size_t from, to;
};

/* Marks the parts of the text, and the words of those that are remembered; MEMO_READ_UNITS can be read behind
 * it. 0 or -ENOMEM. */
int dictionary_parts_find(
    struct dictionary_parts *parts, const uint16_t *units, size_t n, struct dictionary_unknown *ret);

/* The words of the unknown parts are marked by now: for the next time. */
void dictionary_parts_remember(
    struct dictionary_parts *parts, const uint16_t *units, const struct dictionary_unknown *unknown);
