/* csv by RFC 4180, but with LF line ends; tsv with \t, \n, \r and \\ for the characters that would break a
 * line. */
#include "ctl/render_format.h"

#include "wire/encode.h"
#include <string.h>

/* The bytes at the start of the text that are none of these. */
static size_t plain_run(const char *text, size_t size, const bool special[static 256])
{
    size_t n = 0;

    while (n < size && !special[(unsigned char)text[n]])
        n++;
    return n;
}

static int append_quoted(struct buffer *out, const char *text, size_t size)
{
    static const bool special[256] = {['"'] = true, [','] = true, ['\n'] = true, ['\r'] = true};
    static const bool quote[256] = {['"'] = true};
    int r;

    if (plain_run(text, size, special) == size)
        return buffer_append(out, text, size);
    r = buffer_append_text(out, "\"");
    for (size_t i = 0; i < size && r == 0;) {
        size_t n = plain_run(text + i, size - i, quote);

        /* The quote is among what is copied, and comes once more. */
        r = buffer_append(out, text + i, i + n < size ? n + 1 : n);
        if (r == 0 && i + n < size)
            r = buffer_append_text(out, "\"");
        i += n + 1;
    }
    return r < 0 ? r : buffer_append_text(out, "\"");
}

static int append_escaped(struct buffer *out, const char *text, size_t size)
{
    static const bool special[256] = {['\t'] = true, ['\n'] = true, ['\r'] = true, ['\\'] = true};
    static const char unsafe[] = "\t\n\r\\";
    size_t n = plain_run(text, size, special);
    int r = buffer_append(out, text, n);

    while (n < size && r == 0) {
        size_t more = plain_run(text + n + 1, size - n - 1, special);
        char escape[] = {'\\', "tnr\\"[strchr(unsafe, text[n]) - unsafe]};

        r = buffer_append(out, escape, sizeof(escape));
        if (r == 0)
            r = buffer_append(out, text + n + 1, more);
        n += 1 + more;
    }
    return r;
}

static int append_value(struct buffer *out, const char *text, size_t size, bool csv)
{
    return csv ? append_quoted(out, text, size) : append_escaped(out, text, size);
}

struct separated {
    bool csv;
    struct buffer value;
};

static void separated_deinit(struct separated *separated)
{
    buffer_deinit(&separated->value);
}

static int print_cell(
    struct render *render, size_t column, const void *item, size_t element, struct separated *to)
{
    const struct wire_field *field = cell_field(&render->paths[column]);
    const void *message = cell_message(&render->paths[column], item, element);
    int r = column > 0 ? buffer_append_text(&render->out, to->csv ? "," : "\t") : 0;

    if (r < 0 || !message)
        return r;
    to->value.size = 0;
    r = wire_print_bare(&to->value, field, message);
    return r < 0 || to->value.size == 0
        ? r
        : append_value(&render->out, (const char *)to->value.bytes, to->value.size, to->csv);
}

static int print_row(struct render *render, const void *item, size_t element, void *userdata)
{
    int r = 0;

    for (size_t i = 0; i < render->n_paths && r == 0; i++)
        r = print_cell(render, i, item, element, userdata);
    if (r == 0)
        r = buffer_append_text(&render->out, "\n");
    return r < 0 || render->out.size < RENDER_FLUSH_SIZE ? r : render_flush(render);
}

/* A heading is the last field's name where that is enough to tell the columns apart, else the whole path. */
static int print_heading(struct render *render, size_t column, bool csv)
{
    const struct cell_path *path = &render->paths[column];
    size_t first = path->array < path->n_fields ? path->array + 1 : 0;
    int r = column > 0 ? buffer_append_text(&render->out, csv ? "," : "\t") : 0;

    for (size_t i = first; i < path->n_fields && r == 0; i++)
        r = buffer_printf(&render->out, "%s%s", i > first ? "." : "", path->fields[i]->name);
    return r;
}

static int print_headings(struct render *render, const struct context *context)
{
    int r = context->bom ? buffer_append_text(&render->out, "\xef\xbb\xbf") : 0;

    if (!context->legend)
        return r;
    for (size_t i = 0; i < render->n_paths && r == 0; i++)
        r = print_heading(render, i, context->format == FORMAT_CSV);
    return r < 0 ? r : buffer_append_text(&render->out, "\n");
}

int render_separated_part(struct render *render, const struct context *context, const void *reply)
{
    CLEANUP(separated_deinit) struct separated to = {.csv = context->format == FORMAT_CSV};
    size_t n;
    const char *items = render_items(render, reply, &n);
    int r = render->begun ? 0 : print_headings(render, context);

    for (size_t i = 0; i < n && r == 0; i++)
        r = render_rows(render, items + i * render->item_shape->size, print_row, &to);
    return r;
}
