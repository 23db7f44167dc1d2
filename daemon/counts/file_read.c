#include "counts/file_read.h"

#include "counts/file_text.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int counts_file_reader_new(struct counts_file_reader **ret)
{
    CLEANUP(counts_file_reader_freep) struct counts_file_reader *reader = calloc(1, sizeof(*reader));

    if (!reader)
        return -ENOMEM;
    reader->sum = XXH3_createState();
    if (!reader->sum)
        return -ENOMEM;
    XXH3_128bits_reset(reader->sum);
    *ret = TAKE(reader);
    return 0;
}

static void list_deinit(struct file_texts *list)
{
    for (size_t i = 0; i < list->n; i++)
        free(list->texts[i]);
    free(list->texts);
}

void counts_file_reader_free(struct counts_file_reader *reader)
{
    if (!reader)
        return;
    list_deinit(&reader->settings);
    list_deinit(&reader->names);
    free((char *)reader->head.engine);
    free(reader->page_line.bytes);
    free(reader->last_page_line.bytes);
    free(reader->word_line.bytes);
    free(reader->last_word_line.bytes);
    XXH3_freeState(reader->sum);
    free(reader);
}

const char *counts_file_reason(const struct counts_file_reader *reader)
{
    return reader->reason;
}

const struct counts_file_head *counts_file_head(const struct counts_file_reader *reader)
{
    return &reader->head;
}

const struct counts_file_page *counts_file_page(const struct counts_file_reader *reader)
{
    return &reader->page;
}

struct counts_file_word counts_file_word(const struct counts_file_reader *reader)
{
    return reader->word;
}

bool counts_file_is_engine(const char *id)
{
    size_t length = strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-");

    return length > 0 && !id[length] && length <= COUNTS_FILE_MAX_ENGINE;
}

int file_bad(struct counts_file_reader *reader, enum counts_file_line *ret, const char *reason)
{
    reader->stage = STAGE_BAD;
    (void)snprintf(reader->reason, sizeof(reader->reason), "%s", reason);
    *ret = COUNTS_FILE_BAD;
    return 0;
}

int file_line_fill(struct file_line *line, const char *bytes, size_t size)
{
    if (line->capacity < size + 1) {
        char *grown = realloc(line->bytes, size + 1);

        if (!grown)
            return -ENOMEM;
        line->bytes = grown;
        line->capacity = size + 1;
    }
    memcpy(line->bytes, bytes, size);
    line->bytes[size] = '\0';
    return 0;
}

const char *file_value_of(const char *line, const char *keyword)
{
    size_t length = strlen(keyword);

    return strncmp(line, keyword, length) == 0 && line[length] == '\t' ? line + length + 1 : NULL;
}

/* Divides the line at its tabs. False if there are not so many fields, or one is not as it is written. */
static bool divide(char *bytes, char **fields, size_t *sizes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char *tab = strchr(bytes, '\t');

        if (!tab != (i + 1 == n))
            return false;
        fields[i] = bytes;
        if (!file_take(bytes, tab ? (size_t)(tab - bytes) : strlen(bytes), &sizes[i]))
            return false;
        bytes = tab ? tab + 1 : bytes;
    }
    return true;
}

/* ---- pages ---- */

/* NULL, or what is wrong with the page that ends here. */
static const char *end_page(struct counts_file_reader *reader)
{
    if (reader->totals.urls == 0)
        return NULL;
    if (reader->distinct != reader->page.distinct)
        return "the page before has more words, or fewer, than its line says";
    if (reader->tokens != reader->page.tokens)
        return "the words of the page before do not add up to its tokens";
    return NULL;
}

static int take_page(
    struct counts_file_reader *reader, const char *line, size_t size, enum counts_file_line *ret)
{
    char *fields[FILE_N_COLUMNS + 1];
    size_t sizes[FILE_N_COLUMNS + 1];
    const char *reason = end_page(reader);
    struct file_line swapped = reader->last_page_line;
    const char *before = reader->page.url;
    int r;

    if (reason)
        return file_bad(reader, ret, reason);
    reader->last_page_line = reader->page_line;
    reader->page_line = swapped;
    r = file_line_fill(&reader->page_line, line, size);
    if (r < 0)
        return r;
    if (!divide(reader->page_line.bytes, fields, sizes, FILE_N_COLUMNS + 1))
        return file_bad(
            reader, ret, "a page has 22 fields, in which only \\xHH stands for control characters");
    reason = file_take_fields(&reader->page, fields + 1, reader->head.has_times);
    if (reason)
        return file_bad(reader, ret, reason);
    if (reader->totals.urls > 0 && strcmp(before, reader->page.url) >= 0)
        return file_bad(reader, ret, "pages come in the order of their URLs' code points, each once");
    counts_file_note(&reader->totals, &reader->page);
    reader->tokens = reader->distinct = 0;
    *ret = COUNTS_FILE_PAGE;
    return 0;
}

static int take_word(
    struct counts_file_reader *reader, const char *line, size_t size, enum counts_file_line *ret)
{
    struct file_line swapped = reader->last_word_line;
    struct counts_file_word before = reader->word;
    char *fields[3];
    size_t sizes[3];
    int r;

    reader->last_word_line = reader->word_line;
    reader->word_line = swapped;
    r = file_line_fill(&reader->word_line, line, size);
    if (r < 0)
        return r;
    if (!divide(reader->word_line.bytes, fields, sizes, 3) || sizes[1] == 0)
        return file_bad(reader, ret, "a word's line is a tab, the word, a tab and how often it is there");
    reader->word = (struct counts_file_word){.text = fields[1], .length = sizes[1]};
    if (!file_take_number(fields[2], COUNTS_FILE_MAX_TOKENS, &reader->word.tokens) ||
        reader->word.tokens == 0)
        return file_bad(reader, ret, "how often a word is there is a number above 0");
    if (reader->distinct > 0 &&
        file_compare(before.text, before.length, reader->word.text, reader->word.length) >= 0)
        return file_bad(reader, ret, "the words of a page come in the order of their code points, each once");
    reader->distinct++;
    reader->tokens += reader->word.tokens;
    if (reader->totals.urls == 0 || reader->distinct > reader->page.distinct ||
        reader->tokens > reader->page.tokens)
        return file_bad(reader, ret, "there are more words than the page's line says");
    *ret = COUNTS_FILE_WORD;
    return 0;
}

/* ---- end ---- */

/* The line that totals or sum make must be this one. */
static bool is_line(const struct buffer *made, const char *line, size_t size)
{
    return made->size == size + 1 && memcmp(made->bytes, line, size) == 0;
}

static int take_end(
    struct counts_file_reader *reader, const char *line, size_t size, enum counts_file_line *ret)
{
    const char *reason = end_page(reader);
    struct buffer made = {0};
    int r = counts_format_end(&made, &reader->totals);

    if (r == 0 && !reason && !is_line(&made, line, size))
        reason = "the totals are not those of the pages";
    buffer_deinit(&made);
    if (r < 0)
        return r;
    if (reason)
        return file_bad(reader, ret, reason);
    reader->stage = STAGE_SUM;
    *ret = COUNTS_FILE_END;
    return 0;
}

static int take_sum(
    struct counts_file_reader *reader, const char *line, size_t size, enum counts_file_line *ret)
{
    struct buffer made = {0};
    int r = counts_format_sum(&made, reader->sum);
    bool is_right = r == 0 && is_line(&made, line, size);

    buffer_deinit(&made);
    if (r < 0)
        return r;
    if (!is_right)
        return file_bad(
            reader, ret, "the checksum is not that of the lines before: the file was changed or damaged");
    reader->stage = STAGE_DONE;
    *ret = COUNTS_FILE_SUM;
    return 0;
}

static int take_in_pages(
    struct counts_file_reader *reader, const char *line, size_t size, enum counts_file_line *ret)
{
    if (*line == '\t')
        return take_word(reader, line, size, ret);
    if (file_value_of(line, FILE_PAGE))
        return take_page(reader, line, size, ret);
    if (file_value_of(line, FILE_END))
        return take_end(reader, line, size, ret);
    return file_bad(reader, ret, "the line begins neither a page nor a word nor the end");
}

int counts_file_line(
    struct counts_file_reader *reader, const char *line, size_t size, enum counts_file_line *ret)
{
    if (reader->stage == STAGE_DONE)
        return file_bad(reader, ret, "something follows behind the last line");
    if (reader->stage == STAGE_BAD) {
        *ret = COUNTS_FILE_BAD;
        return 0;
    }
    if (size > COUNTS_FILE_MAX_LINE)
        return file_bad(reader, ret, "the line is longer than 131072 bytes");
    if (memchr(line, '\0', size) || !file_is_utf8(line, size))
        return file_bad(reader, ret,
            reader->stage == STAGE_MAGIC ? "this is no file of urlstatctl export: it is no UTF-8"
                                         : "it is no UTF-8");
    if (reader->stage == STAGE_SUM)
        return take_sum(reader, line, size, ret);
    XXH3_128bits_update(reader->sum, line, size);
    XXH3_128bits_update(reader->sum, "\n", 1);
    if (reader->stage < STAGE_PAGES)
        return file_take_head(reader, line, size, ret);
    return size > 0 ? take_in_pages(reader, line, size, ret) : file_bad(reader, ret, "the line is empty");
}

enum counts_file_line counts_file_ends(struct counts_file_reader *reader)
{
    enum counts_file_line line = COUNTS_FILE_SUM;

    if (reader->stage == STAGE_BAD)
        return COUNTS_FILE_BAD;
    if (reader->stage == STAGE_MAGIC)
        (void)file_bad(reader, &line, "is empty");
    else if (reader->stage != STAGE_DONE)
        (void)file_bad(reader, &line, "the file ends here: it was cut");
    return line;
}
