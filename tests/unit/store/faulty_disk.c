#include "faulty_disk.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static sqlite3_vfs *real;
static sqlite3_vfs layer;
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
/* guarded by guard: */
static int fault;
static unsigned writes_left;
static char fault_suffix[16];
static unsigned once_steps; /* 0: none */
static unsigned once_left;
static int once_status; /* SQLITE_OK: killed */
static int once_failed;

struct file {
    sqlite3_file base;
    char name[256];
    sqlite3_file *below; /* behind this */
};

static sqlite3_file *below(sqlite3_file *file)
{
    return ((struct file *)file)->below;
}

/* SQLITE_OK, or how this step fails. */
static int step(enum faulty_step what)
{
    int status = SQLITE_OK;

    pthread_mutex_lock(&guard);
    if ((once_steps & what) && once_left-- == 0) {
        if (once_status == SQLITE_OK)
            (void)kill(getpid(), SIGKILL);
        once_steps = 0;
        once_failed = 1;
        status = once_status;
    }
    pthread_mutex_unlock(&guard);
    return status;
}

static int verdict(sqlite3_file *file)
{
    const char *name = ((struct file *)file)->name;
    size_t length = strlen(name);
    int status = SQLITE_OK;
    size_t suffix;

    pthread_mutex_lock(&guard);
    suffix = strlen(fault_suffix);
    if (fault != SQLITE_OK && length >= suffix && strcmp(name + length - suffix, fault_suffix) == 0) {
        if (writes_left == 0)
            status = fault;
        else
            writes_left--;
    }
    pthread_mutex_unlock(&guard);
    return status;
}

static int do_close(sqlite3_file *file)
{
    return below(file)->pMethods ? below(file)->pMethods->xClose(below(file)) : SQLITE_OK;
}

static int do_read(sqlite3_file *file, void *bytes, int n, sqlite3_int64 offset)
{
    int status = step(FAULTY_READ);

    return status ? status : below(file)->pMethods->xRead(below(file), bytes, n, offset);
}

static int do_write(sqlite3_file *file, const void *bytes, int n, sqlite3_int64 offset)
{
    int status = verdict(file);

    if (!status)
        status = step(FAULTY_WRITE);
    return status ? status : below(file)->pMethods->xWrite(below(file), bytes, n, offset);
}

static int do_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    int status = step(FAULTY_TRUNCATE);

    return status ? status : below(file)->pMethods->xTruncate(below(file), size);
}

static int do_sync(sqlite3_file *file, int flags)
{
    int status = step(FAULTY_SYNC);

    return status ? status : below(file)->pMethods->xSync(below(file), flags);
}

static int do_size(sqlite3_file *file, sqlite3_int64 *ret)
{
    return below(file)->pMethods->xFileSize(below(file), ret);
}

static int do_lock(sqlite3_file *file, int level)
{
    int status = step(FAULTY_LOCK);

    return status ? status : below(file)->pMethods->xLock(below(file), level);
}

static int do_unlock(sqlite3_file *file, int level)
{
    return below(file)->pMethods->xUnlock(below(file), level);
}

static int do_check(sqlite3_file *file, int *ret)
{
    return below(file)->pMethods->xCheckReservedLock(below(file), ret);
}

static int do_control(sqlite3_file *file, int what, void *argument)
{
    return below(file)->pMethods->xFileControl(below(file), what, argument);
}

static int do_sector(sqlite3_file *file)
{
    return below(file)->pMethods->xSectorSize(below(file));
}

static int do_device(sqlite3_file *file)
{
    return below(file)->pMethods->xDeviceCharacteristics(below(file));
}

static int do_map(sqlite3_file *file, int region, int size, int extend, void volatile **ret)
{
    int status = step(FAULTY_OPEN);

    return status ? status : below(file)->pMethods->xShmMap(below(file), region, size, extend, ret);
}

static int do_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
    int status = flags & SQLITE_SHM_LOCK ? step(FAULTY_LOCK) : SQLITE_OK;

    return status ? status : below(file)->pMethods->xShmLock(below(file), offset, n, flags);
}

static void do_barrier(sqlite3_file *file)
{
    below(file)->pMethods->xShmBarrier(below(file));
}

static int do_unmap(sqlite3_file *file, int remove_it)
{
    return below(file)->pMethods->xShmUnmap(below(file), remove_it);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = do_close,
    .xRead = do_read,
    .xWrite = do_write,
    .xTruncate = do_truncate,
    .xSync = do_sync,
    .xFileSize = do_size,
    .xLock = do_lock,
    .xUnlock = do_unlock,
    .xCheckReservedLock = do_check,
    .xFileControl = do_control,
    .xSectorSize = do_sector,
    .xDeviceCharacteristics = do_device,
    .xShmMap = do_map,
    .xShmLock = do_shm_lock,
    .xShmBarrier = do_barrier,
    .xShmUnmap = do_unmap,
};

static int do_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *opened, int flags, int *ret_flags)
{
    struct file *file = (struct file *)opened;
    int status = step(FAULTY_OPEN);

    /* So that it is not closed. */
    file->base.pMethods = NULL;
    if (status)
        return status;
    file->below = (sqlite3_file *)(file + 1);
    snprintf(file->name, sizeof(file->name), "%s", name ? name : "");
    status = real->xOpen(real, name, file->below, flags, ret_flags);
    file->base.pMethods = file->below->pMethods ? &methods : NULL;
    return status;
}

static int do_delete(sqlite3_vfs *vfs, const char *name, int sync_directory)
{
    int status = step(FAULTY_OPEN);

    return status ? status : real->xDelete(real, name, sync_directory);
}

void faulty_disk_install(void)
{
    real = sqlite3_vfs_find(NULL);
    assert(real);
    layer = *real;
    layer.zName = "faulty";
    layer.szOsFile = (int)sizeof(struct file) + real->szOsFile;
    layer.xOpen = do_open;
    layer.xDelete = do_delete;
    layer.pNext = NULL;
    sqlite3_vfs_register(&layer, 1);
}

void faulty_disk_fail(const char *suffix, unsigned n, int status)
{
    pthread_mutex_lock(&guard);
    snprintf(fault_suffix, sizeof(fault_suffix), "%s", suffix);
    writes_left = n;
    fault = status;
    pthread_mutex_unlock(&guard);
}

static void arm(unsigned steps, unsigned n, int status)
{
    pthread_mutex_lock(&guard);
    once_steps = steps;
    once_left = n;
    once_status = status;
    once_failed = 0;
    pthread_mutex_unlock(&guard);
}

void faulty_disk_fail_once(unsigned steps, unsigned n, int status)
{
    assert(status != SQLITE_OK);
    arm(steps, n, status);
}

void faulty_disk_kill(unsigned steps, unsigned n)
{
    arm(steps, n, SQLITE_OK);
}

int faulty_disk_stop(void)
{
    int failed;

    pthread_mutex_lock(&guard);
    once_steps = 0;
    failed = once_failed;
    pthread_mutex_unlock(&guard);
    return failed;
}
