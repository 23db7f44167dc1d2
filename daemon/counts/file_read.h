/* What reads a file of counts line by line: its state, and what the files that read its parts share. Private
 * to counts/. Thread: any one. */
#pragma once

#include "counts/file.h"

#include <xxhash.h>

enum file_stage {
    STAGE_MAGIC,
    STAGE_ENGINE,
    STAGE_TIMES,
    STAGE_LISTS, /* settings and names, then the columns */
    STAGE_PAGES,
    STAGE_SUM,
    STAGE_DONE,
    STAGE_BAD,
};

/* A line of which fields are taken; its bytes stay where they are as long as it is not filled anew. */
struct file_line {
    char *bytes;
    size_t capacity;
};

/* Texts of the head, ascending. */
struct file_texts {
    char **texts;
    size_t n, capacity;
};

struct counts_file_reader {
    enum file_stage stage;
    XXH3_state_t *sum; /* of all lines so far */
    struct counts_file_head head;
    struct file_texts settings, names;
    struct counts_file_page page;
    struct file_line page_line, last_page_line; /* they change places, as `url` of the last one is compared */
    struct counts_file_word word;
    struct file_line word_line, last_word_line;
    uint64_t tokens, distinct; /* of the page, so far */
    struct counts_file_totals totals;
    char reason[160];
};

/* Refuses the line: 0, as all that takes a line. */
int file_bad(struct counts_file_reader *reader, enum counts_file_line *ret, const char *reason);
/* Copies it, with a NUL behind. 0 or -ENOMEM. */
int file_line_fill(struct file_line *line, const char *bytes, size_t size);
/* What stands behind the keyword and its tab; NULL if the line has another one. */
const char *file_value_of(const char *line, const char *keyword);

/* A line before the pages. */
int file_take_head(
    struct counts_file_reader *reader, const char *line, size_t size, enum counts_file_line *ret);
/* The fields of a page's line, FILE_N_COLUMNS of them, which the page borrows. NULL, or what is wrong. */
const char *file_take_fields(struct counts_file_page *page, char **fields, bool has_times);
