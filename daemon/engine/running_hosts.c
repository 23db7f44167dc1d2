#include "engine/running_hosts.h"

#include <errno.h>
#include <string.h>

static int end_filled(struct running_hosts *hosts)
{
    struct running_group *host = hosts->filled;
    int r;

    if (!host)
        return 0;
    hosts->filled = NULL;
    r = counts_cell_mix(&host->words, hosts->mix);
    return r < 0 ? r : running_groups_store(&hosts->groups, host, hosts->mix);
}

static int begin_filled(struct running_hosts *hosts, const char *key)
{
    int r;

    if (hosts->filled && strcmp(hosts->filled->key, key) == 0)
        return 0;
    r = end_filled(hosts);
    if (r == 0 && !hosts->mix)
        r = counts_mix_new(&hosts->mix);
    return r < 0 ? r : running_groups_get(&hosts->groups, key, &hosts->filled);
}

int running_hosts_add(struct running_hosts *hosts, const struct store_page_row *row)
{
    uint32_t seq = (uint32_t)row->seq;
    uint64_t tokens = 0;
    uint8_t is_new = 0;
    int r = row->seq > UINT32_MAX ? -E2BIG : counts_id_set_add(&hosts->seqs, &seq, 1, &is_new);

    if (r < 0 || !is_new)
        return r;
    r = begin_filled(hosts, row->host);
    if (r == 0)
        r = counts_mix_add_page(hosts->mix, row->counts, row->counts_size, &tokens);
    if (r < 0)
        return r == -EBADMSG ? -EUCLEAN : r;
    hosts->filled->words.pages++;
    hosts->filled->words.tokens += tokens;
    return 0;
}

int running_hosts_settle(struct running_hosts *hosts)
{
    int r = end_filled(hosts);

    if (r == 0)
        running_groups_sort(&hosts->groups);
    return r;
}

size_t running_hosts_bytes(const struct running_hosts *hosts)
{
    return hosts->groups.bytes + hosts->seqs.bytes + (hosts->mix ? counts_mix_bytes(hosts->mix) : 0);
}

bool running_hosts_free_some(struct running_hosts *hosts)
{
    if (running_groups_free_some(&hosts->groups))
        return true;
    counts_id_set_deinit(&hosts->seqs);
    counts_mix_free(hosts->mix);
    *hosts = (struct running_hosts){0};
    return false;
}
