#include "engine/task.h"

#include <stdlib.h>

struct task *task_new(enum fetch_kind kind, char *url)
{
    struct task *task = calloc(1, sizeof(*task));

    if (!task)
        return NULL;
    list_init(&task->in_job);
    list_init(&task->in_worker);
    list_init(&task->in_unanswered);
    list_init(&task->in_flight);
    task->url = url;
    task->request.kind = kind;
    return task;
}

const char *task_page_host(const struct task *task)
{
    return task->outcome.reuse.job > 0 ? NULL : task->outcome.host;
}

void task_free(struct task *task)
{
    if (!task)
        return;
    list_remove(&task->in_job);
    list_remove(&task->in_worker);
    list_remove(&task->in_unanswered);
    words_counts_free(task->counts);
    robots_free(task->robots);
    free(task->known);
    free(task->refile_host);
    free(task->refile_url);
    free(task->location);
    free(task->content_type);
    free(task->charset);
    free(task->charset_from);
    free(task->title);
    free(task->etag);
    free(task->last_modified);
    free(task->detail);
    free(task->url);
    free(task);
}
