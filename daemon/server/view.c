#include "server/view.h"

#include "base/clock.h"
#include "store/store_read.h"
#include "words/words.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

int view_time(uint64_t realtime_usec, struct arena *arena, const char **ret)
{
    char text[CLOCK_ISO8601_SIZE];
    const char *copy;

    if (realtime_usec == 0) {
        *ret = NULL;
        return 0;
    }
    copy = arena_copy(arena, clock_format_iso8601(realtime_usec, text));
    if (!copy)
        return -ENOMEM;
    *ret = copy;
    return 0;
}

static size_t count_lines(const char *text)
{
    size_t n = 0;

    while ((text = strchr(text, '\n'))) {
        text++;
        n++;
    }
    return n;
}

/* "[Host example.org] Robots=no": a name may have spaces, and ends with the first "=". */
int view_settings(const char *lines, struct arena *arena, const struct wire_setting **ret, size_t *ret_n)
{
    char *text = arena_copy(arena, lines ? lines : "");
    struct wire_setting *settings;
    char *rest = text;
    size_t n = 0;

    if (!text)
        return -ENOMEM;
    settings = arena_allocate(arena, (count_lines(text) + 1) * sizeof(*settings));
    if (!settings)
        return -ENOMEM;
    for (char *line; (line = strsep(&rest, "\n")) && rest;) {
        char *value = strchr(line, '=');

        if (!value)
            return -EUCLEAN;
        *value++ = '\0';
        settings[n++] = (struct wire_setting){.name = line, .value = value};
    }
    *ret = settings;
    *ret_n = n;
    return 0;
}

struct wire_engine view_engine(void)
{
    const struct words_engine *engine = words_engine();

    return (struct wire_engine){.id = engine->id,
        .rules = engine->rules_version,
        .icu = engine->icu_version,
        .unicode = engine->unicode_version,
        .dictionaries = engine->dictionary_hash};
}

double view_seconds(uint64_t usec)
{
    uint64_t msec = (usec + 500) / 1000;

    return (double)msec / 1000;
}

double view_per_million(uint64_t tokens, uint64_t all)
{
    return all > 0 ? round((double)tokens * 1e10 / (double)all) / 1e4 : 0;
}

static struct wire_float remaining(const struct engine *engine, uint64_t job)
{
    double seconds = engine_job_remaining(engine, job);

    return isfinite(seconds) ? wire_some_float(round(seconds * 10) / 10) : (struct wire_float){0};
}

/* What neither ended nor runs. The row may be older than what the engine knows. */
static uint64_t waiting(const struct store_job_row *row, uint64_t active)
{
    uint64_t others = row->counted + row->failed + row->skipped + row->cancelled + active;

    return row->total > others ? row->total - others : 0;
}

/* When a job that has ended is removed; 0: not by itself. */
static uint64_t expires_usec(const struct engine *engine, const struct store_job_row *row)
{
    uint64_t keep = row->keep_usec == STORE_KEEP_DEFAULT ? engine_settings(engine)->keep_jobs_usec
                                                         : (uint64_t)row->keep_usec;

    if (row->finished_usec == 0 || keep == 0 || keep >= STORE_KEEP_ALWAYS)
        return 0;
    return row->finished_usec + keep;
}

int view_job(const struct service *service, const struct peer *peer, const struct store_job_row *row,
    struct arena *arena, struct wire_job *ret)
{
    const struct engine *engine = service->settings.engine;
    bool reads = service_may_read(service, peer, row->uid);
    uint64_t active = engine_job_active(engine, row->job);
    int r;

    *ret = (struct wire_job){.job = (int64_t)row->job,
        .name = reads ? row->name : NULL,
        .state = store_job_state_to_string(row->state),
        .user = row->user,
        .uid = row->uid,
        .priority = row->priority,
        .total = (int64_t)row->total,
        .queued = (int64_t)waiting(row, active),
        .active = (int64_t)active,
        .counted = (int64_t)row->counted,
        .failed = (int64_t)row->failed,
        .skipped = (int64_t)row->skipped,
        .cancelled = (int64_t)row->cancelled,
        .duplicates = (int64_t)row->duplicates,
        .tokens = (int64_t)row->tokens,
        .bytes = (int64_t)row->body_bytes,
        .remaining = remaining(engine, row->job)};
    if (row->imported)
        ret->imported = wire_some_bool(true);
    r = view_time(row->submitted_usec, arena, &ret->submitted);
    if (r == 0)
        r = view_time(row->finished_usec, arena, &ret->finished);
    if (r == 0)
        r = view_time(expires_usec(engine, row), arena, &ret->expires);
    if (r == 0)
        r = view_time(row->deadline_usec, arena, &ret->deadline);
    if (!ret->submitted)
        ret->submitted = "1970-01-01T00:00:00Z";
    return r;
}

enum url_state view_url_state(const struct service *service, const struct store_url_row *row)
{
    if (row->outcome != OUTCOME_NONE || row->state != URL_QUEUED)
        return row->state;
    return engine_url_is_active(service->settings.engine, row->job, row->seq) ? URL_ACTIVE : URL_QUEUED;
}

int view_hex(const uint8_t *bytes, size_t size, struct arena *arena, const char **ret)
{
    static const char digits[] = "0123456789abcdef";
    char *text = arena_allocate(arena, 2 * size + 1);

    if (!text)
        return -ENOMEM;
    for (size_t i = 0; i < size; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    text[2 * size] = '\0';
    *ret = text;
    return 0;
}

/* What is known once an answer came. Of an import without times, and of what was never tried, nothing was
 * measured. */
static void view_answer(const struct store_url_row *row, struct wire_url *url)
{
    url->detail = row->detail;
    url->final_url = row->final_url;
    url->content_type = row->content_type;
    if (row->fetched_usec > 0) {
        url->attempts = wire_some_int(row->tries);
        url->seconds = wire_some_float(view_seconds(row->duration_usec));
        url->wire_bytes = wire_some_int((int64_t)row->wire_bytes);
    }
    url->body_bytes = wire_some_int((int64_t)row->body_bytes);
    if (row->http_status > 0)
        url->http_status = wire_some_int(row->http_status);
}

static void view_counts(const struct store_url_row *row, struct wire_url *url)
{
    url->charset = row->charset;
    url->charset_from = row->charset_from;
    url->title = row->title;
    url->replaced = wire_some_int((int64_t)row->replaced);
    url->tokens = wire_some_int((int64_t)row->tokens);
    url->distinct = wire_some_int((int64_t)row->distinct);
}

int view_url(
    const struct service *service, const struct store_url_row *row, struct arena *arena, struct wire_url *ret)
{
    int r;

    *ret = (struct wire_url){.job = (int64_t)row->job,
        .page = (int64_t)row->seq,
        .source = row->source,
        .label = row->label,
        .submitted = row->submitted ? row->submitted : row->url,
        .url = row->url,
        .host = row->host,
        .state = url_state_to_string(view_url_state(service, row)),
        .outcome = outcome_to_string(row->outcome)};
    if (row->line > 0)
        ret->line = wire_some_int(row->line);
    if (row->outcome == OUTCOME_NONE)
        return 0;
    view_answer(row, ret);
    r = view_time(row->fetched_usec, arena, &ret->fetched);
    if (outcome_state(row->outcome) != URL_COUNTED || r < 0)
        return r;
    view_counts(row, ret);
    r = view_time(row->counted_from_usec, arena, &ret->counted_from);
    return r < 0        ? r
        : row->has_hash ? view_hex(row->content_hash, STORE_HASH_SIZE, arena, &ret->content_hash)
                        : 0;
}
