#include "server/list_reply.h"

#include "base/array.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Beyond this, in one reply, it would hardly fit a frame; call_reply() tells exactly. */
#define WHOLE_BYTES (1U << 20)

void list_reply_init(struct list_reply *list, const struct wire_shape *shape)
{
    *list = (struct list_reply){.shape = shape};
    /* A name, quotes, a number. */
    for (size_t i = 0; i < shape->n_fields; i++)
        list->item_bytes += strlen(shape->fields[i].name) + 8;
}

void list_reply_deinit(struct list_reply *list)
{
    free(list->items);
    arena_deinit(&list->arena);
    *list = (struct list_reply){0};
}

static int copy_text(struct list_reply *list, const char **text)
{
    const char *copy;

    if (!*text)
        return 0;
    copy = arena_copy(&list->arena, *text);
    if (!copy)
        return -ENOMEM;
    list->bytes += strlen(copy);
    *text = copy;
    return 0;
}

int list_reply_add(struct list_reply *list, const void *item)
{
    const struct wire_shape *shape = list->shape;
    char *place;
    int r = array_reserve_one(&list->items, list->n, &list->capacity, shape->size);

    if (r < 0)
        return r;
    place = list->items + list->n * shape->size;
    memcpy(place, item, shape->size);
    list->bytes += list->item_bytes;
    for (size_t i = 0; i < shape->n_fields && r == 0; i++)
        if (shape->fields[i].kind == WIRE_STRING)
            r = copy_text(list, (const char **)(place + shape->fields[i].offset));
    if (r == 0)
        list->n++;
    return r;
}

bool list_reply_is_full(const struct list_reply *list, const struct call *call)
{
    return list->bytes >= (call_more(call) ? LIST_PART_BYTES : WHOLE_BYTES);
}

void list_reply_clear(struct list_reply *list)
{
    arena_deinit(&list->arena);
    list->n = 0;
    list->bytes = 0;
}

void list_reply_refuse(struct call *call)
{
    call_error(call, WIRE_LIMIT_REACHED,
        &(struct wire_error_parameters){
            .limit = "WIRE_MAX_FRAME", .message = "the list does not fit one reply: call with \"more\""});
}
