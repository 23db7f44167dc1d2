/* Top, in two files: top.c finds out what is asked and of which jobs, top_parts.c turns the query's groups
 * into replies. Private to server/. Thread: main. */
#pragma once

#include "engine/query.h"
#include "server/work.h"
#include "wire/messages.h"

struct top {
    struct work work;
    struct query_options options; /* strings in the work's arena */
    uint64_t *jobs;               /* numbers, ascending */
    size_t n_jobs;
    size_t jobs_capacity;
    struct wire_top_out totals; /* without words and groups */
    bool grouped;
    /* Pages, tokens and distinct: known from the job's row, with the first group, or by a query of their own.
     */
    bool totals_known;
    struct query *query;
    /* Asked for once pages were totalled: of a job that runs they may be of an id that it had no page of
     * before. */
    struct store_read_engines engines;
    bool engines_known;

    /* What the query gave last, and how far it was taken. */
    const struct query_group *groups;
    size_t n_groups;
    bool end;
    size_t group;
    size_t word;

    /* The reply that grows: words, or groups with theirs. */
    struct arena arena;
    size_t bytes;
    struct wire_word *words;
    size_t n_words;
    size_t words_capacity;
    struct wire_group *built;
    size_t n_built;
    size_t built_capacity;
    struct wire_group_word *group_words; /* of the last of `built`, while it grows */
    size_t n_group_words;
    size_t group_words_capacity;
};

/* Runs the query of the options and replies. */
void top_run(struct top *top);
void top_release_parts(struct top *top);
