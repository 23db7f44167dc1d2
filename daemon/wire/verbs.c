#include "wire/verbs.h"

#define METHOD(name_, streaming_, in_, out_)                                                                 \
    {                                                                                                        \
        .name = WIRE_INTERFACE "." name_, .streaming = (streaming_), .in = &(in_), .out = &(out_)            \
    }

const struct wire_method wire_methods[N_WIRE_VERBS] = {
    [WIRE_SUBMIT] = METHOD("Submit", WIRE_ONE_REPLY, wire_submit_in_shape, wire_submit_out_shape),
    [WIRE_BEGIN] = METHOD("Begin", WIRE_ONE_REPLY, wire_begin_in_shape, wire_nothing_shape),
    [WIRE_APPEND] = METHOD("Append", WIRE_ONE_REPLY, wire_append_in_shape, wire_append_out_shape),
    [WIRE_COMMIT] = METHOD("Commit", WIRE_ONE_REPLY, wire_nothing_shape, wire_commit_out_shape),
    [WIRE_TOP] = METHOD("Top", WIRE_MAY_STREAM, wire_top_in_shape, wire_top_out_shape),
    [WIRE_WHY] = METHOD("Why", WIRE_ONE_REPLY, wire_why_in_shape, wire_why_out_shape),
    [WIRE_COMPARE] = METHOD("Compare", WIRE_MAY_STREAM, wire_compare_in_shape, wire_compare_out_shape),
    [WIRE_JOBS] = METHOD("Jobs", WIRE_MAY_STREAM, wire_jobs_in_shape, wire_jobs_out_shape),
    [WIRE_SHOW] = METHOD("Show", WIRE_ONE_REPLY, wire_show_in_shape, wire_jobs_out_shape),
    [WIRE_URLS] = METHOD("Urls", WIRE_MAY_STREAM, wire_urls_in_shape, wire_urls_out_shape),
    [WIRE_WAIT] = METHOD("Wait", WIRE_ONE_REPLY, wire_control_in_shape, wire_jobs_out_shape),
    [WIRE_WATCH] = METHOD("Watch", WIRE_MUST_STREAM, wire_watch_in_shape, wire_watch_out_shape),
    [WIRE_PAUSE] = METHOD("Pause", WIRE_ONE_REPLY, wire_pause_in_shape, wire_jobs_out_shape),
    [WIRE_RESUME] = METHOD("Resume", WIRE_ONE_REPLY, wire_pause_in_shape, wire_jobs_out_shape),
    [WIRE_CANCEL] = METHOD("Cancel", WIRE_ONE_REPLY, wire_control_in_shape, wire_jobs_out_shape),
    [WIRE_RETRY] = METHOD("Retry", WIRE_ONE_REPLY, wire_retry_in_shape, wire_retry_out_shape),
    [WIRE_PRIORITY] = METHOD("Priority", WIRE_ONE_REPLY, wire_priority_in_shape, wire_jobs_out_shape),
    [WIRE_REMOVE] = METHOD("Remove", WIRE_ONE_REPLY, wire_remove_in_shape, wire_remove_out_shape),
    [WIRE_HOSTS] = METHOD("Hosts", WIRE_MAY_STREAM, wire_hosts_in_shape, wire_hosts_out_shape),
    [WIRE_EXPLAIN] = METHOD("Explain", WIRE_ONE_REPLY, wire_explain_in_shape, wire_explain_out_shape),
    [WIRE_WORKERS] = METHOD("Workers", WIRE_ONE_REPLY, wire_nothing_shape, wire_workers_out_shape),
    [WIRE_EXPORT] = METHOD("Export", WIRE_MUST_STREAM, wire_export_in_shape, wire_export_out_shape),
    [WIRE_IMPORT] = METHOD("Import", WIRE_ONE_REPLY, wire_import_in_shape, wire_import_out_shape),
    [WIRE_BACKUP] = METHOD("Backup", WIRE_MUST_STREAM, wire_nothing_shape, wire_backup_out_shape),
    [WIRE_RELOAD] = METHOD("Reload", WIRE_ONE_REPLY, wire_nothing_shape, wire_reload_out_shape),
    [WIRE_SET_LOG_LEVEL] =
        METHOD("SetLogLevel", WIRE_ONE_REPLY, wire_set_log_level_in_shape, wire_nothing_shape),
    [WIRE_STATUS] = METHOD("Status", WIRE_ONE_REPLY, wire_nothing_shape, wire_status_out_shape),
    [WIRE_METRICS] = METHOD("Metrics", WIRE_ONE_REPLY, wire_nothing_shape, wire_metrics_out_shape),
    [WIRE_PING] = METHOD("Ping", WIRE_ONE_REPLY, wire_nothing_shape, wire_ping_out_shape),
};
