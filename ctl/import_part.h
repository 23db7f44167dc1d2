/* A call of import in the making: as many pages, with their words, as it has room for. Thread: main. */
#pragma once

#include "base/arena.h"
#include "ctl/counts_input.h"
#include "wire/messages.h"
#include <stdbool.h>
#include <stddef.h>

/* A call is sent once its texts have so many bytes: even if each byte had to be escaped, it fits a frame. */
#define IMPORT_PART_BYTES (128u << 10)

struct import_part {
    struct wire_import_in in; /* what it has beside its pages: the maker's to fill */
    struct arena texts;
    struct wire_setting *settings;
    struct wire_page_counts *pages;
    size_t n_pages, pages_capacity;
    size_t bytes; /* of its texts, about */
};

/* The settings of the file, "NAME=VALUE", into part->in. 0, -E2BIG if no call has room for them, or -ENOMEM.
 */
int import_part_set_settings(struct import_part *part, const struct counts_file_head *head);

/* The page, with as many words from *at on as there is room for, at least one if any is left: *at is behind
 * them then, and the next call goes on from there. All texts are copied. Returns 0 or -ENOMEM. */
int import_part_add(
    struct import_part *part, const char *engine, const struct counts_input_item *item, size_t *at);
bool import_part_is_full(const struct import_part *part);

/* The call, valid until the part is changed. */
const struct wire_import_in *import_part_message(struct import_part *part);

/* It was sent: begins the next one, with nothing in it. */
void import_part_clear(struct import_part *part);
void import_part_deinit(struct import_part *part);
