/* Pages that come in any order, as a file of counts has them: those that fill the memory are put aside,
 * sorted, in nameless files, which are gathered at the end. Thread: main. */
#pragma once

#include "ctl/gather.h"

/* Of the pages in memory, about. */
#define PAGE_SORT_MEMORY (64u << 20)

struct page_sort;

int page_sort_new(const struct context *context, bool with_times, size_t max_memory, struct page_sort **ret);
void page_sort_free(struct page_sort *sort);
DEFINE_CLEANUP(struct page_sort *, page_sort_free)

/* A page with its words, which are put in order in place. Returns 0, an exit status with the reason said, or
 * -ENOMEM; as the next one. */
int page_sort_add(struct page_sort *sort, const struct counts_file_page *page, struct counts_file_word *words,
    size_t n_words);

/* All of them, as a file with this head. */
int page_sort_write(struct page_sort *sort, const struct counts_file_head *head, struct output_file *output,
    struct counts_file_totals *ret_totals);
