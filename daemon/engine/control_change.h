/* One change of a job on its way to the store, and who waits for it. Owner: the request that is under way.
 * Thread: main. */
#pragma once

#include "base/list.h"
#include "engine/engine.h"
#include "store/store.h"
#include "store/store_change.h"
#include "store/store_read.h"

struct control_change {
    union {
        struct store_request request;
        struct store_set_state set_state;
        struct store_retry retry;
        struct store_remove remove;
        struct store_set_priority priority;
        struct store_read_jobs read;
    };
    struct engine *engine;
    uint64_t number;
    engine_changed done;
    void *userdata;
    enum store_job_state state; /* wanted */
    enum outcome *outcomes;
    size_t n_outcomes;
    uint64_t retried;
    struct list in_engine; /* of its retries or its waiting changes, until it begins */
};

/* NULL: out of memory. */
struct control_change *control_change_new(
    struct engine *engine, uint64_t number, engine_changed done, void *userdata);
/* One that was never handed over. */
void control_change_free(struct control_change *change);
/* Hands it to the store: that of the union's requests which was filled in. */
void control_change_submit(struct control_change *change);
/* Tells who waits, and frees it. */
void control_change_answer(struct control_change *change, int r, uint64_t n);

/* Asks for the job's row: `came` takes it, before all else. */
void control_change_read_row(
    struct control_change *change, void (*came)(struct store_request *request, void *receiver));
/* Begins the next retry that nothing stands in the way of: to be called when another has come to its end, or
 * a job. */
void control_begin_retry(struct engine *engine);
/* There may be memory by now for the job that was retried and has none; its client waits until then. */
void control_revive_again(struct engine *engine);
/* The job's end was written, or was not: changes that waited for it look at it anew. */
void control_go_on(struct engine *engine, uint64_t job);

/* 0 and the row, borrowed from change->read, whose rows the caller frees; or the error to answer with. */
int control_change_take_row(struct control_change *change, const struct store_job_row **ret);
