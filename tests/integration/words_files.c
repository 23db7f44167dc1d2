#include "words_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* 15 languages, in Latin, Cyrillic, Han, Kana and Hangul. Each package stands in packaging/dependencies. */
static const char *const packages[] = {"aptitude-doc-cs", "aptitude-doc-es", "aptitude-doc-fi",
    "debian-faq-de", "debian-faq-fr", "debian-faq-it", "debian-faq-ko", "debian-faq-nl", "debian-faq-pt",
    "debian-faq-zh-cn", "gimp-help-en", "gimp-help-ja", "gimp-help-ru", "maint-guide-vi", "maint-guide-zh-tw",
    "python3.11-doc"};

/* Of each package one page in so many: what sanitizers are for shows on few. */
#ifdef __SANITIZE_ADDRESS__
#define STEP 10
#else
#define STEP 1
#endif

static void check(int good, const char *what)
{
    if (good)
        return;
    perror(what);
    exit(1);
}

static int compare(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static size_t list_package(const char *package, char ***files, size_t n)
{
    char command[128], line[4096];
    size_t before = n, n_seen = 0;
    FILE *list;

    snprintf(command, sizeof(command), "dpkg-query -L %s 2>/dev/null", package);
    list = popen(command, "re");
    check(list != NULL, "dpkg-query");
    while (fgets(line, sizeof(line), list)) {
        struct stat status;
        char *end = strstr(line, ".html\n");

        if (!end)
            continue;
        end[5] = '\0';
        if (stat(line, &status) < 0 || !S_ISREG(status.st_mode) || n_seen++ % STEP != 0)
            continue;
        *files = reallocarray(*files, n + 1, sizeof(**files));
        check(*files != NULL, "list");
        (*files)[n] = strdup(line);
        check((*files)[n] != NULL, "list");
        n++;
    }
    pclose(list);
    return n - before;
}

char **words_files(size_t *ret_n, const char **ret_missing)
{
    char **files = NULL;
    size_t n = 0;

    for (size_t i = 0; i < sizeof(packages) / sizeof(*packages); i++) {
        size_t added = list_package(packages[i], &files, n);

        if (added == 0) {
            *ret_missing = packages[i];
            return NULL;
        }
        n += added;
    }
    qsort(files, n, sizeof(*files), compare);
    *ret_n = n;
    return files;
}

char *words_files_read(const char *path, size_t *ret_size)
{
    FILE *file = fopen(path, "re");
    struct stat status;
    char *bytes;

    check(file != NULL && fstat(fileno(file), &status) == 0, path);
    bytes = malloc((size_t)status.st_size + 1);
    check(bytes != NULL, path);
    *ret_size = fread(bytes, 1, (size_t)status.st_size, file);
    check(!ferror(file), path);
    fclose(file);
    bytes[*ret_size] = '\0';
    return bytes;
}
