/* A path in the first line, a robots.txt behind it: every input parses, within memory that its size bounds. A
 * file whose lines end otherwise gives the same verdicts. */
#include "fetch/robots.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition)
{
    if (!condition)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = memchr(data ? data : (const uint8_t *)"", '\n', size);
    size_t path_size = end ? (size_t)(end - data) : size;
    size_t rest = end ? size - path_size - 1 : 0;
    char *path = malloc(path_size + 2);
    uint8_t *file = malloc(rest + 1);
    struct robots *robots = NULL;
    struct robots *other = NULL;
    struct robots_verdict verdict;

    require(path && file);
    path[0] = '/';
    if (path_size > 0)
        memcpy(path + 1, data, path_size);
    path[path_size + 1] = '\0';
    if (rest > 0)
        memcpy(file, end + 1, rest);

    require(robots_parse(file, rest, ROBOTS_PRODUCT, &robots) == 0);
    verdict = robots_check(robots, path);
    require((verdict.line > 0) == (verdict.rule != NULL));
    require(verdict.allowed || verdict.line > 0 || path_size * rest > ROBOTS_MAX_SCAN);
    require(verdict.line == 0 || (verdict.group_line > 0 && verdict.group_line < verdict.line));
    require(!verdict.for_everyone || verdict.group_line > 0);
    require((robots_crawl_delay_usec(robots) > 0) == (robots_crawl_delay_line(robots) > 0));
    require(robots_memory(robots) <= 4096 + rest * 24);

    for (size_t i = 0; i < rest; i++)
        if (file[i] == '\n' && (i == 0 || file[i - 1] != '\r'))
            file[i] = '\r';
    require(robots_parse(file, rest, ROBOTS_PRODUCT, &other) == 0);
    require(robots_check(other, path).allowed == verdict.allowed);
    require(robots_crawl_delay_usec(other) == robots_crawl_delay_usec(robots));

    robots_free(robots);
    robots_free(other);
    free(path);
    free(file);
    return 0;
}
