/* An intrusive doubly linked list. A link that is in no list points to itself. Owner: whoever embeds it.
 * Thread: one. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct link {
    struct link *next;
    struct link *previous;
};

#define CONTAINER_OF(pointer, type, member) ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

static inline void link_init(struct link *link)
{
    link->next = link->previous = link;
}

static inline bool link_is_alone(const struct link *link)
{
    return link->next == link;
}

static inline void link_remove(struct link *link)
{
    link->next->previous = link->previous;
    link->previous->next = link->next;
    link_init(link);
}

static inline void list_append(struct link *list, struct link *link)
{
    link->next = list;
    link->previous = list->previous;
    list->previous->next = link;
    list->previous = link;
}

/* Moves all of `from` behind what `to` has. */
static inline void list_move_all(struct link *from, struct link *to)
{
    if (link_is_alone(from))
        return;
    from->next->previous = to->previous;
    from->previous->next = to;
    to->previous->next = from->next;
    to->previous = from->previous;
    link_init(from);
}

/* Takes the first out; NULL if the list is empty. */
static inline struct link *list_take(struct link *list)
{
    struct link *first = list->next;

    if (first == list)
        return NULL;
    link_remove(first);
    return first;
}
