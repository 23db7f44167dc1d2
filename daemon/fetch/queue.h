/* Lists used as queues. Thread: one. */
#pragma once

#include "base/list.h"

/* Takes the first out; NULL if the list is empty. */
static inline struct list *queue_take(struct list *list)
{
    struct list *first = list->next;

    if (first == list)
        return NULL;
    list_remove(first);
    return first;
}

/* Moves all of `from` behind what `to` has. */
static inline void queue_move_all(struct list *from, struct list *to)
{
    if (list_is_empty(from))
        return;
    from->next->previous = to->previous;
    from->previous->next = to;
    to->previous->next = from->next;
    to->previous = from->previous;
    list_init(from);
}
