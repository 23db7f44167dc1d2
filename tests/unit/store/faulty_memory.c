#include "faulty_memory.h"

#include <assert.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>

static sqlite3_mem_methods real;
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
/* guarded by guard: */
static unsigned left;
static bool stays;
static bool failed;

static bool fails_now(void)
{
    bool fails = false;

    pthread_mutex_lock(&guard);
    if (left > 0 && --left == 0) {
        fails = failed = true;
        if (stays)
            left = 1;
    }
    pthread_mutex_unlock(&guard);
    return fails;
}

static void *do_malloc(int size)
{
    return fails_now() ? NULL : real.xMalloc(size);
}

static void *do_realloc(void *block, int size)
{
    return fails_now() ? NULL : real.xRealloc(block, size);
}

void faulty_memory_install(void)
{
    sqlite3_mem_methods layer;
    int status = sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real);

    assert(status == SQLITE_OK);
    layer = real;
    layer.xMalloc = do_malloc;
    layer.xRealloc = do_realloc;
    status = sqlite3_config(SQLITE_CONFIG_MALLOC, &layer);
    assert(status == SQLITE_OK);
    (void)status;
}

void faulty_memory_fail(unsigned n, int for_good)
{
    pthread_mutex_lock(&guard);
    left = n;
    stays = for_good != 0;
    failed = false;
    pthread_mutex_unlock(&guard);
}

int faulty_memory_failed(void)
{
    bool has;

    pthread_mutex_lock(&guard);
    has = failed;
    pthread_mutex_unlock(&guard);
    return has;
}
