#include "store/reader.h"
#include "store/prints.h"
#include "store/store_read.h"

#include "base/clock.h"
#include "store/tuning.h"
#include <assert.h>
#include <errno.h>
#include <poll.h>

/* Of so many turns one is for what is slow, however much there is that is quick. */
#define SLOW_EVERY 16

struct turns {
    struct read_turn *first, **last;
};

struct store_reader {
    struct sql *sql;
    struct mailbox inbox;
    const struct opening *opening;
    struct mailbox *writer;
    struct mailbox *replies;
    struct mail stop_mail;
    struct tuning tuning;
    pthread_t thread;
    /* The thread's own. What the engine waits for goes before what streams through a whole job. */
    struct turns quick, slow;
    bool stop;
    bool frozen; /* `sql` sees the file as it was when it was opened */
    /* for others to read: */
    atomic_uint_fast64_t busy_since_usec;
    atomic_uint_fast64_t pages_read;
};

static int dispatch(struct read_turn *turn)
{
    switch (turn->request->kind) {
    case STORE_READ_JOBS:
        return read_jobs(turn);
    case STORE_READ_HOSTS:
        return read_hosts(turn);
    case STORE_READ_WINDOW:
        return read_window(turn);
    case STORE_READ_KNOWN:
        return read_known(turn);
    case STORE_READ_URLS:
        return read_urls(turn);
    case STORE_READ_OUTCOMES:
        return read_outcomes(turn);
    case STORE_READ_WORDS:
        return read_words(turn);
    case STORE_READ_TOTALS:
        return read_totals(turn);
    case STORE_READ_ENGINES:
        return read_engines(turn);
    case STORE_SCAN_PAGES:
        return read_pages(turn);
    case STORE_SCAN_LIST:
        return read_list(turn);
    case STORE_READ_HOST_STATES:
        return read_host_states(turn);
    case STORE_READ_PAUSED:
        return read_paused(turn);
    case STORE_READ_USE:
        return read_use(turn);
    case STORE_MAKE_COPY:
        return read_make_copy(turn);
    case STORE_READ_PIECE:
        return read_piece(turn);
    case STORE_KEEP_PRINTS:
        return read_keep_prints(turn);
    case STORE_FIND_PRINTS:
        return read_find_prints(turn);
    case STORE_FORGET_PRINTS:
        return read_forget_prints(turn);
    case STORE_BEGIN:
    case STORE_APPEND:
    case STORE_COMMIT:
    case STORE_ABORT:
    case STORE_OUTCOME:
    case STORE_REFILE:
    case STORE_TRIM:
    case STORE_SET_STATE:
    case STORE_END_REST:
    case STORE_GIVE_UP:
    case STORE_FINISH:
    case STORE_PUT_PARTIAL:
    case STORE_RETRY:
    case STORE_REMOVE:
    case STORE_REMOVE_ENDED:
    case STORE_EXPIRE:
    case STORE_SET_PRIORITY:
    case STORE_PUT_HOST:
    case STORE_PAUSE_HOST:
    case STORE_REOPEN:
    case STORE_RENEW:
        break;
    }
    assert(!"a read");
    return -EINVAL;
}

static bool is_quick(enum store_kind kind)
{
    return kind == STORE_READ_WINDOW || kind == STORE_READ_KNOWN || kind == STORE_READ_HOSTS ||
        kind == STORE_READ_JOBS || kind == STORE_READ_TOTALS || kind == STORE_READ_ENGINES ||
        kind == STORE_READ_HOST_STATES || kind == STORE_READ_PAUSED || kind == STORE_READ_USE ||
        kind == STORE_FIND_PRINTS;
}

static void turns_init(struct turns *turns)
{
    turns->first = NULL;
    turns->last = &turns->first;
}

static void turns_add(struct turns *turns, struct read_turn *turn)
{
    turn->next = NULL;
    *turns->last = turn;
    turns->last = &turn->next;
}

static struct read_turn *turns_take(struct turns *turns)
{
    struct read_turn *turn = turns->first;

    if (!turn)
        return NULL;
    turns->first = turn->next;
    if (!turns->first)
        turns->last = &turns->first;
    return turn;
}

static void answer(struct store_reader *reader, struct store_request *request, int r)
{
    request->r = r;
    mailbox_post(reader->replies, &request->mail);
}

static void turn_finish(struct store_reader *reader, struct read_turn *turn, int r)
{
    rows_deinit(&turn->state.rows);
    buffer_deinit(&turn->state.host);
    buffer_deinit(&turn->state.partial);
    answer(reader, turn->request, r);
    free(turn);
}

/* One read transaction. It ends before anything else happens, whatever the verb returned. */
static int run_turn(struct store_reader *reader, struct read_turn *turn)
{
    int r = sql_begin(reader->sql, SQL_BEGIN_READ);
    int end;

    if (r < 0)
        return r;
    r = dispatch(turn);
    end = sql_commit(reader->sql);
    if (end < 0)
        end = sql_rollback(reader->sql);
    /* A read transaction that is left open lets the log grow without end. */
    assert(end < 0 || sqlite3_txn_state(reader->sql->db, NULL) == SQLITE_TXN_NONE);
    return r < 0 ? r : end < 0 ? end : r;
}

/* Outside of any transaction: what it does with the pages may take its time. */
static int scan_finish(struct store_request *request)
{
    if (request->kind == STORE_SCAN_PAGES) {
        struct store_scan_pages *scan = (struct store_scan_pages *)request;

        return !scan->finish ? 0 : scan->cancelled ? -ECANCELED : scan->finish(scan->userdata);
    }
    if (request->kind == STORE_SCAN_LIST) {
        struct store_scan_list *scan = (struct store_scan_list *)request;
        int r = !scan->finish ? 0 : scan->cancelled ? -ECANCELED : scan->finish(scan->userdata);

        if (r < 0)
            store_rows_free(TAKE(scan->rows));
        return r;
    }
    return 0;
}

/* The old connection goes first: closing its file would take the locks of a new one along. Damage that is met
 * only now is no reason not to write: then the file can be set aside. */
static int renew(struct store_reader *reader)
{
    struct sql *sql = NULL;
    int r = reader->frozen ? opening_read_blank(&sql) : 0;

    if (r < 0 || !sql)
        return r;
    sql_replace(reader->sql, TAKE(sql));
    r = opening_read(reader->opening, &sql);
    reader->frozen = r < 0 && r != -EUCLEAN;
    reader->sql->damaged |= r == -EUCLEAN;
    if (reader->frozen && opening_read_frozen(reader->opening, &sql) < 0)
        return r;
    if (sql)
        sql_replace(reader->sql, sql);
    return reader->frozen ? r : 0;
}

static void take_one(struct store_reader *reader, struct turns *turns)
{
    struct read_turn *turn = turns_take(turns);
    int r;

    if (!turn)
        return;
    reader->busy_since_usec = clock_boottime_usec();
    r = turn->request->kind == STORE_RENEW ? renew(reader) : run_turn(reader, turn);
    reader->pages_read += turn->n_pages;
    turn->n_pages = 0;
    if (r == 0)
        r = scan_finish(turn->request);
    if (r == READ_MORE)
        turns_add(turns, turn);
    else
        turn_finish(reader, turn, r);
}

static void take_inbox(struct store_reader *reader)
{
    struct mail *mail = mailbox_take(&reader->inbox);

    while (mail) {
        struct mail *next = mail->next;
        struct store_request *request = (struct store_request *)mail;
        struct read_turn *turn;

        if (mail == &reader->stop_mail) {
            reader->stop = true;
        } else if (mail == &reader->tuning.mail) {
            (void)tuning_apply(&reader->tuning, reader->sql);
        } else if (!(turn = calloc(1, sizeof(*turn)))) {
            answer(reader, request, -ENOMEM);
        } else {
            turn->sql = reader->sql;
            turn->writer = reader->writer;
            turn->directory = reader->opening->directory;
            turn->request = request;
            turns_add(is_quick(request->kind) ? &reader->quick : &reader->slow, turn);
        }
        mail = next;
    }
}

static void wait_for_mail(struct store_reader *reader)
{
    struct pollfd pollfd = {.fd = reader->inbox.fd, .events = POLLIN};

    reader->busy_since_usec = 0;
    (void)poll(&pollfd, 1, -1);
}

static void *run(void *userdata)
{
    struct store_reader *reader = userdata;

    for (unsigned turn = 1;; turn++) {
        take_inbox(reader);
        if (!reader->quick.first && !reader->slow.first) {
            if (reader->stop)
                return NULL;
            wait_for_mail(reader);
            continue;
        }
        take_one(reader, &reader->quick);
        if (!reader->quick.first || turn % SLOW_EVERY == 0)
            take_one(reader, &reader->slow);
    }
}

static void store_reader_close(struct store_reader *reader)
{
    sql_free(reader->sql);
    mailbox_deinit(&reader->inbox);
    free(reader);
}

int store_reader_new(struct sql *sql, const struct opening *opening, bool frozen, struct mailbox *writer,
    struct mailbox *replies, struct store_reader **ret)
{
    CLEANUP(sql_freep) struct sql *owned = sql;
    struct store_reader *reader = calloc(1, sizeof(*reader));
    int r;

    if (!reader)
        return -ENOMEM;
    reader->opening = opening;
    reader->frozen = frozen;
    reader->writer = writer;
    reader->replies = replies;
    turns_init(&reader->quick);
    turns_init(&reader->slow);
    r = mailbox_init(&reader->inbox);
    if (r < 0) {
        free(reader);
        return r;
    }
    reader->sql = TAKE(owned);
    r = -pthread_create(&reader->thread, NULL, run, reader);
    if (r < 0) {
        store_reader_close(reader);
        return r;
    }
    (void)pthread_setname_np(reader->thread, "store-reader");
    *ret = reader;
    return 0;
}

void store_reader_free(struct store_reader *reader)
{
    if (!reader)
        return;
    mailbox_post(&reader->inbox, &reader->stop_mail);
    (void)pthread_join(reader->thread, NULL);
    store_reader_close(reader);
}

void store_reader_post(struct store_reader *reader, struct store_request *request)
{
    uint_fast64_t asleep = 0;

    /* Before the mail: who wakes up for it clears this again. */
    (void)atomic_compare_exchange_strong(&reader->busy_since_usec, &asleep, clock_boottime_usec());
    mailbox_post(&reader->inbox, &request->mail);
}

void store_reader_tune(struct store_reader *reader, bool sync_full, uint64_t cache_bytes)
{
    tuning_change(&reader->tuning, &reader->inbox, sync_full, cache_bytes);
}

void store_reader_drop_caches(struct store_reader *reader)
{
    tuning_drop_caches(&reader->tuning, &reader->inbox);
}

uint64_t store_reader_busy_since_usec(struct store_reader *reader)
{
    return reader->busy_since_usec;
}

uint64_t store_reader_pages_read(const struct store_reader *reader)
{
    return reader->pages_read;
}

bool store_reader_is_damaged(const struct store_reader *reader)
{
    return reader->sql->damaged;
}
