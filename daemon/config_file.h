/* One file in INI form, line by line, and the files that a daemon reads. Thread: main. */
#pragma once

#include <stddef.h>

/* A larger file is refused. */
#define CONFIG_MAX_FILE (1024 * 1024)

/* What is found in a file, in order. `where`: "FILE:LINE". Each returns 0, or negative errno, which ends the
 * run. */
struct config_file_callbacks {
    int (*section)(void *userdata, const char *where, const char *name);
    /* In the section that was named last. */
    int (*assignment)(void *userdata, const char *where, const char *key, const char *value);
    /* Neither a section, nor an assignment, nor a comment. What an odd section line is followed by is not
     * given. */
    int (*odd)(void *userdata, const char *where, const char *reason);
};

/* Returns 0; how the file cannot be read (-ENOENT, -EACCES, -EISDIR, -EFBIG ...); -ENOMEM; or what a callback
 * returned. */
int config_file_read(const char *path, const struct config_file_callbacks *callbacks, void *userdata);

/* The files to read, in order, below directories that are given with the most important first
 * (NULL-terminated): the first urlstatd.conf, then every urlstatd.conf.d/NAME.conf, of each name the first,
 * by name. The caller's: a NULL-terminated list for config_free_list(). -ENOMEM. */
int config_find_files(const char *const *directories, char ***ret);
