#include "store/statements.h"

/* Row-value comparisons and the key's own order let every step go on where the last one ended, by a search in
 * the tree. Who is visible: job.state below 100. */

/* Of a url row u, its refile row f, its outcome row o, its job j. What ended with its host or with its job
 * has no row of its own. */
#define GIVEN_UP_WITH                                                                                        \
    " given_up g ON g.job = u.job AND g.host = coalesce(f.host, u.host)"                                     \
    " AND g.https = (substr(coalesce(f.url, u.url), 1, 6) = 'https:') AND g.batch > coalesce(f.batch, 0)"
#define URL_REFILE " LEFT JOIN refile f ON f.job = u.job AND f.seq = u.seq"
#define URL_ENDED                                                                                            \
    " CROSS JOIN url u LEFT JOIN outcome o ON o.job = u.job AND o.seq = u.seq" URL_REFILE                    \
    " LEFT JOIN" GIVEN_UP_WITH " AND o.seq IS NULL AND g.n IS NOT NULL"
#define WITH_JOB(column)                                                                                     \
    "iif(o.seq IS NULL AND max(j.base_attempt, coalesce(f.attempt, 0)) < j.rest_before, j." column ", NULL)"
#define URL_OUTCOME "coalesce(o.outcome, g.outcome, " WITH_JOB("rest") ", 0)"
#define URL_DETAIL "coalesce(o.detail, g.detail, " WITH_JOB("rest_detail") ")"

static const char *const texts[N_STATEMENTS] = {
    [SQL_BEGIN] = "BEGIN IMMEDIATE",
    [SQL_BEGIN_READ] = "BEGIN",
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",

    [SQL_JOB_INSERT] = "INSERT INTO job (state) VALUES (100)",
    [SQL_JOB_LOAD] =
        "SELECT state, sweep, sweep_batch, finished, total, counted, failed, skipped, cancelled, tokens,"
        " body_bytes, filed, next_batch, n_words, n_indexed, base_attempt, last_attempt, has_totals, stored,"
        " rest_before, n_rest FROM job WHERE id = ?1",
    [SQL_JOB_STORE] =
        "UPDATE job SET state = ?2, sweep = ?3, sweep_batch = ?4, finished = ?5, total = ?6,"
        " counted = ?7, failed = ?8, skipped = ?9, cancelled = ?10, tokens = ?11, body_bytes = ?12,"
        " filed = ?13, next_batch = ?14, n_words = ?15, n_indexed = ?16, base_attempt = ?17,"
        " last_attempt = ?18, has_totals = ?19, stored = ?20 WHERE id = ?1",
    [SQL_JOB_COMMIT] =
        "UPDATE job SET name = ?2, user = ?3, uid = ?4, priority = ?5, dedupe = ?6, duplicates = ?7,"
        " submitted = ?8, max_age = ?9, deadline = ?10, keep = ?11, settings = ?12,"
        " imported = ?13 WHERE id = ?1",
    [SQL_JOB_BY_DEDUPE] = "SELECT id FROM job WHERE uid = ?1 AND dedupe = ?2",
    [SQL_JOB_USE] = "SELECT count(*), coalesce(sum(stored), 0) FROM job WHERE uid = ?1 AND state < 100",
    [SQL_JOB_ENDED] = "SELECT id FROM job WHERE uid = ?1 AND id > ?2 AND state IN (3, 4) AND finished <= ?3"
                      " AND keep < 9223372036854775807 AND (?4 IS NULL OR name = ?4) ORDER BY id LIMIT ?5",
    [SQL_JOB_NEXT_ENDED] = "SELECT id, finished FROM job INDEXED BY job_ended"
                           " WHERE state IN (3, 4) AND keep = 0 ORDER BY finished LIMIT ?1",
    [SQL_JOB_NEXT_EXPIRED] = "SELECT id, finished + keep FROM job INDEXED BY job_expires"
                             " WHERE state IN (3, 4) AND keep > 0 AND keep < 9223372036854775807"
                             " ORDER BY finished + keep LIMIT ?1",
    [SQL_JOB_PRIORITY] = "UPDATE job SET priority = ?2 WHERE id = ?1",
    [SQL_JOB_GET_DEADLINE] = "SELECT deadline FROM job WHERE id = ?1",
    [SQL_JOB_REST] = "UPDATE job SET rest = ?2, rest_before = ?3, n_rest = ?4, rest_ended = ?5,"
                     " rest_detail = ?6 WHERE id = ?1",
    [SQL_JOB_CLEAR_DEADLINE] = "UPDATE job SET deadline = 0 WHERE id = ?1",
    [SQL_JOB_CLEAR_DEDUPE] = "UPDATE job SET dedupe = NULL WHERE id = ?1",
    [SQL_JOB_DELETE] = "DELETE FROM job WHERE id = ?1",
    [SQL_JOB_NEXT_SWEEP] = "SELECT id FROM job WHERE sweep > 0 ORDER BY id LIMIT 1",
    [SQL_JOB_SWEEP_OPEN] = "UPDATE job SET state = 101, sweep = 2 WHERE state = 100",
    [SQL_TALLY_LOAD] = "SELECT outcome, n, first_seq FROM tally WHERE job = ?1",
    [SQL_TALLY_STORE] = "INSERT OR REPLACE INTO tally (job, outcome, n, first_seq) VALUES (?1, ?2, ?3, ?4)",
    [SQL_TALLY_DROP] = "DELETE FROM tally WHERE job = ?1 AND outcome = ?2",
    [SQL_SOURCE_INSERT] = "INSERT INTO source (job, id, name) VALUES (?1, ?2, ?3)",
    [SQL_URL_INSERT] = "INSERT INTO url (job, seq, partition, host, url, submitted, source, line, label)"
                       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    [SQL_URL_HOSTS] = "SELECT seq, host FROM url WHERE job = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY seq",
    [SQL_QUEUE_INSERT] =
        "INSERT INTO queue (job, host, batch, partition, n, seqs) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [SQL_QUEUE_ROWS] =
        "SELECT batch, seqs FROM queue WHERE job = ?1 AND host = ?2 AND batch >= ?3 ORDER BY batch",
    [SQL_QUEUE_DELETE] = "DELETE FROM queue WHERE job = ?1 AND host = ?2 AND batch = ?3",
    [SQL_QUEUE_SWEEP] = "DELETE FROM queue WHERE job = ?1 AND (host, batch) IN"
                        " (SELECT host, batch FROM queue WHERE job = ?1 AND batch < ?2 LIMIT 1000)",
    [SQL_WAITING] =
        "SELECT o.seq IS NOT NULL, f.attempt, f.host, f.batch, coalesce(f.url, u.url), f.hops, f.tries"
        " FROM url u LEFT JOIN outcome o ON o.job = u.job AND o.seq = u.seq"
        " LEFT JOIN refile f ON f.job = u.job AND f.seq = u.seq WHERE u.job = ?1 AND u.seq = ?2",
    [SQL_REFILE_GET] = "SELECT attempt FROM refile WHERE job = ?1 AND seq = ?2",
    [SQL_REFILE_STORE] = "INSERT OR REPLACE INTO refile"
                         " (job, seq, attempt, partition, host, batch, url, hops, tries)"
                         " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    [SQL_OUTCOME_INSERT] =
        "INSERT INTO outcome (job, seq, partition, outcome, host, final_url, content_type, charset,"
        " charset_from, title, etag, last_modified, detail, engine, hash, http_status, tries,"
        " fetched, duration, body_bytes, wire_bytes, replaced, tokens, n_words, counted_from, url_key,"
        " asked_key) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,"
        " ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27) ON CONFLICT DO NOTHING",
    [SQL_OUTCOME_GET] = "SELECT 1 FROM outcome WHERE job = ?1 AND seq = ?2",
    [SQL_OUTCOME_REUSED] =
        "SELECT o.host, coalesce(o.final_url, u.url), o.content_type, o.charset, o.charset_from, o.title,"
        " o.etag, o.last_modified, o.hash, o.http_status, o.fetched, coalesce(o.counted_from, o.fetched),"
        " o.body_bytes, o.replaced, o.tokens, o.n_words, p.counts"
        " FROM outcome o JOIN job j ON j.id = o.job AND j.state < 100"
        " JOIN url u ON u.job = o.job AND u.seq = o.seq"
        " JOIN page p ON p.job = o.job AND p.host = o.host AND p.seq = o.seq"
        " WHERE o.job = ?1 AND o.seq = ?2 AND o.engine = ?3",
    [SQL_OUTCOME_RETRIED] = "SELECT o.seq, o.outcome, o.body_bytes, u.host FROM outcome o"
                            " JOIN url u ON u.job = o.job AND u.seq = o.seq"
                            " WHERE o.job = ?1 AND o.seq > ?2 ORDER BY o.seq LIMIT 1000",
    [SQL_OUTCOME_DELETE] = "DELETE FROM outcome WHERE job = ?1 AND seq = ?2",
    [SQL_GIVEN_UP_GET] = "SELECT batch, n IS NULL FROM given_up WHERE job = ?1 AND host = ?2 AND https = ?3",
    [SQL_GIVEN_UP_INSERT] =
        "INSERT INTO given_up (job, host, https, partition, outcome, batch, ended, detail)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    [SQL_GIVEN_UP_SET] =
        "UPDATE given_up SET n = ?4, others = ?5 WHERE job = ?1 AND host = ?2 AND https = ?3",
    [SQL_GIVEN_UP_DELETE] = "DELETE FROM given_up WHERE job = ?1 AND host = ?2 AND https = ?3",
    [SQL_GIVEN_UP_OPEN] = "DELETE FROM given_up WHERE n IS NULL",
    [SQL_GIVEN_UP_COUNT] = "SELECT count(*) FROM given_up WHERE job = ?1",
    [SQL_GIVEN_UP_HAS] =
        "SELECT 1 FROM url u" URL_REFILE " CROSS JOIN" GIVEN_UP_WITH " WHERE u.job = ?1 AND u.seq = ?2",
    [SQL_GIVEN_UP_RETRIED] =
        "SELECT u.seq, u.host, g.host, g.https, g.outcome FROM url u" URL_REFILE " CROSS JOIN" GIVEN_UP_WITH
        " AND g.n IS NOT NULL WHERE u.job = ?1 AND u.seq > ?2 AND u.seq <= ?3 AND NOT EXISTS"
        " (SELECT 1 FROM outcome o WHERE o.job = u.job AND o.seq = u.seq) ORDER BY u.seq",
    [SQL_GIVEN_UP_TAKE] = "UPDATE given_up SET n = n - 1 WHERE job = ?1 AND host = ?2 AND https = ?3",
    [SQL_GIVEN_UP_DROP] = "DELETE FROM given_up WHERE job = ?1 AND n = 0",
#define KNOWN_KEY "(key, asked, job, seq)"
#define KNOWN_ORDER " ORDER BY key, asked, job, seq"
#define KNOWN_STRETCH " WHERE " KNOWN_KEY " > (?1, ?2, ?3, ?4) AND " KNOWN_KEY " <= (?5, ?6, ?7, ?8)"
#define KNOWN_ONE " WHERE key = ?1 AND asked = ?2 AND job = ?3 AND seq = ?4"
    [SQL_KNOWN_ADD] = "INSERT OR IGNORE INTO known_new " KNOWN_KEY " VALUES (?1, ?2, ?3, ?4)",
    [SQL_KNOWN_COUNT] = "SELECT (SELECT count(*) FROM known_new), (SELECT count(*) FROM known_mid)",
    [SQL_KNOWN_MOVE_NEW] = "INSERT OR IGNORE INTO known_mid " KNOWN_KEY
                           " SELECT key, asked, job, seq FROM known_new" KNOWN_ORDER,
    [SQL_KNOWN_CLEAR_NEW] = "DELETE FROM known_new",
    [SQL_KNOWN_STRETCH] = "SELECT key, asked, job, seq FROM known_mid WHERE " KNOWN_KEY
                          " > (?1, ?2, ?3, ?4)" KNOWN_ORDER " LIMIT 1 OFFSET ?5",
    [SQL_KNOWN_MOVE_MID] = "INSERT OR IGNORE INTO known " KNOWN_KEY
                           " SELECT key, asked, job, seq FROM known_mid" KNOWN_STRETCH KNOWN_ORDER,
    [SQL_KNOWN_CLEAR_MID] = "DELETE FROM known_mid" KNOWN_STRETCH,
    [SQL_KNOWN_SWEPT] = "SELECT seq, url_key, asked_key FROM outcome WHERE job = ?1 AND seq <="
                        " (SELECT min(seq) + 999 FROM outcome WHERE job = ?1)"
                        " AND (url_key IS NOT NULL OR asked_key IS NOT NULL)",
    [SQL_KNOWN_DELETE_NEW] = "DELETE FROM known_new" KNOWN_ONE,
    [SQL_KNOWN_DELETE_MID] = "DELETE FROM known_mid" KNOWN_ONE,
    [SQL_KNOWN_DELETE] = "DELETE FROM known" KNOWN_ONE,
    [SQL_PAGE_INSERT] = "INSERT INTO page (job, host, seq, partition, tokens, hash, counts)"
                        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [SQL_ENGINE_INSERT] = "INSERT OR IGNORE INTO job_engine (job, engine) VALUES (?1, ?2)",
    [SQL_URL_GET] = "SELECT url FROM url WHERE job = ?1 AND seq = ?2",
    [SQL_WORD_FIND] = "SELECT id FROM word_index WHERE job = ?1 AND shard = ?2 AND text = ?3",
    [SQL_WORD_BLOCKS] =
        "SELECT first_id, texts FROM word_log WHERE job = ?1 AND shard = ?2 AND first_id >= ?3"
        " ORDER BY first_id",
    [SQL_WORD_LOG] = "INSERT INTO word_log (job, shard, first_id, texts) VALUES (?1, ?2, ?3, ?4)",
    [SQL_WORD_INDEX] = "INSERT INTO word_index (job, shard, text, id) VALUES (?1, ?2, ?3, ?4)",
    [SQL_TOTALS_STORE] = "INSERT OR REPLACE INTO totals (job, partition, data) VALUES (?1, 0, ?2)",
    [SQL_TOTALS_DELETE] = "DELETE FROM totals WHERE job = ?1",
    [SQL_PARTIAL_STORE] =
        "INSERT OR REPLACE INTO partial (job, partition, pages, data) VALUES (?1, 0, ?2, ?3)",
    [SQL_PARTIAL_DELETE] = "DELETE FROM partial WHERE job = ?1",
    [SQL_HOST_STORE] = "INSERT OR REPLACE INTO host (host, partition, hold_until, holds, delay, http_until,"
                       " http_failures, http_parkings, https_until, https_failures, https_parkings)"
                       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    [SQL_HOST_DELETE] = "DELETE FROM host WHERE host = ?1",
    [SQL_PAUSED_STORE] = "INSERT OR IGNORE INTO paused_host (pattern) VALUES (?1)",
    [SQL_PAUSED_DELETE] = "DELETE FROM paused_host WHERE pattern = ?1",

    [SQL_SWEEP_URL] = "DELETE FROM url WHERE job = ?1 AND seq <="
                      " (SELECT min(seq) + 999 FROM url WHERE job = ?1)",
    [SQL_SWEEP_REFILE] = "DELETE FROM refile WHERE job = ?1 AND seq <="
                         " (SELECT min(seq) + 999 FROM refile WHERE job = ?1)",
    [SQL_SWEEP_OUTCOME] = "DELETE FROM outcome WHERE job = ?1 AND seq <="
                          " (SELECT min(seq) + 999 FROM outcome WHERE job = ?1)",
    [SQL_SWEEP_SOURCE] = "DELETE FROM source WHERE job = ?1 AND id <="
                         " (SELECT min(id) + 999 FROM source WHERE job = ?1)",
/* Of the first x, the first n of y. */
#define SWEEP_PAIR(table, x, y, n)                                                                           \
    "DELETE FROM " table " WHERE job = ?1 AND " x " = (SELECT min(" x ") FROM " table                        \
    " WHERE job = ?1) AND " y " <= (SELECT max(" y ") FROM (SELECT " y " FROM " table                        \
    " WHERE job = ?1 AND " x " = (SELECT min(" x ") FROM " table " WHERE job = ?1)"                          \
    " ORDER BY " y " LIMIT " n "))"
    [SQL_SWEEP_PAGE] = SWEEP_PAIR("page", "host", "seq", "500"),
    [SQL_SWEEP_QUEUE] = SWEEP_PAIR("queue", "host", "batch", "1000"),
    [SQL_SWEEP_WORD_LOG] = SWEEP_PAIR("word_log", "shard", "first_id", "500"),
    [SQL_SWEEP_WORD_INDEX] = SWEEP_PAIR("word_index", "shard", "text", "1000"),
    [SQL_SWEEP_GIVEN_UP] = SWEEP_PAIR("given_up", "host", "https", "1000"),
    [SQL_SWEEP_ENGINE] = "DELETE FROM job_engine WHERE job = ?1",
    [SQL_SWEEP_TALLY] = "DELETE FROM tally WHERE job = ?1",
    [SQL_SWEEP_TOTALS] = "DELETE FROM totals WHERE job = ?1",
    [SQL_SWEEP_PARTIAL] = "DELETE FROM partial WHERE job = ?1",
    [SQL_VACUUM] = "PRAGMA incremental_vacuum(64)",
    [SQL_PAGES] = "PRAGMA page_count",
    [SQL_FREE_PAGES] = "PRAGMA freelist_count",

    [SQL_READ_STATE] =
        "SELECT state, base_attempt, total, counted + failed + skipped + cancelled, n_words, rest_before,"
        " counted"
        " FROM job"
        " WHERE id = ?1 AND state < 100",
#define JOB_COLUMNS                                                                                          \
    "SELECT id, name, user, uid, priority, state, total, duplicates, counted, failed, skipped, cancelled,"   \
    " tokens, body_bytes, submitted, finished, has_totals, coalesce(max_age, -1), deadline,"                 \
    " keep, n_words, imported FROM job "
    [SQL_READ_JOBS] = JOB_COLUMNS "WHERE id > ?1 AND state < 100 ORDER BY id LIMIT ?2",
    [SQL_READ_ACTIVE] = JOB_COLUMNS "INDEXED BY job_active WHERE id > ?1 AND state < 3 ORDER BY id LIMIT ?2",
    [SQL_READ_NUMBER] = JOB_COLUMNS "WHERE id = ?1 AND state < 100",
    [SQL_READ_NAME] =
        JOB_COLUMNS "WHERE uid = ?1 AND name = ?2 AND state < 100 ORDER BY id DESC LIMIT 1 OFFSET ?3",
    [SQL_READ_LATEST] = JOB_COLUMNS "WHERE uid = ?1 AND state < 100 ORDER BY id DESC LIMIT 1",
    [SQL_READ_KEY] = JOB_COLUMNS "WHERE uid = ?1 AND dedupe = ?2 AND state < 100",
    [SQL_READ_HOSTS] = "SELECT host, batch, n FROM queue WHERE job = ?1 AND (host, batch) > (?2, ?3)"
                       " ORDER BY host, batch LIMIT ?4",
/* Newest job first: each of the trees has them in that order, and they are merged. */
#define KNOWN_IN(tree, asked) "SELECT job, seq FROM " tree " WHERE key = ?1 AND asked = " asked
#define READ_KNOWN(asked)                                                                                    \
    "SELECT k.job, k.seq, o.etag, o.last_modified, o.fetched, o.engine, j.uid,"                              \
    " coalesce(o.final_url, u.url), u.url FROM (" KNOWN_IN("known_new", asked) " UNION ALL " KNOWN_IN(       \
        "known_mid", asked) " UNION ALL " KNOWN_IN("known",                                                  \
        asked) ") k"                                                                                         \
               " CROSS JOIN job j ON j.id = k.job AND j.state < 100"                                         \
               " CROSS JOIN outcome o ON o.job = k.job AND o.seq = k.seq"                                    \
               " CROSS JOIN url u ON u.job = o.job AND u.seq = o.seq"                                        \
               " CROSS JOIN page p ON p.job = o.job AND p.host = o.host AND p.seq = o.seq"                   \
               " ORDER BY k.job DESC, k.seq DESC"
    [SQL_READ_KNOWN] = READ_KNOWN("0"),
    [SQL_READ_KNOWN_ASKED] = READ_KNOWN("1"),
    [SQL_READ_URLS] =
        "SELECT u.seq, " URL_OUTCOME ", u.line, s.name, u.label, coalesce(u.submitted, u.url), u.url,"
        " coalesce(o.host, f.host, u.host), o.final_url, o.content_type, o.charset, o.charset_from, o.title, "
        "o.etag,"
        " o.last_modified, " URL_DETAIL ", o.engine, o.hash, o.http_status, coalesce(o.tries, f.tries, 0),"
        " coalesce(o.fetched, g.ended, " WITH_JOB(
            "rest_ended") "),"
                          " o.duration, o.body_bytes, o.wire_bytes, o.replaced, o.tokens, o.n_words, "
                          "p.counts,"
                          " coalesce(o.counted_from, o.fetched) FROM job j" URL_ENDED
                          " LEFT JOIN source s ON s.job = u.job AND s.id = u.source"
                          " LEFT JOIN page p ON ?4 AND p.job = u.job AND p.host = o.host AND p.seq = u.seq"
                          " WHERE j.id = ?1 AND u.job = ?1 AND u.seq > ?2 AND u.seq <= ?3 AND (?4 <> 1 OR "
                          "p.seq IS NOT NULL)"
                          " AND " URL_OUTCOME " BETWEEN ?5 AND ?6"
                          " AND (?7 IS NULL OR coalesce(o.host, f.host, u.host) = ?7)"
                          " AND (?8 IS NULL OR u.url = ?8 OR o.final_url = ?8) ORDER BY u.seq",
    [SQL_READ_PAGES] =
        "SELECT host, seq, tokens, hash, counts FROM page WHERE job = ?1 AND (host, seq) > (?2, ?3)"
        " ORDER BY host, seq LIMIT 1000",
    [SQL_READ_HOST_PAGES] = "SELECT host, seq, tokens, hash, counts FROM page"
                            " WHERE job = ?1 AND host = ?2 AND seq > ?3 ORDER BY seq LIMIT 1000",
    [SQL_READ_PAGE] = "SELECT host, seq, tokens, hash, counts FROM page WHERE job = ?1 AND host ="
                      " coalesce(?2, (SELECT host FROM outcome WHERE job = ?1 AND seq = ?3)) AND seq = ?3",
    [SQL_READ_LIST] = "SELECT u.seq, u.url, o.outcome, coalesce(o.counted_from, o.fetched), o.hash, "
                      "o.engine, o.tokens, coalesce(o.host, u.host) FROM url u"
                      " LEFT JOIN outcome o ON o.job = u.job AND o.seq = u.seq"
                      " WHERE u.job = ?1 AND u.seq > ?2 ORDER BY u.seq LIMIT ?3",
    [SQL_READ_SETTINGS] = "SELECT settings FROM job WHERE id = ?1 AND state < 100",
    [SQL_READ_LABEL] = "SELECT label FROM url WHERE job = ?1 AND seq = ?2",
    [SQL_READ_TALLIES] = "SELECT outcome, n, first_seq FROM tally WHERE job = ?1 ORDER BY outcome",
    [SQL_READ_FIRST_SEQ] = "SELECT first_seq FROM tally WHERE job = ?1 AND outcome = ?2",
    [SQL_READ_EXAMPLE] =
        "SELECT u.url, o.detail FROM outcome o JOIN url u ON u.job = o.job AND u.seq = o.seq"
        " WHERE o.job = ?1 AND o.seq > ?2 AND o.seq <= ?3 AND o.outcome = ?4 ORDER BY o.seq LIMIT 1",
    [SQL_READ_WITHOUT_ROW] =
        "SELECT u.url, " URL_DETAIL " FROM job j" URL_ENDED
        " WHERE j.id = ?1 AND u.job = ?1 AND u.seq > ?2 AND u.seq <= ?3 AND " URL_OUTCOME " = ?4"
        " ORDER BY u.seq LIMIT 1",
    [SQL_READ_GIVEN_UP] = "SELECT https, batch, others FROM given_up WHERE job = ?1 AND host = ?2",
    [SQL_READ_WORDS] =
        "SELECT first_id, texts FROM word_log WHERE job = ?1 AND shard = 0 AND first_id >="
        " coalesce((SELECT first_id FROM word_log WHERE job = ?1 AND shard = 0 AND first_id <= ?2"
        " ORDER BY first_id DESC LIMIT 1), 0) ORDER BY first_id LIMIT 1000",
    [SQL_READ_TOTALS] = "SELECT data FROM totals WHERE job = ?1 AND partition = 0",
    [SQL_READ_PARTIAL] = "SELECT pages, data FROM partial WHERE job = ?1 AND partition = 0",
    [SQL_READ_ENDED] =
        "SELECT seq, outcome, host FROM outcome WHERE job = ?1 AND seq >= ?2 ORDER BY seq LIMIT 1000",
    [SQL_READ_ENGINES] = "SELECT e.engine FROM job j CROSS JOIN job_engine e ON e.job = j.id"
                         " WHERE j.id = ?1 AND j.state < 100 ORDER BY e.engine LIMIT ?2",
    [SQL_READ_HOST_STATES] =
        "SELECT host, hold_until, holds, delay, http_until, http_failures, http_parkings, https_until,"
        " https_failures, https_parkings FROM host WHERE host > ?1 ORDER BY host LIMIT ?2",
    [SQL_READ_PAUSED] = "SELECT pattern FROM paused_host WHERE pattern > ?1 ORDER BY pattern LIMIT ?2",
};

const char *statement_text(enum statement which)
{
    return texts[which];
}
