/* The word engine: the bytes of one page in, its words with their counts out.
 *
 * Which text counts, what a word is and what its key is are defined in urlstatd(8), WORDS: the WHATWG
 * Encoding and HTML standards, UAX #29 in Unicode 15 with ICU's dictionaries, and NFKC lower case. Pure: no
 * I/O, no threads, no clock. The result does not depend on how the bytes are cut into chunks.
 *
 * Memory per page is constant plus its distinct words. Every function that can fail fails only with -ENOMEM,
 * but where a page's options ask for more.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Loads every dictionary and table, so that a cold process segments like a warm one. Once per process, before
 * anything else of this folder and before the first thread. Returns 0; -ENOMEM; -ELIBBAD if the ICU that is
 * loaded has another Unicode version than the one the tables were made from; -EINVAL or -EOPNOTSUPP if the
 * environment variable asks for vector instructions that are unknown, or that the processor lacks. */
int words_init(void);

/* "portable", "sse4.2", "avx2" or "avx512": which instructions to count with, if not the best there are. The
 * counts are the same. */
#define WORDS_CPU_VARIABLE "URLSTAT_CPU"

/* What counts depend on: the rules, ICU, Unicode and the dictionaries. Counts of different ids never mix. */
struct words_engine {
    const char *id; /* short and stable, letters digits dots and hyphens */
    const char *rules_version;
    const char *icu_version;
    const char *unicode_version;
    const char *dictionary_hash; /* hexadecimal */
};
const struct words_engine *words_engine(void);

enum words_type {
    WORDS_AUTO, /* sniffed from the first bytes */
    WORDS_HTML, /* XHTML too */
    WORDS_TEXT,
};

/* WORDS_HTML or WORDS_TEXT for a Content-Type's essence that is counted, WORDS_AUTO for NULL or "" (sniff
 * it); -EPROTONOSUPPORT for any other. Case and parameters are ignored. */
int words_type_from_mime(const char *content_type, enum words_type *ret);

struct words_options {
    enum words_type type;
    const char
        *charset; /* label that came with the page, as in Content-Type's charset; NULL if none. Copied. */
    /* With WORDS_AUTO: words_page_feed() returns -EMEDIUMTYPE as soon as the bytes are seen to be neither
     * HTML nor text. Otherwise they are read as text. */
    bool refuse_binary;
};

enum words_charset_from {
    WORDS_CHARSET_BOM,
    WORDS_CHARSET_HEADER,
    WORDS_CHARSET_META,
    WORDS_CHARSET_UTF8,     /* undeclared, and the sniffed bytes are valid UTF-8 */
    WORDS_CHARSET_DETECTED, /* undeclared, guessed */
};
const char *words_charset_from_to_string(
    enum words_charset_from from); /* "bom" "header" "meta" "utf-8" "detected" */

/* Whether the label names an encoding of the WHATWG Encoding Standard. */
bool words_charset_is_known(const char *label);

/* Longest title kept, in bytes of UTF-8, cut at a character. */
#define WORDS_MAX_TITLE 512

/* The finished counts of one page: one allocation, immutable, free to cross threads. Words are keys in UTF-8
 * without NUL bytes inside, each once, in no order that means anything. */
struct words_counts;

struct words_word {
    const char *text; /* not terminated; owned by the counts */
    uint32_t length;  /* bytes */
    uint32_t hash;    /* words_hash() */
    uint64_t tokens;
};

/* A word's hash in this process, for tables: it depends on a secret, so that no page can choose words that
 * collide. Thread: any. */
uint32_t words_hash(const char *word, uint32_t length);

/* Counts that were made elsewhere: `words` each once, whose hashes are not looked at. Returns 0 or -ENOMEM.
 */
int words_counts_of(const struct words_word *words, size_t n, struct words_counts **ret);
void words_counts_free(struct words_counts *counts);
uint64_t words_counts_tokens(const struct words_counts *counts);
size_t words_counts_distinct(const struct words_counts *counts);
struct words_word words_counts_get(const struct words_counts *counts, size_t index);
size_t words_counts_memory(const struct words_counts *counts); /* bytes allocated */

/* One page while its bytes arrive. Thread: one at a time. Reusable: its tables and arena are kept over
 * _begin. */
struct words_page;

int words_page_new(struct words_page **ret);
void words_page_free(struct words_page *page);

/* Forgets whatever was there and starts the next page. */
int words_page_begin(struct words_page *page, const struct words_options *options);

/* Ends the page and starts another one, whose words are added to those of the page, and of pages before it
 * that were ended so. */
int words_page_next(struct words_page *page, const struct words_options *options);

/* Any chunks, cut anywhere. After an error the page can only be begun anew or freed. */
int words_page_feed(struct words_page *page, const void *bytes, size_t size);

/* The end of input. `ret` is the caller's. */
int words_page_finish(struct words_page *page, struct words_counts **ret);

/* After _finish, until the next _begin: */
enum words_type words_page_type(const struct words_page *page);
const char *words_page_charset(
    const struct words_page *page); /* the standard's name, lower case: "windows-1252" */
enum words_charset_from words_page_charset_from(const struct words_page *page);
uint64_t words_page_replaced(const struct words_page *page); /* malformed sequences that became U+FFFD */
const char *words_page_title(const struct words_page *page); /* UTF-8, white space collapsed; "" if none */

/* The text that is counted, as a reader sees it: blocks on lines of their own, in UTF-8. Counting it as plain
 * text gives the page's counts. `sink` returns 0, or negative errno, which ends the run and is handed up. */
struct words_text;
typedef int (*words_sink)(void *userdata, const char *utf8, size_t size);

int words_text_new(
    const struct words_options *options, words_sink sink, void *userdata, struct words_text **ret);
void words_text_free(struct words_text *text);
int words_text_feed(struct words_text *text, const void *bytes, size_t size);
int words_text_finish(struct words_text *text);

/* The key of a word that a user typed, made as pages' words are made. Writes at most WORDS_MAX_KEY bytes and
 * no terminator; *ret_size is 0 if the text has no key. */
#define WORDS_MAX_KEY 8192
int words_key(const char *utf8, size_t size, char key[static WORDS_MAX_KEY], size_t *ret_size);

/* Whether a key, valid UTF-8, has a character that is a letter (general category L). */
bool words_key_has_letter(const char *key, size_t size);
