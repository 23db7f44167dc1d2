#include "daemon/config_file.h"

#include "base/array.h"
#include "base/cleanup.h"
#include "daemon/config_value.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAIN_FILE "urlstatd.conf"
#define DROP_INS "urlstatd.conf.d"
#define SUFFIX ".conf"

/* More drop-ins than this in one directory are not looked at. */
#define MAX_DROP_INS 1000

struct files {
    char **paths;
    size_t n;
    size_t capacity;
};

static void files_deinit(struct files *files)
{
    for (size_t i = 0; i < files->n; i++)
        free(files->paths[i]);
    free(files->paths);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static int add(struct files *files, const char *directory, const char *below, const char *name)
{
    char *path = NULL;
    int r;

    r = array_reserve_one(&files->paths, files->n, &files->capacity, sizeof(char *));
    if (r < 0)
        return r;
    if (asprintf(&path, "%s/%s%s%s", directory, below, *below ? "/" : "", name) < 0)
        return -ENOMEM;
    files->paths[files->n++] = path;
    return 0;
}

static int find_main(const char *const *directories, struct files *files)
{
    for (; *directories; directories++) {
        int r = add(files, *directories, "", MAIN_FILE);

        if (r < 0)
            return r;
        if (access(files->paths[files->n - 1], F_OK) == 0)
            return 0;
        free(files->paths[--files->n]);
    }
    return 0;
}

static bool is_drop_in(const char *name)
{
    size_t length = strlen(name);

    return name[0] != '.' && length > strlen(SUFFIX) && strcmp(name + length - strlen(SUFFIX), SUFFIX) == 0;
}

static bool is_hidden(const struct files *files, const char *name)
{
    for (size_t i = 0; i < files->n; i++)
        if (strcmp(base_name(files->paths[i]), name) == 0)
            return true;
    return false;
}

static void closedirp(DIR **directory)
{
    if (*directory)
        (void)closedir(*directory);
}

/* A directory that cannot be read is none. */
static int find_drop_ins(const char *directory, struct files *files)
{
    char *path CLEANUP(freep) = NULL;
    DIR *stream CLEANUP(closedirp) = NULL;
    const struct dirent *entry;
    size_t n = 0;

    if (asprintf(&path, "%s/%s", directory, DROP_INS) < 0)
        return -ENOMEM;
    stream = opendir(path);
    while (stream && n < MAX_DROP_INS && (entry = readdir(stream))) {
        int r;

        if (!is_drop_in(entry->d_name) || is_hidden(files, entry->d_name))
            continue;
        r = add(files, path, "", entry->d_name);
        if (r < 0)
            return r;
        n++;
    }
    return 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(base_name(*(char *const *)a), base_name(*(char *const *)b));
}

int config_find_files(const char *const *directories, char ***ret)
{
    struct files files CLEANUP(files_deinit) = {0};
    struct files drop_ins CLEANUP(files_deinit) = {0};
    char **list CLEANUP(config_free_listp) = NULL;
    int r;

    r = find_main(directories, &files);
    for (; r == 0 && *directories; directories++)
        r = find_drop_ins(*directories, &drop_ins);
    if (r < 0)
        return r;
    list = calloc(files.n + drop_ins.n + 1, sizeof(char *));
    if (!list)
        return -ENOMEM;
    if (drop_ins.n > 0)
        qsort(drop_ins.paths, drop_ins.n, sizeof(char *), by_name);
    for (size_t i = 0; i < files.n; i++)
        list[i] = TAKE(files.paths[i]);
    for (size_t i = 0; i < drop_ins.n; i++)
        list[files.n + i] = TAKE(drop_ins.paths[i]);
    *ret = TAKE(list);
    return 0;
}
