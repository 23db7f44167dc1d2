/* A part of an export in the making: pages with their words, as many as it has room for. Thread: main. */
#pragma once

#include "base/arena.h"
#include "counts/pack.h"
#include "server/service.h"
#include "store/store_read.h"
#include "wire/messages.h"
#include <stdbool.h>

/* Zeros to begin with. Words borrow from `known`, labels and the like from the rows that are added. */
struct export_part {
    const struct service *service;
    const struct store_read_words *known; /* the job's words, by id */
    struct wire_page_counts *items;
    size_t n_items, items_capacity;
    size_t bytes;                /* in a message, about */
    bool in_row;                 /* its last item is of a row whose words are not all there yet */
    struct counts_reader counts; /* of that row */
    struct arena arena;
    /* The words of all items, one behind the other. */
    const char **texts;
    size_t n_texts, texts_capacity;
    int64_t *numbers;
    size_t numbers_capacity;
};

void export_part_deinit(struct export_part *part);

bool export_part_is_full(const struct export_part *part);

/* The row, or what is left of it. 1: the row is in the part, up to its end; 0: the part is full, and the row
 * goes on in the next one; -EAGAIN: the URL waits again; -EUCLEAN; -ENOMEM. */
int export_part_add(struct export_part *part, const struct store_url_row *row);

/* The pages, whose words are in place from now on. Valid until the part is changed. */
const struct wire_page_counts *export_part_pages(struct export_part *part);

/* It was sent: begins the next one. */
void export_part_clear(struct export_part *part);
