/* What most tests of the engine begin with: a world, not opened yet, and a site to fetch from. Thread: the
 * test's. */
#pragma once

#include "site.h"
#include "world.h"

struct fixture {
    struct world world;
    struct site *site;
};

/* For cmocka: *state is the fixture. The test opens the world, and tearing down closes it. */
int fixture_set_up(void **state);
int fixture_tear_down(void **state);

/* "http://127.0.0.1:PORT/PATH", or of host 2: "http://localhost:PORT/PATH". One of a few static buffers. */
const char *fixture_url(const struct fixture *fixture, int host, const char *path);

/* A list of URLs to submit; NULL ends it. Zeroed at first. */
#define FIXTURE_MAX_URLS 300
struct fixture_list {
    const char *urls[FIXTURE_MAX_URLS + 1];
    size_t n;
    char texts[FIXTURE_MAX_URLS][96];
};

/* So many URLs more: SCHEME://127.0.0.1:PORT/PATH/N. */
void fixture_add_urls(
    const struct fixture *fixture, struct fixture_list *list, const char *scheme, const char *path, size_t n);
