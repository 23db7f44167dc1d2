#include "ctl/stop_words.h"

#include "base/array.h"
#include "base/cleanup.h"
#include "ctl/input.h"
#include "ctl/say.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* So that they fit one call with all else. */
#define MAX_BYTES (512u << 10)

/* The lists as they stand in their files. */
#define LANGUAGES(X) X(cs) X(da) X(de) X(en) X(es) X(fi) X(fr) X(it) X(ja) X(nb) X(nl) X(pl) X(pt) X(ru) X(sv)
#define INCLUDE(language)                                                                                    \
    __asm__(".pushsection .rodata\n"                                                                         \
            ".type stop_words_" #language ", @object\n"                                                      \
            "stop_words_" #language ":\n"                                                                    \
            ".incbin \"" STOP_WORDS "/" #language ".txt\"\n"                                                 \
            ".byte 0\n"                                                                                      \
            ".size stop_words_" #language ", . - stop_words_" #language "\n"                                 \
            ".popsection\n");                                                                                \
    extern const char stop_words_##language[] __attribute__((visibility("hidden")));
LANGUAGES(INCLUDE)

#define ENTRY(language) {#language, stop_words_##language},
static const struct {
    const char *language, *text;
} lists[] = {LANGUAGES(ENTRY)};
#define NAME(language) " " #language
static const char names[] = LANGUAGES(NAME);

void stop_words_deinit(struct stop_words *list)
{
    for (size_t i = 0; i < list->n; i++)
        free(list->words[i]);
    free(list->words);
}

/* Returns 0, -ENOMEM, or -E2BIG. */
static int add_word(struct stop_words *list, const char *word, size_t length)
{
    int r = list->n < STOP_WORDS_MAX
        ? array_reserve_one(&list->words, list->n, &list->capacity, sizeof(*list->words))
        : -E2BIG;

    if (r < 0)
        return r;
    list->words[list->n] = strndup(word, length);
    if (!list->words[list->n])
        return -ENOMEM;
    list->n++;
    return 0;
}

static int add_line(struct stop_words *list, const char *line, size_t length)
{
    static const char space[] = " \t\r\f\v";
    int r = 0;

    for (size_t i = 0, end; i < length && line[0] != '#' && r == 0; i = end) {
        for (end = i; end < length && !strchr(space, line[end]);)
            end++;
        if (end > i)
            r = add_word(list, line + i, end - i);
        else
            end++;
    }
    return r;
}

static int add_text(struct stop_words *list, const char *text, size_t size)
{
    int r = 0;

    for (size_t i = 0; i < size && r == 0;) {
        const char *end = memchr(text + i, '\n', size - i);
        size_t length = end ? (size_t)(end - text) - i : size - i;

        r = add_line(list, text + i, length);
        i += length + 1;
    }
    return r;
}

static int append(void *userdata, const void *bytes, size_t size)
{
    struct buffer *text = userdata;

    return text->size + size > MAX_BYTES ? -EFBIG : buffer_append(text, bytes, size);
}

static int add_file(const struct context *context, const char *file, struct stop_words *list)
{
    CLEANUP(buffer_deinit) struct buffer text = {0};
    CLEANUP(input_freep) struct input *input = NULL;
    const struct input_sink sink = {.bytes = append, .userdata = &text};
    int r = input_new(&input);

    if (r == 0)
        r = input_read(input, file, &sink);
    if (r == INPUT_REFUSED)
        return say_failure(context, EXIT_REFUSED, FAILURE_INPUT,
            "--stop-words=%s: %s; it is a file, or a language (give the option again for another):%s", file,
            input_reason(input), names);
    if (r == -EFBIG)
        return say_failure(
            context, EXIT_REFUSED, FAILURE_INPUT, "--stop-words=%s: more than %u bytes", file, MAX_BYTES);
    if (r == 0 && memchr(text.bytes ? (const void *)text.bytes : "", '\0', text.size))
        return say_failure(context, EXIT_REFUSED, FAILURE_INPUT, "--stop-words=%s: is no UTF-8 text", file);
    return r < 0 ? r : add_text(list, (const char *)text.bytes, text.size);
}

int stop_words_add(struct context *context, const char *source, struct stop_words *list)
{
    int r = 1;

    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]) && r == 1; i++)
        if (strcmp(lists[i].language, source) == 0)
            r = add_text(list, lists[i].text, strlen(lists[i].text));
    if (r == 1)
        r = add_file(context, source, list);
    if (r == -E2BIG)
        return say_failure(
            context, EXIT_REFUSED, FAILURE_INPUT, "--stop-words: more than %d words", STOP_WORDS_MAX);
    return r;
}
