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
static size_t allowed(size_t limit, size_t usual)
{
    return limit > 0 ? limit : usual;
}

/* ---- the label's sum ---- */

/* What is in the mix: pages of one host. */
static int add_run(
    struct running_labels *labels, struct running_label_host *host, struct running_group *label)
{
    size_t before = counts_runs_bytes(&label->runs);
    const uint32_t *ids;
    size_t n;
    int r;

    counts_mix_ids(labels->mix, &ids, &n);
    r = running_label_hosts_note(&labels->hosts, host, label, ids, n);
    if (r == 0)
        r = counts_runs_add(&label->runs, labels->mix, labels->hosts.is_new);
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
static int total_more(struct running_labels *labels, struct running_group *label,
    struct running_host_label *under, const struct running_waiting *pages, size_t n)
{
    size_t before = under->words.bytes;
    int r = 0;

    for (size_t i = 0; r == 0 && i < n; i++)
        r = counts_totals_add_of_host(label->totals, pages[i].host->number, &under->words,
            labels->bytes.bytes + pages[i].at, pages[i].size);
    labels->hosts.bytes += under->words.bytes - before;
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
        struct running_host_label *under;

        end = end_of_host(pages, n, i);
        r = running_label_hosts_get(&labels->hosts, pages[i].host, label, &under);
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
            labels->hosts.bytes += of_new[i].words->bytes;
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

static int add_page(struct running_labels *labels, const struct store_page_row *row)
{
    struct running_group *label;
    int r = running_label_hosts_find(&labels->hosts, row->host);

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
        .label = label, .host = labels->hosts.last, .at = labels->bytes.size, .size = row->counts_size};
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
    return labels->groups.bytes + running_label_hosts_bytes(&labels->hosts) + labels->seqs.bytes +
        labels->bytes.capacity + labels->waiting_capacity * sizeof(*labels->waiting) +
        (labels->mix ? counts_mix_bytes(labels->mix) : 0);
}

bool running_labels_free_some(struct running_labels *labels)
{
    if (running_label_hosts_free_some(&labels->hosts) || running_groups_free_some(&labels->groups))
        return true;
    counts_id_set_deinit(&labels->seqs);
    counts_mix_free(labels->mix);
    buffer_deinit(&labels->bytes);
    free(labels->waiting);
    *labels = (struct running_labels){0};
    return false;
}
