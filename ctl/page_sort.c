#include "ctl/page_sort.h"

#include "base/arena.h"
#include "ctl/say.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    const char *url; /* in the arena, as `fetched` and the text */
    const char *fetched;
    const char *text;
    size_t size;
    enum outcome outcome;
    uint64_t tokens;
};

struct page_sort {
    const struct context *context;
    bool with_times;
    size_t max_memory;
    struct arena arena;
    struct entry *entries;
    size_t n, capacity;
    struct buffer text; /* of the page that comes */
    struct counts_input **aside;
    size_t n_aside, aside_capacity;
};

int page_sort_new(const struct context *context, bool with_times, size_t max_memory, struct page_sort **ret)
{
    struct page_sort *sort = calloc(1, sizeof(*sort));

    if (!sort)
        return -ENOMEM;
    sort->context = context;
    sort->with_times = with_times;
    sort->max_memory = max_memory;
    *ret = sort;
    return 0;
}

void page_sort_free(struct page_sort *sort)
{
    if (!sort)
        return;
    for (size_t i = 0; i < sort->n_aside; i++)
        counts_input_free(sort->aside[i]);
    free(sort->aside);
    arena_deinit(&sort->arena);
    free(sort->entries);
    buffer_deinit(&sort->text);
    free(sort);
}

static int compare_words(const void *a, const void *b)
{
    const struct counts_file_word *one = a;
    const struct counts_file_word *other = b;
    size_t common = one->length < other->length ? one->length : other->length;
    int order = memcmp(one->text, other->text, common);

    return order != 0 ? order : (one->length > other->length) - (one->length < other->length);
}

static int compare_entries(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->url, ((const struct entry *)b)->url);
}

/* The next piece of a file with the entries in memory, in their order. */
static int write_entries(struct page_sort *sort, const struct counts_file_head *head,
    int (*write)(void *userdata, const void *bytes, size_t size), void *userdata,
    struct counts_file_totals *ret_totals)
{
    CLEANUP(counts_file_writer_freep) struct counts_file_writer *writer = NULL;
    CLEANUP(buffer_deinit) struct buffer frame = {0};
    int r = counts_file_writer_new(&writer);

    if (sort->n > 0)
        qsort(sort->entries, sort->n, sizeof(*sort->entries), compare_entries);
    if (r == 0)
        r = counts_file_begin(writer, head, &frame);
    if (r == 0)
        r = write(userdata, frame.bytes, frame.size);
    for (size_t i = 0; i < sort->n && r == 0; i++) {
        const struct entry *entry = &sort->entries[i];
        const struct counts_file_page page = {
            .url = entry->url, .fetched = entry->fetched, .outcome = entry->outcome, .tokens = entry->tokens};

        counts_file_add(writer, &page, entry->text, entry->size);
        r = write(userdata, entry->text, entry->size);
    }
    frame.size = 0;
    if (r == 0)
        r = counts_file_end(writer, &frame);
    if (r == 0)
        r = write(userdata, frame.bytes, frame.size);
    if (r == 0)
        *ret_totals = *counts_file_written(writer);
    return r;
}

static void forget_entries(struct page_sort *sort)
{
    arena_deinit(&sort->arena);
    sort->arena = (struct arena){0};
    sort->n = 0;
}

/* ---- putting aside ---- */

static int write_to_stream(void *userdata, const void *bytes, size_t size)
{
    return fwrite(bytes, 1, size, userdata) == size ? 0 : -EIO;
}

static const char *directory(void)
{
    const char *named = getenv("TMPDIR");

    return named && *named ? named : "/var/tmp";
}

/* The file is nameless: whatever becomes of us, nothing of it stays. */
static int open_nameless(void)
{
    char path[] = "urlstat.XXXXXX";
    CLEANUP(freep) char *template = NULL;
    int fd = open(directory(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT))
        return fd < 0 ? -errno : fd;
    if (asprintf(&template, "%s/%s", directory(), path) < 0) {
        template = NULL;
        return -ENOMEM;
    }
    fd = mkostemp(template, O_CLOEXEC);
    if (fd < 0)
        return -errno;
    (void)unlink(template);
    return fd;
}

static int keep_aside(struct page_sort *sort, int fd)
{
    int r = array_reserve_one(&sort->aside, sort->n_aside, &sort->aside_capacity, sizeof(*sort->aside));

    if (r < 0) {
        (void)close(fd);
        return r;
    }
    r = counts_input_new_from_fd(fd, "what was put aside", &sort->aside[sort->n_aside]);
    sort->n_aside += r == 0;
    return r;
}

static int put_aside(struct page_sort *sort)
{
    CLEANUP(fclosep) FILE *stream = NULL;
    CLEANUP(closep) int fd = open_nameless();
    /* What is put aside is gathered by the same program, under another head. */
    const struct counts_file_head head = {.engine = "aside", .has_times = sort->with_times};
    struct counts_file_totals totals;
    int again;
    int r;

    if (fd < 0)
        return say_errno(sort->context, fd, directory());
    again = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    stream = again >= 0 ? fdopen(again, "w") : NULL;
    if (!stream) {
        r = -errno;
        if (again >= 0)
            (void)close(again);
        return say_errno(sort->context, r, directory());
    }
    r = write_entries(sort, &head, write_to_stream, stream, &totals);
    if (r == -ENOMEM)
        return r;
    if (r < 0 || fflush(stream) != 0 || lseek(fd, 0, SEEK_SET) < 0)
        return say_errno(sort->context, errno > 0 ? -errno : -EIO, directory());
    forget_entries(sort);
    return keep_aside(sort, take_fd(&fd));
}

/* ---- what comes in, and what goes out ---- */

static int add_entry(struct page_sort *sort, const struct counts_file_page *page)
{
    int r = array_reserve_one(&sort->entries, sort->n, &sort->capacity, sizeof(*sort->entries));
    char *text = r == 0 ? arena_allocate(&sort->arena, sort->text.size) : NULL;
    struct entry entry = {.size = sort->text.size, .outcome = page->outcome, .tokens = page->tokens};

    if (!text)
        return -ENOMEM;
    memcpy(text, sort->text.bytes, sort->text.size);
    entry.text = text;
    entry.url = arena_copy(&sort->arena, page->url);
    if (sort->with_times)
        entry.fetched = arena_copy(&sort->arena, page->fetched);
    if (!entry.url || (sort->with_times && page->fetched && !entry.fetched))
        return -ENOMEM;
    sort->entries[sort->n++] = entry;
    return 0;
}

int page_sort_add(struct page_sort *sort, const struct counts_file_page *page, struct counts_file_word *words,
    size_t n_words)
{
    int r;

    if (n_words > 0)
        qsort(words, n_words, sizeof(*words), compare_words);
    sort->text.size = 0;
    r = counts_format_page(&sort->text, page, sort->with_times);
    for (size_t i = 0; i < n_words && r == 0; i++)
        r = counts_format_word(&sort->text, words[i].text, words[i].length, words[i].tokens);
    if (r == 0)
        r = add_entry(sort, page);
    if (r == 0 && sort->arena.memory + sort->capacity * sizeof(*sort->entries) >= sort->max_memory)
        r = put_aside(sort);
    return r;
}

static int write_to_output(void *userdata, const void *bytes, size_t size)
{
    return output_file_add(userdata, bytes, size);
}

int page_sort_write(struct page_sort *sort, const struct counts_file_head *head, struct output_file *output,
    struct counts_file_totals *ret_totals)
{
    int r;

    if (sort->n_aside == 0)
        return write_entries(sort, head, write_to_output, output, ret_totals);
    r = sort->n > 0 ? put_aside(sort) : 0;
    return r != 0 ? r
                  : gather(sort->context, sort->aside, sort->n_aside, &(struct gather_options){0}, head,
                        output, ret_totals);
}
