#include "store/damage.h"

#include "base/cleanup.h"
#include "store/place.h"
#include "store/sql.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PREFIX STORE_FILE STORE_DAMAGED_SUFFIX
#define MAX_TRIES 100

static void format_date(char *text, size_t size, unsigned n)
{
    time_t now = time(NULL);
    struct tm tm;
    size_t length;

    if (!gmtime_r(&now, &tm))
        tm = (struct tm){.tm_mday = 1};
    length = strftime(text, size, "%Y%m%dT%H%M%SZ", &tm);
    if (n > 0)
        (void)snprintf(text + length, size - length, "-%u", n);
}

/* A name that nothing has. */
static int choose_name(const char *path, char **ret)
{
    for (unsigned n = 0; n < MAX_TRIES; n++) {
        CLEANUP(freep) char *name = NULL;
        char date[64];

        format_date(date, sizeof(date), n);
        if (asprintf(&name, "%s" STORE_DAMAGED_SUFFIX "%s", path, date) < 0) {
            name = NULL;
            return -ENOMEM;
        }
        if (access(name, F_OK) < 0 && errno == ENOENT) {
            *ret = TAKE(name);
            return 0;
        }
    }
    return -EEXIST;
}

/* The file's companion of this suffix goes along, if there is one. */
static int move_companion(const char *path, const char *name, const char *suffix)
{
    CLEANUP(freep) char *from = NULL;
    CLEANUP(freep) char *to = NULL;

    if (asprintf(&from, "%s%s", path, suffix) < 0) {
        from = NULL;
        return -ENOMEM;
    }
    if (asprintf(&to, "%s%s", name, suffix) < 0) {
        to = NULL;
        return -ENOMEM;
    }
    return rename(from, to) < 0 && errno != ENOENT ? -errno : 0;
}

/* The file first: of a log alone, as a kill in between leaves it, nothing is ever read. The other way round,
 * the file would be opened as it was some time ago. */
int damage_set_aside(const char *path)
{
    CLEANUP(freep) char *name = NULL;
    int r = choose_name(path, &name);

    if (r >= 0 && rename(path, name) < 0)
        r = -errno;
    if (r >= 0)
        r = move_companion(path, name, "-wal");
    if (r >= 0)
        r = move_companion(path, name, "-shm");
    return r;
}

static bool is_one(const char *name)
{
    size_t length = strlen(name);

    return strncmp(name, PREFIX, strlen(PREFIX)) == 0 && strcmp(name + length - 4, "-wal") != 0 &&
        strcmp(name + length - 4, "-shm") != 0;
}

int damage_find(const char *directory, char **ret)
{
    DIR *stream = opendir(directory);
    const struct dirent *entry;
    char newest[NAME_MAX + 1] = "";

    if (!stream)
        return -errno;
    while ((entry = readdir(stream)))
        if (is_one(entry->d_name) && strcmp(entry->d_name, newest) > 0)
            strcpy(newest, entry->d_name);
    (void)closedir(stream);
    return newest[0] ? place_path(directory, newest, ret) : -ENOENT;
}

int64_t damage_last_job(const char *path)
{
    CLEANUP(sql_freep) struct sql *sql = NULL;
    int64_t last = 0;

    if (sql_open(path, SQLITE_OPEN_READONLY, &sql) < 0 ||
        sql_number(sql, "SELECT max(seq) FROM sqlite_sequence WHERE name = 'job'", &last) < 0)
        return 0;
    return last > 0 ? last : 0;
}
