#include "store/word_log.h"

#include <errno.h>

int word_log_append(struct buffer *block, const char *text, uint32_t length)
{
    uint8_t prefix[5];
    size_t n = 0;
    int r;

    for (uint32_t left = length; n == 0 || left > 0; left >>= 7)
        prefix[n++] = (uint8_t)((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
    r = buffer_append(block, prefix, n);
    return r < 0 ? r : buffer_append(block, text, length);
}

int word_log_next(struct word_log_reader *reader, const char **ret, uint32_t *ret_length)
{
    uint64_t length = 0;
    uint8_t byte;
    int shift = 0;

    if (reader->position == reader->end)
        return 0;
    do {
        if (reader->position == reader->end || shift > 28)
            return -EUCLEAN;
        byte = *reader->position++;
        length |= (uint64_t)(byte & 0x7f) << shift;
        shift += 7;
    } while (byte & 0x80);
    if (length > (uint64_t)(reader->end - reader->position))
        return -EUCLEAN;
    *ret = (const char *)reader->position;
    *ret_length = (uint32_t)length;
    reader->position += length;
    return 1;
}
