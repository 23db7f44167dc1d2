#include "base/cleanup.h"
#include "counts/id_set.h"
#include "counts/leb128.h"

#include <errno.h>
#include <stdlib.h>

/* Shorter runs are one difference of 1 each. */
#define MIN_RUN 4
/* Of a difference, or of a run by each of its ids. */
#define MAX_ID_BYTES 5

/* Ids that were met and follow each other, not written yet. */
struct run {
    uint64_t last; /* the one before the run; one less than no id at first */
    uint64_t n;
};

/* Room for it has been reserved. */
static inline void put_run(struct buffer *buffer, struct run *run)
{
    if (run->n >= MIN_RUN) {
        leb128_put(buffer, 0);
        leb128_put(buffer, run->n);
    } else {
        for (uint64_t i = 0; i < run->n; i++)
            leb128_put(buffer, 1);
    }
    run->last += run->n;
    run->n = 0;
}

static int put_ids(struct buffer *buffer, struct run *run, const uint32_t *ids, size_t n)
{
    int r = buffer_reserve(buffer, (n + MIN_RUN) * MAX_ID_BYTES);

    if (r < 0)
        return r;
    for (size_t i = 0; i < n; i++) {
        if (ids[i] == run->last + run->n + 1) {
            run->n++;
            continue;
        }
        put_run(buffer, run);
        leb128_put(buffer, ids[i] - run->last);
        run->last = ids[i];
    }
    return 0;
}

int counts_id_set_pack(const struct counts_id_set *set, struct buffer *buffer)
{
    struct run run = {.last = UINT64_MAX};
    uint32_t ids[COUNTS_ID_SET_STEP];
    int r = buffer_reserve(buffer, LEB128_MAX);
    size_t n;

    if (r < 0)
        return r;
    leb128_put(buffer, counts_id_set_size(set));
    for (uint64_t from = 0; r == 0 && (n = counts_id_set_read(set, from, ids)) > 0;
         from = (uint64_t)ids[n - 1] + 1)
        r = put_ids(buffer, &run, ids, n);
    if (r == 0)
        r = buffer_reserve(buffer, MIN_RUN * MAX_ID_BYTES);
    if (r == 0)
        put_run(buffer, &run);
    return r;
}

/* The next run, of one or of many: all of them fit in between. */
static int get_run(const uint8_t **position, const uint8_t *end, uint64_t room, uint64_t *last, uint64_t *ret)
{
    uint64_t difference;

    *ret = 1;
    if (leb128_get(position, end, &difference) < 0)
        return -EBADMSG;
    if (difference == 0 && leb128_get(position, end, ret) < 0)
        return -EBADMSG;
    if (difference > UINT64_C(1) << 32 || *ret == 0 || *ret > room)
        return -EBADMSG;
    if (difference > 0)
        *last += difference - 1;
    return 0;
}

static int get_ids(const uint8_t **position, const uint8_t *end, uint32_t max_id, uint32_t *ids, uint64_t n)
{
    uint64_t last = UINT64_MAX;
    uint64_t run;

    for (uint64_t i = 0; i < n;) {
        int r = get_run(position, end, n - i, &last, &run);

        if (r < 0 || last + run > max_id)
            return -EBADMSG;
        for (; run > 0; run--)
            ids[i++] = (uint32_t)++last;
    }
    return 0;
}

int counts_id_set_unpack(
    const uint8_t **position, const uint8_t *end, uint32_t max_id, struct counts_id_set *set, size_t *ret_n)
{
    CLEANUP(freep) uint32_t *ids = NULL;
    uint64_t n;
    int r;

    if (leb128_get(position, end, &n) < 0 || n > (uint64_t)max_id + 1)
        return -EBADMSG;
    ids = reallocarray(NULL, n > 0 ? n : 1, sizeof(*ids));
    if (!ids)
        return -ENOMEM;
    r = get_ids(position, end, max_id, ids, n);
    if (r == 0)
        r = counts_id_set_fill(set, ids, n);
    if (r == 0)
        *ret_n = n;
    return r;
}
