#include "words/dictionary_parts.h"

#include "words/dictionary_joints.h"
#include "words/dictionary_memo.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int dictionary_parts_reserve(struct dictionary_parts *parts, size_t max_units)
{
    uint8_t *marks = realloc(parts->marks, max_units);
    bool *joins;

    if (!marks)
        return -ENOMEM;
    parts->marks = marks;
    joins = reallocarray(parts->joins, max_units, sizeof(*joins));
    if (!joins)
        return -ENOMEM;
    parts->joins = joins;
    return 0;
}

void dictionary_parts_deinit(struct dictionary_parts *parts)
{
    memo_free(parts->memo);
    free(parts->joins);
    free(parts->marks);
    *parts = (struct dictionary_parts){0};
}

/* A part that may be remembered. */
struct part {
    size_t from, to;
    struct memo_key key;
};

/* Parts that are looked up together: while one waits for its memory, so do the others. */
#define MAX_PARTS 16

static void mark_unknown(
    struct dictionary_parts *parts, size_t from, size_t to, struct dictionary_unknown *ret)
{
    parts->marks[to - 1] |= DICTIONARY_NEW;
    if (ret->to == 0)
        ret->from = from;
    ret->to = to;
}

/* Marks the words of those parts that are remembered. */
static void mark_known(
    struct dictionary_parts *parts, const struct part *some, size_t n, struct dictionary_unknown *ret)
{
    for (const struct part *part = some; part < some + n; part++) {
        uint16_t ends = 0;

        if (!memo_find(parts->memo, &part->key, &ends))
            mark_unknown(parts, part->from, part->to, ret);
        for (uint8_t *mark = parts->marks + part->from; ends != 0; mark++, ends >>= 1)
            *mark |= ends & DICTIONARY_WORD;
    }
}

/* Cuts the text to parts. */
static void mark_parts(
    struct dictionary_parts *parts, const uint16_t *units, size_t n, struct dictionary_unknown *ret)
{
    struct part some[MAX_PARTS];
    size_t from = 0, n_some = 0;

    joints_find(units, n, parts->joins);
    memset(parts->marks, 0, n);
    *ret = (struct dictionary_unknown){0};
    for (size_t to = 1; to <= n; to++) {
        if (to < n && parts->joins[to])
            continue;
        parts->marks[to - 1] |= DICTIONARY_PART;
        if (to - from == 1) {
            parts->marks[from] |= DICTIONARY_WORD;
        } else if (to - from > MEMO_MAX_UNITS) {
            mark_known(parts, some, n_some, ret);
            n_some = 0;
            mark_unknown(parts, from, to, ret);
        } else {
            struct part *part = &some[n_some++];

            part->from = from;
            part->to = to;
            memo_key_make(parts->memo, units + from, to - from, &part->key);
        }
        if (n_some == MAX_PARTS) {
            mark_known(parts, some, n_some, ret);
            n_some = 0;
        }
        from = to;
    }
    mark_known(parts, some, n_some, ret);
}

int dictionary_parts_find(
    struct dictionary_parts *parts, const uint16_t *units, size_t n, struct dictionary_unknown *ret)
{
    int r = parts->memo ? 0 : memo_new(&parts->memo);

    if (r < 0)
        return r;
    joints_load();
    mark_parts(parts, units, n, ret);
    return 0;
}

void dictionary_parts_remember(
    struct dictionary_parts *parts, const uint16_t *units, const struct dictionary_unknown *unknown)
{
    size_t from = unknown->from;
    uint16_t ends = 0;

    for (size_t at = from; at < unknown->to; at++) {
        uint8_t mark = parts->marks[at];

        if (at - from < MEMO_MAX_UNITS)
            ends |= (uint16_t)((mark & DICTIONARY_WORD) << (at - from));
        if (!(mark & DICTIONARY_PART))
            continue;
        if ((mark & DICTIONARY_NEW) && at - from < MEMO_MAX_UNITS) {
            struct memo_key key;

            memo_key_make(parts->memo, units + from, at + 1 - from, &key);
            memo_add(parts->memo, &key, ends);
        }
        from = at + 1;
        ends = 0;
    }
}
