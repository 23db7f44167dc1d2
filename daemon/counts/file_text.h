/* Fields of a line of urlstat-counts(5): text between tabs, in which a backslash and control characters are
 * written as \xHH. Private to counts/. Thread: any. */
#pragma once

#include "base/array.h"
#include "counts/file.h"
#include <stdbool.h>

/* The lines' first fields; that of a word is empty. */
#define FILE_MAGIC "urlstat-counts"
#define FILE_ENGINE "engine"
#define FILE_TIMES "times"
#define FILE_SETTING "setting"
#define FILE_NAME "name"
#define FILE_COLUMNS "columns"
#define FILE_PAGE "page"
#define FILE_END "end"
#define FILE_SUM "xxh128"

/* The fields of a page's line behind its first one, in their order. */
enum file_column {
    FILE_URL,
    FILE_SUBMITTED,
    FILE_LABEL,
    FILE_OUTCOME,
    FILE_HTTP_STATUS,
    FILE_HOST,
    FILE_FINAL_URL,
    FILE_CONTENT_TYPE,
    FILE_CHARSET,
    FILE_CHARSET_FROM,
    FILE_TITLE,
    FILE_CONTENT_HASH,
    FILE_BODY_BYTES,
    FILE_WIRE_BYTES,
    FILE_REPLACED,
    FILE_TOKENS,
    FILE_DISTINCT,
    FILE_FETCHED,
    FILE_COUNTED_FROM,
    FILE_SECONDS,
    FILE_ATTEMPTS,
    FILE_DETAIL,
};
#define FILE_N_COLUMNS (FILE_DETAIL + 1)

/* All of them, with tabs between. */
extern const char file_columns[];

/* A tab and the field; of NULL nothing but the tab. 0 or -ENOMEM. */
int file_put(struct buffer *buffer, const char *text, size_t size);
int file_put_text(struct buffer *buffer, const char *text);
int file_put_number(struct buffer *buffer, uint64_t number);

/* Writes the field's text in place, ended by NUL. False if it is not as file_put() writes it. */
bool file_take(char *field, size_t size, size_t *ret_size);
/* A number as file_put_number() writes it, of at most `max`. */
bool file_take_number(const char *field, uint64_t max, uint64_t *ret);

bool file_is_utf8(const char *text, size_t size);
/* As strcmp(), for texts with their lengths. */
int file_compare(const char *a, size_t a_size, const char *b, size_t b_size);

/* ---- file_write.c, for the reader too ---- */
struct XXH3_state_s;

/* Adds the page to the sums. */
void counts_file_note(struct counts_file_totals *totals, const struct counts_file_page *page);
/* The last two lines. 0 or -ENOMEM. */
int counts_format_end(struct buffer *buffer, const struct counts_file_totals *totals);
int counts_format_sum(struct buffer *buffer, const struct XXH3_state_s *sum);
