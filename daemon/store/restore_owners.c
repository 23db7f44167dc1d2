#include "store/restore_owners.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct owner {
    char *name;
    uid_t uid;
    uint64_t n_jobs;
};
struct owners {
    struct owner *items;
    size_t n;
};

static void owners_deinit(struct owners *owners)
{
    for (size_t i = 0; i < owners->n; i++)
        free(owners->items[i].name);
    free(owners->items);
}

static int add_owner(struct owners *owners, sqlite3_stmt *row)
{
    struct owner *items = realloc(owners->items, (owners->n + 1) * sizeof(*items));
    const char *name = (const char *)sqlite3_column_text(row, 1);
    struct owner *owner;

    if (!items || !name)
        return -ENOMEM;
    owners->items = items;
    owner = &items[owners->n];
    *owner = (struct owner){.uid = (uid_t)sqlite3_column_int64(row, 0),
        .name = strdup(name),
        .n_jobs = (uint64_t)sqlite3_column_int64(row, 2)};
    if (!owner->name)
        return -ENOMEM;
    owners->n++;
    return 0;
}

static int find_owners(struct sql *sql, struct owners *owners)
{
    sqlite3_stmt *row = NULL;
    int status = sqlite3_prepare_v2(sql->db,
        "SELECT uid, user, count(*) FROM job WHERE user IS NOT NULL GROUP BY uid, user ORDER BY user, uid",
        -1, &row, NULL);
    int r = sql_errno(status);

    while (r >= 0 && status != SQLITE_DONE) {
        status = sqlite3_step(row);
        r = status == SQLITE_ROW ? add_owner(owners, row) : sql_errno(status);
    }
    (void)sqlite3_finalize(row);
    return r;
}

static int move_jobs(struct sql *sql, const char *text, int64_t from, const char *name, int64_t to)
{
    sqlite3_stmt *statement = NULL;
    int status = sqlite3_prepare_v2(sql->db, text, -1, &statement, NULL);

    if (status == SQLITE_OK)
        status = sqlite3_bind_int64(statement, 1, from);
    if (status == SQLITE_OK)
        status = sqlite3_bind_text(statement, 2, name, -1, SQLITE_STATIC);
    if (status == SQLITE_OK)
        status = sqlite3_bind_int64(statement, 3, to);
    if (status == SQLITE_OK)
        status = sqlite3_step(statement);
    (void)sqlite3_finalize(statement);
    return sql_errno(status);
}

/* First to numbers that nobody has, as two users may change places. Where two become one, the first keeps a
 * key that both have used. */
static int change_owners(struct sql *sql, const struct owners *owners, store_owner owner, void *userdata)
{
    int r = 0;

    for (size_t i = 0; r >= 0 && i < owners->n; i++)
        r = move_jobs(sql, "UPDATE job SET uid = ?3 WHERE uid = ?1 AND user = ?2",
            (int64_t)owners->items[i].uid, owners->items[i].name, -1 - (int64_t)i);
    for (size_t i = 0; r >= 0 && i < owners->n; i++) {
        const struct owner *item = &owners->items[i];

        r = move_jobs(sql,
            "UPDATE job SET uid = ?3, dedupe = CASE WHEN EXISTS (SELECT 1 FROM job other WHERE"
            " other.uid = ?3 AND other.dedupe = job.dedupe) THEN NULL ELSE dedupe END"
            " WHERE uid = ?1 AND user = ?2",
            -1 - (int64_t)i, item->name, (int64_t)owner(userdata, item->name, item->uid, item->n_jobs));
    }
    return r;
}

int restore_owners(struct sql *sql, store_owner owner, void *userdata)
{
    CLEANUP(owners_deinit) struct owners owners = {0};
    int r = find_owners(sql, &owners);

    return r < 0 ? r : change_owners(sql, &owners, owner, userdata);
}
