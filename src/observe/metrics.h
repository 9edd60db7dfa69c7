/* metrics.h - everything the server counts, in one table.
 *
 * The table gives each metric its constant, its bare name (the founding
 * document's, and kolabpad_NAME for Prometheus), its type, unit and help. From
 * it come /api/stats as JSON, the Prometheus text, docs/metrics.md and the test
 * that every row is documented.
 *
 * Counters and gauges are relaxed atomics that any thread may change; reading
 * them walks the table and nothing else. Histograms have fixed buckets. The
 * process has one set of them: they are global, as what they measure is.
 *
 * Types: COUNTER only grows, GAUGE goes up and down; with _MS they are held in
 * milliseconds and shown in seconds. */
#ifndef KOLABPAD_OBSERVE_METRICS_H
#define KOLABPAD_OBSERVE_METRICS_H

#include "base/buf.h"

/* clang-format off */
/*    constant                    name                          type     help */
#define METRIC_TABLE(X)                                                                                               \
    /* performance */                                                                                                 \
    X(METRIC_DOCUMENTS,           "documents_in_memory",        GAUGE,   "Documents loaded in memory")                \
    X(METRIC_ACTIVE_DOCUMENTS,    "documents_active",           GAUGE,   "Documents with at least one connection")    \
    X(METRIC_PERSISTERS,          "active_persisters_count",    GAUGE,   "Background persisters running")             \
    X(METRIC_CONNECTIONS,         "websocket_connections_total",GAUGE,   "Open WebSocket connections")                \
    X(METRIC_STREAMS,             "event_streams",              GAUGE,   "Open event streams over HTTP")              \
    X(METRIC_WAITS,               "waiting_readers",            GAUGE,   "Requests that wait for a text to change")   \
    X(METRIC_WRITES_MADE,         "http_documents_made_total",  COUNTER, "Documents made over HTTP")                  \
    X(METRIC_WRITES_WHOLE,        "http_texts_put_total",       COUNTER, "Texts written over HTTP as a whole")        \
    X(METRIC_WRITES_ADDED,        "http_texts_added_total",     COUNTER, "Texts added over HTTP to a document")       \
    X(METRIC_WRITES_PATCHED,      "http_patches_total",         COUNTER, "Patches over HTTP: operations and replacements") \
    X(METRIC_HTTP_REPEATS,        "http_write_repeats_total",   COUNTER, "Writes over HTTP that came again with their Idempotency-Key") \
    X(METRIC_USERS,               "users",                      GAUGE,   "Participants in all documents")             \
    X(METRIC_MEMORY,              "memory_usage_bytes",         GAUGE,   "Resident memory of the process")            \
    X(METRIC_MEMORY_LIMIT,        "memory_limit_bytes",         GAUGE,   "Memory the process may use: its cgroup's limit or the machine's memory") \
    X(METRIC_TASKS,               "goroutine_count",            GAUGE,   "Live tasks: connections, persisters and the server's own threads") \
    X(METRIC_DB_WRITES,           "db_writes_total",            COUNTER, "Write requests committed to the database")  \
    X(METRIC_DB_WRITES_MINUTE,    "db_writes_per_minute",       GAUGE,   "Document snapshots written during the last minute") \
    X(METRIC_DB_READS,            "db_reads_total",             COUNTER, "Reads from the database")                   \
    X(METRIC_JOURNAL_COMMITS,     "journal_commits_total",      COUNTER, "Transactions committed to the journal")     \
    X(METRIC_EDITS,               "edits_total",                COUNTER, "Edits applied")                             \
    X(METRIC_DELIVERIES,          "deliveries_total",           COUNTER, "Operations delivered, once for each receiver") \
    X(METRIC_BYTES_IN,            "websocket_received_bytes_total", COUNTER, "Bytes received on WebSockets")          \
    X(METRIC_BYTES_OUT,           "websocket_sent_bytes_total", COUNTER, "Bytes sent on WebSockets")                  \
    X(METRIC_TUNNELS,             "tunnels",                    GAUGE,   "Open WebSocket connections whose document another server has") \
    X(METRIC_TUNNEL_BYTES,        "tunnel_bytes_total",         COUNTER, "Bytes moved through tunnels, both ways")    \
    X(METRIC_HTTP_REQUESTS,       "http_requests_total",        COUNTER, "HTTP requests answered")                    \
    X(METRIC_CPU,                 "process_cpu_seconds_total",  COUNTER_MS, "CPU time used by the process")             \
    X(METRIC_OPEN_FILES,          "process_open_fds",           GAUGE,   "Open file descriptors")                     \
    /* behaviour */                                                                                                   \
    X(METRIC_IDLE_PERSIST,        "idle_persist_total",         COUNTER, "Writes 30 s after the last edit")           \
    X(METRIC_SAFETY_NET_PERSIST,  "safety_net_persist_total",   COUNTER, "Writes 5 min after the last write")         \
    X(METRIC_CRITICAL_WRITE,      "critical_write_total",       COUNTER, "Immediate writes of password changes")      \
    X(METRIC_LAST_USER_FLUSH,     "last_user_flush_total",      COUNTER, "Writes when the last connection left")      \
    X(METRIC_EVICTION_FLUSH,      "eviction_flush_total",       COUNTER, "Writes before leaving memory")              \
    X(METRIC_SHUTDOWN_FLUSH,      "shutdown_flush_total",       COUNTER, "Writes at shutdown")                        \
    X(METRIC_LINKS_MADE,          "links_made_total",           COUNTER, "Links made")                                \
    X(METRIC_EDIT_LINKS_MADE,     "edit_links_made_total",      COUNTER, "Of these, links that give editing")         \
    X(METRIC_LINKS_WITHDRAWN,     "links_withdrawn_total",      COUNTER, "Links withdrawn")                           \
    X(METRIC_VIEW_OPENS,          "link_view_opens_total",      COUNTER, "Openings by a link that gives reading")     \
    X(METRIC_EDIT_OPENS,          "link_edit_opens_total",      COUNTER, "Openings by a link that gives editing")     \
    X(METRIC_OWNERS_MADE,         "owners_made_total",          COUNTER, "Documents that got an owner")               \
    X(METRIC_OWNER_OPENS,         "owner_opens_total",          COUNTER, "Openings with an owner's token")            \
    X(METRIC_RIGHTS_CHANGES,      "rights_changes_total",       COUNTER, "Changes of who manages a document, who writes in it, how long it is kept") \
    X(METRIC_DELETIONS,           "document_deletions_total",   COUNTER, "Documents that somebody has deleted for good") \
    X(METRIC_HISTORY_RESTORED,    "history_restored_total",     COUNTER, "Earlier texts brought back over HTTP")       \
    X(METRIC_HISTORY_PACKED,      "history_packed_total",       COUNTER, "Times that history was put into segments, or thinned") \
    X(METRIC_COMMENT_THREADS,     "comment_threads",            GAUGE,   "Threads of comments of the documents in memory") \
    X(METRIC_COMMENTS_MADE,       "comments_made_total",        COUNTER, "Threads of comments begun")                 \
    X(METRIC_COMMENTS_ANSWERED,   "comments_answered_total",    COUNTER, "Comments that answer others")               \
    X(METRIC_COMMENTS_RESOLVED,   "comments_resolved_total",    COUNTER, "Threads resolved, or opened again")         \
    X(METRIC_COMMENTS_CHANGED,    "comments_changed_total",     COUNTER, "Comments that got another text")            \
    X(METRIC_COMMENTS_DELETED,    "comments_deleted_total",     COUNTER, "Comments and threads deleted")              \
    X(METRIC_IMAGES_STORED,       "images_stored_total",        COUNTER, "Images stored")                             \
    X(METRIC_IMAGE_BYTES_STORED,  "image_bytes_stored_total",   COUNTER, "Bytes of images stored")                    \
    X(METRIC_IMAGES_SERVED,       "images_served_total",        COUNTER, "Images sent to browsers and others")        \
    X(METRIC_IMAGE_BYTES_SERVED,  "image_bytes_served_total",   COUNTER, "Bytes of images sent")                      \
    /* health */                                                                                                      \
    X(METRIC_PERSIST_ERRORS,      "persist_errors_total",       COUNTER, "Failed database writes")                    \
    X(METRIC_READ_ERRORS,         "db_read_errors_total",       COUNTER, "Failed database reads")                     \
    X(METRIC_FORWARDS,            "forwarded_total",            COUNTER, "Requests sent on to the server that has their document") \
    X(METRIC_TUNNEL_ERRORS,       "tunnel_errors_total",        COUNTER, "Requests that were sent on and not answered; the log names the server") \
    X(METRIC_PASSWORD_ERRORS,          "otp_validation_errors_total",COUNTER, "Wrong or missing passwords")                \
    X(METRIC_LINK_ERRORS,         "link_errors_total",          COUNTER, "Links that were refused: unknown, withdrawn, or at their end") \
    X(METRIC_EVICTIONS,           "document_evictions_total",   COUNTER, "Documents removed from memory")             \
    X(METRIC_EXPIRATIONS,         "document_expirations_total", COUNTER, "Documents deleted from the database")       \
    X(METRIC_JOURNAL_LAG,         "journal_lag_seconds",        GAUGE_MS, "How long the oldest unanswered database request has been waiting") \
    X(METRIC_NODES,               "cluster_nodes",              GAUGE,   "Living servers that share the database, with this one; 0: it is not shared") \
    X(METRIC_LEASE,               "cluster_lease_seconds",      GAUGE_MS, "For how long no other server can have this one's documents; 0: some may have, or the database is not shared") \
    X(METRIC_DEATHS,              "cluster_deaths_total",       COUNTER, "How often the others have declared this server dead, or it has resigned because it could not write") \
    X(METRIC_REAPED,              "reaped_total",               COUNTER, "How often this server has declared another one dead") \
    X(METRIC_CLAIMS,              "claims_total",               COUNTER, "Documents that this server became the owner of, because somebody asked it for them") \
    X(METRIC_CLAIMS_ELSEWHERE,    "claims_elsewhere_total",     COUNTER, "Documents that this server was to own, and another one was quicker") \
    X(METRIC_APPEND_REPEATS,      "append_repeats_total",       COUNTER, "Edits that were sent to PostgreSQL again, because the answer to the first time was lost") \
    X(METRIC_CONFLICTS,           "document_conflicts_total",   COUNTER, "Documents that were dropped because the database had another history than memory; must stay 0") \
    X(METRIC_STANDBYS,            "database_sync_standbys",     GAUGE,   "Standbys that a commit waits for") \
    X(METRIC_CLOCK_OFFSET,        "clock_offset_seconds",       GAUGE_MS, "How far the wall clock is ahead of the time that the database has seen pass") \
    X(METRIC_SLOW_READERS,        "slow_readers_closed_total",  COUNTER, "Connections closed because they took nothing") \
    X(METRIC_UPTIME,              "uptime_seconds",             GAUGE,   "Seconds since the server started")          \
    X(METRIC_START_TIME,          "start_time",                 GAUGE,   "When the server started, seconds since the epoch") \
    X(METRIC_STORED_DOCUMENTS,    "documents_stored",           GAUGE,   "Documents in the database")                 \
    X(METRIC_DATABASE_SIZE,       "database_bytes",             GAUGE,   "Bytes of the database and its write-ahead log") \
    X(METRIC_DISK_FREE,           "disk_free_bytes",            GAUGE,   "Free space on the database's disk")         \
    X(METRIC_DISK_SIZE,           "disk_size_bytes",            GAUGE,   "Size of the database's disk")               \
    X(METRIC_LOG_DROPPED,         "log_lines_dropped_total",    COUNTER, "Log lines dropped because the log was too slow")

/*    constant                    name                          help */
#define HISTOGRAM_TABLE(X)                                                                                            \
    X(HISTOGRAM_PERSIST,          "persist_latency_seconds",    "Time to write a document snapshot")                  \
    X(HISTOGRAM_JOURNAL,          "journal_commit_seconds",     "Time of a journal transaction")                      \
    X(HISTOGRAM_ROUND_TRIP,       "database_round_trip_seconds", "Time of a round trip to PostgreSQL with a small commit that waits for no standby, once a second") \
    X(HISTOGRAM_EDIT,             "edit_apply_seconds",         "Time to check, rebase and apply an edit")            \
    X(HISTOGRAM_FANOUT,           "fanout_seconds",             "Time from an edit's arrival to its broadcast, of the oldest in each broadcast")
/* clang-format on */

enum metric {
#define X(constant, name, type, help) constant,
    METRIC_TABLE(X)
#undef X
        METRIC_COUNT
};
enum histogram {
#define X(constant, name, help) constant,
    HISTOGRAM_TABLE(X)
#undef X
        HISTOGRAM_COUNT
};

void metric_add(enum metric m, int64_t delta);
void metric_set(enum metric m, int64_t value);
int64_t metric_get(enum metric m);
static inline void metric_inc(enum metric m)
{
    metric_add(m, 1);
}
void histogram_observe(enum histogram h, uint64_t microseconds);
/* Refused edits, requests and connections, by reason (a label of bounded size). */
void metric_rejected(enum error reason);
/* One more snapshot written, for the sliding minute. All `now_ms` are monotonic: clock_ms's, or
 * a loop's. */
void metric_snapshot_written(int64_t now_ms);

/* Sets what is known from the start, once; `wall_ms` is the wall clock. The strings are
 * borrowed for life. */
void metrics_start(int64_t now_ms, int64_t wall_ms, const char *version, const char *commit);
/* Refreshes what is read from the system and what follows from the rest:
 * memory, CPU, open files, tasks, uptime, dropped log lines, writes per
 * minute. Call it before one of the three below. */
void metrics_refresh(int64_t now_ms);

/* The JSON object of GET /api/stats: every name of the tables, and the founding
 * document's shorter ones (active_persisters, websocket_connections,
 * memory_usage_mb, persist_errors), and Rustpad's (num_documents: those in memory;
 * database_size: those in the database, in documents). A histogram is {"count":…,"sum":…} with,
 * once there is something to tell, "p50" and "p99", all in seconds.
 * ERR_NO_MEMORY leaves a part of it in `out`; so below. */
enum error metrics_json(struct buf *out);
/* The Prometheus text format 0.0.4: kolabpad_NAME, and the bare names too when
 * `bare_names`. */
enum error metrics_prometheus(struct buf *out, bool bare_names);
/* docs/metrics.md. */
enum error metrics_markdown(struct buf *out);

#endif
