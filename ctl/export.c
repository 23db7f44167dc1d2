/* export: a job as a file of counts. */
#include "base/arena.h"
#include "ctl/call.h"
#include "ctl/page_sort.h"
#include "ctl/say.h"
#include "wire/messages.h"
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct export
{
    const struct context *context;
    struct page_sort *sort;
    char *name; /* of the job; NULL if it has none */
    char **settings;
    size_t n_settings;
    bool begun; /* the first part has come */
    char engine[COUNTS_FILE_MAX_ENGINE + 1];
    bool has_engine; /* a page has told it; else it is the daemon's */
    bool is_import;
    bool has_times; /* a page has told when it was fetched */
    /* Words of a page that is not whole yet. */
    struct arena arena;
    struct counts_file_word *words;
    size_t n_words, capacity;
};

static int take_engine(struct export *export, const struct wire_page_counts *item)
{
    if (!item->engine)
        return 0;
    if (!counts_file_is_engine(item->engine))
        return call_failed(export->context, -EPROTO);
    if (export->has_engine && strcmp(export->engine, item->engine) != 0)
        return say_failure(export->context, EXIT_REFUSED, FAILURE_INPUT,
            "pages of this job were counted by engine %s, and %s by %s: such counts do not add up, and are "
            "not "
            "put into one file",
            export->engine, item->url.url, item->engine);
    (void)snprintf(export->engine, sizeof(export->engine), "%s", item->engine);
    export->has_engine = true;
    return 0;
}

static int take_words(struct export *export, const struct wire_page_counts *item)
{
    if (item->n_words != item->n_counts)
        return call_failed(export->context, -EPROTO);
    for (size_t i = 0; i < item->n_words; i++) {
        int r = array_reserve_one(&export->words, export->n_words, &export->capacity, sizeof(*export->words));
        struct counts_file_word word = {
            .length = strlen(item->words[i]), .tokens = (uint64_t)item->counts[i]};

        if (r < 0)
            return r;
        word.text = arena_copy(&export->arena, item->words[i]);
        if (!word.text)
            return -ENOMEM;
        export->words[export->n_words++] = word;
    }
    return 0;
}

static uint64_t number(struct wire_int value)
{
    return value.set && value.value > 0 ? (uint64_t)value.value : 0;
}

static int take_page(struct export *export, const struct wire_url *url)
{
    struct counts_file_page page = {
        .url = url->url,
        .submitted = strcmp(url->submitted, url->url) == 0 ? NULL : url->submitted,
        .label = url->label,
        .http_status = (unsigned)number(url->http_status),
        .host = url->host,
        .final_url = url->final_url,
        .content_type = url->content_type,
        .body_bytes = number(url->body_bytes),
        .wire_bytes = number(url->wire_bytes),
        .fetched = url->fetched,
        .msec = url->seconds.set && url->seconds.value > 0 ? (uint64_t)llround(url->seconds.value * 1000) : 0,
        .attempts = number(url->attempts),
        .detail = url->detail,
    };
    int r;

    if (!url->outcome || outcome_from_string(url->outcome, &page.outcome) < 0)
        return call_failed(export->context, -EPROTO);
    if (outcome_state(page.outcome) == URL_COUNTED) {
        page.charset = url->charset;
        page.charset_from = url->charset_from;
        page.title = url->title;
        page.content_hash = url->content_hash;
        page.counted_from = url->counted_from;
        page.replaced = number(url->replaced);
        page.tokens = number(url->tokens);
        page.distinct = number(url->distinct);
    }
    r = page_sort_add(export->sort, &page, export->words, export->n_words);
    arena_deinit(&export->arena);
    export->arena = (struct arena){0};
    export->n_words = 0;
    export->has_times |= url->fetched != NULL;
    return r;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What is of the job, and comes with each part. */
static int take_head(struct export *export, const struct wire_export_out *out)
{
    export->begun = true;
    export->is_import = out->job.imported.value;
    (void)snprintf(export->engine, sizeof(export->engine), "%s", out->engine.id);
    export->name = out->job.name ? strdup(out->job.name) : NULL;
    export->settings = calloc(out->n_settings + 1, sizeof(*export->settings));
    if ((out->job.name && !export->name) || !export->settings)
        return -ENOMEM;
    for (size_t i = 0; i < out->n_settings; i++) {
        if (asprintf(&export->settings[i], "%s=%s", out->settings[i].name, out->settings[i].value) < 0) {
            export->settings[i] = NULL;
            return -ENOMEM;
        }
        export->n_settings++;
    }
    qsort(export->settings, export->n_settings, sizeof(*export->settings), compare_texts);
    return 0;
}

static int take_part(void *userdata, const void *reply, bool last)
{
    const struct wire_export_out *out = reply;
    struct export *export = userdata;
    int r = export->begun ? 0 : take_head(export, out);

    for (size_t i = 0; i < out->n_pages && r == 0; i++) {
        const struct wire_page_counts *item = &out->pages[i];

        r = take_engine(export, item);
        if (r == 0)
            r = take_words(export, item);
        if (r == 0 && !item->more.value)
            r = take_page(export, &item->url);
    }
    return r;
}

/* What was imported without times is exported so. */
static bool has_times(const struct export *export)
{
    return !export->is_import || export->has_times;
}

static int write_file(struct export *export, const char *path, bool with_times)
{
    CLEANUP(output_file_freep) struct output_file *output = NULL;
    const char *names[] = {export->name};
    const struct counts_file_head head = {.engine = export->engine,
        .has_times = with_times && has_times(export),
        .settings = (const char *const *)export->settings,
        .n_settings = export->n_settings,
        .names = names,
        .n_names = export->name ? 1 : 0};
    struct counts_file_totals totals;
    int r = output_file_open(export->context, path, &output);

    if (r == 0)
        r = page_sort_write(export->sort, &head, output, &totals);
    if (r == 0)
        r = output_file_close(output);
    if (r == 0)
        gather_say_totals(export->context, &totals);
    return r;
}

int verb_export(struct context *context, int argc, char **argv)
{
    struct export export = {.context = context};
    const struct wire_export_in in = {.job = argv[0]};
    bool with_times = !option_flag(context, "no-times");
    const char *path = argc > 1 ? argv[1] : NULL;
    int r = call_check_jobs(context, 1, argv);

    if (r == 0 && context->format != FORMAT_TABLE)
        r = say_usage(context, "a file of counts has one format: not with -o");
    if (r == 0)
        r = output_file_check(context, path);
    if (r == 0)
        r = page_sort_new(context, with_times, PAGE_SORT_MEMORY, &export.sort);
    if (r == 0)
        r = call_stream(context, WIRE_EXPORT, &in, take_part, &export);
    if (r == 0)
        r = write_file(&export, path, with_times);
    page_sort_free(export.sort);
    arena_deinit(&export.arena);
    free(export.words);
    for (size_t i = 0; i < export.n_settings; i++)
        free(export.settings[i]);
    free(export.settings);
    free(export.name);
    return r;
}
