#include "ctl/rejects.h"

#include "ctl/say.h"
#include <errno.h>
#include <inttypes.h>
#include <string.h>

void rejects_deinit(struct rejects *rejects)
{
    arena_deinit(&rejects->strings);
}

static void say_line(const struct wire_rejected *line)
{
    const char *text = strstr(line->reason, line->text) ? "" : line->text;
    const char *gap = *text ? ": " : "";

    if (!line->source)
        say_plain("%s%s%s", text, gap, line->reason);
    else if (line->line.set)
        say_plain("%s:%" PRId64 ": %s%s%s", line->source, line->line.value, line->reason, gap, text);
    else
        say_plain("%s: %s%s%s", line->source, line->reason, gap, text);
}

int rejects_add(struct rejects *rejects, const struct wire_rejected *line)
{
    struct wire_rejected *kept = &rejects->kept[rejects->n_kept];

    if (rejects->n++ < REJECTS_MAX_SAID)
        say_line(line);
    if (rejects->n_kept == REJECTS_MAX_KEPT)
        return 0;
    *kept = (struct wire_rejected){
        .source = arena_copy(&rejects->strings, line->source),
        .line = line->line,
        .text = arena_copy(&rejects->strings, line->text),
        .reason = arena_copy(&rejects->strings, line->reason),
    };
    if (!kept->text || !kept->reason || (line->source && !kept->source))
        return -ENOMEM;
    rejects->n_kept++;
    return 0;
}

int rejects_add_all(struct rejects *rejects, const struct wire_rejected *lines, size_t n, int64_t total)
{
    int r = 0;

    for (size_t i = 0; i < n && r == 0; i++)
        r = rejects_add(rejects, &lines[i]);
    if (total > (int64_t)n)
        rejects->n += (uint64_t)total - n;
    return r;
}

void rejects_say_rest(const struct rejects *rejects)
{
    if (rejects->n > REJECTS_MAX_SAID)
        say_plain("and %" PRIu64 " more bad lines", rejects->n - REJECTS_MAX_SAID);
}
