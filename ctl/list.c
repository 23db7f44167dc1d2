#include "ctl/list_calls.h"

#include "ctl/say.h"
#include "ctl/source.h"
#include <errno.h>
#include <inttypes.h>
#include <string.h>

void list_free(struct list *list)
{
    if (!list)
        return;
    batch_deinit(&list->batch);
    rejects_deinit(&list->rejects);
    free(list->names);
    free(list);
}

const struct wire_submit_out *list_result(const struct list *list)
{
    return &list->result;
}

size_t list_n_broken(const struct list *list)
{
    return list->n_broken;
}

static int take_bad(struct list *list, const struct source *source, const struct source_item *item)
{
    struct wire_rejected rejected = {
        .source = source_name(source),
        .line = item->line > 0 ? wire_some_int(item->line) : (struct wire_int){0},
        .text = item->url,
        .reason = item->reason,
    };

    list->n_local++;
    return rejects_add(&list->rejects, &rejected);
}

static void take_broken(struct list *list, const struct source *source, const struct source_item *item)
{
    list->n_broken++;
    if (item->line > 0)
        say_plain("%s:%" PRIu32 ": %s", source_name(source), item->line, item->reason);
    else
        say_plain("%s: %s", source_name(source), item->reason);
}

/* Returns 0, an exit status, or -ENOMEM. */
static int take_item(
    struct list *list, const struct source *source, int64_t index, const struct source_item *item)
{
    int r;

    switch (item->kind) {
    case SOURCE_ENTRY:
        if (batch_is_full(&list->batch)) {
            r = list_calls_append(list);
            if (r != 0)
                return r;
        }
        return batch_add(&list->batch, item, index);
    case SOURCE_BAD:
        return take_bad(list, source, item);
    case SOURCE_BROKEN:
        take_broken(list, source, item);
        return 0;
    case SOURCE_END:
        return 0;
    }
    return 0;
}

/* The daemon may go away, or refuse the list, while nobody says the next line. */
static int wait_for_line(void *userdata, int fd)
{
    struct list *list = userdata;
    int r;

    while ((r = client_wait_for_input(list->client, fd)) > 0) {
        r = list_calls_receive(list);
        if (r != 0)
            return r;
    }
    return r < 0 ? list_calls_failed(list, r) : 0;
}

static int read_source(struct list *list, const char *operand, int64_t index)
{
    CLEANUP(source_freep) struct source *source = NULL;
    struct source_item item = {.kind = SOURCE_ENTRY};
    int r = source_new(operand, &source);

    if (r == 0)
        source_set_wait(source, wait_for_line, list);
    while (r == 0 && (item.kind == SOURCE_ENTRY || item.kind == SOURCE_BAD)) {
        r = source_next(source, &item);
        if (r == 0)
            r = take_item(list, source, index, &item);
    }
    return r;
}

static int read_sources(struct list *list, int n, char **operands)
{
    int64_t index = 0;
    int r = 0;

    for (int i = 0; i < n && r == 0; i++)
        r = read_source(list, operands[i], source_is_url(operands[i]) ? -1 : index++);
    return r;
}

static int name_sources(struct list *list, int n, char **operands)
{
    list->names = calloc((size_t)n + 1, sizeof(*list->names));
    if (!list->names)
        return -ENOMEM;
    for (int i = 0; i < n; i++)
        if (!source_is_url(operands[i]))
            list->names[list->n_names++] = strcmp(operands[i], "-") == 0 ? "stdin" : operands[i];
    return 0;
}

int list_submit(struct context *context, const struct list_options *options, int n_sources, char **sources,
    struct list **ret)
{
    CLEANUP(list_freep) struct list *list = calloc(1, sizeof(*list));
    int r;

    if (!list)
        return -ENOMEM;
    list->context = context;
    list->options = options;
    list->result.rejected = list->rejects.kept;
    /* Before stdin is read, which may be long in coming. */
    r = context_client(context, &list->client);
    if (r == 0)
        r = name_sources(list, n_sources, sources);
    if (r == 0)
        r = read_sources(list, n_sources, sources);
    if (r == 0)
        r = list_calls_finish(list);
    list->result.n_rejected = list->rejects.n_kept;
    rejects_say_rest(&list->rejects);
    if (r != 0)
        return r;
    *ret = TAKE(list);
    return 0;
}
