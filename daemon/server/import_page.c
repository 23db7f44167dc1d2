#include "server/import.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "counts/file.h"
#include "fetch/url.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of a type, a charset or a title; of what can hold a URL. */
#define MAX_TEXT 1024
#define MAX_LONG_TEXT ((size_t)2 * URL_MAX_LENGTH)

void import_next(struct import *import)
{
    free(import->url);
    import->url = NULL;
    arena_deinit(&import->arena);
    import->arena = (struct arena){0};
    import->n_words = 0;
    import->page_tokens = 0;
}

/* ---- words ---- */

/* NULL, or why the word is refused. */
static const char *check_word(const struct import *import, const char *text, size_t length, int64_t tokens)
{
    const struct words_word *last = import->n_words > 0 ? &import->words[import->n_words - 1] : NULL;
    size_t common = last && last->length < length ? last->length : length;
    int order = last ? memcmp(last->text, text, common) : -1;

    if (length == 0 || length > WORDS_MAX_KEY)
        return "a word is empty or too long";
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] <= 0x20 || text[i] == 0x7f)
            return "a word has a space or a control character in it";
    if (order > 0 || (order == 0 && last->length >= length))
        return "the words of a page come in the order of their code points, each once";
    if (tokens <= 0 || (uint64_t)tokens > COUNTS_FILE_MAX_TOKENS - import->page_tokens)
        return "a word's count is not from 1 to 4294967296";
    return NULL;
}

static const char *take_words(
    struct import *import, const struct wire_page_counts *item, bool keep, int *ret_r)
{
    if (item->n_words != item->n_counts)
        return "words and counts are not equally many";
    for (size_t i = 0; i < item->n_words; i++) {
        const char *text = item->words[i];
        size_t length = strlen(text);
        const char *reason = check_word(import, text, length, item->counts[i]);

        if (reason)
            return reason;
        *ret_r =
            array_reserve_one(&import->words, import->n_words, &import->capacity, sizeof(*import->words));
        if (keep)
            text = arena_copy(&import->arena, text);
        if (*ret_r == 0 && !text)
            *ret_r = -ENOMEM;
        if (*ret_r < 0)
            return NULL;
        import->words[import->n_words++] = (struct words_word){
            .text = text, .length = (uint32_t)length, .tokens = (uint64_t)item->counts[i]};
        import->page_tokens += (uint64_t)item->counts[i];
    }
    return NULL;
}

/* ---- what is told of the page ---- */

static bool is_normalised(const char *url, int *ret_r)
{
    CLEANUP(freep) char *normalised = NULL;
    enum url_verdict verdict = URL_OK;

    *ret_r = url_normalise(url, &normalised, &verdict);
    return *ret_r == 0 && verdict == URL_OK && strcmp(normalised, url) == 0;
}

/* A host as it is written in keys. */
static bool is_host(const char *host, int *ret_r)
{
    CLEANUP(freep) char *url = NULL;
    CLEANUP(freep) char *key = NULL;

    if (strlen(host) > URL_MAX_LENGTH / 2 || asprintf(&url, "http://%s/", host) < 0) {
        url = NULL;
        return false;
    }
    if (!is_normalised(url, ret_r))
        return false;
    key = url_host_key(url);
    *ret_r = key ? 0 : -ENOMEM;
    return key && strcmp(key, host) == 0;
}

static bool fits(const char *text, size_t max)
{
    return !text || (*text && strlen(text) <= max);
}

static const char *check_texts(const struct wire_url *url, int *ret_r)
{
    if (!fits(url->submitted, URL_MAX_LENGTH) || !fits(url->detail, MAX_LONG_TEXT))
        return "submitted or detail is empty or too long";
    if (!fits(url->content_type, MAX_TEXT) || !fits(url->charset, MAX_TEXT) ||
        !fits(url->charset_from, MAX_TEXT) || !fits(url->title, MAX_TEXT))
        return "contentType, charset, charsetFrom or title is empty or too long";
    if (!is_host(url->host, ret_r))
        return "host is not as urls shows it: in lower case, with a port that is not the scheme's own";
    return url->final_url && !is_normalised(url->final_url, ret_r) ? "finalUrl is no normalised URL" : NULL;
}

static bool take_number(struct wire_int number, uint64_t max, uint64_t *ret)
{
    if (number.set && (number.value < 0 || (uint64_t)number.value > max))
        return false;
    *ret = number.set ? (uint64_t)number.value : 0;
    return true;
}

static bool take_time(const char *text, uint64_t *ret)
{
    return !text || clock_parse_iso8601(text, ret) == 0;
}

static const char *take_numbers(const struct wire_url *url, struct engine_page *page)
{
    double seconds = url->seconds.set ? url->seconds.value : 0;
    uint64_t status;
    uint64_t attempts;

    if (!take_number(url->http_status, 999, &status) ||
        !take_number(url->attempts, COUNTS_FILE_MAX_ATTEMPTS, &attempts) ||
        !take_number(url->body_bytes, COUNTS_FILE_MAX_BYTES, &page->body_bytes) ||
        !take_number(url->wire_bytes, COUNTS_FILE_MAX_BYTES, &page->wire_bytes) ||
        !take_number(url->replaced, COUNTS_FILE_MAX_BYTES, &page->replaced))
        return "httpStatus, attempts, bodyBytes, wireBytes or replaced is out of range";
    if (!(seconds >= 0 && seconds * 1000 <= (double)COUNTS_FILE_MAX_MSEC))
        return "seconds is out of range";
    if (!take_time(url->fetched, &page->fetched_usec) ||
        !take_time(url->counted_from, &page->counted_from_usec))
        return "a time is written like 2026-11-22T10:00:00Z";
    page->http_status = (int)status;
    page->attempts = (uint32_t)attempts;
    page->duration_usec = (uint64_t)llround(seconds * 1000) * 1000;
    return NULL;
}

static bool take_hash(const char *text, uint8_t hash[static STORE_HASH_SIZE])
{
    if (!text || strlen(text) != (size_t)2 * STORE_HASH_SIZE || text[strspn(text, "0123456789abcdef")])
        return false;
    for (size_t i = 0; i < STORE_HASH_SIZE; i++) {
        char digits[] = {text[2 * i], text[2 * i + 1], '\0'};

        hash[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    return true;
}

static const char *check_counted(const struct import *import, const struct wire_page_counts *item)
{
    const struct wire_url *url = &item->url;

    if (!item->engine || !counts_file_is_engine(item->engine))
        return "a counted page has the id of the engine that counted";
    if (!url->tokens.set || !url->distinct.set || (uint64_t)url->tokens.value != import->page_tokens ||
        (uint64_t)url->distinct.value != import->n_words)
        return "the words do not add up to tokens and distinct";
    return NULL;
}

/* The page whose last item this is. */
static const char *take_page(struct import *import, const struct wire_page_counts *item, uint8_t *hash,
    struct engine_page *page, int *ret_r)
{
    const struct wire_url *url = &item->url;
    const char *reason = check_texts(url, ret_r);
    bool is_counted;

    *page = (struct engine_page){.url = url->url,
        .submitted = url->submitted,
        .label = url->label,
        .host = url->host,
        .final_url = url->final_url,
        .content_type = url->content_type,
        .detail = url->detail};
    if (reason || *ret_r < 0)
        return reason;
    if (!url->outcome || outcome_from_string(url->outcome, &page->outcome) < 0)
        return "there is no such outcome";
    is_counted = outcome_state(page->outcome) == URL_COUNTED;
    if (!is_counted && (import->n_words > 0 || (url->tokens.set && url->tokens.value != 0)))
        return "a page that was not counted has words";
    reason = take_numbers(url, page);
    if (reason || !is_counted)
        return reason;
    if (!take_hash(url->content_hash, hash))
        return "contentHash has 32 hexadecimal digits";
    page->charset = url->charset;
    page->charset_from = url->charset_from;
    page->title = url->title;
    page->engine_id = item->engine;
    page->content_hash = hash;
    page->words = import->words;
    page->n_words = import->n_words;
    return check_counted(import, item);
}

const char *import_take(struct import *import, const struct wire_page_counts *item,
    uint8_t hash[static STORE_HASH_SIZE], struct engine_page *ret, int *ret_r)
{
    bool goes_on = item->more.value;
    const char *reason;

    *ret_r = 0;
    if (import->url && strcmp(import->url, item->url.url) != 0)
        return "the page before was to go on";
    reason = take_words(import, item, goes_on, ret_r);
    if (reason || *ret_r < 0)
        return reason;
    if (goes_on) {
        if (!import->url)
            import->url = strdup(item->url.url);
        *ret_r = import->url ? 0 : -ENOMEM;
        return NULL;
    }
    reason = take_page(import, item, hash, ret, ret_r);
    if (!reason && *ret_r == 0)
        *ret_r = 1;
    return reason;
}
