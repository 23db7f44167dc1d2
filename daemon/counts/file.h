/* Counts as a file: the lines of urlstat-counts(5), written and read. One file has the URLs of one job, or of
 * several that were merged, in the order of their code points, each with what became of it; and below the
 * counted ones their words, in the order of their code points too. So equal pages give equal bytes, in
 * whatever order they came, and files add up line by line. Pure: bytes in, bytes out. Thread: one at a time.
 *
 * Writing is forming lines (counts_format_...) and keeping the sums of what was formed (the writer): whoever
 * sorts or merges moves finished text. */
#pragma once

#include "base/array.h"
#include "base/cleanup.h"
#include "base/outcome.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COUNTS_FILE_VERSION 1

/* Bytes of a line, without its end: room for the longest URL three times, all of it escaped. */
#define COUNTS_FILE_MAX_LINE (128u << 10)
/* Names of jobs that a file tells of, and settings. */
#define COUNTS_FILE_MAX_NAMES 1000
/* What one page may have at most, so that no sum over pages is ever more than 64 bits hold. */
#define COUNTS_FILE_MAX_TOKENS (UINT64_C(1) << 32)
#define COUNTS_FILE_MAX_BYTES (UINT64_C(1) << 40)
#define COUNTS_FILE_MAX_MSEC (UINT64_C(1) << 40)
#define COUNTS_FILE_MAX_ATTEMPTS 1000000
#define COUNTS_FILE_MAX_ENGINE 64

/* Letters, digits, dots and hyphens, at most COUNTS_FILE_MAX_ENGINE of them. */
bool counts_file_is_engine(const char *id);

struct counts_file_head {
    const char *engine;
    bool has_times;
    const char *const *settings; /* "MaxBodySize=16M"; ascending, each once, as the names */
    size_t n_settings;
    const char *const *names; /* of jobs */
    size_t n_names;
};

/* Strings are UTF-8, and NULL if there is none, but for `url` and `host`. */
struct counts_file_page {
    const char *url;       /* normalised */
    const char *submitted; /* NULL if as `url` */
    const char *label;
    enum outcome outcome;
    unsigned http_status; /* 0: none */
    const char *host;
    const char *final_url;
    const char *content_type;
    uint64_t body_bytes;
    /* of a counted page; else 0 and NULL */
    const char *charset, *charset_from, *title;
    const char *content_hash; /* 32 hexadecimal digits */
    uint64_t replaced, tokens, distinct;
    const char *fetched; /* "2026-11-22T10:00:00Z"; NULL if not known, or if the file has no times */
    /* if `fetched` is there; else 0 and NULL */
    const char *counted_from;
    uint64_t wire_bytes;
    uint64_t msec;
    uint64_t attempts;
    const char *detail;
};

/* ---- writing. Returns 0 or -ENOMEM. ---- */

/* Without times, what would differ when the same pages are fetched once more is left out: when and how they
 * were fetched, whether and how they were found not modified. */
int counts_format_page(struct buffer *buffer, const struct counts_file_page *page, bool with_times);
/* Words of a page follow it, ascending. */
int counts_format_word(struct buffer *buffer, const char *word, size_t length, uint64_t tokens);

struct counts_file_totals {
    uint64_t urls, counted, failed, skipped, cancelled, tokens;
    char first[32], last[32]; /* `fetched` of any page; "" if there is none */
};

struct counts_file_writer;

int counts_file_writer_new(struct counts_file_writer **ret);
void counts_file_writer_free(struct counts_file_writer *writer);
DEFINE_CLEANUP(struct counts_file_writer *, counts_file_writer_free)

/* Each appends to the buffer what comes next in the file; of _add the caller writes the text, that of the
 * page and its words, by itself. Pages come ascending by `url`. */
int counts_file_begin(
    struct counts_file_writer *writer, const struct counts_file_head *head, struct buffer *buffer);
void counts_file_add(
    struct counts_file_writer *writer, const struct counts_file_page *page, const void *text, size_t size);
int counts_file_end(struct counts_file_writer *writer, struct buffer *buffer);
const struct counts_file_totals *counts_file_written(const struct counts_file_writer *writer);

/* ---- reading ---- */

struct counts_file_reader;

enum counts_file_line {
    COUNTS_FILE_HEAD, /* of the head, nothing to look at yet */
    COUNTS_FILE_PAGE, /* a page begins; the head is whole, and so is the page before, with its words */
    COUNTS_FILE_WORD, /* of that page */
    COUNTS_FILE_END,  /* the first line behind the pages: head and last page are whole */
    COUNTS_FILE_SUM,  /* the last line; all was as it should be */
    COUNTS_FILE_BAD,  /* this line is wrong: see counts_file_reason(). No more lines may come */
};

int counts_file_reader_new(struct counts_file_reader **ret);
void counts_file_reader_free(struct counts_file_reader *reader);
DEFINE_CLEANUP(struct counts_file_reader *, counts_file_reader_free)

/* The next line, without its end, which was a line feed; a NUL stands at line[size]. 0 and *ret, or -ENOMEM.
 */
int counts_file_line(
    struct counts_file_reader *reader, const char *line, size_t size, enum counts_file_line *ret);
/* There are no more lines. COUNTS_FILE_SUM, or COUNTS_FILE_BAD if some are missing. */
enum counts_file_line counts_file_ends(struct counts_file_reader *reader);
/* A clause: "the words of a page come in the order of their code points". */
const char *counts_file_reason(const struct counts_file_reader *reader);

/* Valid until the reader is freed. */
const struct counts_file_head *counts_file_head(const struct counts_file_reader *reader);
/* The page that began last. Its strings stay until the second page after it begins. */
const struct counts_file_page *counts_file_page(const struct counts_file_reader *reader);
/* The word of the last line; valid until the next line. */
struct counts_file_word {
    const char *text;
    size_t length;
    uint64_t tokens;
};
struct counts_file_word counts_file_word(const struct counts_file_reader *reader);
