#include "store/seqs.h"

#include <assert.h>
#include <errno.h>

#define MAX_LEB128 10

int seqs_append(struct buffer *buffer, uint64_t *last, uint64_t seq)
{
    uint8_t bytes[MAX_LEB128];
    size_t n = 0;

    assert(seq > *last);
    for (uint64_t left = seq - *last; n == 0 || left > 0; left >>= 7)
        bytes[n++] = (uint8_t)((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
    *last = seq;
    return buffer_append(buffer, bytes, n);
}

int seqs_next(struct seqs_reader *reader, uint64_t *ret)
{
    uint64_t difference = 0;

    if (reader->position == reader->end)
        return 0;
    for (int shift = 0; shift < 64 && reader->position < reader->end; shift += 7) {
        uint8_t byte = *reader->position++;

        difference |= (uint64_t)(byte & 0x7f) << shift;
        if (byte & 0x80)
            continue;
        if (difference == 0)
            return -EUCLEAN;
        reader->last += difference;
        *ret = reader->last;
        return 1;
    }
    return -EUCLEAN;
}
