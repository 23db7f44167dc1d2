#include "engine/robots_shelf.h"

#include "base/cleanup.h"
#include "engine/host.h"
#include "engine/robots_gate.h"

_Static_assert(ENGINE_ROBOTS_BYTES / 2 > (size_t)16 * ROBOTS_MAX_SIZE, "the largest robots.txt fits");

void robots_shelves_init(struct robots_shelves *shelves)
{
    for (size_t i = 0; i < 2; i++) {
        list_init(&shelves->sizes[i].origins);
        shelves->sizes[i].bytes = 0;
        shelves->sizes[i].max_bytes = ENGINE_ROBOTS_BYTES / 2;
    }
}

static struct robots_shelf *shelf_of(struct robots_shelves *shelves, const struct origin *origin)
{
    return &shelves->sizes[robots_memory(origin->robots) > ENGINE_ROBOTS_SMALL];
}

void robots_shelf_forget(struct robots_shelves *shelves, struct origin *origin)
{
    if (!origin->robots)
        return;
    shelf_of(shelves, origin)->bytes -= robots_memory(origin->robots);
    list_remove(&origin->on_shelf);
    robots_free(TAKE(origin->robots));
}

void robots_shelf_put(struct robots_shelves *shelves, struct origin *origin, struct robots *robots)
{
    struct robots_shelf *shelf;

    robots_shelf_forget(shelves, origin);
    origin->robots = robots;
    shelf = shelf_of(shelves, origin);
    shelf->bytes += robots_memory(robots);
    list_append(&shelf->origins, &origin->on_shelf);
    while (shelf->bytes > shelf->max_bytes) {
        struct origin *oldest = CONTAINER_OF(shelf->origins.next, struct origin, on_shelf);

        robots_gate_dropping(oldest);
        robots_shelf_forget(shelves, oldest);
    }
}

void robots_shelf_touch(struct robots_shelves *shelves, struct origin *origin)
{
    list_remove(&origin->on_shelf);
    list_append(&shelf_of(shelves, origin)->origins, &origin->on_shelf);
}
