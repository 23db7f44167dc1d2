#include "words/segment.h"

#include "base/array.h"
#include "words/dictionary.h"
#include "words/key.h"
#include "words/rules.h"
#include "words/utf8.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Text is gathered to this size before it is looked at. */
#define SEGMENT_BATCH (16 * 1024)
/* More than this of a segment that may still go on is kept only if a dictionary will want it. */
#define SEGMENT_MAX_KEPT (SEGMENT_MAX_STRETCH + 4096)
/* What a key can be made from. */
#define SEGMENT_PREFIX (KEY_MAX_CODE_POINTS * 4)

#define NEVER INT64_MAX

/* All places are offsets into `text`; they shift when its beginning is dropped. */
struct segmenter {
    const struct segment_sink *sink;
    void *userdata;
    struct buffer text;

    size_t start;  /* of the segment that is being matched */
    size_t at;     /* the next character for the rules */
    size_t result; /* the last place where the segment may end; `start` if none yet */
    uint16_t state;
    bool result_is_word;

    int64_t dictionary_at; /* first character of the segment that dictionaries segment; NEVER if none yet */
    int64_t stretch_start; /* may lie before the text that is still kept */
    int64_t stretch_limit; /* the stretch must not go on beyond; NEVER without such a character in it */

    struct plain_words plain;
};

int segmenter_new(const struct segment_sink *sink, void *userdata, struct segmenter **ret)
{
    struct segmenter *segmenter = calloc(1, sizeof(*segmenter));

    if (!segmenter)
        return -ENOMEM;
    segmenter->sink = sink;
    segmenter->userdata = userdata;
    segmenter_begin(segmenter);
    *ret = segmenter;
    return 0;
}

void segmenter_free(struct segmenter *segmenter)
{
    if (!segmenter)
        return;
    buffer_deinit(&segmenter->text);
    free(segmenter);
}

static void start_segment(struct segmenter *segmenter, size_t start)
{
    segmenter->start = start;
    segmenter->at = start;
    segmenter->result = start;
    segmenter->result_is_word = false;
    segmenter->state = RULES_START;
    segmenter->dictionary_at = NEVER;
}

void segmenter_begin(struct segmenter *segmenter)
{
    segmenter->text.size = 0;
    segmenter->stretch_start = 0;
    segmenter->stretch_limit = NEVER;
    start_segment(segmenter, 0);
}

static int divide(struct segmenter *segmenter, const uint8_t *text, size_t size)
{
    const struct dictionary_sink sink = {.word = segmenter->sink->word, .plain = segmenter->sink->plain};
    struct dictionary *dictionary;
    int r = dictionary_get(&dictionary);

    return r < 0 ? r
                 : dictionary_divide(dictionary, text, size, &segmenter->plain, &sink, segmenter->userdata);
}

/* The segment from start to result is complete: the next one starts there. */
static int end_segment(struct segmenter *segmenter)
{
    const uint8_t *text = segmenter->text.bytes + segmenter->start;
    size_t size;
    int r = 0;

    if (segmenter->result == segmenter->start) {
        (void)utf8_get(text, &size);
        segmenter->result += size;
        segmenter->result_is_word = false;
    }
    size = segmenter->result - segmenter->start;
    if (segmenter->dictionary_at < (int64_t)segmenter->result)
        r = divide(segmenter, text, size);
    else if (segmenter->result_is_word)
        r = segmenter->sink->word(segmenter->userdata, text, size);
    start_segment(segmenter, segmenter->result);
    return r;
}

static int end_text(struct segmenter *segmenter, size_t end);

/* Called for a character of `size` bytes that dictionaries segment, or that would exceed the stretch's limit.
 * Ends the text before it if it does not fit. */
static int check_stretch(struct segmenter *segmenter, size_t size, bool is_dictionary)
{
    int64_t end = (int64_t)(segmenter->at + size);
    int r;

    if (end - segmenter->stretch_start > SEGMENT_MAX_STRETCH) {
        size_t here = segmenter->at;

        segmenter->stretch_limit = NEVER;
        r = end_text(segmenter, here);
        if (r < 0)
            return r;
        segmenter->stretch_start = (int64_t)here;
        segmenter->stretch_limit = NEVER;
    }
    if (is_dictionary) {
        segmenter->stretch_limit = segmenter->stretch_start + SEGMENT_MAX_STRETCH;
        if (segmenter->dictionary_at == NEVER)
            segmenter->dictionary_at = (int64_t)segmenter->at;
    }
    return 0;
}

/* From the beginning of a segment: what is plain is passed over. No stretch with a limit is open. */
static int scan_plain(struct segmenter *segmenter, size_t end)
{
    struct plain_words *plain = &segmenter->plain;
    size_t at = segmenter->at, separated = 0;
    int r = 0;

    do {
        at = plain_find(segmenter->text.bytes, at, end, plain, &separated);
        if (plain->n > 0)
            r = segmenter->sink->plain(segmenter->userdata, plain);
    } while (r == 0 && plain->more);
    if (separated > 0)
        segmenter->stretch_start = (int64_t)separated;
    start_segment(segmenter, at);
    return r;
}

/* What the next character, of this category and size, means for the stretch; may end the text before it. */
static int scan_stretch(struct segmenter *segmenter, uint16_t category, size_t size)
{
    size_t end = segmenter->at + size;

    if (rules.separating[category]) {
        segmenter->stretch_start = (int64_t)end;
        segmenter->stretch_limit = NEVER;
        return 0;
    }
    if (category < rules.dictionary_start && (int64_t)end <= segmenter->stretch_limit)
        return 0;
    return check_stretch(segmenter, size, category >= rules.dictionary_start);
}

/* Most text in scripts with dictionaries is a run in which the state stays what it is: passes over so much of
 * it as is within the stretch's limit. */
static void scan_run(struct segmenter *segmenter, size_t end)
{
    const uint16_t *transitions = rules.transitions + (size_t)segmenter->state * rules.n_categories;
    const uint8_t *text = segmenter->text.bytes;
    size_t at = segmenter->at;

    if ((int64_t)end > segmenter->stretch_limit)
        end = (size_t)segmenter->stretch_limit;
    for (; at + 3 <= end && (text[at] & 0xF0) == 0xE0; at += 3) {
        uint16_t category = rules.categories[utf8_get_three(text + at)];

        if (category < rules.dictionary_start || transitions[category] != segmenter->state)
            break;
    }
    if (rules.states[segmenter->state].accepting)
        segmenter->result = at;
    segmenter->at = at;
}

/* Matches segments as far as `end`. */
static int scan(struct segmenter *segmenter, size_t end)
{
    while (segmenter->at < end) {
        uint16_t category, next;
        size_t size;
        int r;

        if (segmenter->state == RULES_START && segmenter->stretch_limit == NEVER &&
            plain_begins[segmenter->text.bytes[segmenter->at]]) {
            r = scan_plain(segmenter, end);
            if (r < 0)
                return r;
            if (segmenter->at == end)
                break;
        }
        category = rules_category(utf8_get(segmenter->text.bytes + segmenter->at, &size));
        r = scan_stretch(segmenter, category, size);
        if (r < 0)
            return r;
        next = rules.transitions[(size_t)segmenter->state * rules.n_categories + category];
        if (rules.states[next].accepting) {
            segmenter->result = segmenter->at + size;
            segmenter->result_is_word = rules.states[next].word;
        }
        if (next == RULES_STOP) {
            r = end_segment(segmenter);
            if (r < 0)
                return r;
            continue;
        }
        segmenter->state = next;
        segmenter->at += size;
        if (category >= rules.dictionary_start)
            scan_run(segmenter, end);
    }
    return 0;
}

/* The text ends at `end`, which the scan has reached. What was matched ahead of a segment's end is matched
 * again. */
static int end_text(struct segmenter *segmenter, size_t end)
{
    assert(segmenter->at == end);
    while (segmenter->start < end) {
        int r = end_segment(segmenter);

        if (r == 0)
            r = scan(segmenter, end);
        if (r < 0)
            return r;
    }
    return 0;
}

static void drop(struct segmenter *segmenter, size_t from, size_t size)
{
    uint8_t *bytes = segmenter->text.bytes;

    memmove(bytes + from, bytes + from + size, segmenter->text.size - from - size);
    segmenter->text.size -= size;
    segmenter->at -= size;
    segmenter->stretch_start -= (int64_t)size;
    if (segmenter->stretch_limit != NEVER)
        segmenter->stretch_limit -= (int64_t)size;
    if (segmenter->dictionary_at != NEVER)
        segmenter->dictionary_at -= (int64_t)size;
}

/* A segment without an end in sight: no dictionary will ask for it any more, since its stretch is too long,
 * and its key needs its beginning only. Behind its last possible end stands one character that may or may not
 * join what follows, with any number of marks; should it not, then the marks belong to no word. */
static void shorten(struct segmenter *segmenter)
{
    const uint8_t *bytes = segmenter->text.bytes;
    size_t size = segmenter->text.size, kept;

    assert(segmenter->start == 0 && segmenter->dictionary_at == NEVER);
    if (size - segmenter->result > 2 * SEGMENT_PREFIX) {
        kept = utf8_cut(bytes, segmenter->result + SEGMENT_PREFIX, size);
        drop(segmenter, kept, size - kept);
    }
    kept = utf8_cut(bytes, SEGMENT_PREFIX, size);
    if (segmenter->result > kept) {
        size = segmenter->result - kept;
        segmenter->result = kept;
        drop(segmenter, kept, size);
    }
}

static int scan_batch(struct segmenter *segmenter)
{
    int r = scan(segmenter, segmenter->text.size);
    size_t start = segmenter->start;

    if (r < 0)
        return r;
    if (start > 0) {
        segmenter->start = 0;
        segmenter->result -= start;
        drop(segmenter, 0, start);
    }
    if (segmenter->text.size > SEGMENT_MAX_KEPT && segmenter->dictionary_at == NEVER)
        shorten(segmenter);
    return 0;
}

int segmenter_feed(struct segmenter *segmenter, const void *utf8, size_t size)
{
    struct buffer *text = &segmenter->text;
    const uint8_t *bytes = utf8;

    while (size > 0) {
        size_t n = size < SEGMENT_BATCH ? size : utf8_cut(bytes, SEGMENT_BATCH, size);
        int r = 0;

        if (text->capacity - text->size < n + PLAIN_SLACK)
            r = buffer_reserve(text, n + PLAIN_SLACK);
        if (r < 0)
            return r;
        memcpy(text->bytes + text->size, bytes, n);
        text->size += n;
        if (text->size - segmenter->at >= SEGMENT_BATCH)
            r = scan_batch(segmenter);
        if (r < 0)
            return r;
        bytes += n;
        size -= n;
    }
    return 0;
}

int segmenter_finish(struct segmenter *segmenter)
{
    int r = scan(segmenter, segmenter->text.size);

    if (r == 0)
        r = end_text(segmenter, segmenter->text.size);
    segmenter_begin(segmenter);
    return r;
}
