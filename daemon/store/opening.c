#include "store/opening.h"

#include "store/damage.h"
#include "store/place.h"
#include "store/tuning.h"
#include "store/writer.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int opening_init(struct opening *opening, const char *directory, uint64_t reserve_bytes)
{
    int r = place_path(directory, STORE_FILE, &opening->path);

    if (r < 0) {
        opening->path = NULL;
        return r;
    }
    opening->directory = strdup(directory);
    return opening->directory ? reserve_init(&opening->reserve, directory, reserve_bytes) : -ENOMEM;
}

void opening_deinit(struct opening *opening)
{
    free(opening->directory);
    free(opening->path);
    reserve_deinit(&opening->reserve);
}

/* From here on, until it is closed, it counts as not stopped in good order. */
static int take_stop(struct sql *sql, uint64_t *ret_usec)
{
    int64_t usec = 0;
    int r = sql_number(sql, "SELECT max(usec) FROM stop", &usec);

    if (r >= 0)
        r = sql_execute(sql, "UPDATE stop SET usec = 0");
    if (r >= 0)
        *ret_usec = usec > 0 ? (uint64_t)usec : 0;
    return r;
}

/* Of the file that was set aside last, and of what was noted beside the store. */
static int64_t find_last_job(const struct opening *opening)
{
    CLEANUP(freep) char *damaged = NULL;
    int64_t noted = place_last_job(opening->directory);
    int64_t last = 0;

    if (damage_find(opening->directory, &damaged) < 0)
        damaged = NULL;
    else
        last = damage_last_job(damaged);
    return last > noted ? last : noted;
}

/* Numbers of jobs go on behind all that were ever given, whatever became of the file that knew them. */
static int go_on_counting(const struct opening *opening, struct sql *sql)
{
    int64_t last = find_last_job(opening);
    int64_t known = 0;
    char text[256];
    int r = sql_number(sql, "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'job'", &known);

    if (r < 0)
        return r;
    if (known >= last) {
        place_note_job(opening->directory, known);
        return 0;
    }
    (void)snprintf(text, sizeof(text),
        "DELETE FROM sqlite_sequence WHERE name = 'job';"
        "INSERT INTO sqlite_sequence (name, seq) VALUES ('job', %lld)",
        (long long)last);
    return sql_execute(sql, text);
}

int opening_write(
    const struct opening *opening, struct schema_watch *watch, struct sql **ret, uint64_t *ret_stopped_usec)
{
    CLEANUP(sql_freep) struct sql *sql = NULL;
    uint64_t stopped_usec = 0;
    int r = schema_open(opening->path, &schema_current, watch, &sql);

    if (r < 0)
        return r;
    r = tuning_open(sql, opening->sync_full, opening->cache_bytes);
    if (r >= 0)
        r = take_stop(sql, &stopped_usec);
    if (r >= 0)
        r = go_on_counting(opening, sql);
    if (r >= 0)
        r = sweep_open(sql);
    if (r < 0)
        return r;
    *ret = TAKE(sql);
    *ret_stopped_usec = stopped_usec;
    return 0;
}

int opening_read(const struct opening *opening, struct sql **ret)
{
    CLEANUP(sql_freep) struct sql *sql = NULL;
    int64_t n = 0;
    int r = sql_open(opening->path, SQLITE_OPEN_READONLY, &sql);

    if (r >= 0)
        r = tuning_open(sql, opening->sync_full, opening->cache_bytes);
    /* Before that nothing was read. */
    if (r >= 0)
        r = sql_number(sql, "SELECT count(*) FROM sqlite_schema", &n);
    if (r >= 0)
        *ret = TAKE(sql);
    return r;
}

bool opening_may_freeze(int r)
{
    return r == -ENOSPC || r == -EDQUOT || r == -EROFS || r == -EACCES || r == -EPERM || r == -EIO;
}

int opening_read_frozen(const struct opening *opening, struct sql **ret)
{
    CLEANUP(sql_freep) struct sql *sql = NULL;
    int r = access(opening->path, R_OK) < 0 ? -errno : sql_open_frozen(opening->path, &sql);

    if (r >= 0)
        r = tuning_open(sql, opening->sync_full, opening->cache_bytes);
    if (r >= 0)
        r = schema_check(sql, &schema_current);
    if (r >= 0)
        *ret = TAKE(sql);
    return r;
}

int opening_read_blank(struct sql **ret)
{
    return schema_open_blank(&schema_current, ret);
}

int opening_nothing(struct sql **ret)
{
    return sql_open(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, ret);
}
