/* words_stages ROUNDS FILE...: where the word engine's time goes. Each stage gets what the stage before it
 * made of all files, recorded, so that it is measured alone. Prints a line a stage: name, tab, processor
 * seconds (the median of the rounds, in each of which all stages run in turn); then "whole" for the engine as
 * it is used, and "bytes". Each file is one page. URLSTAT_CPU= chooses the code path. */
#include "base/array.h"
#include "base/cleanup.h"
#include "counts/merge.h"
#include "words/decode.h"
#include "words/engine.h"
#include "words/key.h"
#include "words/result.h"
#include "words/segment.h"
#include "words/sniff.h"
#include "words/table.h"
#include "words/visible.h"
#include "words/words.h"

#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_ROUNDS 1000

/* Pieces of text one behind the other, each followed by as many zeros as a key has to have. */
struct piece {
    size_t offset;
    size_t size;
};

struct record {
    struct buffer bytes;
    struct piece *pieces;
    size_t n, max;
};

/* Of each record, the pieces that are this page's. */
struct page {
    struct buffer file;
    struct sniff sniff;
    size_t utf8; /* its piece */
    size_t text, text_end, words, words_end, keys, keys_end;
    struct plain_words
        *plain; /* words whose keys the segmenter makes, in batches that are as full as can be */
    size_t n_plain, max_plain;
};

static struct page *pages;
static size_t n_pages;
static struct record utf8, text, words, keys;
static struct segmenter *recording;

static void must(int r)
{
    if (r < 0)
        errx(1, "%s", strerror(-r));
}

static void record_piece(struct record *record, const void *bytes, size_t size)
{
    static const uint8_t zeros[KEY_UNIT];

    must(array_reserve_one(&record->pieces, record->n, &record->max, sizeof(*record->pieces)));
    record->pieces[record->n++] = (struct piece){record->bytes.size, size};
    must(buffer_append(&record->bytes, bytes, size));
    must(buffer_append(&record->bytes, zeros, KEY_UNIT - size % KEY_UNIT));
}

static const uint8_t *piece_bytes(const struct record *record, size_t i)
{
    return record->bytes.bytes + record->pieces[i].offset;
}

/* ---- recording ---- */

static int record_utf8(void *userdata, const uint8_t *bytes, size_t size)
{
    return buffer_append(userdata, bytes, size);
}

static int record_key(void *userdata, const uint8_t *word, size_t size)
{
    uint8_t key[KEY_ROOM];
    size_t key_size;
    int r = key_make(word, size, key, &key_size);

    record_piece(&words, word, size);
    if (r == 0 && key_size > 0)
        record_piece(&keys, key, key_size);
    return r;
}

static int record_plain(void *userdata, const struct plain_words *found)
{
    struct page *page = *(struct page **)userdata;

    for (size_t i = 0; i < found->n; i++) {
        struct plain_words *last = page->n_plain > 0 ? &page->plain[page->n_plain - 1] : NULL;
        size_t at = last && last->n > 0 ? last->at[last->n - 1] + last->length[last->n - 1] + 1u : 0;

        if (!last || last->n == PLAIN_MAX_WORDS || at + found->length[i] > PLAIN_BATCH) {
            must(array_reserve_one(&page->plain, page->n_plain, &page->max_plain, sizeof(*page->plain)));
            last = &page->plain[page->n_plain++];
            memset(last, 0, sizeof(*last));
            at = 0;
        }
        memcpy(last->keys + at, found->keys + found->at[i], found->length[i]);
        last->at[last->n] = (uint16_t)at;
        last->length[last->n++] = found->length[i];
    }
    return 0;
}

static struct page *being_recorded;
static const struct segment_sink recording_sink = {.word = record_key, .plain = record_plain};

static int record_text(void *userdata, const uint8_t *bytes, size_t size, bool preformatted)
{
    record_piece(&text, bytes, size);
    return segmenter_feed(recording, bytes, size);
}

static int ignore_title(void *userdata, const uint8_t *bytes, size_t size)
{
    return 0;
}

static void record_page(struct page *page)
{
    static const struct visible_sink sink = {.text = record_text, .title = ignore_title};
    static struct visible visible;
    struct decoder *decoder;
    struct buffer decoded = {0};

    must(sniff(WORDS_AUTO, NULL, page->file.bytes, page->file.size, true, &page->sniff));
    must(decoder_new(page->sniff.encoding, record_utf8, &decoded, &decoder));
    must(decoder_feed(
        decoder, page->file.bytes + page->sniff.mark_size, page->file.size - page->sniff.mark_size));
    must(decoder_finish(decoder));
    decoder_free(decoder);
    being_recorded = page;
    page->utf8 = utf8.n;
    record_piece(&utf8, decoded.bytes, decoded.size);
    page->text = text.n;
    page->words = words.n;
    page->keys = keys.n;
    segmenter_begin(recording);
    if (page->sniff.type == WORDS_HTML) {
        visible_begin(&visible, &sink, NULL);
        must(visible_feed(&visible, decoded.bytes, decoded.size));
        must(visible_finish(&visible));
    } else {
        must(record_text(NULL, decoded.bytes, decoded.size, true));
    }
    must(segmenter_finish(recording));
    page->text_end = text.n;
    page->words_end = words.n;
    page->keys_end = keys.n;
    buffer_deinit(&decoded);
}

static void read_page(const char *name, struct page *page)
{
    CLEANUP(fclosep) FILE *file = fopen(name, "rbe");
    char bytes[65536];
    size_t n;

    if (!file)
        err(1, "%s", name);
    while ((n = fread(bytes, 1, sizeof(bytes), file)) > 0)
        must(buffer_append(&page->file, bytes, n));
    /* Read beyond by none, but never NULL. */
    must(buffer_append(&page->file, "", 1));
    page->file.size--;
}

/* ---- stages ---- */

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static int take_bytes(void *userdata, const uint8_t *bytes, size_t size)
{
    *(uint64_t *)userdata += size;
    return 0;
}

static int take_text(void *userdata, const uint8_t *bytes, size_t size, bool preformatted)
{
    return take_bytes(userdata, bytes, size);
}

static int take_plain(void *userdata, const struct plain_words *found)
{
    *(uint64_t *)userdata += found->n;
    return 0;
}

static uint64_t taken; /* so that no result is unused */

static void run_sniff(void)
{
    for (size_t i = 0; i < n_pages; i++) {
        struct sniff result;

        must(sniff(WORDS_AUTO, NULL, pages[i].file.bytes, pages[i].file.size, true, &result));
        taken += result.mark_size;
    }
}

static void run_decode(void)
{
    for (size_t i = 0; i < n_pages; i++) {
        struct page *page = &pages[i];
        struct decoder *decoder;

        must(decoder_new(page->sniff.encoding, take_bytes, &taken, &decoder));
        must(decoder_feed(
            decoder, page->file.bytes + page->sniff.mark_size, page->file.size - page->sniff.mark_size));
        must(decoder_finish(decoder));
        decoder_free(decoder);
    }
}

static void run_tokenize(void)
{
    static const struct visible_sink sink = {.text = take_text, .title = take_bytes};
    static struct visible visible;

    for (size_t i = 0; i < n_pages; i++) {
        if (pages[i].sniff.type != WORDS_HTML)
            continue;
        visible_begin(&visible, &sink, &taken);
        must(visible_feed(&visible, piece_bytes(&utf8, pages[i].utf8), utf8.pieces[pages[i].utf8].size));
        must(visible_finish(&visible));
    }
}

static void run_segment(void)
{
    static const struct segment_sink sink = {.word = take_bytes, .plain = take_plain};
    static struct segmenter *segmenter;

    if (!segmenter)
        must(segmenter_new(&sink, &taken, &segmenter));
    for (size_t i = 0; i < n_pages; i++) {
        segmenter_begin(segmenter);
        for (size_t j = pages[i].text; j < pages[i].text_end; j++)
            must(segmenter_feed(segmenter, piece_bytes(&text, j), text.pieces[j].size));
        must(segmenter_finish(segmenter));
    }
}

static void run_key(void)
{
    uint8_t key[KEY_ROOM];
    size_t size;

    for (size_t i = 0; i < words.n; i++) {
        must(key_make(piece_bytes(&words, i), words.pieces[i].size, key, &size));
        taken += key[0];
    }
}

static struct counts_merge *merge;

/* What follows a page's words, in parts. */
static void run_counting(double *count, double *finish, double *add)
{
    static struct table table;

    counts_merge_free(merge);
    must(counts_merge_new(&merge));
    *count = *finish = *add = 0;
    for (size_t i = 0; i < n_pages; i++) {
        struct words_counts *counts;
        double start = now(), counted, finished;

        table_clear(&table);
        for (size_t j = pages[i].keys; j < pages[i].keys_end; j++)
            must(table_add(&table, piece_bytes(&keys, j), (uint32_t)keys.pieces[j].size));
        for (size_t j = 0; j < pages[i].n_plain; j++)
            must(table_add_plain(&table, &pages[i].plain[j]));
        counted = now();
        must(words_counts_new(&table, &counts));
        finished = now();
        must(counts_merge_add_page(merge, counts));
        words_counts_free(counts);
        *count += counted - start;
        *finish += finished - counted;
        *add += now() - finished;
    }
}

static void run_whole(void)
{
    static const struct words_options options = {.type = WORDS_AUTO};
    static struct words_page *page;

    if (!page)
        must(words_page_new(&page));
    for (size_t i = 0; i < n_pages; i++) {
        struct words_counts *counts;

        must(words_page_begin(page, &options));
        must(words_page_feed(page, pages[i].file.bytes, pages[i].file.size));
        must(words_page_finish(page, &counts));
        taken += words_counts_tokens(counts);
        words_counts_free(counts);
    }
}

static double seconds_of(void (*stage)(void))
{
    double start = now();

    stage();
    return now() - start;
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;

    return a < b ? -1 : a > b;
}

enum stage {
    SNIFF,
    DECODE,
    TOKENIZE,
    SEGMENT,
    KEY,
    COUNT,
    FINISH,
    MERGE,
    WHOLE,
    N_STAGES,
};

int main(int argc, char **argv)
{
    static const char *const names[N_STAGES] = {
        "sniff", "decode", "tokenize", "segment", "key", "count", "finish", "merge", "whole"};
    static double seconds[N_STAGES][MAX_ROUNDS];
    size_t rounds = argc > 2 ? strtoul(argv[1], NULL, 10) : 0, bytes = 0;

    if (rounds == 0 || rounds > MAX_ROUNDS)
        errx(2, "usage: words_stages ROUNDS FILE...");
    must(words_init());
    must(segmenter_new(&recording_sink, &being_recorded, &recording));
    n_pages = (size_t)argc - 2;
    pages = calloc(n_pages, sizeof(*pages));
    if (!pages)
        err(1, NULL);
    for (size_t i = 0; i < n_pages; i++) {
        read_page(argv[i + 2], &pages[i]);
        record_page(&pages[i]);
        bytes += pages[i].file.size;
    }
    for (size_t i = 0; i < rounds; i++) {
        seconds[SNIFF][i] = seconds_of(run_sniff);
        seconds[DECODE][i] = seconds_of(run_decode);
        seconds[TOKENIZE][i] = seconds_of(run_tokenize);
        seconds[SEGMENT][i] = seconds_of(run_segment);
        seconds[KEY][i] = seconds_of(run_key);
        run_counting(&seconds[COUNT][i], &seconds[FINISH][i], &seconds[MERGE][i]);
        seconds[WHOLE][i] = seconds_of(run_whole);
    }
    for (size_t i = 0; i < N_STAGES; i++) {
        qsort(seconds[i], rounds, sizeof(double), compare);
        printf("%s\t%.9f\n", names[i], seconds[i][rounds / 2]);
    }
    printf("bytes\t%zu\n", bytes);
    return taken == 0;
}
