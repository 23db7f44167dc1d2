#include "ctl/source.h"

#include "wire/unicode.h"
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define READ_SIZE (64u << 10)
#define SNIFF_SIZE 4096
#define MAX_SHOWN 200 /* bytes of a bad line that are reported */
#define MAX_REASON 384

struct source {
    const char *operand;
    const char *name;
    int fd;           /* -1 for a URL, and before the first read */
    source_wait wait; /* NULL: none */
    void *wait_userdata;
    int stopped; /* what it returned */
    bool begun, ended;
    bool any_text; /* something other than white space was read */
    uint32_t line;
    char text[SOURCE_MAX_LINE + 1]; /* of the line, without its end */
    size_t size;
    size_t position, filled; /* of the block */
    char block[READ_SIZE];
    char reason[MAX_REASON];
    char shown[3 * MAX_SHOWN + 8];
};

bool source_is_url(const char *operand)
{
    return strstr(operand, "://") != NULL;
}

int source_new(const char *operand, struct source **ret)
{
    struct source *source = calloc(1, sizeof(*source));

    if (!source)
        return -ENOMEM;
    source->operand = operand;
    source->fd = -1;
    if (!source_is_url(operand))
        source->name = strcmp(operand, "-") == 0 ? "stdin" : operand;
    *ret = source;
    return 0;
}

void source_free(struct source *source)
{
    if (!source)
        return;
    if (source->fd > STDIN_FILENO)
        (void)close(source->fd);
    free(source);
}

void source_set_wait(struct source *source, source_wait wait, void *userdata)
{
    source->wait = wait;
    source->wait_userdata = userdata;
}

const char *source_name(const struct source *source)
{
    return source->name;
}

static int broken(struct source *source, struct source_item *ret, uint32_t line, const char *reason)
{
    source->ended = true;
    *ret = (struct source_item){.kind = SOURCE_BROKEN, .line = line, .reason = reason};
    return 0;
}

/* NULL, or why the first bytes are no list. */
static const char *sniff(const char *text, size_t size)
{
    const unsigned char *bytes = (const unsigned char *)text;

    if (size >= 2 && ((bytes[0] == 0xff && bytes[1] == 0xfe) || (bytes[0] == 0xfe && bytes[1] == 0xff)))
        return "is UTF-16; a list is UTF-8";
    if (size >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b)
        return "is compressed; zcat FILE | urlstatctl submit - takes it";
    for (size_t i = 0; i < size && i < SNIFF_SIZE; i++)
        if (bytes[i] < 0x20 && bytes[i] != '\t' && bytes[i] != '\n' && bytes[i] != '\r' && bytes[i] != '\f')
            return "is a binary file, no list of URLs";
    return NULL;
}

/* 1: bytes are there; 0: the end; -1: errno, or it was stopped. */
static int fill(struct source *source)
{
    ssize_t n;

    source->stopped = source->wait ? source->wait(source->wait_userdata, source->fd) : 0;
    if (source->stopped != 0)
        return -1;
    do
        n = read(source->fd, source->block, sizeof(source->block));
    while (n < 0 && errno == EINTR);
    source->position = 0;
    source->filled = n > 0 ? (size_t)n : 0;
    return n < 0 ? -1 : n > 0;
}

/* NULL, or why it cannot be read. */
static const char *open_file(struct source *source)
{
    struct stat status;

    if (!*source->operand)
        return "an empty name is no list";
    source->fd = STDIN_FILENO;
    if (strcmp(source->operand, "-") != 0)
        source->fd = open(source->operand, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (source->fd < 0 && errno == ENOENT && !strchr("./", source->operand[0]))
        return "No such file or directory; a URL begins with http:// or https://";
    if (source->fd < 0)
        return strerror(errno);
    if (fstat(source->fd, &status) == 0 && S_ISDIR(status.st_mode))
        return "is a directory";
    if (fill(source) < 0)
        return strerror(errno);
    return sniff(source->block, source->filled);
}

static void keep(struct source *source, const char *bytes, size_t size, bool *whole)
{
    size_t room = SOURCE_MAX_LINE - source->size;

    if (size > room)
        *whole = false;
    size = size < room ? size : room;
    memcpy(source->text + source->size, bytes, size);
    source->size += size;
}

/* 1: a line without its end, cut at SOURCE_MAX_LINE with *ret_whole == false; 0: none; -1: errno. */
static int read_line(struct source *source, bool *ret_whole)
{
    bool any = false;

    source->size = 0;
    *ret_whole = true;
    for (;;) {
        const char *begin = source->block + source->position, *end;
        size_t left = source->filled - source->position;
        int r = left > 0 ? 1 : fill(source);

        if (r <= 0)
            return r < 0 ? r : any;
        if (left == 0)
            continue;
        end = memchr(begin, '\n', left);
        any = true;
        keep(source, begin, end ? (size_t)(end - begin) : left, ret_whole);
        source->position += end ? (size_t)(end - begin) + 1 : left;
        if (end)
            return 1;
    }
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

/* The start of the line as UTF-8, for the report. */
static const char *shown(struct source *source, const char *text, size_t size)
{
    size_t n = 0;

    for (size_t i = 0, length; i < size && i < MAX_SHOWN; i += length ? length : 1) {
        length = text[i] ? unicode_character(text + i, size - i) : 0;
        memcpy(source->shown + n, length ? text + i : "\xef\xbf\xbd", length ? length : 3);
        n += length ? length : 3;
    }
    source->shown[n] = '\0';
    return source->shown;
}

static int bad(
    struct source *source, struct source_item *ret, const char *text, size_t size, const char *reason)
{
    *ret = (struct source_item){
        .kind = SOURCE_BAD, .line = source->line, .url = shown(source, text, size), .reason = reason};
    return 0;
}

static bool is_utf8(const char *text, size_t size)
{
    for (size_t i = 0, length; i < size; i += length) {
        length = unicode_character(text + i, size - i);
        if (length == 0)
            return false;
    }
    return true;
}

/* A URL without "://". "mailto:x" has another scheme; "example.org:80/x" and "example.org/x" lack theirs. */
static const char *without_scheme(struct source *source, const char *url)
{
    size_t host = strcspn(url, "/:?# ");

    if (url[host] == ':' && !isdigit((unsigned char)url[host + 1]) && !memchr(url, '.', host))
        return "only http and https are fetched";
    if ((!memchr(url, '.', host) && strncmp(url, "localhost", host) != 0) || strchr(url, ' ') ||
        strlen(url) > 256)
        return "no URL: it has no scheme";
    snprintf(source->reason, sizeof(source->reason), "no scheme: did you mean https://%.256s?",
        url + strspn(url, "/"));
    return source->reason;
}

/* One line that is no comment: URL, or URL, tab, label. */
static int take_line(struct source *source, char *begin, char *end, struct source_item *ret)
{
    size_t size = (size_t)(end - begin);
    char *tab;

    if (memchr(begin, '\0', size))
        return bad(source, ret, begin, size, "a NUL byte is in the line");
    if (!is_utf8(begin, size))
        return bad(source, ret, begin, size, "it is no UTF-8");
    *end = '\0';
    *ret = (struct source_item){.kind = SOURCE_ENTRY, .line = source->line, .url = begin};
    tab = strchr(begin, '\t');
    if (tab) {
        ret->label = tab + 1 + strspn(tab + 1, " \t");
        ret->label = *ret->label ? ret->label : NULL;
        while (tab > begin && is_space(tab[-1]))
            tab--;
        *tab = '\0';
    }
    if (!strstr(begin, "://"))
        return bad(source, ret, begin, strlen(begin), without_scheme(source, begin));
    return 0;
}

static int end_of_file(struct source *source, struct source_item *ret)
{
    if (!source->any_text)
        return broken(source, ret, 0, "is empty");
    source->ended = true;
    *ret = (struct source_item){.kind = SOURCE_END};
    return 0;
}

static int next_line(struct source *source, struct source_item *ret)
{
    for (;;) {
        char *begin = source->text, *end;
        bool whole;
        int r = read_line(source, &whole);

        if (r < 0)
            return broken(source, ret, source->line + 1, strerror(errno));
        if (r == 0)
            return end_of_file(source, ret);
        source->line++;
        if (source->line == 1 && strncmp(begin, "\xef\xbb\xbf", 3) == 0)
            begin += 3;
        end = source->text + source->size;
        *end = '\0';
        while (begin < end && is_space(*begin))
            begin++;
        while (begin < end && is_space(end[-1]))
            end--;
        if (begin == end && whole)
            continue;
        source->any_text = true;
        if (*begin == '#')
            continue;
        if (!whole)
            return bad(source, ret, begin, (size_t)(end - begin), "the line is longer than 16384 bytes");
        return take_line(source, begin, end, ret);
    }
}

static int next_url(struct source *source, struct source_item *ret)
{
    source->ended = true;
    if (is_utf8(source->operand, strlen(source->operand)))
        *ret = (struct source_item){.kind = SOURCE_ENTRY, .url = source->operand};
    else
        *ret = (struct source_item){.kind = SOURCE_BAD, .url = "", .reason = "it is no UTF-8"};
    return 0;
}

int source_next(struct source *source, struct source_item *ret)
{
    const char *reason = NULL;
    int r;

    if (source->ended) {
        *ret = (struct source_item){.kind = SOURCE_END};
        return 0;
    }
    if (!source->name)
        return next_url(source, ret);
    if (!source->begun)
        reason = open_file(source);
    source->begun = true;
    r = reason ? broken(source, ret, 0, reason) : next_line(source, ret);
    return source->stopped != 0 ? source->stopped : r;
}
