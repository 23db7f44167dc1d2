#include "fetch/robots.h"

#include "base/cleanup.h"
#include "fetch/robots_pattern.h"
#include "fetch/robots_rules.h"
#include <stdlib.h>
#include <string.h>

void robots_free(struct robots *robots)
{
    if (!robots)
        return;
    free(robots->set.rules);
    buffer_deinit(&robots->text);
    free(robots);
}

/* The longest pattern rules; of equally long ones an Allow (2.2.2). */
static bool yields_to(const struct rule *rule, const struct rule *best)
{
    if (rule->canonical_size != best->canonical_size)
        return rule->canonical_size < best->canonical_size;
    return best->is_allow || !rule->is_allow;
}

/* False if it would take too long; else *ret is NULL if none matches. */
static bool find_best(const struct robots *robots, const struct buffer *path, const struct rule **ret)
{
    const char *text = (const char *)robots->text.bytes;
    const struct rule *best = NULL;
    size_t scanned = 0;
    size_t i;

    for (i = 0; i < robots->set.n_rules; i++) {
        const struct rule *rule = &robots->set.rules[i];

        if (best && yields_to(rule, best))
            continue;
        scanned += rule->has_star ? path->size : 0;
        if (scanned > ROBOTS_MAX_SCAN)
            return false;
        if (robots_pattern_matches(
                text + rule->canonical, rule->canonical_size, (const char *)path->bytes, path->size))
            best = rule;
    }
    *ret = best;
    return true;
}

struct robots_verdict robots_check(const struct robots *robots, const char *path)
{
    CLEANUP(buffer_deinit) struct buffer canonical = {0};
    struct robots_verdict verdict = {
        .allowed = true, .group_line = robots->set.group_line, .for_everyone = robots->for_everyone};
    const struct rule *best = NULL;

    if (*path == '\0')
        path = "/";
    if (robots->set.n_rules == 0 || strcmp(path, "/robots.txt") == 0)
        return verdict;
    verdict.is_unknown = robots_path_canonical(&canonical, path, strlen(path)) < 0;
    verdict.allowed = !verdict.is_unknown && find_best(robots, &canonical, &best);
    if (best) {
        verdict.allowed = best->is_allow;
        verdict.line = best->line;
        verdict.rule = (const char *)robots->text.bytes + best->text;
        verdict.group_line = best->group_line;
    }
    return verdict;
}

uint64_t robots_crawl_delay_usec(const struct robots *robots)
{
    return robots->set.crawl_delay_usec;
}

uint32_t robots_crawl_delay_line(const struct robots *robots)
{
    return robots->set.crawl_delay_line;
}

size_t robots_memory(const struct robots *robots)
{
    return sizeof(*robots) + robots->set.capacity * sizeof(robots->set.rules[0]) + robots->text.capacity;
}
