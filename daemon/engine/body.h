/* The sink of one transfer's bytes: the words of a page and the hash of its content, or the text of a
 * robots.txt. Reused from transfer to transfer. Thread: the worker that owns it. */
#pragma once

#include "fetch/fetcher.h"
#include "fetch/robots.h"
#include "store/store.h"
#include "words/words.h"

struct body;

/* NULL: out of memory. */
struct body *body_new(void);
void body_free(struct body *body);

/* The next in a list of bodies that are not in use; the list's owner's. */
struct body **body_next(struct body *body);

/* Starts with a page or a robots.txt. Returns 0 or negative errno, as all of these; body_feed() -EMEDIUMTYPE
 * for a page without a type whose bytes are neither HTML nor text. */
int body_begin(struct body *body, enum fetch_kind kind, const char *content_type, const char *charset);
int body_feed(struct body *body, const void *bytes, size_t size);

/* What came out of a page. The strings are borrowed until the next body_begin(). */
struct body_page {
    struct words_counts *counts; /* the caller's */
    uint8_t content_hash[STORE_HASH_SIZE];
    const char *charset, *charset_from, *title, *type;
    uint64_t replaced;
};
int body_finish_page(struct body *body, struct body_page *ret);
int body_finish_robots(struct body *body, struct robots **ret);
