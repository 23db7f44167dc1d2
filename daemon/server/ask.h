/* What a caller asks for, checked: URLs and hosts as the store spells them, choices, numbers. Thread: main.
 */
#pragma once

#include "server/work.h"
#include "wire/shape.h"

/* In the work's arena; NULL stays NULL. 0; -EINVAL, with the call refused; -ENOMEM. */
int ask_url(struct work *work, const char *text, const char **ret);
int ask_host(struct work *work, const char *text, const char **ret);

/* The index of the text among the names, of which some may be NULL; *ret stays for a text that is NULL. 0;
 * -EINVAL, with the call refused. */
int ask_choice(
    struct work *work, const char *what, const char *text, const char *const *names, size_t n, int *ret);

/* How many words: TopWords= if it is not set. 0; -EINVAL, with the call refused. */
int ask_top_words(struct work *work, const struct wire_int *k, uint64_t *ret);
