#include "engine/running_labels.h"

#include "base/cleanup.h"
#include "engine/query.h"
#include "engine/query_groups.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Pages that wait are added when they have so many bytes: of many hosts, as the totals of a large label are
 * read from memory and written once for all of them. */
#define MAX_WAITING_BYTES ((size_t)8 << 20)
/* Words in runs, of one label: so many at least, and twice as many as are packed. */
#define MIN_WORDS 65536
/* While all pages are read, a label of so many words has an array for all words instead, which is quicker; as
 * long as these arrays take no more than this. */
#define MAX_TOTALS_BYTES QUERY_PART_BYTES
/* Hosts at once. */
#define FREED_HOSTS 256

/* A host. */
struct running_member {
    char *key;
    uint32_t number; /* from 1 */
    struct under {
        const struct running_group *label;
        struct counts_id_set words;
    } * labels;
    size_t n, capacity;
    UT_hash_handle hh;
};

static size_t allowed(size_t limit, size_t usual)
{
    return limit > 0 ? limit : usual;
}

static void free_host(struct running_member *host)
{
    if (!host)
        return;
    for (size_t i = 0; i < host->n; i++)
        counts_id_set_deinit(&host->labels[i].words);
    free(host->labels);
    free(host->key);
    free(host);
}

DEFINE_CLEANUP(struct running_member *, free_host)

/* ---- whose words ---- */

static int add_host(struct running_labels *labels, const char *key)
{
    CLEANUP(free_hostp) struct running_member *host = calloc(1, sizeof(*host));

    if (!host)
        return -ENOMEM;
    host->key = strdup(key);
    if (!host->key)
        return -ENOMEM;
    host->number = HASH_COUNT(labels->hosts) + 1;
    HASH_ADD_KEYPTR(hh, labels->hosts, host->key, strlen(host->key), host);
    if (!host->hh.tbl)
        return -ENOMEM;
    labels->hosts_bytes += sizeof(*host) + strlen(key) + 2 * sizeof(void *);
    labels->host = TAKE(host);
    return 0;
}

static struct under *find_under(struct running_member *host, const struct running_group *label)
{
    for (size_t i = 0; i < host->n; i++)
        if (host->labels[i].label == label)
            return &host->labels[i];
    return NULL;
}

static int get_under(struct running_labels *labels, struct running_member *host,
    const struct running_group *label, struct under **ret)
{
    size_t before = host->capacity;
    int r;

    *ret = find_under(host, label);
    if (*ret)
        return 0;
    r = array_reserve_one(&host->labels, host->n, &host->capacity, sizeof(*host->labels));
    if (r < 0)
        return r;
    labels->hosts_bytes += (host->capacity - before) * sizeof(*host->labels);
    host->labels[host->n] = (struct under){.label = label, .words = {.is_compact = true}};
    *ret = &host->labels[host->n++];
    return 0;
}

/* Which of the ids are new to the host under the label: is_new[] tells. */
static int note_words(struct running_labels *labels, struct running_member *host,
    const struct running_group *label, const uint32_t *ids, size_t n)
{
    struct under *under;
    size_t before;
    int r;

    if (n > labels->max_new) {
        uint8_t *grown = realloc(labels->is_new, 2 * n);

        if (!grown)
            return -ENOMEM;
        labels->is_new = grown;
        labels->max_new = 2 * n;
    }
    r = get_under(labels, host, label, &under);
    if (r < 0)
        return r;
    before = under->words.bytes;
    if (before == 0) {
        memset(labels->is_new, 1, n);
        r = counts_id_set_fill(&under->words, ids, n);
    } else {
        r = counts_id_set_add(&under->words, ids, n, labels->is_new);
    }
    labels->hosts_bytes += under->words.bytes - before;
    return r;
}

/* ---- the label's sum ---- */

/* What is in the mix: pages of one host. */
static int add_run(struct running_labels *labels, struct running_member *host, struct running_group *label)
{
    size_t before = counts_runs_bytes(&label->runs);
    const uint32_t *ids;
    size_t n;
    int r;

    counts_mix_ids(labels->mix, &ids, &n);
    r = note_words(labels, host, label, ids, n);
    if (r == 0)
        r = counts_runs_add(&label->runs, labels->mix, labels->is_new);
    labels->groups.bytes += counts_runs_bytes(&label->runs) - before;
    return r;
}

static int mix_totals(const struct counts_totals *totals, struct counts_mix *mix)
{
    uint32_t n_ids = counts_totals_n_ids(totals);
    int r = counts_mix_reserve(mix, n_ids, counts_totals_distinct(totals) + 1);

    for (uint32_t id = 0; r == 0 && id < n_ids; id++) {
        const struct counts_sum sum = counts_totals_get(totals, id);

        if (sum.pages > 0)
            counts_mix_add(mix,
                &(struct counts_mixed){
                    .id = id, .tokens = sum.tokens, .pages = sum.pages, .hosts = sum.hosts});
    }
    return r;
}

static int pack(struct running_labels *labels, struct running_group *label)
{
    int r = counts_cell_mix(&label->words, labels->mix);

    if (r == 0)
        r = counts_runs_mix(&label->runs, labels->mix);
    if (r == 0 && label->totals)
        r = mix_totals(label->totals, labels->mix);
    return r < 0 ? r : running_groups_store(&labels->groups, label, labels->mix);
}

/* Of a large label, while all pages are read. */
static int begin_totals(struct running_labels *labels, struct running_group *label)
{
    size_t bytes = 0;

    for (size_t i = 0; i < labels->groups.n; i++)
        if (labels->groups.items[i]->totals)
            bytes += counts_totals_bytes(labels->groups.items[i]->totals);
    bytes += ((size_t)label->runs.last_id + 1) * COUNTS_TOTALS_WORD_BYTES;
    return bytes > allowed(labels->max_totals_bytes, MAX_TOTALS_BYTES) ? 0
                                                                       : counts_totals_new(&label->totals);
}

/* ---- pages ---- */

/* Labels in any order that is the same each time, and below them the hosts. */
static int compare_waiting(const void *a, const void *b)
{
    const struct running_waiting *left = a, *right = b;

    if (left->label != right->label)
        return (uintptr_t)left->label < (uintptr_t)right->label ? -1 : 1;
    if (left->host != right->host)
        return left->host->number < right->host->number ? -1 : 1;
    return (left->at > right->at) - (left->at < right->at);
}

/* Behind the pages of the first one's host. */
static size_t end_of_host(const struct running_waiting *pages, size_t n, size_t first)
{
    size_t end = first + 1;

    while (end < n && pages[end].host == pages[first].host)
        end++;
    return end;
}

static int mix_pages(
    struct running_labels *labels, struct running_group *label, const struct running_waiting *pages, size_t n)
{
    uint64_t tokens = 0;
    int r = 0;

    for (size_t i = 0; r == 0 && i < n; i++) {
        r = counts_mix_add_page(labels->mix, labels->bytes.bytes + pages[i].at, pages[i].size, &tokens);
        label->words.tokens += tokens;
    }
    if (r == 0)
        r = add_run(labels, pages[0].host, label);
    if (r < 0 || label->runs.n < allowed(labels->min_words, MIN_WORDS) ||
        label->runs.n < 2 * label->words.distinct)
        return r;
    r = labels->is_made ? 0 : begin_totals(labels, label);
    return r < 0 || label->totals ? r : pack(labels, label);
}

/* Of a host that had some before. */
static int total_more(struct running_labels *labels, struct running_group *label, struct under *under,
    const struct running_waiting *pages, size_t n)
{
    size_t before = under->words.bytes;
    int r = 0;

    for (size_t i = 0; r == 0 && i < n; i++)
        r = counts_totals_add_of_host(label->totals, pages[i].host->number, &under->words,
            labels->bytes.bytes + pages[i].at, pages[i].size);
    labels->hosts_bytes += under->words.bytes - before;
    return r;
}

/* Those of new hosts all at once. */
static int total_pages(
    struct running_labels *labels, struct running_group *label, const struct running_waiting *pages, size_t n)
{
    CLEANUP(freep) struct counts_totals_page *of_new = reallocarray(NULL, n, sizeof(*of_new));
    uint64_t before = counts_totals_tokens(label->totals);
    size_t n_new = 0;
    int r = of_new ? 0 : -ENOMEM;

    for (size_t i = 0, end; r == 0 && i < n; i = end) {
        struct under *under;

        end = end_of_host(pages, n, i);
        r = get_under(labels, pages[i].host, label, &under);
        if (r == 0 && under->words.bytes > 0)
            r = total_more(labels, label, under, &pages[i], end - i);
        else
            for (size_t page = i; r == 0 && page < end; page++)
                of_new[n_new++] = (struct counts_totals_page){.packed = labels->bytes.bytes + pages[page].at,
                    .size = pages[page].size,
                    .words = &under->words};
    }
    if (r == 0)
        r = counts_totals_add_hosts(label->totals, of_new, n_new);
    for (size_t i = 0; r == 0 && i < n_new; i++)
        if (i + 1 == n_new || of_new[i + 1].words != of_new[i].words)
            labels->hosts_bytes += of_new[i].words->bytes;
    label->words.tokens += counts_totals_tokens(label->totals) - before;
    return r;
}

/* Of one label: host by host, until it is large. */
static int add_pages(
    struct running_labels *labels, struct running_group *label, const struct running_waiting *pages, size_t n)
{
    size_t i = 0;
    int r = 0;

    for (size_t end; r == 0 && i < n && !label->totals; i = end) {
        end = end_of_host(pages, n, i);
        r = mix_pages(labels, label, &pages[i], end - i);
    }
    label->words.pages += n;
    return r < 0 || i == n ? r : total_pages(labels, label, &pages[i], n - i);
}

static int add_waiting(struct running_labels *labels)
{
    int r = 0;

    if (labels->n_waiting > 1)
        qsort(labels->waiting, labels->n_waiting, sizeof(*labels->waiting), compare_waiting);
    for (size_t i = 0, end; r == 0 && i < labels->n_waiting; i = end) {
        for (end = i + 1; end < labels->n_waiting && labels->waiting[end].label == labels->waiting[i].label;)
            end++;
        r = add_pages(labels, labels->waiting[i].label, &labels->waiting[i], end - i);
    }
    labels->n_waiting = 0;
    labels->bytes.size = 0;
    return r == -EBADMSG ? -EUCLEAN : r;
}

static int find_host(struct running_labels *labels, const char *key)
{
    if (labels->host && strcmp(labels->host->key, key) == 0)
        return 0;
    HASH_FIND(hh, labels->hosts, key, strlen(key), labels->host);
    return labels->host ? 0 : add_host(labels, key);
}

static int add_page(struct running_labels *labels, const struct store_page_row *row)
{
    struct running_group *label;
    int r = find_host(labels, row->host);

    labels->groups.has_hosts = true; /* before the first group */
    if (r == 0)
        r = running_groups_get(&labels->groups, row->label, &label);
    if (r == 0 && labels->groups.n > QUERY_MAX_LABELS)
        r = -E2BIG;
    if (r == 0 && !labels->mix)
        r = counts_mix_new(&labels->mix);
    if (r == 0)
        r = array_reserve_one(
            &labels->waiting, labels->n_waiting, &labels->waiting_capacity, sizeof(*labels->waiting));
    if (r < 0)
        return r;
    labels->waiting[labels->n_waiting] = (struct running_waiting){
        .label = label, .host = labels->host, .at = labels->bytes.size, .size = row->counts_size};
    r = buffer_append(&labels->bytes, row->counts, row->counts_size);
    if (r < 0)
        return r;
    labels->n_waiting++;
    return labels->bytes.size >= allowed(labels->max_waiting_bytes, MAX_WAITING_BYTES) ? add_waiting(labels)
                                                                                       : 0;
}

int running_labels_add(struct running_labels *labels, const struct store_page_row *row)
{
    uint32_t seq = (uint32_t)row->seq;
    uint8_t is_new = 0;
    int r = row->seq > UINT32_MAX ? -E2BIG : counts_id_set_add(&labels->seqs, &seq, 1, &is_new);

    return r < 0 || !is_new ? r : add_page(labels, row);
}

int running_labels_settle(struct running_labels *labels)
{
    int r = add_waiting(labels);

    for (size_t i = 0; r == 0 && i < labels->groups.n; i++) {
        struct running_group *label = labels->groups.items[i];

        if (label->runs.n > 0 || label->totals)
            r = pack(labels, label);
        counts_totals_free(TAKE(label->totals));
        labels->groups.bytes -= counts_runs_bytes(&label->runs);
        counts_runs_deinit(&label->runs);
    }
    if (r == 0)
        running_groups_sort(&labels->groups);
    buffer_deinit(&labels->bytes);
    labels->is_made = true;
    return r;
}

size_t running_labels_bytes(const struct running_labels *labels)
{
    return labels->groups.bytes + labels->hosts_bytes + labels->seqs.bytes + labels->bytes.capacity +
        labels->max_new + labels->waiting_capacity * sizeof(*labels->waiting) +
        (labels->mix ? counts_mix_bytes(labels->mix) : 0);
}

bool running_labels_free_some(struct running_labels *labels)
{
    struct running_member *host;
    struct running_member *next;
    size_t n = 0;

    HASH_ITER (hh, labels->hosts, host, next) {
        if (n++ == FREED_HOSTS)
            return true;
        HASH_DEL(labels->hosts, host);
        free_host(host);
    }
    if (running_groups_free_some(&labels->groups))
        return true;
    counts_id_set_deinit(&labels->seqs);
    counts_mix_free(labels->mix);
    buffer_deinit(&labels->bytes);
    free(labels->waiting);
    free(labels->is_new);
    *labels = (struct running_labels){0};
    return false;
}
