#include "server/ask.h"

#include "fetch/url.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int normalise(struct work *work, const char *what, const char *shown, const char *url, char **ret_url)
{
    enum url_verdict verdict;
    int r = url_normalise(url, ret_url, &verdict);

    if (r < 0)
        return r;
    if (verdict != URL_OK) {
        call_refuse(work->call, WIRE_INVALID_INPUT, "\"%.200s\" is no %s: %s", shown, what,
            url_verdict_message(verdict));
        return -EINVAL;
    }
    return 0;
}

int ask_url(struct work *work, const char *text, const char **ret)
{
    CLEANUP(freep) char *url = NULL;
    int r;

    *ret = NULL;
    if (!text)
        return 0;
    r = normalise(work, "URL", text, text, &url);
    return r < 0 ? r : work_copy(work, url, ret);
}

int ask_host(struct work *work, const char *text, const char **ret)
{
    CLEANUP(freep) char *url = NULL;
    CLEANUP(freep) char *key = NULL;
    char typed[URL_MAX_LENGTH];
    int r;

    *ret = NULL;
    if (!text)
        return 0;
    if (strchr(text, '/') || snprintf(typed, sizeof(typed), "http://%s/", text) >= (int)sizeof(typed)) {
        call_refuse(work->call, WIRE_INVALID_INPUT, "\"%.200s\" is no host", text);
        return -EINVAL;
    }
    r = normalise(work, "host", text, typed, &url);
    if (r < 0)
        return r;
    key = url_host_key(url);
    return key ? work_copy(work, key, ret) : -ENOMEM;
}

int ask_choice(
    struct work *work, const char *what, const char *text, const char *const *names, size_t n, int *ret)
{
    if (!text)
        return 0;
    for (size_t i = 0; i < n; i++)
        if (names[i] && strcmp(names[i], text) == 0) {
            *ret = (int)i;
            return 0;
        }
    call_refuse(work->call, WIRE_INVALID_INPUT, "\"%.100s\" is no value of \"%s\"", text, what);
    return -EINVAL;
}

int ask_top_words(struct work *work, const struct wire_int *k, uint64_t *ret)
{
    if (k->value < 0) {
        call_refuse(work->call, WIRE_INVALID_INPUT, "k is from 0");
        return -EINVAL;
    }
    *ret = k->set ? (uint64_t)k->value : engine_settings(work->service->settings.engine)->top_words;
    return 0;
}
