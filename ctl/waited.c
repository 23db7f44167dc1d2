#include "ctl/waited.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void waited_deinit(struct waited *waited)
{
    free(waited->jobs);
    free(waited->numbers);
    free(waited->names);
}

static struct wire_job *find_job(const struct waited *waited, int64_t number)
{
    for (size_t i = 0; i < waited->n_jobs; i++)
        if (waited->jobs[i].job == number)
            return &waited->jobs[i];
    return NULL;
}

/* The texts move with their array, so the names are made anew. */
static void name_jobs(struct waited *waited)
{
    for (size_t i = 0; i < waited->n_jobs; i++) {
        snprintf(waited->numbers[i], sizeof(waited->numbers[i]), "%" PRId64, waited->jobs[i].job);
        waited->names[i] = waited->numbers[i];
    }
}

/* Room for one more in each of the three arrays. */
static int reserve(struct waited *waited)
{
    size_t n = waited->n_jobs + 1;
    struct wire_job *jobs = reallocarray(waited->jobs, n, sizeof(*jobs));
    char(*numbers)[24];
    const char **names;

    if (!jobs)
        return -ENOMEM;
    waited->jobs = jobs;
    numbers = reallocarray(waited->numbers, n, sizeof(*numbers));
    if (!numbers)
        return -ENOMEM;
    waited->numbers = numbers;
    names = reallocarray(waited->names, n, sizeof(*names));
    if (!names)
        return -ENOMEM;
    waited->names = names;
    return 0;
}

static int add_job(struct waited *waited, int64_t number)
{
    int r = reserve(waited);

    if (r < 0) {
        name_jobs(waited);
        return r;
    }
    waited->jobs[waited->n_jobs++] = (struct wire_job){.job = number};
    name_jobs(waited);
    return 0;
}

/* The states that the client acts on; texts of a reply do not outlive it. */
static const char *known_state(const char *state)
{
    static const char *const states[] = {"queued", "running", "paused", "done", "cancelled"};

    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
        if (strcmp(states[i], state) == 0)
            return states[i];
    return "unknown";
}

int waited_take(struct waited *waited, const struct wire_job *jobs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct wire_job *kept = find_job(waited, jobs[i].job);
        int r = kept ? 0 : add_job(waited, jobs[i].job);

        if (r < 0)
            return r;
        kept = find_job(waited, jobs[i].job);
        assert(kept);
        *kept = jobs[i];
        kept->state = known_state(jobs[i].state);
        kept->name = kept->user = kept->submitted = kept->finished = NULL;
        kept->outcomes = NULL;
        kept->engine = NULL;
    }
    return 0;
}
