#include "ctl/join.h"

#include "base/array.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

void join_deinit(struct join *join)
{
    free(join->words);
    arena_deinit(&join->texts);
    free(join->whole);
    free(join->given_words);
    arena_deinit(&join->given_texts);
    *join = (struct join){0};
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same_number(const struct wire_int *a, const struct wire_int *b)
{
    return a->set == b->set && (!a->set || a->value == b->value);
}

static bool goes_on(const struct join *join, const struct wire_group *group)
{
    return join->holds && same_number(&join->held.job, &group->job) &&
        same_number(&join->held.page, &group->page) && same_text(join->held.url, group->url) &&
        same_text(join->held.host, group->host) && same_text(join->held.label, group->label);
}

static int add_words(struct join *join, const struct wire_group *group)
{
    for (size_t i = 0; i < group->n_words; i++) {
        int r = array_reserve_one(&join->words, join->n_words, &join->capacity, sizeof(*join->words));
        struct wire_group_word word = group->words[i];

        if (r < 0)
            return r;
        word.word = arena_copy(&join->texts, word.word);
        if (!word.word)
            return -ENOMEM;
        join->words[join->n_words++] = word;
    }
    return 0;
}

static int copy_text(struct join *join, const char **text)
{
    if (!*text)
        return 0;
    *text = arena_copy(&join->texts, *text);
    return *text ? 0 : -ENOMEM;
}

static int hold(struct join *join, const struct wire_group *group)
{
    join->held = *group;
    join->holds = true;
    if (copy_text(join, &join->held.url) < 0 || copy_text(join, &join->held.host) < 0 ||
        copy_text(join, &join->held.label) < 0)
        return -ENOMEM;
    return add_words(join, group);
}

/* Forgets what was given before; what is held is given now. */
static struct wire_group give_held(struct join *join)
{
    struct wire_group group = join->held;

    group.words = join->words;
    group.n_words = join->n_words;
    join->given_words = join->words;
    join->given_texts = join->texts;
    join->words = NULL;
    join->n_words = join->capacity = 0;
    join->texts = (struct arena){0};
    join->holds = false;
    return group;
}

int join_take(struct join *join, const struct wire_group *groups, size_t n, bool last,
    const struct wire_group **ret, size_t *ret_n)
{
    size_t n_whole = 0;
    size_t from = 0;
    int r = 0;

    free(join->whole);
    free(join->given_words);
    arena_deinit(&join->given_texts);
    join->given_words = NULL;
    join->given_texts = (struct arena){0};
    join->whole = calloc(n + 1, sizeof(*join->whole));
    if (!join->whole)
        return -ENOMEM;
    if (n > 0 && goes_on(join, &groups[0])) {
        r = add_words(join, &groups[0]);
        from = 1;
    }
    if (r == 0 && join->holds && (from < n || last))
        join->whole[n_whole++] = give_held(join);
    for (size_t i = from; i < n && r == 0; i++)
        if (i + 1 < n || last)
            join->whole[n_whole++] = groups[i];
        else
            r = hold(join, &groups[i]);
    if (r < 0)
        return r;
    *ret = join->whole;
    *ret_n = n_whole;
    return 0;
}
