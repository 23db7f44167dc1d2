/* The HTML page, section by section. HTML Living Standard; contrast and names after WCAG 2.2. */
#include "ctl/report.h"

#include "base/text.h"
#include <inttypes.h>
#include <math.h>
#include <string.h>

/* Nothing is fetched, whatever a page's title or a word might hold. */
static const char head[] = "<meta charset=\"utf-8\">\n"
                           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                           "style-src 'unsafe-inline'\">\n"
                           "<meta name=\"referrer\" content=\"no-referrer\">\n"
                           "<meta name=\"generator\" content=\"urlstatctl " URLSTAT_VERSION "\">\n";

static void write_text(FILE *out, const char *before, const char *text, const char *after)
{
    fputs(before, out);
    report_text(out, text);
    fputs(after, out);
}

static void write_number(FILE *out, const char *before, int64_t number, const char *after)
{
    fputs(before, out);
    report_number(out, number);
    fputs(after, out);
}

/* "job 7, docs", the name between what keeps its direction to itself. */
static void write_name(const struct wire_job *job, const char *before, const char *after, FILE *out)
{
    fprintf(out, "job %" PRId64, job->job);
    if (!job->name)
        return;
    fputs(", ", out);
    write_text(out, before, job->name, after);
}

/* U+2068 and U+2069 (UAX #9, 2.4.5), for a title, which has no elements. No string literals, which would turn
 * the source's own text. */
static const char isolate[] = {'\xe2', '\x81', '\xa8', '\0'}, end_isolate[] = {'\xe2', '\x81', '\xa9', '\0'};

static void write_head(const struct wire_job *job, FILE *out)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n", out);
    fputs(head, out);
    fputs("<title>Words of ", out);
    /* No element may stand here: FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE (UAX 9, 2.4) instead. */
    write_name(job, isolate, end_isolate, out);
    fputs("</title>\n<style>\n", out);
    fputs(report_style, out);
    fputs("</style>\n</head>\n<body>\n<header>\n<h1>Words of ", out);
    write_name(job, "<bdi>", "</bdi>", out);
    fputs("</h1>\n", out);
    write_text(out, "<p class=\"soft\">Submitted ", job->submitted, "");
    if (job->finished)
        write_text(out, ", finished ", job->finished, "");
    if (job->user)
        write_text(out, ", by ", job->user, "");
    fputs(".</p>\n", out);
}

static void write_figure(FILE *out, int64_t number, const char *what)
{
    write_number(out, "<li><strong>", number, "</strong> ");
    fprintf(out, "%s</li>\n", what);
}

static void write_summary(const struct report *report, FILE *out)
{
    const struct wire_top_out *top = report->top;
    int64_t waiting = report->job->queued + report->job->active;

    if (waiting > 0) {
        write_number(out, "<p class=\"notice\">This job has not ended: ", waiting, " of ");
        write_number(out, "", report->job->total, " URLs still wait.</p>\n");
    } else if (strcmp(report->job->state, "cancelled") == 0) {
        fputs("<p class=\"notice\">This job was cancelled; what had been counted by then counts.</p>\n", out);
    }
    fputs("</header>\n<main>\n<section aria-labelledby=\"summary\">\n<h2 id=\"summary\">Summary</h2>\n"
          "<ul class=\"figures\">\n",
        out);
    write_figure(out, report->job->total, "URLs");
    write_figure(out, top->pages, "pages counted");
    write_figure(out, report->job->failed, "failed");
    write_figure(out, report->job->skipped, "skipped by rule");
    write_figure(out, report->all_hosts, "hosts");
    write_figure(out, top->tokens, "words");
    write_figure(out, top->distinct, "distinct words");
    fputs("</ul>\n</section>\n", out);
}

static void write_bar(FILE *out, double share)
{
    fprintf(out, "<td class=\"b\"><div class=\"bar\" style=\"width:%.2f%%\"></div></td>",
        fmin(fmax(share, 0), 1) * 100);
}

static void write_outcomes(const struct wire_job *job, FILE *out)
{
    fputs("<section aria-labelledby=\"outcomes\">\n<h2 id=\"outcomes\">Outcomes</h2>\n", out);
    if (job->n_outcomes == 0)
        fputs("<p>No URL has ended yet.</p>\n", out);
    else
        fputs("<div class=\"wide\"><table>\n<thead><tr><th scope=\"col\">Outcome</th><th scope=\"col\" "
              "class=\"n\">URLs</th><th scope=\"col\">Share</th><th scope=\"col\">For "
              "example</th></tr></thead>\n"
              "<tbody>\n",
            out);
    for (size_t i = 0; i < job->n_outcomes; i++) {
        const struct wire_outcome_count *outcome = &job->outcomes[i];

        write_text(out, "<tr><td class=\"", outcome->state, "\">");
        report_text(out, outcome->outcome);
        write_number(out, "</td><td class=\"n\">", outcome->urls, "</td>");
        write_bar(out, (double)outcome->urls / (double)job->total);
        write_text(out, "<td class=\"u\"><bdi>", outcome->example_url ? outcome->example_url : "", "</bdi>");
        if (outcome->example_detail)
            write_text(out, "<br><span class=\"soft\">", outcome->example_detail, "</span>");
        fputs("</td></tr>\n", out);
    }
    fputs(job->n_outcomes == 0 ? "</section>\n" : "</tbody>\n</table></div>\n</section>\n", out);
}

static void write_word(const struct wire_word *word, int64_t most, FILE *out)
{
    fprintf(out, "<tr><td class=\"n\">%" PRId64 "</td>", word->rank);
    write_text(out, "<th scope=\"row\"><bdi>", word->word, "</bdi></th>");
    write_number(out, "<td class=\"n\">", word->tokens, "</td>");
    write_bar(out, (double)word->tokens / (double)most);
    fprintf(out, "<td class=\"n\">%.1f</td>", word->per_million);
    write_number(out, "<td class=\"n\">", word->pages, "</td>");
    write_number(out, "<td class=\"n\">", word->hosts, "</td></tr>\n");
}

static void write_words(const struct wire_top_out *top, FILE *out)
{
    fputs("<section aria-labelledby=\"words\">\n<h2 id=\"words\">The most used words</h2>\n", out);
    if (top->n_words == 0) {
        fputs("<p>No words were counted.</p>\n</section>\n", out);
        return;
    }
    write_number(out, "<p>The first ", (int64_t)top->n_words, " of ");
    write_number(out, "", top->distinct, " distinct words.</p>\n");
    fputs(
        "<div class=\"wide\"><table>\n<thead><tr><th scope=\"col\" class=\"n\">Rank</th><th "
        "scope=\"col\">Word</th><th scope=\"col\" class=\"n\">Times</th><th scope=\"col\">Share of the "
        "first</th><th scope=\"col\" class=\"n\">Per million</th><th scope=\"col\" class=\"n\">Pages</th><th "
        "scope=\"col\" class=\"n\">Hosts</th></tr></thead>\n<tbody>\n",
        out);
    for (size_t i = 0; i < top->n_words; i++)
        write_word(&top->words[i], top->words[0].tokens, out);
    fputs("</tbody>\n</table></div>\n</section>\n", out);
}

static void write_curve(const struct report *report, FILE *out)
{
    if (report->n_points == 0)
        return;
    fputs("<section aria-labelledby=\"curve\">\n<h2 id=\"curve\">Rank and frequency</h2>\n"
          "<p>How often the word of each rank was counted. Both axes are logarithmic; the dashed line is "
          "Zipf's law.</p>\n<figure style=\"margin:0\">\n",
        out);
    report_plot(report, out);
    fputs("</figure>\n</section>\n", out);
}

static void write_host(const struct report_host *host, FILE *out)
{
    write_text(out, "<section>\n<h3>", host->host, "</h3>\n");
    write_number(out, "<p class=\"soft\">", host->pages, host->pages == 1 ? " page, " : " pages, ");
    write_number(out, "", host->tokens, " words, ");
    write_number(out, "", host->distinct, " distinct</p>\n<p>");
    for (size_t i = 0; i < host->n_words; i++) {
        write_text(out, i > 0 ? ", <bdi>" : "<bdi>", host->words[i].word, "</bdi>");
        write_number(out, " <span class=\"soft\">", host->words[i].tokens, "</span>");
    }
    fputs("</p>\n</section>\n", out);
}

static void write_hosts(const struct report *report, FILE *out)
{
    if (report->n_hosts == 0)
        return;
    fputs("<section aria-labelledby=\"hosts\">\n<h2 id=\"hosts\">Words by host</h2>\n", out);
    if ((int64_t)report->n_hosts < report->all_hosts) {
        write_number(out, "<p>The ", (int64_t)report->n_hosts, " with the most words, of ");
        write_number(out, "", report->all_hosts, " hosts.</p>\n");
    }
    fputs("<div class=\"hosts\">\n", out);
    for (size_t i = 0; i < report->n_hosts; i++)
        write_host(&report->hosts[i], out);
    fputs("</div>\n</section>\n", out);
}

static void write_slowest(const struct report *report, FILE *out)
{
    char text[TEXT_SPAN_SIZE], size[TEXT_SIZE_SIZE];

    if (report->n_slowest == 0)
        return;
    fputs("<section aria-labelledby=\"slowest\">\n<h2 id=\"slowest\">Slowest pages</h2>\n<div "
          "class=\"wide\"><table>\n<thead><tr><th scope=\"col\" class=\"n\">Time</th><th scope=\"col\" "
          "class=\"n\">Size</th><th scope=\"col\">Page</th></tr></thead>\n<tbody>\n",
        out);
    for (size_t i = 0; i < report->n_slowest; i++) {
        const struct report_page *page = &report->slowest[i];

        fprintf(out, "<tr><td class=\"n\">%s</td><td class=\"n\">%s</td>",
            text_format_span((uint64_t)(page->seconds * 1e6), text),
            text_format_size((uint64_t)page->bytes, size));
        write_text(out, "<td class=\"u\"><bdi>", page->url, "</bdi></td></tr>\n");
    }
    fputs("</tbody>\n</table></div>\n</section>\n", out);
}

static void write_failed(const struct report *report, FILE *out)
{
    if (report->n_failed == 0)
        return;
    fputs("<section aria-labelledby=\"failed\">\n<h2 id=\"failed\">Failed pages</h2>\n", out);
    if ((int64_t)report->n_failed < report->job->failed) {
        write_number(out, "<p>The first ", (int64_t)report->n_failed, " of ");
        write_number(out, "", report->job->failed, ".</p>\n");
    }
    fputs("<div class=\"wide\"><table>\n<thead><tr><th scope=\"col\">Outcome</th><th "
          "scope=\"col\">Page</th></tr></thead>\n<tbody>\n",
        out);
    for (size_t i = 0; i < report->n_failed; i++) {
        const struct report_page *page = &report->failed[i];

        write_text(out, "<tr><td class=\"failed\">", page->outcome, "</td>");
        write_text(out, "<td class=\"u\"><bdi>", page->url, "</bdi>");
        if (page->detail)
            write_text(out, "<br><span class=\"soft\">", page->detail, "</span>");
        fputs("</td></tr>\n", out);
    }
    fputs("</tbody>\n</table></div>\n</section>\n", out);
}

static void write_cite(const struct wire_cite *cite, FILE *out)
{
    if (!cite)
        return;
    for (size_t i = 0; i < cite->n_settings; i++) {
        write_text(out, "<dt>", cite->settings[i].name, "</dt>");
        write_text(out, "<dd>", cite->settings[i].value, "</dd>\n");
    }
    if (cite->first_fetched && cite->last_fetched) {
        write_text(out, "<dt>Fetched</dt><dd>from ", cite->first_fetched, "");
        write_text(out, " to ", cite->last_fetched, "</dd>\n");
    }
    write_text(out, "<dt>List, SHA-256</dt><dd class=\"u\">", cite->list_hash, "</dd>\n");
}

/* What is in an id is known of the daemon's own alone. */
static void write_engine(const struct wire_top_out *top, FILE *out)
{
    const struct wire_engine *engine = &top->engine;

    for (size_t i = 0; i < top->n_engines; i++)
        write_text(out, "<dt>Word engine</dt><dd>", top->engines[i], "</dd>\n");
    if (top->n_engines > 1 || (top->n_engines == 1 && strcmp(top->engines[0], engine->id) != 0))
        return;
    if (top->n_engines == 0)
        write_text(out, "<dt>Word engine</dt><dd>", engine->id, "</dd>\n");
    write_text(
        out, "<dt>Rules</dt><dd>version ", engine->rules, " of urlstat's rules of text and words</dd>\n");
    write_text(out, "<dt>Segmentation</dt><dd>ICU ", engine->icu, "");
    write_text(out, ", Unicode ", engine->unicode, "</dd>\n");
    write_text(out, "<dt>Dictionaries</dt><dd>", engine->dictionaries, "</dd>\n");
}

/* What another run would have to have in common to give the same counts. */
static void write_settings(const struct report *report, FILE *out)
{
    fputs(
        "<section aria-labelledby=\"settings\">\n<h2 id=\"settings\">What the counts depend on</h2>\n<dl>\n",
        out);
    write_engine(report->top, out);
    write_cite(report->job->cite, out);
    fputs("</dl>\n<p class=\"soft\">A word is a segment of UAX #29 with a letter, a number or an ideograph, "
          "in lower "
          "case and NFKC. Counts are exact.</p>\n</section>\n",
        out);
}

void report_write(const struct report *report, FILE *out)
{
    write_head(report->job, out);
    write_summary(report, out);
    write_outcomes(report->job, out);
    write_words(report->top, out);
    write_curve(report, out);
    write_hosts(report, out);
    write_slowest(report, out);
    write_failed(report, out);
    write_settings(report, out);
    fputs("</main>\n<footer>Made by urlstatctl " URLSTAT_VERSION
          ". Times are UTC.</footer>\n</body>\n</html>\n",
        out);
}
