#include "engine/share.h"

#include "engine/job.h"
#include "engine/state.h"

uint64_t share_next_turn(struct engine *engine, struct job *job)
{
    uint64_t turn = engine->share_turn;

    if (!job)
        return turn;
    if (job->next_turn > turn)
        turn = job->next_turn;
    /* The more jobs the user has, the smaller is the share of each. */
    job->next_turn = turn + (job->user->n_busy_jobs > 0 ? job->user->n_busy_jobs : 1);
    return turn;
}

void share_reached(struct engine *engine, uint64_t turn)
{
    if (turn > engine->share_turn)
        engine->share_turn = turn;
}
