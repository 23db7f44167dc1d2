#include "ctl/pages.h"

#include "base/array.h"
#include "ctl/escape.h"
#include "ctl/render.h"
#include "ctl/say.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COLOR_GREY "\033[90m"
#define COLOR_RED "\033[31m"
#define COLOR_BOLD "\033[1m"
#define COLOR_RESET "\033[0m"

struct pages {
    struct context *context;
    uint64_t n_ended;
    struct buffer line;
};

/* The document of -o json. */
struct followed {
    const struct wire_group *groups;
    size_t n_groups;
};

static const struct wire_field followed_fields[] = {
    WIRE_STRUCTS_FIELD(
        struct followed, groups, "groups", WIRE_REQUIRED, struct wire_group, &wire_group_shape),
};
static WIRE_SHAPE(followed_shape, "Followed", struct followed, followed_fields);

static const char *const fields[] = {"job", "page", "words.rank", "words.word", "words.tokens", "url", NULL};
static const struct render_column no_columns[] = {{0}};
static const struct render_layout layout = {
    .shape = &followed_shape, .list = "groups", .columns = no_columns, .fields = fields};

int pages_new(struct context *context, struct pages **ret)
{
    CLEANUP(pages_freep) struct pages *pages = calloc(1, sizeof(*pages));
    int r;

    if (!pages)
        return -ENOMEM;
    pages->context = context;
    if (context->format != FORMAT_TABLE) {
        r = render_begin(context, &layout);
        if (r < 0)
            return r;
    }
    *ret = TAKE(pages);
    return 0;
}

void pages_free(struct pages *pages)
{
    if (!pages)
        return;
    buffer_deinit(&pages->line);
    free(pages);
}

static int color(struct pages *pages, const char *sequence)
{
    return pages->context->color ? buffer_append_text(&pages->line, sequence) : 0;
}

/* "  12/2585  " as wide on every line. */
static int append_count(struct pages *pages, int64_t total)
{
    char digits[32];
    int width = snprintf(digits, sizeof(digits), "%" PRId64, total), r;

    r = color(pages, COLOR_GREY);
    if (r == 0)
        r = buffer_printf(&pages->line, "%*" PRIu64 "/%s  ", width, pages->n_ended, digits);
    return r < 0 ? r : color(pages, COLOR_RESET);
}

static int append_words(struct pages *pages, const struct wire_group *page)
{
    int r = page->n_words == 0 ? buffer_append_text(&pages->line, "no words") : 0;

    for (size_t i = 0; i < page->n_words && r == 0; i++) {
        const struct wire_group_word *word = &page->words[i];

        r = i > 0 ? buffer_append_text(&pages->line, ", ") : 0;
        if (r == 0)
            r = color(pages, COLOR_BOLD);
        if (r == 0)
            r = escape_append(&pages->line, word->word, strlen(word->word));
        if (r == 0)
            r = color(pages, COLOR_RESET);
        if (r == 0)
            r = buffer_printf(&pages->line, " %" PRId64, word->tokens);
    }
    return r;
}

static int append_outcome(struct pages *pages, const struct wire_url *url)
{
    int r = color(pages, COLOR_RED);

    if (r == 0)
        r = buffer_append_text(&pages->line, url->outcome ? url->outcome : url->state);
    if (r == 0)
        r = color(pages, COLOR_RESET);
    if (r == 0 && url->http_status.set && !url->detail)
        r = buffer_printf(&pages->line, " %" PRId64, url->http_status.value);
    if (r < 0 || !url->detail)
        return r;
    r = buffer_append_text(&pages->line, ": ");
    return r < 0 ? r : escape_append(&pages->line, url->detail, strlen(url->detail));
}

static int print_line(
    struct pages *pages, const struct wire_group *page, const struct wire_url *url, int64_t total)
{
    const char *address = page ? page->url : url->url;
    int r;

    pages->line.size = 0;
    r = append_count(pages, total);
    if (r == 0 && address)
        r = escape_append(&pages->line, address, strlen(address));
    if (r == 0)
        r = buffer_append_text(&pages->line, "  ");
    if (r == 0)
        r = page ? append_words(pages, page) : append_outcome(pages, url);
    if (r == 0)
        r = buffer_append_text(&pages->line, "\n");
    if (r < 0)
        return r;
    (void)fwrite(pages->line.bytes, 1, pages->line.size, stdout);
    fflush(stdout);
    return 0;
}

static void say_outcome(const struct pages *pages, const struct wire_url *url)
{
    const char *detail = url->detail ? url->detail : "";

    say_note(pages->context, "%s: %s%s%s", url->url, url->outcome ? url->outcome : url->state,
        *detail ? ": " : "", detail);
}

int pages_take(struct pages *pages, const struct wire_group *page, const struct wire_url *url, int64_t total)
{
    struct followed part = {.groups = page, .n_groups = 1};

    pages->n_ended++;
    if (pages->context->format == FORMAT_TABLE)
        return print_line(pages, page, url, total);
    if (page)
        return render_part(pages->context, &part, false);
    say_outcome(pages, url);
    return 0;
}

int pages_finish(struct pages *pages)
{
    struct followed none = {0};

    return pages->context->format == FORMAT_TABLE ? 0 : render_part(pages->context, &none, true);
}
