#include "ctl/cite.h"

#include "base/array.h"
#include "base/cleanup.h"
#include "ctl/cell.h"
#include "ctl/escape.h"
#include "ctl/report.h"
#include "ctl/table.h"
#include <errno.h>
#include <string.h>

static const struct table_column equal_columns[] = {
    {"EQUAL PAGES", true}, {"WORDS OF EACH", true}, {"FIRST OF THEM", false}};
static const struct table_column setting_columns[] = {{"SETTING", false}, {"VALUE", false}};

int cite_print_equal(struct context *context, const struct wire_cite *cite)
{
    CLEANUP(table_freep) struct table *table = NULL;
    int r;

    if (cite->n_equal_pages == 0)
        return 0;
    putchar('\n');
    r = table_new(context, equal_columns, sizeof(equal_columns) / sizeof(equal_columns[0]), &table);
    for (size_t i = 0; i < cite->n_equal_pages && r == 0; i++) {
        const struct wire_equal_pages *equal = &cite->equal_pages[i];

        r = table_row(table);
        if (r == 0)
            r = table_number(table, equal->pages);
        if (r == 0)
            r = table_number(table, equal->tokens);
        if (r == 0)
            r = table_text(table, equal->example_url, NULL);
    }
    return r < 0 ? r : table_finish(table);
}

int cite_print_settings(struct context *context, const struct wire_cite *cite)
{
    CLEANUP(table_freep) struct table *table = NULL;
    int r;

    if (cite->n_settings == 0)
        return 0;
    putchar('\n');
    r = table_new(context, setting_columns, sizeof(setting_columns) / sizeof(setting_columns[0]), &table);
    for (size_t i = 0; i < cite->n_settings && r == 0; i++) {
        r = table_row(table);
        if (r == 0)
            r = table_text(table, cite->settings[i].name, NULL);
        if (r == 0)
            r = table_text(table, cite->settings[i].value, NULL);
    }
    return r < 0 ? r : table_finish(table);
}

/* ---- the block ---- */

static void write_count(FILE *out, const char *before, int64_t n, const char *what)
{
    fputs(before, out);
    report_number(out, n);
    fputs(what, out);
}

static void write_urls(const struct wire_job *job, FILE *out)
{
    write_count(out, "", job->counted, " of ");
    write_count(out, "", job->total, job->total == 1 ? " page counted" : " pages counted");
    if (job->failed > 0)
        write_count(out, ", ", job->failed, " failed");
    if (job->skipped > 0)
        write_count(out, ", ", job->skipped, " skipped by rule");
    if (job->cancelled > 0)
        write_count(out, ", ", job->cancelled, " cancelled");
    write_count(out, "; ", job->tokens, job->tokens == 1 ? " word, " : " words, ");
    write_count(out, "", job->cite->distinct, " distinct.\n");
}

static bool is_imported(const struct wire_job *job)
{
    return job->imported.value;
}

static void write_dates(const struct wire_job *job, FILE *out)
{
    const struct wire_cite *cite = job->cite;

    /* When an imported list was submitted and ended, its file does not tell. */
    fprintf(out, "%s %s", is_imported(job) ? "Imported from a file of counts" : "Submitted", job->submitted);
    if (cite->first_fetched && cite->last_fetched)
        fprintf(out, ", fetched from %s to %s", cite->first_fetched, cite->last_fetched);
    else if (is_imported(job) && job->counted > 0)
        fputs(", which does not tell when its pages were fetched", out);
    if (job->finished && !is_imported(job))
        fprintf(out, ", %s %s", strcmp(job->state, "cancelled") == 0 ? "cancelled" : "ended", job->finished);
    fputs(".\n", out);
}

static void write_engine(const struct wire_job *job, FILE *out)
{
    const struct wire_cite *cite = job->cite;
    const struct wire_engine *engine = job->engine;

    if (cite->n_engines == 0)
        return; /* there is no counted page */
    fputs("Counted by urlstat, word engine", out);
    for (size_t i = 0; i < cite->n_engines; i++)
        fprintf(out, "%s %s", i > 0 ? " and" : "", cite->engines[i]);
    /* Of the engine that is running now: another one's are not known. */
    if (cite->n_engines == 1 && engine && strcmp(cite->engines[0], engine->id) == 0)
        fprintf(out, " (rules %s, ICU %s, Unicode %s)", engine->rules, engine->icu, engine->unicode);
    fputs(".\n", out);
}

static void write_list(const struct wire_job *job, FILE *out)
{
    write_count(out, "List of ", job->total, job->total == 1 ? " URL" : " URLs");
    if (job->duplicates > 0)
        write_count(out, " (", job->duplicates,
            job->duplicates == 1 ? " duplicate left out)" : " duplicates left out)");
    fprintf(
        out, "%s, SHA-256 %s.\n", is_imported(job) ? " in the order of the file" : "", job->cite->list_hash);
}

static void write_settings(const struct wire_cite *cite, FILE *out)
{
    for (size_t i = 0; i < cite->n_settings; i++)
        fprintf(
            out, "%s%s=%s", i == 0 ? "Settings: " : ", ", cite->settings[i].name, cite->settings[i].value);
    if (cite->n_settings > 0)
        fputs(".\n", out);
}

/* The length of the text's first line, broken at a space where that is possible. */
static size_t line_length(const char *text)
{
    size_t whole = strcspn(text, "\n");
    size_t length = 0;

    for (size_t end = strcspn(text, " \n"); end <= whole; end += 1 + strcspn(text + end + 1, " \n")) {
        if (length > 0 && end > CITE_WIDTH)
            break;
        length = end;
        if (end == whole)
            break;
    }
    return length;
}

static int print_wrapped(const char *text)
{
    while (*text) {
        size_t length = line_length(text);
        CLEANUP(buffer_deinit) struct buffer line = {0};
        int r = escape_append(&line, text, length);

        if (r < 0)
            return r;
        printf("%.*s\n", (int)line.size, (const char *)line.bytes);
        text += length;
        text += *text != '\0';
    }
    return 0;
}

int cite_print_block(const struct wire_job *job)
{
    CLEANUP(freep) char *text = NULL;
    size_t size;
    FILE *out;

    if (!job->cite)
        return 0;
    out = open_memstream(&text, &size);
    if (!out)
        return -ENOMEM;
    write_urls(job, out);
    write_dates(job, out);
    write_engine(job, out);
    write_list(job, out);
    write_settings(job->cite, out);
    if (fclose(out) != 0)
        return -ENOMEM;
    puts("\nTo cite this job:\n");
    return print_wrapped(text);
}
