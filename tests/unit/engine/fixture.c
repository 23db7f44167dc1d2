#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

int fixture_set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    if (!fixture)
        return -1;
    world_init(&fixture->world);
    fixture->site = site_start();
    *state = fixture;
    return 0;
}

int fixture_tear_down(void **state)
{
    struct fixture *fixture = *state;

    world_close(&fixture->world);
    world_deinit(&fixture->world);
    site_stop(fixture->site);
    free(fixture);
    return 0;
}

const char *fixture_url(const struct fixture *fixture, int host, const char *path)
{
    static char buffers[8][256];
    static int next;
    char *buffer = buffers[next++ % 8];

    snprintf(buffer, sizeof(buffers[0]), "http://%s:%u%s", host == 1 ? "127.0.0.1" : "localhost",
        site_port(fixture->site), path);
    return buffer;
}

void fixture_add_urls(
    const struct fixture *fixture, struct fixture_list *list, const char *scheme, const char *path, size_t n)
{
    for (size_t i = 0; i < n; i++, list->n++) {
        assert_true(list->n < FIXTURE_MAX_URLS);
        (void)snprintf(list->texts[list->n], sizeof(list->texts[0]), "%s://127.0.0.1:%u/%s/%zu", scheme,
            site_port(fixture->site), path, i);
        list->urls[list->n] = list->texts[list->n];
    }
    list->urls[list->n] = NULL;
}
