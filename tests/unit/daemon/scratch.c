#include "scratch.h"

#include <assert.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define N_PATHS 32

static char directory[] = "scratch-XXXXXX";
static char root[4096];

int scratch_setup(void **state)
{
    strcpy(directory + sizeof(directory) - 7, "XXXXXX");
    if (!mkdtemp(directory))
        return -1;
    return realpath(directory, root) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *place)
{
    return remove(path);
}

int scratch_teardown(void **state)
{
    return nftw(directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *scratch_path(const char *name)
{
    static char paths[N_PATHS][sizeof(root) + 256];
    static unsigned next;
    char *path = paths[next++ % N_PATHS];

    snprintf(path, sizeof(paths[0]), "%s/%.200s", root, name);
    return path;
}

const char *scratch_directory(const char *name)
{
    const char *path = scratch_path(name);
    int r = mkdir(path, 0700);

    assert(r == 0);
    (void)r;
    return path;
}

const char *scratch_file(const char *name, const char *text)
{
    const char *path = scratch_path(name);
    FILE *file = fopen(path, "we");

    assert(file);
    fputs(text, file);
    fclose(file);
    return path;
}
