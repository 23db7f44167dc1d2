#include "counts/file.h"

#include "base/clock.h"
#include "counts/file_text.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

enum stage {
    STAGE_MAGIC,
    STAGE_ENGINE,
    STAGE_TIMES,
    STAGE_LISTS, /* settings and names, then the columns */
    STAGE_PAGES,
    STAGE_SUM,
    STAGE_DONE,
    STAGE_BAD,
};

/* A line of which fields are taken; its bytes stay where they are as long as it is not filled anew. */
struct line {
    char *bytes;
    size_t capacity;
};

/* Texts of the head, ascending. */
struct list {
    char **texts;
    size_t n, capacity;
};

struct counts_file_reader {
    enum stage stage;
    XXH3_state_t *sum; /* of all lines so far */
    struct counts_file_head head;
    struct list settings, names;
    struct counts_file_page page;
    struct line page_line, last_page_line; /* they change places, as `url` of the last one is compared */
    struct counts_file_word word;
    struct line word_line, last_word_line;
    uint64_t tokens, distinct; /* of the page, so far */
    struct counts_file_totals totals;
    char reason[160];
};

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

static void list_deinit(struct list *list)
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

/* Returns 0, as all that takes a line. */
static int bad(struct counts_file_reader *reader, enum counts_file_line *ret, const char *reason)
{
    reader->stage = STAGE_BAD;
    (void)snprintf(reader->reason, sizeof(reader->reason), "%s", reason);
    *ret = COUNTS_FILE_BAD;
    return 0;
}

static int fill(struct line *line, const char *bytes, size_t size)
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

/* ---- head ---- */

/* What stands behind the keyword and its tab; NULL if the line has another one. */
static const char *value_of(const char *line, const char *keyword)
{
    size_t length = strlen(keyword);

    return strncmp(line, keyword, length) == 0 && line[length] == '\t' ? line + length + 1 : NULL;
}

static int take_magic(struct counts_file_reader *reader, const char *line, enum counts_file_line *ret)
{
    const char *version = value_of(line, FILE_MAGIC);
    uint64_t number;

    if (version && *version && version[strlen(version) - 1] == '\r')
        return bad(reader, ret, "lines end with a line feed alone, and this one with a carriage return too");
    if (!version)
        return bad(reader, ret, "this is no file of urlstatctl export: its first line says another thing");
    if (!file_take_number(version, UINT64_MAX, &number))
        return bad(reader, ret, "there is no version of the format");
    if (number != COUNTS_FILE_VERSION) {
        reader->stage = STAGE_BAD;
        (void)snprintf(reader->reason, sizeof(reader->reason),
            "the format has version %.20s; this program reads version %d alone", version,
            COUNTS_FILE_VERSION);
        *ret = COUNTS_FILE_BAD;
        return 0;
    }
    reader->stage = STAGE_ENGINE;
    return 0;
}

static int take_engine(struct counts_file_reader *reader, const char *line, enum counts_file_line *ret)
{
    const char *id = value_of(line, FILE_ENGINE);

    if (!id || !counts_file_is_engine(id))
        return bad(reader, ret, "the line of the engine is missing, or it has no id");
    reader->head.engine = strdup(id);
    if (!reader->head.engine)
        return -ENOMEM;
    reader->stage = STAGE_TIMES;
    return 0;
}

static int take_times(struct counts_file_reader *reader, const char *line, enum counts_file_line *ret)
{
    const char *value = value_of(line, FILE_TIMES);

    if (!value || (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0))
        return bad(reader, ret, "the line that says whether there are times is missing");
    reader->head.has_times = strcmp(value, "yes") == 0;
    reader->stage = STAGE_LISTS;
    return 0;
}

/* NULL, or why the text is not taken; -ENOMEM in *ret_r. */
static const char *take_text(struct list *list, char *text, int *ret_r)
{
    size_t size;

    if (strchr(text, '\t') || !file_take(text, strlen(text), &size) || size == 0)
        return "something else than one text follows the line's first word";
    if (list->n > 0 && strcmp(list->texts[list->n - 1], text) >= 0)
        return "settings and names come in the order of their code points, each once";
    if (list->n == COUNTS_FILE_MAX_NAMES)
        return "there are more than 1000 settings or names";
    *ret_r = array_reserve_one(&list->texts, list->n, &list->capacity, sizeof(*list->texts));
    if (*ret_r < 0)
        return NULL;
    list->texts[list->n] = strdup(text);
    *ret_r = list->texts[list->n] ? 0 : -ENOMEM;
    list->n += *ret_r == 0;
    return NULL;
}

static int take_setting(struct counts_file_reader *reader, char *text, enum counts_file_line *ret)
{
    const char *reason;
    int r = 0;

    if (reader->names.n > 0)
        return bad(reader, ret, "settings come before the names");
    reason = take_text(&reader->settings, text, &r);
    if (!reason && r == 0 && (*text == '=' || !strchr(text, '=') || strchr(text, '\n')))
        reason = "a setting is written like MaxBodySize=16M";
    return reason ? bad(reader, ret, reason) : r;
}

static int take_name(struct counts_file_reader *reader, char *text, enum counts_file_line *ret)
{
    int r = 0;
    const char *reason = take_text(&reader->names, text, &r);

    return reason ? bad(reader, ret, reason) : r;
}

static int take_lists(struct counts_file_reader *reader, char *line, enum counts_file_line *ret)
{
    const char *columns = value_of(line, FILE_COLUMNS);

    if (value_of(line, FILE_SETTING))
        return take_setting(reader, line + sizeof(FILE_SETTING), ret);
    if (value_of(line, FILE_NAME))
        return take_name(reader, line + sizeof(FILE_NAME), ret);
    if (!columns)
        return bad(reader, ret, "the line of the columns is missing");
    if (strcmp(columns, file_columns) != 0)
        return bad(reader, ret, "the columns are not those of this version");
    reader->head.settings = (const char *const *)reader->settings.texts;
    reader->head.n_settings = reader->settings.n;
    reader->head.names = (const char *const *)reader->names.texts;
    reader->head.n_names = reader->names.n;
    reader->stage = STAGE_PAGES;
    return 0;
}

/* ---- pages ---- */

static const char *some(const char *text)
{
    return *text ? text : NULL;
}

static bool is_hash(const char *text)
{
    return strspn(text, "0123456789abcdef") == 32 && !text[32];
}

static bool is_time(const char *text)
{
    uint64_t usec;

    return !*text || clock_parse_iso8601(text, &usec) == 0;
}

/* "12.345" */
static bool take_seconds(char *field, uint64_t *ret_msec)
{
    char *point = strchr(field, '.');
    uint64_t seconds;
    uint64_t msec;

    if (!point || strlen(point) != 4 || strspn(point + 1, "0123456789") != 3)
        return false;
    *point = '\0';
    msec = (uint64_t)(point[1] - '0') * 100 + (uint64_t)(point[2] - '0') * 10 + (uint64_t)(point[3] - '0');
    if (!file_take_number(field, COUNTS_FILE_MAX_MSEC / 1000 - 1, &seconds))
        return false;
    *ret_msec = seconds * 1000 + msec;
    return true;
}

/* NULL, or what is wrong with them. */
static const char *take_counted(struct counts_file_page *page, char **fields)
{
    if (outcome_state(page->outcome) != URL_COUNTED) {
        for (size_t i = FILE_CHARSET; i <= FILE_DISTINCT; i++)
            if (*fields[i] && i != FILE_BODY_BYTES && i != FILE_WIRE_BYTES)
                return "a page that was not counted has counts";
        return NULL;
    }
    page->charset = some(fields[FILE_CHARSET]);
    page->charset_from = some(fields[FILE_CHARSET_FROM]);
    page->title = some(fields[FILE_TITLE]);
    page->content_hash = fields[FILE_CONTENT_HASH];
    if (!is_hash(page->content_hash))
        return "contentHash has 32 hexadecimal digits";
    if (!file_take_number(fields[FILE_REPLACED], COUNTS_FILE_MAX_BYTES, &page->replaced) ||
        !file_take_number(fields[FILE_TOKENS], COUNTS_FILE_MAX_TOKENS, &page->tokens) ||
        !file_take_number(fields[FILE_DISTINCT], COUNTS_FILE_MAX_TOKENS, &page->distinct))
        return "replaced, tokens and distinct of a counted page are numbers";
    return NULL;
}

static const char *take_page_times(struct counts_file_page *page, char **fields, bool has_times)
{
    if (!has_times || !*fields[FILE_FETCHED]) {
        for (size_t i = FILE_FETCHED; i <= FILE_ATTEMPTS; i++)
            if (*fields[i])
                return has_times ? "countedFrom, seconds and attempts are empty where fetched is"
                                 : "there is a time, and the head says that there are none";
        return *fields[FILE_WIRE_BYTES] ? "wireBytes is empty where fetched is" : NULL;
    }
    if (!file_take_number(fields[FILE_WIRE_BYTES], COUNTS_FILE_MAX_BYTES, &page->wire_bytes))
        return "wireBytes is no number";
    if (!is_time(fields[FILE_FETCHED]) || !is_time(fields[FILE_COUNTED_FROM]))
        return "a time is written like 2026-11-22T10:00:00Z";
    page->fetched = some(fields[FILE_FETCHED]);
    page->counted_from = some(fields[FILE_COUNTED_FROM]);
    if (!take_seconds(fields[FILE_SECONDS], &page->msec))
        return "seconds are written like 0.125";
    if (!file_take_number(fields[FILE_ATTEMPTS], COUNTS_FILE_MAX_ATTEMPTS, &page->attempts))
        return "attempts is no number";
    return NULL;
}

static const char *take_fields(struct counts_file_page *page, char **fields, bool has_times)
{
    const char *reason;
    uint64_t status = 0;

    *page = (struct counts_file_page){
        .url = fields[FILE_URL],
        .submitted = some(fields[FILE_SUBMITTED]),
        .label = some(fields[FILE_LABEL]),
        .host = fields[FILE_HOST],
        .final_url = some(fields[FILE_FINAL_URL]),
        .content_type = some(fields[FILE_CONTENT_TYPE]),
        .detail = some(fields[FILE_DETAIL]),
    };
    if (!*page->url || !*page->host)
        return "a page has a url and a host";
    if (page->submitted && strcmp(page->submitted, page->url) == 0)
        return "submitted is empty where it is as url";
    /* Written with underscores alone. */
    if (outcome_from_string(fields[FILE_OUTCOME], &page->outcome) < 0 ||
        strcmp(outcome_to_string(page->outcome), fields[FILE_OUTCOME]) != 0)
        return "there is no such outcome";
    if (*fields[FILE_HTTP_STATUS] &&
        (!file_take_number(fields[FILE_HTTP_STATUS], 999, &status) || status == 0))
        return "httpStatus is no number up to 999";
    page->http_status = (unsigned)status;
    if (!file_take_number(fields[FILE_BODY_BYTES], COUNTS_FILE_MAX_BYTES, &page->body_bytes))
        return "bodyBytes is no number";
    reason = take_counted(page, fields);
    return reason ? reason : take_page_times(page, fields, has_times);
}

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
    struct line swapped = reader->last_page_line;
    const char *before = reader->page.url;
    int r;

    if (reason)
        return bad(reader, ret, reason);
    reader->last_page_line = reader->page_line;
    reader->page_line = swapped;
    r = fill(&reader->page_line, line, size);
    if (r < 0)
        return r;
    if (!divide(reader->page_line.bytes, fields, sizes, FILE_N_COLUMNS + 1))
        return bad(reader, ret, "a page has 22 fields, in which only \\xHH stands for control characters");
    reason = take_fields(&reader->page, fields + 1, reader->head.has_times);
    if (reason)
        return bad(reader, ret, reason);
    if (reader->totals.urls > 0 && strcmp(before, reader->page.url) >= 0)
        return bad(reader, ret, "pages come in the order of their URLs' code points, each once");
    counts_file_note(&reader->totals, &reader->page);
    reader->tokens = reader->distinct = 0;
    *ret = COUNTS_FILE_PAGE;
    return 0;
}

static int take_word(
    struct counts_file_reader *reader, const char *line, size_t size, enum counts_file_line *ret)
{
    struct line swapped = reader->last_word_line;
    struct counts_file_word before = reader->word;
    char *fields[3];
    size_t sizes[3];
    int r;

    reader->last_word_line = reader->word_line;
    reader->word_line = swapped;
    r = fill(&reader->word_line, line, size);
    if (r < 0)
        return r;
    if (!divide(reader->word_line.bytes, fields, sizes, 3) || sizes[1] == 0)
        return bad(reader, ret, "a word's line is a tab, the word, a tab and how often it is there");
    reader->word = (struct counts_file_word){.text = fields[1], .length = sizes[1]};
    if (!file_take_number(fields[2], COUNTS_FILE_MAX_TOKENS, &reader->word.tokens) ||
        reader->word.tokens == 0)
        return bad(reader, ret, "how often a word is there is a number above 0");
    if (reader->distinct > 0 &&
        file_compare(before.text, before.length, reader->word.text, reader->word.length) >= 0)
        return bad(reader, ret, "the words of a page come in the order of their code points, each once");
    reader->distinct++;
    reader->tokens += reader->word.tokens;
    if (reader->totals.urls == 0 || reader->distinct > reader->page.distinct ||
        reader->tokens > reader->page.tokens)
        return bad(reader, ret, "there are more words than the page's line says");
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
        return bad(reader, ret, reason);
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
        return bad(
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
    if (value_of(line, FILE_PAGE))
        return take_page(reader, line, size, ret);
    if (value_of(line, FILE_END))
        return take_end(reader, line, size, ret);
    return bad(reader, ret, "the line begins neither a page nor a word nor the end");
}

/* Of the head; the line is copied, as fields are taken in place. */
static int take_head(
    struct counts_file_reader *reader, const char *line, size_t size, enum counts_file_line *ret)
{
    int r = fill(&reader->page_line, line, size);

    *ret = COUNTS_FILE_HEAD;
    if (r < 0)
        return r;
    if (reader->stage == STAGE_MAGIC)
        return take_magic(reader, reader->page_line.bytes, ret);
    if (reader->stage == STAGE_ENGINE)
        return take_engine(reader, reader->page_line.bytes, ret);
    if (reader->stage == STAGE_TIMES)
        return take_times(reader, reader->page_line.bytes, ret);
    return take_lists(reader, reader->page_line.bytes, ret);
}

int counts_file_line(
    struct counts_file_reader *reader, const char *line, size_t size, enum counts_file_line *ret)
{
    if (reader->stage == STAGE_DONE)
        return bad(reader, ret, "something follows behind the last line");
    if (reader->stage == STAGE_BAD) {
        *ret = COUNTS_FILE_BAD;
        return 0;
    }
    if (size > COUNTS_FILE_MAX_LINE)
        return bad(reader, ret, "the line is longer than 131072 bytes");
    if (memchr(line, '\0', size) || !file_is_utf8(line, size))
        return bad(reader, ret,
            reader->stage == STAGE_MAGIC ? "this is no file of urlstatctl export: it is no UTF-8"
                                         : "it is no UTF-8");
    if (reader->stage == STAGE_SUM)
        return take_sum(reader, line, size, ret);
    XXH3_128bits_update(reader->sum, line, size);
    XXH3_128bits_update(reader->sum, "\n", 1);
    if (reader->stage < STAGE_PAGES)
        return take_head(reader, line, size, ret);
    return size > 0 ? take_in_pages(reader, line, size, ret) : bad(reader, ret, "the line is empty");
}

enum counts_file_line counts_file_ends(struct counts_file_reader *reader)
{
    enum counts_file_line line = COUNTS_FILE_SUM;

    if (reader->stage == STAGE_BAD)
        return COUNTS_FILE_BAD;
    if (reader->stage == STAGE_MAGIC)
        (void)bad(reader, &line, "is empty");
    else if (reader->stage != STAGE_DONE)
        (void)bad(reader, &line, "the file ends here: it was cut");
    return line;
}
