#include "engine/known.h"
#include "store/store_read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static size_t size_of(const char *text)
{
    return text ? strlen(text) + 1 : 0;
}

static const char *put(char **place, const char *text)
{
    const char *copy = *place;

    if (!text)
        return NULL;
    *place = stpcpy(*place, text) + 1;
    return copy;
}

int known_new(const struct store_known *row, struct known **ret)
{
    struct known *known;
    char *place;

    if (row->page.job == 0) {
        *ret = NULL;
        return 0;
    }
    known = malloc(sizeof(*known) + size_of(row->etag) + size_of(row->last_modified));
    if (!known)
        return -ENOMEM;
    place = (char *)(known + 1);
    *known = (struct known){
        .page = row->page,
        .is_redirected = row->is_redirected,
        .etag = put(&place, row->etag),
        .last_modified = put(&place, row->last_modified),
        .fetched_usec = row->fetched_usec,
    };
    *ret = known;
    return 0;
}
