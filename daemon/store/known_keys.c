#include "store/known_keys.h"

#include <errno.h>

/* Some ten pages of the file; some two hundred. */
#define MAX_NEW 8192
#define MAX_MID 131072
#define STRETCH 4096

void known_keys_init(struct known_keys *keys)
{
    *keys = (struct known_keys){.max_new = MAX_NEW, .max_mid = MAX_MID, .stretch = STRETCH};
}

void known_keys_forget(struct known_keys *keys)
{
    keys->counted = false;
    keys->moved = (struct known_key){0};
}

static void call_key(struct call *call, const struct known_key *key)
{
    call_u64(call, key->key);
    call_u64(call, key->asked);
    call_u64(call, key->job);
    call_u64(call, key->seq);
}

static int run(struct sql *sql, enum statement which, const struct known_key *key)
{
    struct call call = call_begin(sql, which);

    call_key(&call, key);
    return call_run(&call);
}

int known_keys_add(struct known_keys *keys, struct sql *sql, const struct known_key *key)
{
    keys->n_new++;
    return run(sql, SQL_KNOWN_ADD, key);
}

static int count(struct known_keys *keys, struct sql *sql)
{
    struct call call = call_begin(sql, SQL_KNOWN_COUNT);
    int r = call_row(&call);

    if (r > 0) {
        keys->n_new = row_u64(&call, 0);
        keys->n_mid = row_u64(&call, 1);
        keys->counted = true;
    }
    call_end(&call);
    return r < 0 ? r : 0;
}

static int move_new(struct known_keys *keys, struct sql *sql)
{
    struct call call = call_begin(sql, SQL_KNOWN_MOVE_NEW);
    int r = call_run(&call);

    if (r < 0)
        return r;
    call = call_begin(sql, SQL_KNOWN_CLEAR_NEW);
    r = call_run(&call);
    keys->n_mid += keys->n_new;
    keys->n_new = 0;
    return r;
}

/* Where the next stretch ends. 1; 0: it has fewer entries than a stretch, and ends with the tree. */
static int find_end(const struct known_keys *keys, struct sql *sql, struct known_key *ret)
{
    struct call call = call_begin(sql, SQL_KNOWN_STRETCH);
    int r;

    call_key(&call, &keys->moved);
    call_u64(&call, keys->stretch - 1);
    r = call_row(&call);
    if (r > 0)
        *ret = (struct known_key){
            row_u64(&call, 0), row_u64(&call, 1) > 0, row_u64(&call, 2), row_u64(&call, 3)};
    call_end(&call);
    return r;
}

static int run_stretch(
    struct sql *sql, enum statement which, const struct known_key *after, const struct known_key *end)
{
    struct call call = call_begin(sql, which);

    call_key(&call, after);
    call_key(&call, end);
    return call_run(&call);
}

static int move_stretch(struct known_keys *keys, struct sql *sql)
{
    struct known_key end = {UINT64_MAX, true, UINT64_MAX, UINT64_MAX};
    int more = find_end(keys, sql, &end);
    int r = more < 0 ? more : run_stretch(sql, SQL_KNOWN_MOVE_MID, &keys->moved, &end);
    uint64_t n;

    if (r >= 0)
        r = run_stretch(sql, SQL_KNOWN_CLEAR_MID, &keys->moved, &end);
    if (r < 0)
        return r;
    n = (uint64_t)sqlite3_changes64(sql->db);
    keys->n_mid -= n < keys->n_mid ? n : keys->n_mid;
    keys->moved = more > 0 ? end : (struct known_key){0};
    return 0;
}

int known_keys_settle(struct known_keys *keys, struct sql *sql)
{
    int r = keys->counted ? 0 : count(keys, sql);

    if (r < 0 || keys->n_new < keys->max_new)
        return r;
    r = move_new(keys, sql);
    /* Where some were added that were there, there are fewer than was thought: a round from the start finds
     * none. */
    while (r >= 0 && keys->n_mid > keys->max_mid) {
        bool around = keys->moved.key == 0;
        uint64_t before = keys->n_mid;

        r = move_stretch(keys, sql);
        if (r >= 0 && around && keys->n_mid == before)
            return count(keys, sql);
    }
    return r;
}

/* 1 if the tree had it, which has one less of *n then. */
static int delete_from(struct sql *sql, enum statement tree, const struct known_key *key, uint64_t *n)
{
    int r = run(sql, tree, key);

    if (r < 0 || sqlite3_changes(sql->db) == 0)
        return r;
    *n -= *n > 0;
    return 1;
}

/* From whichever tree has it. */
static int delete_key(struct known_keys *keys, struct sql *sql, const struct known_key *key)
{
    int r = delete_from(sql, SQL_KNOWN_DELETE_NEW, key, &keys->n_new);

    if (r == 0)
        r = delete_from(sql, SQL_KNOWN_DELETE_MID, key, &keys->n_mid);
    if (r == 0)
        r = run(sql, SQL_KNOWN_DELETE, key);
    return r < 0 ? r : 0;
}

static int delete_keys(struct known_keys *keys, struct sql *sql, const struct call *call, uint64_t job)
{
    struct known_key key = {.job = job, .seq = row_u64(call, 0), .key = row_u64(call, 1)};
    int r = row_is_null(call, 1) ? 0 : delete_key(keys, sql, &key);

    if (r < 0 || row_is_null(call, 2))
        return r;
    key.key = row_u64(call, 2);
    key.asked = true;
    return delete_key(keys, sql, &key);
}

int known_keys_sweep(struct known_keys *keys, struct sql *sql, uint64_t job)
{
    struct call call = call_begin(sql, SQL_KNOWN_SWEPT);
    int r;

    call_u64(&call, job);
    while ((r = call_row(&call)) > 0) {
        r = delete_keys(keys, sql, &call, job);
        if (r < 0)
            break;
    }
    call_end(&call);
    return r;
}
