#include "engine/dispatch.h"
#include "engine/host.h"
#include "engine/state.h"
#include "engine/table.h"
#include "store/store.h"
#include "store/store_host.h"

#include "base/array.h"
#include "base/cleanup.h"
#include "engine/pattern.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* One change on its way to the store, and who waits for it. */
struct host_pause {
    struct store_pause_host request;
    struct engine *engine;
    char *pattern;
    engine_changed done;
    void *userdata;
};

static char **find_pattern(const struct engine *engine, const char *pattern)
{
    for (size_t i = 0; i < engine->n_paused; i++)
        if (strcmp(engine->paused[i], pattern) == 0)
            return &engine->paused[i];
    return NULL;
}

const char *host_paused_by(const struct engine *engine, const char *key)
{
    for (size_t i = 0; i < engine->n_paused; i++)
        if (pattern_matches(engine->paused[i], key))
            return engine->paused[i];
    return NULL;
}

int host_pause_note(struct engine *engine, const char *pattern)
{
    int r = array_reserve_one(
        &engine->paused, engine->n_paused, &engine->paused_capacity, sizeof(engine->paused[0]));
    char *copy = r == 0 ? strdup(pattern) : NULL;

    if (!copy)
        return -ENOMEM;
    engine->paused[engine->n_paused++] = copy;
    return 0;
}

static void forget_pattern(struct engine *engine, const char *pattern)
{
    char **place = find_pattern(engine, pattern);

    if (!place)
        return;
    free(*place);
    *place = engine->paused[--engine->n_paused];
}

void host_pause_free(struct engine *engine)
{
    for (size_t i = 0; i < engine->n_paused; i++)
        free(engine->paused[i]);
    free(engine->paused);
}

static void apply(struct engine *engine)
{
    struct host *host;
    struct host *next;

    HASH_ITER (hh, engine->hosts, host, next) {
        bool is_paused = host_paused_by(engine, host->key);

        if (is_paused == host->is_paused)
            continue;
        host->is_paused = is_paused;
        host_schedule(host);
    }
    dispatch(engine);
}

static void change_written(struct store_request *request, void *receiver)
{
    struct host_pause *change = CONTAINER_OF(request, struct host_pause, request.request);
    struct engine *engine = change->engine;
    int r = request->r;

    engine_request_came(engine);
    if (r == 0 && !change->request.paused)
        forget_pattern(engine, change->pattern);
    else if (r == 0 && !find_pattern(engine, change->pattern))
        r = host_pause_note(engine, change->pattern);
    if (r == 0)
        apply(engine);
    change->done(change->userdata, r, 0);
    free(change->pattern);
    free(change);
}

int engine_pause_host(
    struct engine *engine, const char *pattern, bool paused, engine_changed done, void *userdata)
{
    CLEANUP(freep) char *copy = NULL;
    struct host_pause *change;

    if (!!find_pattern(engine, pattern) == paused)
        return -EALREADY;
    if (paused && engine->n_paused >= ENGINE_MAX_PAUSED_HOSTS)
        return -E2BIG;
    copy = strdup(pattern);
    change = copy ? calloc(1, sizeof(*change)) : NULL;
    if (!change)
        return -ENOMEM;
    change->engine = engine;
    change->pattern = TAKE(copy);
    change->done = done;
    change->userdata = userdata;
    change->request = (struct store_pause_host){
        .request = {.kind = STORE_PAUSE_HOST, .done = change_written},
        .pattern = change->pattern,
        .paused = paused,
    };
    engine_request(engine, &change->request.request);
    return 0;
}
