/* Lists of URLs as files hold them: whatever the bytes are, each item is well-formed, lines only grow, and
 * what is shown of a bad line harms no terminal. */
#include "base/array.h"
#include "ctl/escape.h"
#include "ctl/source.h"
#include "wire/unicode.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static bool is_utf8(const char *text)
{
    for (size_t i = 0, size = strlen(text), length; i < size; i += length) {
        length = unicode_character(text + i, size - i);
        if (length == 0)
            return false;
    }
    return true;
}

static void check_escaped(const char *text, size_t size)
{
    struct buffer escaped = {0};

    must(escape_append(&escaped, text, size) == 0);
    for (size_t i = 0; i < escaped.size; i++)
        must(escaped.bytes[i] >= 0x20 && escaped.bytes[i] != 0x7f);
    must(buffer_append(&escaped, "", 1) == 0);
    must(is_utf8((const char *)escaped.bytes));
    buffer_deinit(&escaped);
}

static void check_item(const struct source_item *item, uint32_t *line)
{
    switch (item->kind) {
    case SOURCE_ENTRY:
        must(item->line > *line && *item->url && is_utf8(item->url) && strlen(item->url) <= SOURCE_MAX_LINE);
        must(strstr(item->url, "://") && !strpbrk(item->url, "\t\n"));
        must(!item->label || (*item->label && is_utf8(item->label)));
        *line = item->line;
        break;
    case SOURCE_BAD:
        must(item->line > *line && *item->reason && is_utf8(item->url) && is_utf8(item->reason));
        *line = item->line;
        break;
    case SOURCE_BROKEN:
        must(*item->reason);
        break;
    case SOURCE_END:
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct source_item item = {.kind = SOURCE_ENTRY};
    struct source *source;
    uint32_t line = 0;
    char path[64];
    int fd = memfd_create("list", MFD_CLOEXEC);

    must(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    must(source_new(path, &source) == 0);
    while (item.kind == SOURCE_ENTRY || item.kind == SOURCE_BAD) {
        must(source_next(source, &item) == 0);
        check_item(&item, &line);
    }
    source_free(source);
    close(fd);
    check_escaped((const char *)data, size);
    return 0;
}
