/* A verb that needs the store or the engine: what it asked for comes back as mail, perhaps after the client
 * has gone. A work is the call's data; it outlives the call until everything that is out has come back.
 * Thread: main.
 *
 * A verb embeds it as its first member. Between work_new() and the end of the call, call_set_cancel() and
 * call_set_data() are the work's. */
#pragma once

#include "base/arena.h"
#include "server/service_private.h"
#include "store/store.h"
#include "store/store_read.h"

/* Jobs that one call may name. */
#define WORK_MAX_JOBS 1000

struct work {
    struct call *call; /* NULL once the client has gone: then nothing of the call may be touched */
    struct service *service;
    unsigned out;                /* requests under way */
    void (*release)(void *work); /* frees what the verb holds; NULL: nothing */
    void (*cancelled)(
        void *work);    /* the client has gone: have what is under way come back soon; NULL: nothing */
    struct arena arena; /* strings that requests point to must outlive the call */

    /* Of work_find(). */
    struct store_read_jobs read;
    enum work_need {
        WORK_TO_SEE,    /* number, owner, state and totals: everybody */
        WORK_TO_READ,   /* names, URLs, words */
        WORK_TO_CHANGE, /* its owner and root */
    } need;
    const char **texts; /* of the jobs as given */
    size_t n_texts;
    bool rereading; /* rows are read again; those of jobs that are gone are dropped */
    size_t next;    /* of texts or rows to be read */
    struct store_job_row *
        *rows; /* one a job, each in its own memory; a job that was named twice is here once */
    size_t n_rows;
    void (*found)(void *work);
    void (*missing)(void *work); /* instead of the error where there is no such job; NULL: the error */
};

/* `size` of the verb's struct, which is zeroed otherwise. NULL: the call has ended with an error. */
void *work_new(struct call *call, size_t size);

/* The jobs that the texts mean, or the caller's latest if there are none (NULL); then `found`. If one is not
 * there or not permitted, the call ends with that error, and the work with it. */
void work_find(struct work *work, const char *const *jobs, size_t n_jobs, enum work_need need,
    void (*found)(void *work));
/* Reads the rows of work->rows again, then `found`. Jobs that were removed are no longer in it. */
void work_reread(struct work *work, void (*found)(void *work));

/* Frees the work, whose call has ended, once everything that is out has come back. */
void work_end(struct work *work);
/* work_end(), and the call with the error that fits. */
void work_fail(struct work *work, int r);

/* Around what goes out and comes back. False: the client has gone, and the work may be freed with this. */
void work_sends(struct work *work);
bool work_came_back(struct work *work);

/* Hands a request of the store over, whose `done` begins with work_came_back(). */
void work_submit(struct work *work, struct store_request *request);

/* A copy in the work's arena of what may be NULL; 0 or -ENOMEM. */
int work_copy(struct work *work, const char *text, const char **ret);
