#include "wire/status.h"

static const struct wire_field transfer_fields[] = {
    WIRE_MAYBE_INT(struct wire_transfer, job, "job", WIRE_NULLABLE),
    WIRE_MAYBE_INT(struct wire_transfer, page, "page", WIRE_NULLABLE),
    WIRE_STRING_FIELD(struct wire_transfer, url, "url"),
    WIRE_FLOAT_FIELD(struct wire_transfer, seconds, "seconds"),
};
WIRE_SHAPE(wire_transfer_shape, "Transfer", struct wire_transfer, transfer_fields);

static const struct wire_field worker_fields[] = {
    WIRE_INT_FIELD(struct wire_worker, worker, "worker"),
    WIRE_INT_FIELD(struct wire_worker, active, "active"),
    WIRE_INT_FIELD(struct wire_worker, fetched, "fetched"),
    WIRE_INT_FIELD(struct wire_worker, bytes, "bytes"),
    WIRE_INT_FIELD(struct wire_worker, tokens, "tokens"),
    WIRE_STRUCTS_FIELD(struct wire_worker, transfers, "transfers", WIRE_REQUIRED, struct wire_transfer,
        &wire_transfer_shape),
};
WIRE_SHAPE(wire_worker_shape, "Worker", struct wire_worker, worker_fields);

static const struct wire_field workers_out_fields[] = {
    WIRE_STRUCTS_FIELD(
        struct wire_workers_out, workers, "workers", WIRE_REQUIRED, struct wire_worker, &wire_worker_shape),
};
WIRE_SHAPE(wire_workers_out_shape, "Workers", struct wire_workers_out, workers_out_fields);

static const struct wire_field job_counts_fields[] = {
    WIRE_INT_FIELD(struct wire_job_counts, queued, "queued"),
    WIRE_INT_FIELD(struct wire_job_counts, running, "running"),
    WIRE_INT_FIELD(struct wire_job_counts, paused, "paused"),
};
WIRE_SHAPE(wire_job_counts_shape, "JobCounts", struct wire_job_counts, job_counts_fields);

static const struct wire_field store_status_fields[] = {
    WIRE_INT_FIELD(struct wire_store_status, bytes, "bytes"),
    WIRE_INT_FIELD(struct wire_store_status, wal_bytes, "walBytes"),
    WIRE_INT_FIELD(struct wire_store_status, free_bytes, "freeBytes"),
    WIRE_INT_FIELD(struct wire_store_status, transactions, "transactions"),
    WIRE_FLOAT_FIELD(struct wire_store_status, write_seconds, "writeSeconds"),
    WIRE_INT_FIELD(struct wire_store_status, used_bytes, "usedBytes"),
    WIRE_MAYBE_INT(struct wire_store_status, max_bytes, "maxBytes", WIRE_NULLABLE),
};
WIRE_SHAPE(wire_store_status_shape, "StoreStatus", struct wire_store_status, store_status_fields);

static const struct wire_field user_use_fields[] = {
    WIRE_STRING_FIELD(struct wire_user_use, user, "user"),
    WIRE_INT_FIELD(struct wire_user_use, queued, "queued"),
    WIRE_INT_FIELD(struct wire_user_use, max_queued, "maxQueued"),
    WIRE_INT_FIELD(struct wire_user_use, jobs, "jobs"),
    WIRE_INT_FIELD(struct wire_user_use, bytes, "bytes"),
    WIRE_MAYBE_INT(struct wire_user_use, max_bytes, "maxBytes", WIRE_NULLABLE),
};
WIRE_SHAPE(wire_user_use_shape, "UserUse", struct wire_user_use, user_use_fields);

static const struct wire_field status_out_fields[] = {
    WIRE_STRING_FIELD(struct wire_status_out, version, "version"),
    WIRE_STRUCT_FIELD(struct wire_status_out, engine, "engine", struct wire_engine, &wire_engine_shape),
    WIRE_INT_FIELD(struct wire_status_out, pid, "pid"),
    WIRE_FLOAT_FIELD(struct wire_status_out, uptime, "uptime"),
    WIRE_STRUCT_FIELD(struct wire_status_out, jobs, "jobs", struct wire_job_counts, &wire_job_counts_shape),
    WIRE_INT_FIELD(struct wire_status_out, queued, "queued"),
    WIRE_INT_FIELD(struct wire_status_out, active, "active"),
    WIRE_INT_FIELD(struct wire_status_out, hosts, "hosts"),
    WIRE_INT_FIELD(struct wire_status_out, workers, "workers"),
    WIRE_INT_FIELD(struct wire_status_out, max_transfers, "maxTransfers"),
    WIRE_INT_FIELD(struct wire_status_out, top_words, "topWords"),
    WIRE_INT_FIELD(struct wire_status_out, connections, "connections"),
    WIRE_FLOAT_FIELD(struct wire_status_out, urls_per_second, "urlsPerSecond"),
    WIRE_FLOAT_FIELD(struct wire_status_out, bytes_per_second, "bytesPerSecond"),
    WIRE_INT_FIELD(struct wire_status_out, counted, "counted"),
    WIRE_STRUCT_FIELD(
        struct wire_status_out, store, "store", struct wire_store_status, &wire_store_status_shape),
    WIRE_STRINGS_FIELD(struct wire_status_out, warnings, "warnings", WIRE_REQUIRED),
    WIRE_MAYBE_STRING(struct wire_status_out, log_level, "logLevel", WIRE_NULLABLE),
    WIRE_MAYBE_STRUCT(
        struct wire_status_out, caller, "caller", WIRE_NULLABLE, struct wire_user_use, &wire_user_use_shape),
};
WIRE_SHAPE(wire_status_out_shape, "Status", struct wire_status_out, status_out_fields);

static const struct wire_field reload_out_fields[] = {
    WIRE_STRINGS_FIELD(struct wire_reload_out, need_restart, "needRestart", WIRE_REQUIRED),
};
WIRE_SHAPE(wire_reload_out_shape, "Reload", struct wire_reload_out, reload_out_fields);

static const struct wire_field set_log_level_in_fields[] = {
    WIRE_STRING_FIELD(struct wire_set_log_level_in, level, "level"),
};
WIRE_SHAPE(wire_set_log_level_in_shape, "SetLogLevel", struct wire_set_log_level_in, set_log_level_in_fields);

static const struct wire_field metrics_out_fields[] = {
    WIRE_STRING_FIELD(struct wire_metrics_out, text, "text"),
};
WIRE_SHAPE(wire_metrics_out_shape, "Metrics", struct wire_metrics_out, metrics_out_fields);

static const struct wire_field ping_out_fields[] = {
    WIRE_STRING_FIELD(struct wire_ping_out, version, "version"),
};
WIRE_SHAPE(wire_ping_out_shape, "Ping", struct wire_ping_out, ping_out_fields);
