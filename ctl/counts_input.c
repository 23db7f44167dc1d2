#include "ctl/counts_input.h"

#include "base/arena.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define READ_SIZE (64u << 10)

/* A page whose words are still coming, or the one before it. */
struct lot {
    struct counts_file_page page;
    uint64_t line;
    struct buffer text;
    struct arena arena; /* of the words */
    struct counts_file_word *words;
    size_t n_words, capacity;
};

struct counts_input {
    const char *file;
    bool with_words;
    int fd; /* -1 before the first read */
    bool begun;
    struct counts_file_reader *reader;
    uint64_t line;
    struct buffer text; /* of the line */
    size_t position, filled;
    struct lot lots[2];
    unsigned now;  /* of lots: the one whose words come */
    bool has_page; /* there is one */
    bool is_over;
    struct counts_input_item last; /* that it stays at */
    char block[READ_SIZE];
};

int counts_input_new(const char *file, bool with_words, struct counts_input **ret)
{
    CLEANUP(counts_input_freep) struct counts_input *input = calloc(1, sizeof(*input));
    int r;

    if (!input)
        return -ENOMEM;
    input->fd = -1;
    input->file = file;
    input->with_words = with_words;
    r = counts_file_reader_new(&input->reader);
    if (r < 0)
        return r;
    *ret = TAKE(input);
    return 0;
}

int counts_input_new_from_fd(int fd, const char *name, struct counts_input **ret)
{
    int r = counts_input_new(name, false, ret);

    if (r < 0)
        (void)close(fd);
    else
        (*ret)->fd = fd;
    return r;
}

static void lot_deinit(struct lot *lot)
{
    buffer_deinit(&lot->text);
    arena_deinit(&lot->arena);
    free(lot->words);
}

void counts_input_free(struct counts_input *input)
{
    if (!input)
        return;
    if (input->fd > STDIN_FILENO)
        (void)close(input->fd);
    counts_file_reader_free(input->reader);
    buffer_deinit(&input->text);
    lot_deinit(&input->lots[0]);
    lot_deinit(&input->lots[1]);
    free(input);
}

const struct counts_file_head *counts_input_head(const struct counts_input *input)
{
    return counts_file_head(input->reader);
}

static bool is_stdin(const struct counts_input *input)
{
    return strcmp(input->file, "-") == 0;
}

const char *counts_input_name(const struct counts_input *input)
{
    return is_stdin(input) ? "stdin" : input->file;
}

/* ---- lines ---- */

/* 1: bytes are there; 0: the end; -1: errno. */
static int fill(struct counts_input *input)
{
    ssize_t n;

    do
        n = read(input->fd, input->block, sizeof(input->block));
    while (n < 0 && errno == EINTR);
    input->position = 0;
    input->filled = n > 0 ? (size_t)n : 0;
    return n < 0 ? -1 : n > 0;
}

/* NULL, or why the first bytes are none of ours. */
static const char *sniff(const struct counts_input *input, const char *bytes, size_t size)
{
    static const char *const starts[] = {"\x1f\x8b", "BZh", "\xfd\x37zXZ", "\x28\xb5\x2f\xfd"};

    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
        if (size >= strlen(starts[i]) && memcmp(bytes, starts[i], strlen(starts[i])) == 0)
            return is_stdin(input) ? "is compressed: it must be unpacked before, by zcat say"
                                   : "is compressed: what unpacks it can write to stdin, which is -";
    return NULL;
}

/* NULL, or why it cannot be read. */
static const char *open_file(struct counts_input *input)
{
    struct stat status;

    if (input->fd < 0)
        input->fd = is_stdin(input) ? STDIN_FILENO : open(input->file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (input->fd < 0)
        return strerror(errno);
    if (fstat(input->fd, &status) == 0 && S_ISDIR(status.st_mode))
        return "is a directory";
    if (fill(input) < 0)
        return strerror(errno);
    return sniff(input, input->block, input->filled);
}

/* One more than a line may have is enough to see that it has too many. */
static int keep(struct counts_input *input, const char *bytes, size_t size)
{
    size_t room = COUNTS_FILE_MAX_LINE + 1 - input->text.size;

    return buffer_append(&input->text, bytes, size < room ? size : room);
}

/* 1: a line, ended by NUL, in input->text; 0: none, or one that has no end; -1: errno, or -ENOMEM. */
static int read_line(struct counts_input *input)
{
    input->text.size = 0;
    for (;;) {
        const char *begin = input->block + input->position;
        size_t left = input->filled - input->position;
        const char *end = memchr(begin, '\n', left);
        size_t size = end ? (size_t)(end - begin) : left;
        int r = keep(input, begin, size);

        if (r < 0)
            return r;
        input->position += end ? size + 1 : size;
        if (end) {
            r = buffer_append(&input->text, "", 1);
            input->text.size -= r == 0;
            return r < 0 ? r : 1;
        }
        r = fill(input);
        if (r <= 0)
            return r;
    }
}

/* ---- pages ---- */

static void stay(struct counts_input *input, struct counts_input_item item, struct counts_input_item *ret)
{
    input->is_over = true;
    input->last = item;
    *ret = item;
}

static void broken(
    struct counts_input *input, uint64_t line, const char *reason, struct counts_input_item *ret)
{
    stay(input, (struct counts_input_item){.kind = COUNTS_INPUT_BROKEN, .line = line, .reason = reason}, ret);
}

static int add_text(struct counts_input *input, struct lot *lot)
{
    int r = buffer_append(&lot->text, input->text.bytes, input->text.size);

    return r < 0 ? r : buffer_append(&lot->text, "\n", 1);
}

static int add_word(struct counts_input *input, struct lot *lot)
{
    struct counts_file_word word = counts_file_word(input->reader);
    char *text;
    int r = add_text(input, lot);

    if (r < 0 || !input->with_words)
        return r;
    r = array_reserve_one(&lot->words, lot->n_words, &lot->capacity, sizeof(*lot->words));
    text = r == 0 ? arena_copy(&lot->arena, word.text) : NULL;
    if (!text)
        return -ENOMEM;
    word.text = text;
    lot->words[lot->n_words++] = word;
    return 0;
}

static void give(struct counts_input *input, struct counts_input_item *ret)
{
    const struct lot *lot = &input->lots[input->now];

    *ret = (struct counts_input_item){.kind = COUNTS_INPUT_PAGE,
        .line = lot->line,
        .page = &lot->page,
        .text = lot->text.bytes,
        .size = lot->text.size,
        .words = lot->words,
        .n_words = lot->n_words};
}

static int begin_page(struct counts_input *input)
{
    struct lot *lot = &input->lots[input->now ^= 1];

    arena_deinit(&lot->arena);
    lot->arena = (struct arena){0};
    lot->text.size = 0;
    lot->n_words = 0;
    lot->line = input->line;
    lot->page = *counts_file_page(input->reader);
    input->has_page = true;
    return add_text(input, lot);
}

/* What the line is for. 1 with *ret, 0 if more lines are to be read, -ENOMEM. */
static int take_line(struct counts_input *input, struct counts_input_item *ret)
{
    struct lot *lot = &input->lots[input->now];
    bool has_page = input->has_page;
    enum counts_file_line line;
    int r = counts_file_line(input->reader, (const char *)input->text.bytes, input->text.size, &line);

    if (r < 0)
        return r;
    switch (line) {
    case COUNTS_FILE_HEAD:
    case COUNTS_FILE_SUM:
        return 0;
    case COUNTS_FILE_WORD:
        return add_word(input, lot);
    case COUNTS_FILE_PAGE:
        if (has_page)
            give(input, ret);
        r = begin_page(input);
        return r < 0 ? r : has_page;
    case COUNTS_FILE_END:
        if (has_page)
            give(input, ret);
        input->has_page = false;
        return has_page;
    case COUNTS_FILE_BAD:
        broken(input, input->line, counts_file_reason(input->reader), ret);
        return 1;
    }
    return -EINVAL;
}

static void end(struct counts_input *input, struct counts_input_item *ret)
{
    /* The last line may have lost its end. */
    if (counts_file_ends(input->reader) == COUNTS_FILE_BAD || input->text.size > 0)
        broken(input, input->line + (input->line > 0),
            input->line > 0 ? "the file ends here: it was cut" : counts_file_reason(input->reader), ret);
    else
        stay(input, (struct counts_input_item){.kind = COUNTS_INPUT_END, .line = input->line}, ret);
}

int counts_input_next(struct counts_input *input, struct counts_input_item *ret)
{
    const char *reason = input->begun ? NULL : open_file(input);

    input->begun = true;
    if (reason) {
        broken(input, 0, reason, ret);
        return 0;
    }
    while (!input->is_over) {
        int r = read_line(input);

        if (r == -ENOMEM)
            return r;
        if (r < 0) {
            broken(input, input->line + 1, strerror(errno), ret);
        } else if (r == 0) {
            end(input, ret);
        } else {
            input->line++;
            r = take_line(input, ret);
            if (r != 0)
                return r < 0 ? r : 0;
        }
    }
    *ret = input->last;
    return 0;
}
