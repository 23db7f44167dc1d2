#include "engine/running_waste.h"

#include "base/list.h"
#include "engine/state.h"
#include "store/store_read.h"
#include <stdlib.h>

/* Less than this is freed at once. */
#define SMALL_BYTES ((size_t)1 << 20)

struct waste {
    struct store_scan_pages scan;
    struct engine *engine;
    struct running_kept kept;
    bool is_left;
};

static void free_on(struct waste *waste);

/* Reader thread. */
static int free_some(void *userdata)
{
    struct waste *waste = userdata;

    waste->is_left = running_kept_free_some(&waste->kept);
    return 0;
}

static void came(struct store_request *request, void *receiver)
{
    struct waste *waste = CONTAINER_OF(request, struct waste, scan.request);

    engine_request_came(waste->engine);
    if (request->r == 0 && waste->is_left) {
        free_on(waste);
        return;
    }
    running_kept_deinit(&waste->kept);
    free(waste);
}

static void free_on(struct waste *waste)
{
    waste->scan = (struct store_scan_pages){
        .request = {.kind = STORE_SCAN_PAGES, .done = came}, .finish = free_some, .userdata = waste};
    engine_request(waste->engine, &waste->scan.request);
}

void running_waste(struct engine *engine, struct running_kept *kept)
{
    struct waste *waste = NULL;

    /* Nobody waits for anything any more once the daemon ends. */
    if (!engine->stopped && !engine->draining && running_kept_bytes(kept) > SMALL_BYTES)
        waste = calloc(1, sizeof(*waste));
    if (!waste) {
        running_kept_deinit(kept);
        return;
    }
    waste->engine = engine;
    waste->kept = *kept;
    *kept = (struct running_kept){.kind = kept->kind};
    free_on(waste);
}
