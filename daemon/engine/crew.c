#include "engine/crew.h"

#include "base/cleanup.h"
#include "base/list.h"
#include "engine/dispatch.h"
#include "engine/result.h"
#include "engine/state.h"
#include "engine/worker.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

int crew_init(struct engine *engine)
{
    engine->workers = calloc(ENGINE_MAX_WORKERS, sizeof(struct worker *));
    engine->in_flight = calloc(ENGINE_MAX_WORKERS, sizeof(struct list));
    engine->n_in_flight = calloc(ENGINE_MAX_WORKERS, sizeof(uint64_t));
    if (!engine->workers || !engine->in_flight || !engine->n_in_flight)
        return -ENOMEM;
    for (unsigned i = 0; i < ENGINE_MAX_WORKERS; i++)
        list_init(&engine->in_flight[i]);
    return 0;
}

void crew_deinit(struct engine *engine)
{
    free(engine->workers);
    free(engine->in_flight);
    free(engine->n_in_flight);
}

static void end_last(struct engine *engine)
{
    engine->n_workers--;
    worker_free(TAKE(engine->workers[engine->n_workers]));
}

int crew_grow(struct engine *engine, const struct engine_settings *settings)
{
    static const struct worker_replies replies = {
        .sent = dispatch_note_sent, .returned = result_deliver, .cancel_returned = result_deliver_cancel};
    unsigned before = engine->n_workers;

    assert(settings->n_workers > 0 && settings->n_workers <= ENGINE_MAX_WORKERS);
    while (engine->n_workers < settings->n_workers) {
        int r = worker_new(&settings->fetch, engine->n_workers + 1, engine->inbox, &replies,
            &engine->workers[engine->n_workers]);

        if (r < 0) {
            while (engine->n_workers > before)
                end_last(engine);
            return r;
        }
        engine->n_workers++;
    }
    return 0;
}

void crew_shrink(struct engine *engine)
{
    while (engine->n_workers > engine->settings->n_workers && engine->n_in_flight[engine->n_workers - 1] == 0)
        end_last(engine);
}

void crew_stop(struct engine *engine)
{
    while (engine->n_workers > 0)
        end_last(engine);
}

/* One message to all. It keeps the settings, which may be followed by others meanwhile. */
struct round {
    struct engine *engine;
    struct engine_settings *settings; /* NULL if it is not about them */
    unsigned n_out;
    void (*done)(void *userdata);
    void *userdata;
    struct round_order {
        struct worker_order order; /* first, as its mail in it */
        struct round *round;
    } orders[];
};

static void returned(struct mail *mail, void *receiver)
{
    struct round *round = CONTAINER_OF(mail, struct round_order, order.mail)->round;

    round->engine->n_orders--;
    if (--round->n_out > 0)
        return;
    engine_settings_unref(round->settings);
    if (round->done)
        round->done(round->userdata);
    free(round);
}

static int tell(struct engine *engine, struct engine_settings *settings, bool drop_caches,
    void (*done)(void *userdata), void *userdata)
{
    unsigned n = engine->n_workers;
    struct round *round = calloc(1, sizeof(*round) + n * sizeof(round->orders[0]));

    if (!round)
        return -ENOMEM;
    round->engine = engine;
    round->settings = settings ? engine_settings_ref(settings) : NULL;
    round->n_out = n;
    round->done = done;
    round->userdata = userdata;
    engine->n_orders += n;
    for (unsigned i = 0; i < n; i++) {
        struct round_order *order = &round->orders[i];

        order->round = round;
        order->order = (struct worker_order){
            .settings = settings ? &settings->fetch : NULL, .drop_caches = drop_caches, .returned = returned};
        worker_tell(engine->workers[i], &order->order);
    }
    return 0;
}

int crew_tell_settings(struct engine *engine, void (*done)(void *userdata), void *userdata)
{
    return tell(engine, engine->settings, false, done, userdata);
}

int crew_tell_to_drop_caches(struct engine *engine)
{
    return tell(engine, NULL, true, NULL, NULL);
}
