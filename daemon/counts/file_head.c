#include "counts/file_read.h"

#include "base/cleanup.h"
#include "counts/file_text.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int take_magic(struct counts_file_reader *reader, const char *line, enum counts_file_line *ret)
{
    const char *version = file_value_of(line, FILE_MAGIC);
    uint64_t number;

    if (version && *version && version[strlen(version) - 1] == '\r')
        return file_bad(
            reader, ret, "lines end with a line feed alone, and this one with a carriage return too");
    if (!version)
        return file_bad(
            reader, ret, "this is no file of urlstatctl export: its first line says another thing");
    if (!file_take_number(version, UINT64_MAX, &number))
        return file_bad(reader, ret, "there is no version of the format");
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
    const char *id = file_value_of(line, FILE_ENGINE);

    if (!id || !counts_file_is_engine(id))
        return file_bad(reader, ret, "the line of the engine is missing, or it has no id");
    reader->head.engine = strdup(id);
    if (!reader->head.engine)
        return -ENOMEM;
    reader->stage = STAGE_TIMES;
    return 0;
}

static int take_times(struct counts_file_reader *reader, const char *line, enum counts_file_line *ret)
{
    const char *value = file_value_of(line, FILE_TIMES);

    if (!value || (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0))
        return file_bad(reader, ret, "the line that says whether there are times is missing");
    reader->head.has_times = strcmp(value, "yes") == 0;
    reader->stage = STAGE_LISTS;
    return 0;
}

/* NULL, or why the text is not taken; -ENOMEM in *ret_r. */
static const char *take_text(struct file_texts *list, char *text, int *ret_r)
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
        return file_bad(reader, ret, "settings come before the names");
    reason = take_text(&reader->settings, text, &r);
    if (!reason && r == 0 && (*text == '=' || !strchr(text, '=') || strchr(text, '\n')))
        reason = "a setting is written like MaxBodySize=16M";
    return reason ? file_bad(reader, ret, reason) : r;
}

static int take_name(struct counts_file_reader *reader, char *text, enum counts_file_line *ret)
{
    int r = 0;
    const char *reason = take_text(&reader->names, text, &r);

    return reason ? file_bad(reader, ret, reason) : r;
}

static int take_lists(struct counts_file_reader *reader, char *line, enum counts_file_line *ret)
{
    const char *columns = file_value_of(line, FILE_COLUMNS);

    if (file_value_of(line, FILE_SETTING))
        return take_setting(reader, line + sizeof(FILE_SETTING), ret);
    if (file_value_of(line, FILE_NAME))
        return take_name(reader, line + sizeof(FILE_NAME), ret);
    if (!columns)
        return file_bad(reader, ret, "the line of the columns is missing");
    if (strcmp(columns, file_columns) != 0)
        return file_bad(reader, ret, "the columns are not those of this version");
    reader->head.settings = (const char *const *)reader->settings.texts;
    reader->head.n_settings = reader->settings.n;
    reader->head.names = (const char *const *)reader->names.texts;
    reader->head.n_names = reader->names.n;
    reader->stage = STAGE_PAGES;
    return 0;
}

/* The line is copied, as fields are taken in place. */
int file_take_head(
    struct counts_file_reader *reader, const char *line, size_t size, enum counts_file_line *ret)
{
    int r = file_line_fill(&reader->page_line, line, size);

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
