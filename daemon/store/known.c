#include "store/known.h"
#include "store/store_read.h"

#include <errno.h>
#include <string.h>

/* Among pages that may be reused, the newest jobs' are compared for the time of their fetch: an older job may
 * have asked later, but not by much. */
#define MAX_COMPARED 4

/* A search among the pages of one kind of key. */
struct search {
    struct read_turn *turn;
    const char *url;
    const struct store_reuse_rule *rule;
    bool redirected; /* by the URL as it was submitted, which led elsewhere */
    struct store_known *best;
};

static bool is_text(const struct call *call, int column, const char *wanted)
{
    const char *text;
    size_t length;

    return row_text(call, column, &text, &length) && text && strlen(wanted) == length &&
        memcmp(text, wanted, length) == 0;
}

/* Equal keys are not equal URLs. */
static bool may_reuse(const struct search *search, const struct call *call)
{
    const struct store_reuse_rule *rule = search->rule;

    return (rule->any_owner || row_u64(call, 6) == rule->uid) && is_text(call, 5, rule->engine_id) &&
        is_text(call, search->redirected ? 8 : 7, search->url);
}

static int take(const struct search *search, const struct call *call)
{
    struct store_known *best = search->best;
    int r;

    if (best->page.job != 0 && row_u64(call, 4) <= best->fetched_usec)
        return 0;
    *best = (struct store_known){
        .page = {.job = row_u64(call, 0), .seq = row_u64(call, 1)},
        .is_redirected = search->redirected,
        .fetched_usec = row_u64(call, 4),
    };
    if (search->redirected)
        return 0;
    r = read_copy(search->turn, call, 2, &best->etag);
    return r < 0 ? r : read_copy(search->turn, call, 3, &best->last_modified);
}

static int run(const struct search *search)
{
    struct call call =
        call_begin(search->turn->sql, search->redirected ? SQL_READ_KNOWN_ASKED : SQL_READ_KNOWN);
    unsigned looked = 0;
    unsigned compared = 0;
    int r;

    call_u64(&call, store_url_key(search->url));
    while ((r = call_row(&call)) > 0) {
        if (may_reuse(search, &call)) {
            compared++;
            r = take(search, &call);
        }
        if (r < 0 || ++looked == STORE_MAX_CANDIDATES || compared == MAX_COMPARED)
            break;
    }
    call_end(&call);
    return r < 0 ? r : 0;
}

int known_find(
    struct read_turn *turn, const char *url, const struct store_reuse_rule *rule, struct store_known *ret)
{
    struct store_known best = {0};
    struct search search = {.turn = turn, .url = url, .rule = rule, .best = &best};
    int r = run(&search);

    search.redirected = true;
    if (r >= 0 && rule->redirected)
        r = run(&search);
    if (r >= 0 && best.page.job != 0)
        *ret = best;
    return r;
}

int read_known(struct read_turn *turn)
{
    struct store_read_known *request = (struct store_read_known *)turn->request;
    struct store_known *row;
    int r;

    rows_init(&turn->state.rows, sizeof(struct store_known));
    row = rows_add(&turn->state.rows);
    if (!row)
        return -ENOMEM;
    r = known_find(turn, request->url, &request->rule, row);
    if (r < 0)
        return r;
    request->rows = rows_take(&turn->state.rows, &request->n_rows);
    return 0;
}
