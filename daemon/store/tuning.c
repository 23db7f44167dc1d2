#include "store/tuning.h"

#include <stdio.h>

/* Of the configured bytes, half is for the writer's words; the database's pages get the rest, up to this much
 * a connection. The kernel caches them, too. */
#define MAX_PAGE_CACHE ((uint64_t)32 << 20)

int tuning_open(struct sql *sql, bool sync_full, uint64_t cache_bytes)
{
    uint64_t bytes = cache_bytes / 4 < MAX_PAGE_CACHE ? cache_bytes / 4 : MAX_PAGE_CACHE;
    char text[128];

    (void)snprintf(text, sizeof(text),
        "PRAGMA cache_size = -%llu; PRAGMA temp_store = MEMORY; PRAGMA synchronous = %s",
        (unsigned long long)(bytes >> 10) + 1, sync_full ? "FULL" : "NORMAL");
    return sql_execute(sql, text);
}

static void wake(struct tuning *tuning, struct mailbox *inbox)
{
    if (!atomic_exchange(&tuning->is_posted, true))
        mailbox_post(inbox, &tuning->mail);
}

void tuning_change(struct tuning *tuning, struct mailbox *inbox, bool sync_full, uint64_t cache_bytes)
{
    atomic_store(&tuning->sync_full, sync_full);
    atomic_store(&tuning->cache_bytes, cache_bytes);
    atomic_store(&tuning->is_changed, true);
    wake(tuning, inbox);
}

void tuning_drop_caches(struct tuning *tuning, struct mailbox *inbox)
{
    atomic_store(&tuning->drops_caches, true);
    wake(tuning, inbox);
}

bool tuning_apply(struct tuning *tuning, struct sql *sql)
{
    bool drops;

    atomic_store(&tuning->is_posted, false);
    if (atomic_exchange(&tuning->is_changed, false) &&
        tuning_open(sql, atomic_load(&tuning->sync_full), atomic_load(&tuning->cache_bytes)) < 0)
        atomic_store(&tuning->is_changed, true); /* with the next mail */
    drops = atomic_exchange(&tuning->drops_caches, false);
    if (drops)
        (void)sqlite3_db_release_memory(sql->db);
    return drops;
}
