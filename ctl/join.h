/* Groups that the daemon cut between two parts of its reply, as one again. Owner: whoever embeds it. Thread:
 * main. */
#pragma once

#include "base/arena.h"
#include "wire/messages.h"

struct join {
    struct wire_group held; /* the last group so far, if `holds`: the next part may go on with it */
    bool holds;
    struct wire_group_word *words; /* its own */
    size_t n_words, capacity;
    struct arena texts;
    struct wire_group *whole; /* what was given last, with what it borrows */
    struct wire_group_word *given_words;
    struct arena given_texts;
};

void join_deinit(struct join *join);

/* Takes a part's groups and gives those that are whole, which borrow from the part and live until the next
 * call. After the last part nothing is held. Returns 0 or -ENOMEM. */
int join_take(struct join *join, const struct wire_group *groups, size_t n, bool last,
    const struct wire_group **ret, size_t *ret_n);
