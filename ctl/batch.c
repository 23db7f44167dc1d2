#include "ctl/batch.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#define ENTRY_OVERHEAD 80 /* braces, names and numbers */
#define ESCAPED_BYTE 6    /* \u001f */

static_assert(BATCH_MAX_BYTES + (SOURCE_MAX_LINE + 1) * ESCAPED_BYTE < 1 << 20, "a full batch fits a frame");

void batch_deinit(struct batch *batch)
{
    arena_deinit(&batch->strings);
}

void batch_clear(struct batch *batch)
{
    arena_deinit(&batch->strings);
    batch->n = 0;
    batch->bytes = 0;
}

bool batch_is_full(const struct batch *batch)
{
    return batch->n == BATCH_MAX_ENTRIES || batch->bytes >= BATCH_MAX_BYTES;
}

static size_t json_size(const char *text)
{
    size_t size = 0;

    for (; text && *text; text++)
        size +=
            (unsigned char)*text < 0x20 || *text == '"' || *text == '\\' || *text == 0x7f ? ESCAPED_BYTE : 1;
    return size;
}

int batch_add(struct batch *batch, const struct source_item *item, int64_t source)
{
    struct wire_entry *entry = &batch->entries[batch->n];

    assert(!batch_is_full(batch));
    *entry = (struct wire_entry){
        .url = arena_copy(&batch->strings, item->url), .label = arena_copy(&batch->strings, item->label)};
    if (!entry->url || (item->label && !entry->label))
        return -ENOMEM;
    if (source >= 0)
        entry->source = wire_some_int(source);
    if (item->line > 0)
        entry->line = wire_some_int(item->line);
    batch->bytes += ENTRY_OVERHEAD + json_size(item->url) + json_size(item->label);
    batch->n++;
    return 0;
}
