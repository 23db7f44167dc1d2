#include "failing.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
/* guarded by guard: */
static enum {
    NEVER,
    ONCE,
    FOREVER,
} mode;
static unsigned countdown; /* allocations up to the one that fails, it included */
static bool has_failed;
static bool is_paused;

static void arm(int new_mode, unsigned n)
{
    pthread_mutex_lock(&guard);
    mode = new_mode;
    countdown = n;
    has_failed = is_paused = false;
    pthread_mutex_unlock(&guard);
}

void failing_nth(unsigned n)
{
    arm(ONCE, n);
}

void failing_after(unsigned n)
{
    arm(FOREVER, n + 1);
}

bool failing_stop(void)
{
    bool failed;

    pthread_mutex_lock(&guard);
    mode = NEVER;
    failed = has_failed;
    pthread_mutex_unlock(&guard);
    return failed;
}

static void set_paused(bool paused)
{
    pthread_mutex_lock(&guard);
    is_paused = paused;
    pthread_mutex_unlock(&guard);
}

void failing_pause(void)
{
    set_paused(true);
}

void failing_go_on(void)
{
    set_paused(false);
}

void failing_each(int (*run)(void))
{
    bool failed = true;

    for (unsigned n = 1; failed; n++) {
        int r;

        failing_nth(n);
        r = run();
        failed = failing_stop();
        assert_int_equal(r, failed ? -ENOMEM : 0);
        assert_true(failed || n > 1);
    }
}

static bool fails_now(void)
{
    if (mode == NEVER || is_paused || --countdown > 0)
        return false;
    if (mode == ONCE)
        mode = NEVER;
    else
        countdown = 1;
    has_failed = true;
    return true;
}

static bool fails(void)
{
    bool result;

    pthread_mutex_lock(&guard);
    result = fails_now();
    pthread_mutex_unlock(&guard);
    if (result)
        errno = ENOMEM;
    return result;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *bytes, size_t size);
void *__real_reallocarray(void *bytes, size_t n, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t size);
int __real_vasprintf(char **text, const char *format, va_list arguments);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *bytes, size_t size);
void *__wrap_reallocarray(void *bytes, size_t n, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t size);
int __wrap_vasprintf(char **text, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));
int __wrap_asprintf(char **text, const char *format, ...) __attribute__((format(printf, 2, 3)));

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *bytes, size_t size)
{
    return fails() ? NULL : __real_realloc(bytes, size);
}

void *__wrap_reallocarray(void *bytes, size_t n, size_t size)
{
    return fails() ? NULL : __real_reallocarray(bytes, n, size);
}

char *__wrap_strdup(const char *text)
{
    return fails() ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t size)
{
    return fails() ? NULL : __real_strndup(text, size);
}

int __wrap_vasprintf(char **text, const char *format, va_list arguments)
{
    return fails() ? -1 : __real_vasprintf(text, format, arguments);
}

int __wrap_asprintf(char **text, const char *format, ...)
{
    va_list arguments;
    int n;

    va_start(arguments, format);
    n = __wrap_vasprintf(text, format, arguments);
    va_end(arguments);
    return n;
}
