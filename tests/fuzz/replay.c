/* Runs a fuzz target over each file of a corpus folder, so that the plain test run replays what fuzzing
 * found. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path)
{
    FILE *file = fopen(path, "re");
    struct stat status;
    uint8_t *bytes;
    size_t size;

    if (!file || fstat(fileno(file), &status) < 0 || !(bytes = malloc((size_t)status.st_size + 1))) {
        perror(path);
        if (file)
            fclose(file);
        return -1;
    }
    size = fread(bytes, 1, (size_t)status.st_size, file);
    fclose(file);
    (void)LLVMFuzzerTestOneInput(bytes, size);
    free(bytes);
    return 0;
}

int main(int argc, char **argv)
{
    struct dirent *entry;
    int n = 0;
    DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;

    if (!folder) {
        fprintf(stderr, "usage: %s CORPUS-FOLDER\n", argv[0]);
        return 2;
    }
    while ((entry = readdir(folder))) {
        char path[4096];

        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), "%s/%s", argv[1], entry->d_name);
        if (replay_file(path) < 0)
            return 1;
        n++;
    }
    closedir(folder);
    printf("%d inputs replayed\n", n);
    return n > 0 ? 0 : 1;
}
