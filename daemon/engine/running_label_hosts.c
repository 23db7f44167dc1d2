#include "engine/running_label_hosts.h"

#include "base/array.h"
#include "base/cleanup.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Hosts at once. */
#define FREED_HOSTS 256

static void free_host(struct running_label_host *host)
{
    if (!host)
        return;
    for (size_t i = 0; i < host->n; i++)
        counts_id_set_deinit(&host->labels[i].words);
    free(host->labels);
    free(host->key);
    free(host);
}

DEFINE_CLEANUP(struct running_label_host *, free_host)

static int add_host(struct running_label_hosts *hosts, const char *key)
{
    CLEANUP(free_hostp) struct running_label_host *host = calloc(1, sizeof(*host));

    if (!host)
        return -ENOMEM;
    host->key = strdup(key);
    if (!host->key)
        return -ENOMEM;
    host->number = HASH_COUNT(hosts->by_key) + 1;
    HASH_ADD_KEYPTR(hh, hosts->by_key, host->key, strlen(host->key), host);
    if (!host->hh.tbl)
        return -ENOMEM;
    hosts->bytes += sizeof(*host) + strlen(key) + 2 * sizeof(void *);
    hosts->last = TAKE(host);
    return 0;
}

int running_label_hosts_find(struct running_label_hosts *hosts, const char *key)
{
    if (hosts->last && strcmp(hosts->last->key, key) == 0)
        return 0;
    HASH_FIND(hh, hosts->by_key, key, strlen(key), hosts->last);
    return hosts->last ? 0 : add_host(hosts, key);
}

static struct running_host_label *find_label(
    struct running_label_host *host, const struct running_group *label)
{
    for (size_t i = 0; i < host->n; i++)
        if (host->labels[i].label == label)
            return &host->labels[i];
    return NULL;
}

int running_label_hosts_get(struct running_label_hosts *hosts, struct running_label_host *host,
    const struct running_group *label, struct running_host_label **ret)
{
    size_t before = host->capacity;
    int r;

    *ret = find_label(host, label);
    if (*ret)
        return 0;
    r = array_reserve_one(&host->labels, host->n, &host->capacity, sizeof(*host->labels));
    if (r < 0)
        return r;
    hosts->bytes += (host->capacity - before) * sizeof(*host->labels);
    host->labels[host->n] = (struct running_host_label){.label = label, .words = {.is_compact = true}};
    *ret = &host->labels[host->n++];
    return 0;
}

int running_label_hosts_note(struct running_label_hosts *hosts, struct running_label_host *host,
    const struct running_group *label, const uint32_t *ids, size_t n)
{
    struct running_host_label *under;
    size_t before;
    int r;

    if (n > hosts->max_new) {
        uint8_t *grown = realloc(hosts->is_new, 2 * n);

        if (!grown)
            return -ENOMEM;
        hosts->is_new = grown;
        hosts->max_new = 2 * n;
    }
    r = running_label_hosts_get(hosts, host, label, &under);
    if (r < 0)
        return r;
    before = under->words.bytes;
    if (before == 0) {
        memset(hosts->is_new, 1, n);
        r = counts_id_set_fill(&under->words, ids, n);
    } else {
        r = counts_id_set_add(&under->words, ids, n, hosts->is_new);
    }
    hosts->bytes += under->words.bytes - before;
    return r;
}

size_t running_label_hosts_bytes(const struct running_label_hosts *hosts)
{
    return hosts->bytes + hosts->max_new;
}

bool running_label_hosts_free_some(struct running_label_hosts *hosts)
{
    struct running_label_host *host;
    struct running_label_host *next;
    size_t n = 0;

    HASH_ITER (hh, hosts->by_key, host, next) {
        if (n++ == FREED_HOSTS)
            return true;
        HASH_DEL(hosts->by_key, host);
        free_host(host);
    }
    free(hosts->is_new);
    *hosts = (struct running_label_hosts){0};
    return false;
}
