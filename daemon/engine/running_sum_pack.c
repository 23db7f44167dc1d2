#include "engine/running_sum_pack.h"

#include "base/cleanup.h"
#include "counts/leb128.h"
#include "engine/running_sum_host.h"
#include <errno.h>
#include <string.h>
#include <xxhash.h>

#define PACK_VERSION 1
#define HASH_BYTES 8

static void put_hash(uint64_t hash, uint8_t bytes[static HASH_BYTES])
{
    for (size_t i = 0; i < HASH_BYTES; i++)
        bytes[i] = (uint8_t)(hash >> 8 * i);
}

/* ---- packing ---- */

static int put_number(struct buffer *buffer, uint64_t number)
{
    int r = buffer_reserve(buffer, LEB128_MAX);

    if (r == 0)
        leb128_put(buffer, number);
    return r;
}

static int put_bytes(struct buffer *buffer, const void *bytes, size_t size)
{
    int r = put_number(buffer, size);

    return r < 0 ? r : buffer_append(buffer, bytes, size);
}

static int put_totals(struct buffer *buffer, const struct running_sum *sum)
{
    CLEANUP(buffer_deinit) struct buffer totals = {0};
    int r = counts_totals_pack(sum->totals, &totals);

    return r < 0 ? r : put_bytes(buffer, totals.bytes, totals.size);
}

static int put_host(struct buffer *buffer, const struct running_host *host)
{
    int r = put_bytes(buffer, host->key, strlen(host->key));

    if (r == 0)
        r = counts_id_set_pack(&host->words, buffer);
    return r < 0 ? r : buffer->size > RUNNING_SUM_MAX_PACKED ? -E2BIG : 0;
}

static int put_hosts(struct buffer *buffer, const struct running_sum *sum)
{
    const struct running_host *host, *next;
    int r = put_number(buffer, HASH_COUNT(sum->hosts));

    if (r < 0)
        return r;
    /* In the order in which they were added, so that their numbers come back. */
    for (host = sum->hosts; r == 0 && host; host = next) {
        next = host->hh.next;
        r = put_host(buffer, host);
    }
    return r;
}

int running_sum_pack(struct running_sum *sum, struct buffer *buffer)
{
    uint8_t hash[HASH_BYTES];
    int r = running_sum_end_filled(sum);

    if (r == 0)
        r = put_number(buffer, PACK_VERSION);
    if (r == 0)
        r = put_totals(buffer, sum);
    if (r == 0)
        r = counts_id_set_pack(&sum->seqs, buffer);
    if (r == 0)
        r = put_hosts(buffer, sum);
    if (r < 0)
        return r;
    put_hash(XXH3_64bits(buffer->bytes, buffer->size), hash);
    return buffer_append(buffer, hash, sizeof(hash));
}

/* ---- unpacking ---- */

struct packed {
    const uint8_t *at, *end;
    const struct running_sum_limits *limits;
    uint64_t n_host_words; /* of all hosts */
};

/* Bytes behind their size, where they are. */
static int get_bytes(struct packed *packed, const uint8_t **ret, size_t *ret_size)
{
    uint64_t size;

    if (leb128_get(&packed->at, packed->end, &size) < 0 || size > (uint64_t)(packed->end - packed->at))
        return -EBADMSG;
    *ret = packed->at;
    *ret_size = size;
    packed->at += size;
    return 0;
}

static int get_totals(struct packed *packed, struct running_sum *sum)
{
    uint64_t n_words = packed->limits->n_words;
    const uint8_t *bytes;
    size_t size;
    int r = get_bytes(packed, &bytes, &size);

    if (r < 0)
        return r;
    return counts_totals_unpack_of(
        bytes, size, n_words < UINT32_MAX ? (uint32_t)n_words : UINT32_MAX, &sum->totals);
}

/* One for each page. */
static int get_seqs(struct packed *packed, struct running_sum *sum)
{
    uint64_t max = packed->limits->n_urls < UINT32_MAX ? packed->limits->n_urls : UINT32_MAX - 1;
    size_t n;
    int r = counts_id_set_unpack(&packed->at, packed->end, (uint32_t)max, &sum->seqs, &n);

    if (r < 0)
        return r;
    return n != counts_totals_pages(sum->totals) || counts_id_set_missing(&sum->seqs, 0) > 0 ? -EBADMSG : 0;
}

static int get_words(struct packed *packed, struct running_sum *sum, struct counts_id_set *words)
{
    uint32_t n_ids = counts_totals_n_ids(sum->totals);
    size_t n = 0;
    int r = counts_id_set_unpack(&packed->at, packed->end, n_ids > 0 ? n_ids - 1 : 0, words, &n);

    packed->n_host_words += n;
    sum->hosts_bytes += words->bytes;
    return r < 0 ? r : n > n_ids ? -EBADMSG : 0;
}

static int get_host(struct packed *packed, struct running_sum *sum)
{
    struct running_host *known = NULL;
    const uint8_t *key;
    size_t length;
    int r = get_bytes(packed, &key, &length);

    if (r < 0 || length == 0 || memchr(key, '\0', length))
        return -EBADMSG;
    HASH_FIND(hh, sum->hosts, key, length, known);
    if (known)
        return -EBADMSG;
    r = running_sum_add_host(sum, (const char *)key, length);
    return r < 0 ? r : get_words(packed, sum, &sum->last->words);
}

static int get_hosts(struct packed *packed, struct running_sum *sum)
{
    uint64_t n;
    int r = leb128_get(&packed->at, packed->end, &n);

    for (uint64_t i = 0; r == 0 && i < n; i++) {
        r = get_host(packed, sum);
        if (r == 0 && running_sum_bytes(sum) > sum->max_bytes)
            r = -E2BIG;
    }
    return r;
}

/* As often as a word has a host, that host has the word. */
static int check_hosts(const struct packed *packed, const struct running_sum *sum)
{
    uint64_t n = 0;

    for (uint32_t id = 0; id < counts_totals_n_ids(sum->totals); id++)
        n += counts_totals_get(sum->totals, id).hosts;
    return n == packed->n_host_words ? 0 : -EBADMSG;
}

static int get_sum(struct packed *packed, struct running_sum *sum)
{
    uint64_t version;
    int r;

    if (leb128_get(&packed->at, packed->end, &version) < 0 || version != PACK_VERSION)
        return -EBADMSG;
    r = get_totals(packed, sum);
    if (r == 0)
        r = get_seqs(packed, sum);
    if (r == 0)
        r = get_hosts(packed, sum);
    if (r == 0)
        r = packed->at == packed->end ? check_hosts(packed, sum) : -EBADMSG;
    return r < 0 ? r : running_sum_bytes(sum) > sum->max_bytes ? -E2BIG : 0;
}

static bool has_hash(const uint8_t *bytes, size_t size)
{
    uint8_t hash[HASH_BYTES];

    if (size < HASH_BYTES)
        return false;
    put_hash(XXH3_64bits(bytes, size - HASH_BYTES), hash);
    return memcmp(bytes + size - HASH_BYTES, hash, HASH_BYTES) == 0;
}

int running_sum_unpack(
    struct running_sum *sum, const void *packed, size_t size, const struct running_sum_limits *limits)
{
    const uint8_t *bytes = packed;
    struct packed rest = {.at = bytes, .limits = limits};
    size_t max_bytes = sum->max_bytes;
    int r;

    if (!has_hash(bytes, size))
        return -EBADMSG;
    rest.end = bytes + size - HASH_BYTES;
    r = get_sum(&rest, sum);
    if (r < 0) {
        while (running_sum_free_some(sum))
            ;
        sum->max_bytes = max_bytes;
    }
    return r;
}
