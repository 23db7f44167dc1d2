#include "daemon/config_value.h"

#include "base/array.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text.h"
#include "fetch/guard.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CONTACT 200
#define SEPARATORS " \t,"
#define SIZE_TEXT 32

unsigned config_processors(void)
{
    cpu_set_t set;
    long n;

    if (sched_getaffinity(0, sizeof(set), &set) == 0)
        return (unsigned)CPU_COUNT(&set);
    /* The machine has more processors than the set has bits. */
    n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (unsigned)n : 1;
}

int config_parse_number(const char *text, uint64_t *ret)
{
    static const char suffixes[] = "KMG";
    size_t length = strlen(text);
    const char *suffix = length > 1 ? strchr(suffixes, text[length - 1]) : NULL;
    char digits[SIZE_TEXT];
    uint64_t value = 0;
    int r;

    if (length >= sizeof(digits))
        return -ERANGE;
    memcpy(digits, text, length + 1);
    if (suffix)
        digits[length - 1] = '\0';
    r = text_parse_u64(digits, UINT64_MAX, &value);
    if (r < 0)
        return r;
    for (; suffix && suffix >= suffixes; suffix--)
        if (__builtin_mul_overflow(value, 1000, &value))
            return -ERANGE;
    *ret = value;
    return 0;
}

int config_check_contact(const char *text)
{
    if (strlen(text) > MAX_CONTACT)
        return -EINVAL;
    for (; *text; text++)
        if (*text < ' ' || *text > '~' || strchr("()\\", *text))
            return -EINVAL;
    return 0;
}

void config_free_list(char **list)
{
    for (char **item = list; item && *item; item++)
        free(*item);
    free(list);
}

static size_t list_length(char *const *list)
{
    size_t n = 0;

    while (list && list[n])
        n++;
    return n;
}

/* Moves what is in `added` to the end of *list. On -ENOMEM both are as they were. */
static int append_list(char ***list, char **added)
{
    size_t n = list_length(*list);
    size_t n_added = list_length(added);
    char **larger;

    larger = reallocarray(*list, n + n_added + 1, sizeof(char *));
    if (!larger)
        return -ENOMEM;
    for (size_t i = 0; i <= n_added; i++)
        larger[n + i] = i < n_added ? TAKE(added[i]) : NULL;
    *list = larger;
    return 0;
}

/* 0 if the guard takes it; -EINVAL; -ENOMEM. */
static int check_network(const char *network)
{
    struct guard *guard = NULL;
    size_t bad;
    int r;

    r = guard_new(&network, 1, NULL, 0, &bad, &guard);
    if (r == 0)
        guard_free(guard);
    return r;
}

static int split_networks(const char *text, char ***list, char **ret_bad)
{
    while (*(text += strspn(text, SEPARATORS))) {
        size_t length = strcspn(text, SEPARATORS);
        char *word CLEANUP(freep) = strndup(text, length);
        int r;

        if (!word)
            return -ENOMEM;
        r = check_network(word);
        if (r == -EINVAL)
            *ret_bad = TAKE(word);
        if (r < 0)
            return r;
        r = append_list(list, (char *[]){word, NULL});
        if (r < 0)
            return r;
        (void)TAKE(word);
        text += length;
    }
    return 0;
}

int config_add_networks(const char *text, char ***list, char **ret_bad)
{
    char **added CLEANUP(config_free_listp) = NULL;
    int r;

    r = split_networks(text, &added, ret_bad);
    if (r < 0)
        return r;
    return added ? append_list(list, added) : 0;
}

static void format_size(uint64_t bytes, char buffer[static SIZE_TEXT])
{
    static const char suffixes[] = "\0KMGTP";
    size_t i = 0;

    while (bytes >= 1024 && bytes % 1024 == 0 && i < 5) {
        bytes /= 1024;
        i++;
    }
    snprintf(buffer, SIZE_TEXT, "%llu%.1s", (unsigned long long)bytes, suffixes + i);
}

bool config_zero_is_none(const struct config_key *key)
{
    return key->standard && strcmp(key->standard, "0") == 0;
}

static void explain_size(
    const struct config_key *key, const char *value, char reason[static CONFIG_MAX_REASON])
{
    char min[SIZE_TEXT];
    char max[SIZE_TEXT];

    format_size(key->min, min);
    format_size(key->max, max);
    snprintf(reason, CONFIG_MAX_REASON, "%s=%.128s is %s a size from %s to %s, as in 64K or 16M", key->name,
        value, config_zero_is_none(key) && key->min > 0 ? "neither 0 nor" : "not", min, max);
}

static void explain_span(
    const struct config_key *key, const char *value, char reason[static CONFIG_MAX_REASON])
{
    char min[TEXT_SPAN_SIZE];
    char max[TEXT_SPAN_SIZE];

    const char *example = key->min > USEC_PER_SEC / 2 ? "90s or 2min 30s" : "500ms or 2min 30s";

    snprintf(reason, CONFIG_MAX_REASON, "%s=%.128s is not a time span from %s to %s, as in %s", key->name,
        value, text_format_span(key->min, min), text_format_span(key->max, max), example);
}

void config_explain_value(
    const struct config_key *key, const char *value, char reason[static CONFIG_MAX_REASON])
{
    switch (key->type) {
    case CONFIG_WORKERS:
    case CONFIG_NUMBER32:
    case CONFIG_NUMBER64:
        snprintf(reason, CONFIG_MAX_REASON, "%s=%.128s is not a whole number from %llu to %llu", key->name,
            value, (unsigned long long)key->min, (unsigned long long)key->max);
        break;
    case CONFIG_SIZE:
        explain_size(key, value, reason);
        break;
    case CONFIG_SPAN:
        explain_span(key, value, reason);
        break;
    case CONFIG_BOOL:
        snprintf(reason, CONFIG_MAX_REASON, "%s=%.128s is neither yes nor no", key->name, value);
        break;
    case CONFIG_CHOICE:
        snprintf(reason, CONFIG_MAX_REASON, "%s=%.128s is neither %s nor %s", key->name, value,
            key->choices[0], key->choices[1]);
        break;
    case CONFIG_LEVEL:
        snprintf(reason, CONFIG_MAX_REASON, "%s=%.128s is none of debug, info, notice, warning and err",
            key->name, value);
        break;
    case CONFIG_CONTACT:
        snprintf(reason, CONFIG_MAX_REASON,
            "%s=%.128s is not a mail address or URL of at most %d characters of ASCII, without parentheses "
            "and "
            "backslashes",
            key->name, value, MAX_CONTACT);
        break;
    case CONFIG_TEXT:
        snprintf(reason, CONFIG_MAX_REASON, "%s=%.128s is not understood", key->name, value);
        break;
    case CONFIG_PATH:
    case CONFIG_PEM:
        snprintf(reason, CONFIG_MAX_REASON, "%s=%.128s is not an absolute path", key->name, value);
        break;
    case CONFIG_NETWORKS:
        snprintf(reason, CONFIG_MAX_REASON, "%s=%.128s is not a network, as in 192.0.2.0/24 or fd00::/8",
            key->name, value);
        break;
    }
}
