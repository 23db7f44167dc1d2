#include "ctl/reference.h"

#include "base/cleanup.h"
#include "base/text.h"
#include "ctl/call.h"
#include "ctl/input.h"
#include "ctl/local.h"
#include "ctl/say.h"
#include "ctl/top.h"
#include "wire/messages.h"
#include <errno.h>
#include <string.h>
#include <strings.h>

#define MAX_COLUMNS 16
#define MAX_COMPLAINTS 5
/* Of a list, in bytes. */
#define MAX_LINE (64u << 10)

void reference_deinit(struct reference *reference)
{
    counts_merge_free(reference->words);
}

/* ---- of a job ---- */

struct of_job {
    const struct context *context;
    struct reference *reference;
};

static int take(void *userdata, const void *reply, bool last)
{
    const struct wire_top_out *out = reply;
    const struct of_job *of = userdata;

    for (size_t i = 0; i < out->n_words; i++) {
        const struct wire_word *word = &out->words[i];
        const struct counts_sum sum = {.tokens = (uint64_t)word->tokens};
        int r = counts_merge_add(of->reference->words, word->word, (uint32_t)strlen(word->word), &sum);

        if (r < 0)
            return r;
    }
    return last ? top_say_engines(of->context, "the reference was", out) : 0;
}

static int read_job(struct context *context, const char *job, struct reference *reference)
{
    struct wire_top_in in = {.jobs = &job, .n_jobs = 1, .k = wire_some_int(0)};
    struct of_job of = {context, reference};
    int r = call_check_jobs(context, 1, (char **)&job);

    return r != 0 ? r : call_stream(context, WIRE_TOP, &in, take, &of);
}

/* ---- of a file ---- */

struct reader {
    struct reference *reference;
    const struct context *context;
    const char *file;
    struct buffer line; /* what came of the last one */
    size_t number;      /* of lines */
    size_t n_bad;
    bool after_cr;
    bool has_begun;  /* a line that says something came */
    int word, count; /* columns; -1: by what stands in them */
};

static bool is_one_of(const char *text, const char *const *names)
{
    while (*names && strcasecmp(text, *names) != 0)
        names++;
    return *names != NULL;
}

static int find_column(char *const *columns, size_t n, const char *const *names)
{
    for (size_t i = 0; i < n; i++)
        if (is_one_of(columns[i], names))
            return (int)i;
    return -1;
}

static bool take_heading(struct reader *reader, char *const *columns, size_t n)
{
    static const char *const words[] = {"word", "type", "token", "lemma", "form", "term", "item", NULL};
    static const char *const counts[] = {
        "tokens", "count", "counts", "frequency", "freq", "freq.", "f", "n", "hits", "occurrences", NULL};
    int word = find_column(columns, n, words), count = find_column(columns, n, counts);

    if (word < 0 || count < 0 || word == count)
        return false;
    reader->word = word;
    reader->count = count;
    return true;
}

/* One value in quotation marks, as RFC 4180 has them, in place; what follows it. */
static char *unquote(char *text)
{
    char *to = text;

    for (char *from = text + 1; *from; from++) {
        if (*from == '"' && from[1] != '"') {
            *to = '\0';
            return from + 1;
        }
        from += *from == '"';
        *to++ = *from;
    }
    *to = '\0';
    return to;
}

/* In place. */
static size_t cut(char *line, char *columns[static MAX_COLUMNS])
{
    char separator = strchr(line, '\t') ? '\t' : strchr(line, ',') ? ',' : ' ';
    size_t n = 0;

    for (char *next; line && n < MAX_COLUMNS; line = next) {
        char *rest = line;

        if (*line == '"' && separator != ' ')
            rest = unquote(line);
        next = strchr(rest, separator);
        if (next)
            *next++ = '\0';
        if (separator != ' ' || *line)
            columns[n++] = line;
    }
    return n;
}

static bool is_count(const char *text, uint64_t *ret)
{
    return text_parse_u64(text, INT64_MAX, ret) == 0;
}

/* Which columns a line without a heading has. */
static bool guess(char *const *columns, size_t n, size_t *ret_word, size_t *ret_count)
{
    size_t word = n, count = n;
    uint64_t number;

    for (size_t i = 0; i < n; i++) {
        if (is_count(columns[i], &number))
            count = count == n ? i : count;
        else
            word = word == n ? i : word;
    }
    /* Of two numbers the first is the word: "2009 12". */
    if (word == n && n >= 2) {
        word = 0;
        count = 1;
    }
    *ret_word = word;
    *ret_count = count;
    return word < n && count < n;
}

static void complain(struct reader *reader)
{
    if (reader->n_bad++ < MAX_COMPLAINTS && !reader->context->quiet)
        say_plain("%s:%zu: no word with a count", input_name(reader->file), reader->number);
}

static int add(struct reader *reader, const char *word, uint64_t count)
{
    const struct counts_sum sum = {.tokens = count};
    char key[WORDS_MAX_KEY];
    size_t size;
    int r = words_key(word, strlen(word), key, &size);

    if (r < 0 || size == 0 || count == 0)
        return r;
    if (count > (uint64_t)INT64_MAX - counts_merge_tokens(reader->reference->words))
        return -EOVERFLOW;
    return counts_merge_add(reader->reference->words, key, (uint32_t)size, &sum);
}

/* A line of the list ends with LF, CR LF or CR. `line` ends with a NUL and is written to. */
static int take_line(struct reader *reader, char *line)
{
    char *columns[MAX_COLUMNS];
    size_t n, word, count;
    uint64_t number;

    if (reader->number == 1 && strncmp(line, "\xef\xbb\xbf", 3) == 0)
        line += 3;
    if (*line == '\0' || *line == '#')
        return 0;
    n = cut(line, columns);
    if (!reader->has_begun && take_heading(reader, columns, n)) {
        reader->has_begun = true;
        return 0;
    }
    reader->has_begun = true;
    word = (size_t)reader->word;
    count = (size_t)reader->count;
    if ((reader->word < 0 && !guess(columns, n, &word, &count)) || word >= n || count >= n ||
        !is_count(columns[count], &number)) {
        complain(reader);
        return 0;
    }
    return add(reader, columns[word], number);
}

static int end_line(struct reader *reader)
{
    bool is_cut = memchr(reader->line.bytes ? (const void *)reader->line.bytes : "", '\0', reader->line.size);
    int r = buffer_append(&reader->line, "", 1);

    reader->number++;
    if (r == 0 && is_cut)
        complain(reader);
    else if (r == 0)
        r = take_line(reader, (char *)reader->line.bytes);
    reader->line.size = 0;
    return r;
}

static int take_bytes(void *userdata, const void *bytes, size_t size)
{
    struct reader *reader = userdata;
    const char *text = bytes;
    int r = 0;

    for (size_t i = 0, end; i < size && r == 0; i = end) {
        bool ends;

        for (end = i; end < size && text[end] != '\n' && text[end] != '\r';)
            end++;
        ends = end < size;
        if (reader->line.size + end - i > MAX_LINE)
            return -EFBIG;
        r = buffer_append(&reader->line, text + i, end - i);
        if (r == 0 && ends && reader->line.size == 0 && text[end] == '\n' && reader->after_cr)
            reader->number--; /* the other half of CR LF */
        if (r == 0 && ends)
            r = end_line(reader);
        reader->after_cr = ends && text[end] == '\r';
        end += ends;
    }
    return r;
}

static int read_file(struct context *context, const char *file, struct reference *reference)
{
    struct reader reader = {
        .reference = reference, .context = context, .file = file, .word = -1, .count = -1};
    const struct input_sink sink = {.bytes = take_bytes, .userdata = &reader};
    CLEANUP(input_freep) struct input *input = NULL;
    int r = local_init(context);

    if (r == 0)
        r = input_new(&input);
    if (r == 0)
        r = input_read(input, file, &sink);
    if (r == INPUT_REFUSED)
        r = say_failure(
            context, EXIT_REFUSED, FAILURE_INPUT, "%s: %s", input_name(file), input_reason(input));
    if (r == 0 && reader.line.size > 0)
        r = end_line(&reader);
    if (r == -EFBIG)
        r = say_failure(context, EXIT_REFUSED, FAILURE_INPUT,
            "%s:%zu: a line of more than %u bytes is none of a list", input_name(file), reader.number + 1,
            MAX_LINE);
    if (r == -EOVERFLOW)
        r = say_failure(context, EXIT_REFUSED, FAILURE_INPUT,
            "%s:%zu: the counts add up to more than can be counted", input_name(file), reader.number);
    buffer_deinit(&reader.line);
    if (r == 0 && reader.n_bad > MAX_COMPLAINTS && !context->quiet)
        say_plain("%s: %zu bad lines in all", input_name(file), reader.n_bad);
    if (r == 0 && counts_merge_tokens(reference->words) == 0)
        r = say_failure(context, EXIT_REFUSED, FAILURE_INPUT,
            "%s has no words with their counts: a word, a tab and a number on each line", input_name(file));
    return r;
}

static bool is_file(const char *source)
{
    return strchr(source, '/') || input_is_stdin(source) || access(source, F_OK) == 0;
}

int reference_read(struct context *context, const char *source, struct reference *ret)
{
    int r;

    *ret = (struct reference){0};
    r = counts_merge_new(&ret->words);
    if (r < 0)
        return r;
    return is_file(source) ? read_file(context, source, ret) : read_job(context, source, ret);
}
