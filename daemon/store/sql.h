/* SQLite, as much of it as this folder uses: a connection whose statements are prepared once, calls of them,
 * and its errors as negative errno. Thread: the one that owns the connection. */
#pragma once

#include "base/cleanup.h"
#include "store/statements.h"
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 0 for OK, ROW and DONE; -ENOSPC full, -EIO, -ENOMEM, -EUCLEAN damaged or no database, -EBUSY locked by
 * others, -EROFS, -EACCES, -E2BIG; -ENOTRECOVERABLE for what only a bug brings. */
int sql_errno(int status);

/* How long a stranger's lock is waited for: only somebody with the sqlite3 shell can make us wait. */
#define SQL_BUSY_MSEC 2000

struct sql {
    sqlite3 *db;
    atomic_bool damaged; /* SQLite said so of the file; for other threads to read */
    sqlite3_stmt *statements[N_STATEMENTS];
};

/* `flags` are SQLITE_OPEN_*; NOMUTEX is added: one thread a connection. */
int sql_open(const char *path, int flags, struct sql **ret);
/* To read only, and without any locks or other files: nobody may write meanwhile. */
int sql_open_frozen(const char *path, struct sql **ret);
/* Its connection is that of `with` from now on, which it frees. Nobody is in a call of it. */
void sql_replace(struct sql *sql, struct sql *with);
void sql_free(struct sql *sql);
DEFINE_CLEANUP(struct sql *, sql_free)

/* Runs statements that bind nothing; rows they return are dropped. */
int sql_execute(struct sql *sql, const char *text);
/* The first column of the first row of a statement that binds nothing. */
int sql_number(struct sql *sql, const char *text, int64_t *ret);

/* One use of a prepared statement. Values are bound in the order of the calls; a failure is kept and comes
 * back from call_row() or call_run(). Bound text and bytes must live until the call ended. */
struct call {
    struct sql *sql;
    sqlite3_stmt *statement;
    int bound;
    int r;
};

struct call call_begin(struct sql *sql, enum statement which);
void call_end(struct call *call);
void call_u64(struct call *call, uint64_t value);
void call_i64(struct call *call, int64_t value);
void call_text(struct call *call, const char *text);      /* NULL is NULL */
void call_text_copy(struct call *call, const char *text); /* need not live */
void call_text_n(struct call *call, const char *text, size_t length);
void call_blob(struct call *call, const void *bytes, size_t size);

/* 1 with a row, 0 when there are no more, negative errno. */
int call_row(struct call *call);
/* For what returns no rows: runs and ends it. */
int call_run(struct call *call);

/* Of the current row. Pointers are valid until the next call_row() or call_end(). */
uint64_t row_u64(const struct call *call, int column);
bool row_is_null(const struct call *call, int column);
/* NULL for NULL. -ENOMEM comes back as `false`. */
bool row_text(const struct call *call, int column, const char **ret, size_t *ret_length);

/* `which`: SQL_BEGIN or SQL_BEGIN_READ. A transaction that could not be rolled back when it should have been,
 * as memory was short, is rolled back first. */
int sql_begin(struct sql *sql, enum statement which);
int sql_commit(struct sql *sql);
/* Does nothing if SQLite has rolled back by itself, as it does after some errors. */
int sql_rollback(struct sql *sql);
