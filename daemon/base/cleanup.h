/* Scope-owned variables: what is built in one is released when the scope ends, unless it was handed out.
 * Thread: any. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CLEANUP(function) __attribute__((cleanup(function)))

/* Defines `name`p(T **), fit for CLEANUP(): calls `name` on the variable's value. `name` takes NULL. */
#define DEFINE_CLEANUP(type, name)                                                                           \
    __attribute__((unused)) static inline void name##p(type *variable)                                       \
    {                                                                                                        \
        name(*variable);                                                                                     \
    }

/* Hands the pointer out of its scope-owned variable, which becomes NULL. */
#define TAKE(pointer)                                                                                        \
    ({                                                                                                       \
        __typeof__(pointer) *const take_variable = &(pointer);                                               \
        __typeof__(pointer) const take_value = *take_variable;                                               \
        *take_variable = NULL;                                                                               \
        take_value;                                                                                          \
    })

/* The same for a descriptor, whose "nothing" is -1. */
static inline int take_fd(int *fd)
{
    int value = *fd;

    *fd = -1;
    return value;
}

static inline void freep(void *pointer)
{
    free(*(void **)pointer);
}

static inline void closep(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

static inline void fclosep(FILE **file)
{
    if (*file)
        (void)fclose(*file);
}
