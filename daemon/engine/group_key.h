/* Keys of groups in their order: by their bytes, no key (NULL) first. Thread: any. */
#pragma once

#include <string.h>

static inline int group_key_compare(const char *a, const char *b)
{
    if (!a || !b)
        return (a != NULL) - (b != NULL);
    return strcmp(a, b);
}
