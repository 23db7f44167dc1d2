/* A file of counts, urlstat-counts(5), read page by page: memory is that of two pages. Thread: main. */
#pragma once

#include "base/cleanup.h"
#include "counts/file.h"

struct counts_input;

/* Never fails but with -ENOMEM: what cannot be opened says so in counts_input_next(). `file` must outlive it;
 * "-" is stdin. `with_words`: pages come with their words. */
int counts_input_new(const char *file, bool with_words, struct counts_input **ret);
/* From the descriptor's position, which is the input's from then on; also after an error. */
int counts_input_new_from_fd(int fd, const char *name, struct counts_input **ret);
void counts_input_free(struct counts_input *input);
DEFINE_CLEANUP(struct counts_input *, counts_input_free)

enum counts_input_kind {
    COUNTS_INPUT_PAGE,   /* the next page */
    COUNTS_INPUT_END,    /* the file is whole, and right */
    COUNTS_INPUT_BROKEN, /* see `reason` */
};

struct counts_input_item {
    enum counts_input_kind kind;
    uint64_t line; /* of the page; BROKEN: that is wrong, 0 if it is of the whole file */
    const struct counts_file_page *page; /* valid until the next call, as all that follows */
    const void *text;                    /* its lines, as they stand in the file */
    size_t size;
    const struct counts_file_word *words; /* if they were asked for */
    size_t n_words;
    const char *reason; /* a clause */
};

/* Returns 0 or -ENOMEM. After the end and a reason it stays there. */
int counts_input_next(struct counts_input *input, struct counts_input_item *ret);

/* Valid once a page or the end has come. */
const struct counts_file_head *counts_input_head(const struct counts_input *input);
/* "a.counts", "stdin" */
const char *counts_input_name(const struct counts_input *input);
