#include "store/sql.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int sql_errno(int status)
{
    if (status == SQLITE_IOERR_NOMEM)
        return -ENOMEM;
    switch (status & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return 0;
    case SQLITE_FULL:
        return -ENOSPC;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL:
        return -EIO;
    case SQLITE_NOMEM:
        return -ENOMEM;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return -EUCLEAN;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return -EBUSY;
    case SQLITE_READONLY:
        return -EROFS;
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return -EACCES;
    case SQLITE_TOOBIG:
        return -E2BIG;
    default:
        return -ENOTRECOVERABLE;
    }
}

static int open_with(const char *path, int flags, const char *vfs, struct sql **ret)
{
    CLEANUP(sql_freep) struct sql *sql = calloc(1, sizeof(*sql));
    int status;

    if (!sql)
        return -ENOMEM;
    status = sqlite3_open_v2(path, &sql->db, flags | SQLITE_OPEN_NOMUTEX, vfs);
    if (status == SQLITE_OK)
        status = sqlite3_extended_result_codes(sql->db, 1);
    if (status == SQLITE_OK)
        status = sqlite3_busy_timeout(sql->db, SQL_BUSY_MSEC);
    if (status != SQLITE_OK)
        return sql_errno(status);
    *ret = TAKE(sql);
    return 0;
}

int sql_open(const char *path, int flags, struct sql **ret)
{
    return open_with(path, flags, NULL, ret);
}

/* As SQLite reads it in a URI: %HH for what means something there. */
static char *escape(const char *path)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    bool failed;

    if (!stream)
        return NULL;
    fputs("file:", stream);
    for (; *path; path++)
        if (strchr("%?#", *path))
            fprintf(stream, "%%%02X", (unsigned char)*path);
        else
            fputc(*path, stream);
    fputs("?immutable=1", stream);
    failed = ferror(stream) != 0;
    if (fclose(stream) == EOF || failed)
        free(TAKE(text));
    return text;
}

/* The file alone: there is no log. */
static int open_immutable(const char *path, struct sql **ret)
{
    CLEANUP(freep) char *uri = escape(path);

    return uri ? open_with(uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL, ret) : -ENOMEM;
}

/* The log's index is in the memory of the connection, as if that had the file for itself. It closes without
 * folding the log or taking it away. */
static int open_logged(const char *path, struct sql **ret)
{
    CLEANUP(sql_freep) struct sql *sql = NULL;
    int r = open_with(path, SQLITE_OPEN_READONLY, "unix-none", &sql);

    if (r < 0)
        return r;
    assert(sql);
    r = sql_errno(sqlite3_db_config(sql->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL));
    if (r >= 0)
        r = sql_execute(sql, "PRAGMA locking_mode = EXCLUSIVE");
    if (r >= 0)
        *ret = TAKE(sql);
    return r;
}

int sql_open_frozen(const char *path, struct sql **ret)
{
    CLEANUP(freep) char *log = NULL;

    if (asprintf(&log, "%s-wal", path) < 0) {
        log = NULL;
        return -ENOMEM;
    }
    return access(log, F_OK) == 0 ? open_logged(path, ret) : open_immutable(path, ret);
}

static void disconnect(struct sql *sql)
{
    for (size_t i = 0; i < N_STATEMENTS; i++)
        (void)sqlite3_finalize(TAKE(sql->statements[i]));
    (void)sqlite3_close(TAKE(sql->db));
}

void sql_replace(struct sql *sql, struct sql *with)
{
    disconnect(sql);
    sql->db = TAKE(with->db);
    memcpy(sql->statements, with->statements, sizeof(sql->statements));
    memset(with->statements, 0, sizeof(with->statements));
    sql_free(with);
}

void sql_free(struct sql *sql)
{
    if (!sql)
        return;
    disconnect(sql);
    free(sql);
}

static int note(struct sql *sql, int status)
{
    int r = sql_errno(status);

    if (r == -EUCLEAN)
        sql->damaged = true;
    return r;
}

int sql_execute(struct sql *sql, const char *text)
{
    return note(sql, sqlite3_exec(sql->db, text, NULL, NULL, NULL));
}

int sql_number(struct sql *sql, const char *text, int64_t *ret)
{
    sqlite3_stmt *statement = NULL;
    int status = sqlite3_prepare_v2(sql->db, text, -1, &statement, NULL);

    if (status == SQLITE_OK)
        status = sqlite3_step(statement);
    if (status == SQLITE_ROW)
        *ret = sqlite3_column_int64(statement, 0);
    (void)sqlite3_finalize(statement);
    return status == SQLITE_DONE ? -ENODATA : note(sql, status);
}

struct call call_begin(struct sql *sql, enum statement which)
{
    struct call call = {.sql = sql, .statement = sql->statements[which]};

    if (!call.statement) {
        call.r = note(sql,
            sqlite3_prepare_v3(sql->db, statement_text(which), -1, SQLITE_PREPARE_PERSISTENT,
                &sql->statements[which], NULL));
        call.statement = sql->statements[which];
    }
    return call;
}

void call_end(struct call *call)
{
    /* What reset returns is the last step's error, which was handed up already. */
    (void)sqlite3_reset(call->statement);
}

static void keep(struct call *call, int status)
{
    if (status != SQLITE_OK && call->r == 0)
        call->r = sql_errno(status);
}

void call_i64(struct call *call, int64_t value)
{
    call->bound++;
    if (call->r == 0)
        keep(call, sqlite3_bind_int64(call->statement, call->bound, value));
}

void call_u64(struct call *call, uint64_t value)
{
    /* What is above (a client may ask for anything) compares like the greatest number that can be stored. */
    call_i64(call, value <= INT64_MAX ? (int64_t)value : INT64_MAX);
}

void call_text(struct call *call, const char *text)
{
    call->bound++;
    if (call->r == 0)
        keep(call, sqlite3_bind_text(call->statement, call->bound, text, -1, SQLITE_STATIC));
}

void call_text_copy(struct call *call, const char *text)
{
    call->bound++;
    if (call->r == 0)
        keep(call, sqlite3_bind_text(call->statement, call->bound, text, -1, SQLITE_TRANSIENT));
}

void call_text_n(struct call *call, const char *text, size_t length)
{
    call->bound++;
    if (call->r == 0)
        keep(call,
            sqlite3_bind_text64(call->statement, call->bound, text, length, SQLITE_STATIC, SQLITE_UTF8));
}

void call_blob(struct call *call, const void *bytes, size_t size)
{
    call->bound++;
    if (call->r != 0)
        return;
    /* Bytes at NULL would be the value NULL, whatever the size. */
    if (size == 0)
        keep(call, sqlite3_bind_zeroblob(call->statement, call->bound, 0));
    else
        keep(call, sqlite3_bind_blob64(call->statement, call->bound, bytes, size, SQLITE_STATIC));
}

int call_row(struct call *call)
{
    int status;

    if (call->r < 0)
        return call->r;
    assert(call->bound == sqlite3_bind_parameter_count(call->statement));
    status = sqlite3_step(call->statement);
    return status == SQLITE_ROW ? 1 : note(call->sql, status);
}

int call_run(struct call *call)
{
    int r = call_row(call);

    assert(r <= 0);
    call_end(call);
    return r;
}

uint64_t row_u64(const struct call *call, int column)
{
    return (uint64_t)sqlite3_column_int64(call->statement, column);
}

bool row_is_null(const struct call *call, int column)
{
    return sqlite3_column_type(call->statement, column) == SQLITE_NULL;
}

bool row_text(const struct call *call, int column, const char **ret, size_t *ret_length)
{
    /* The blob's pointer is the stored bytes; asking for text could have to make room for a terminator. */
    const char *text = sqlite3_column_blob(call->statement, column);
    size_t length = (size_t)sqlite3_column_bytes(call->statement, column);

    if (!text && !row_is_null(call, column)) {
        if (length > 0)
            return false;
        text = "";
    }
    *ret = text;
    *ret_length = length;
    return true;
}

static int run_plain(struct sql *sql, enum statement which)
{
    struct call call = call_begin(sql, which);

    return call_run(&call);
}

int sql_begin(struct sql *sql, enum statement which)
{
    int r = sql_rollback(sql);

    return r < 0 ? r : run_plain(sql, which);
}

int sql_commit(struct sql *sql)
{
    return run_plain(sql, SQL_COMMIT);
}

int sql_rollback(struct sql *sql)
{
    return sqlite3_get_autocommit(sql->db) ? 0 : run_plain(sql, SQL_ROLLBACK);
}
