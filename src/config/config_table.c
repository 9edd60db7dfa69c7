#include "config/config_table.h"

#include <stdio.h>

enum {
    KIB = 1024,
    SECOND_MS = 1000,
    MINUTE_MS = 60 * SECOND_MS,
    HOUR_MS = 60 * MINUTE_MS,
    DAY_MS = 24 * HOUR_MS
};
enum { LIMIT_MAX = 1000000 };

static const char *const durabilities[] = {
    [STORE_LAZY] = "lazy", [STORE_JOURNAL] = "journal", [STORE_FSYNC] = "fsync", NULL};
static const char *const levels[] = {
    [LOG_DEBUG] = "debug", [LOG_INFO] = "info", [LOG_WARN] = "warn", [LOG_ERROR] = "error", NULL};
static const char *const browser_levels[] = {"debug", "info", "warn", "error", "none", NULL};
static const char *const remote_images[] = {[REMOTE_IMAGES_OFF] = "off", [REMOTE_IMAGES_ASK] = "ask", NULL};
static const char *const formats[] = {[LOG_TEXT] = "text", [LOG_JSON] = "json", NULL};

const char *const setting_group_names[GROUP_COUNT] = {
    [GROUP_SERVING] = "Serving",
    [GROUP_DOCUMENTS] = "Documents",
    [GROUP_CLUSTER] = "PostgreSQL, and several servers",
    [GROUP_CONNECTIONS] = "Connections",
    [GROUP_LIMITS] = "Limits",
    [GROUP_WHO] = "Who may connect",
    [GROUP_PAGE] = "The page",
    [GROUP_LOGS] = "Logs and metrics",
    [GROUP_CADDY] = "Caddy (docker-compose.prod.yml)",
};

#define FIELD(member) .offset = offsetof(struct config, member), .size = sizeof(((struct config *)0)->member)
#define TEXT(member) .type = SETTING_TEXT, FIELD(member)
#define NUMBER(member, least, most, times)                                                                   \
    .type = SETTING_NUMBER, FIELD(member), .min = (least), .max = (most), .scale = (times)
#define CHOICE(member, list) .type = SETTING_CHOICE, FIELD(member), .choices = (list)
#define SWITCH(member) .type = SETTING_SWITCH, FIELD(member)
#define LIMIT(member, least) NUMBER(member, least, LIMIT_MAX, 1)

/* clang-format off */
const struct setting config_settings[] = {
    {"PORT", NULL, GROUP_SERVING, NUMBER(port, 1, UINT16_MAX, 1), .default_text = "3030",
     .help = "The TCP port to listen on."},
    {"HOST", NULL, GROUP_SERVING, TEXT(host), .default_text = "", .default_words = "all, IPv6 and IPv4",
     .help = "The address to listen on, for example 127.0.0.1 behind a proxy on the same machine."},
    {"BASE_PATH", NULL, GROUP_SERVING, .type = SETTING_PATH, FIELD(base_path), .default_text = "",
     .default_words = "the root",
     .help = "The path under which a proxy shows this server, for example /pad."},
    {"STATIC_DIR", NULL, GROUP_SERVING, TEXT(static_dir), .default_text = "",
     .default_words = "the first that has an index.html of ./frontend/dist, ./dist, and both beside the folder of the program",
     .help = "The folder of the built front end."},
    {"WORKERS", NULL, GROUP_SERVING, NUMBER(workers, 0, 256, 1), .unit = "threads", .default_text = "0",
     .help = "How many threads share the documents; 0: one for each processor core."},
    {"HTTP_CONNECTIONS", NULL, GROUP_SERVING, NUMBER(http_connections, 1, 100000, 1), .default_text = "1000",
     .help = "Plain HTTP connections and WebSocket handshakes at a time."},

    {"SQLITE_URI", NULL, GROUP_DOCUMENTS, TEXT(sqlite_uri), .default_text = "./data/kolabpad.db", .empty_is_value = true,
     .help = "The database: a path, sqlite://path or file:path. Set, but empty: nothing is stored, all is gone when the server stops."},
    {"DURABILITY", NULL, GROUP_DOCUMENTS, CHOICE(durability, durabilities), .default_text = "journal",
     .help = "When an edit counts as saved. journal: written before anyone sees it, survives a crash of the server; fsync: survives a power cut too; lazy: written when people pause, least work for the disk."},
    {"MAX_DOCUMENT_SIZE_KB", NULL, GROUP_DOCUMENTS, NUMBER(max_document_bytes, 1, 65536, KIB), .unit = "KiB", .default_text = "1024",
     .help = "The largest document, in units of 1,024 bytes of UTF-8. Kolabpad-Go and Rustpad counted characters, of 1 to 4 bytes: the default holds whatever fitted into their 262,144."},
    {"EXPIRY_DAYS", NULL, GROUP_DOCUMENTS, NUMBER(expiry_ms, 0, 36500, DAY_MS), .unit = "days", .default_text = "7",
     .help = "A document that nobody opened or edited for so long is deleted for good; 0: never."},
    {"CLEANUP_INTERVAL_HOURS", NULL, GROUP_DOCUMENTS, NUMBER(cleanup_interval_ms, 1, 8760, HOUR_MS), .unit = "hours", .default_text = "1",
     .help = "How often to look for documents to delete or to take out of memory."},
    {"MEMORY_RETENTION_HOURS", NULL, GROUP_DOCUMENTS, NUMBER(memory_retention_ms, 1, 8760, HOUR_MS), .unit = "hours", .default_text = "24",
     .help = "How long a document without connections stays in memory."},

    {"V1_HISTORY_HOURS", NULL, GROUP_DOCUMENTS, NUMBER(v1_pin_ms, 0, 8760, HOUR_MS), .unit = "hours", .default_text = "0",
     .help = "How long after the last client of the old protocol has left its history is kept, so that one that was away can go on. 0: while the document is in memory and the history, 16 to 64 MiB at most, has room."},
    {"HISTORY", NULL, GROUP_DOCUMENTS, SWITCH(keeps_history), .default_text = "on",
     .help = "Keep what was typed when and by whom, so that any earlier text can be looked at and brought back. off: nothing is kept, and what was kept is deleted at the start. With DURABILITY=lazy there is none."},
    {"HISTORY_DAYS", NULL, GROUP_DOCUMENTS, NUMBER(history_kept_ms, 0, 36500, DAY_MS), .unit = "days", .default_text = "0",
     .help = "How long history is kept; 0: as long as its document."},
    {"HISTORY_MAX_KB", NULL, GROUP_DOCUMENTS, NUMBER(history_bytes, 64, 1048576, KIB), .unit = "KiB", .default_text = "4096",
     .help = "The history of one document, compressed, in units of 1,024 bytes. Beyond it the oldest is thinned: what one person did within 10 seconds, a minute, ten minutes becomes one step; then the oldest is deleted. The last day is left as it is."},

    {"IMAGES", NULL, GROUP_DOCUMENTS, SWITCH(keeps_images), .default_text = "off",
     .help = "Keep images that are pasted or dropped into a pad, in the database, for as long as the pad. off: none are taken, and those that are there are not shown."},
    {"MAX_IMAGE_KB", NULL, GROUP_DOCUMENTS, NUMBER(image_bytes, 1, 8192, KIB), .unit = "KiB", .default_text = "1024",
     .help = "The largest image, in units of 1,024 bytes."},
    {"MAX_IMAGES_KB_PER_PAD", NULL, GROUP_DOCUMENTS, NUMBER(images_bytes, 1, 1048576, KIB), .unit = "KiB", .default_text = "8192",
     .help = "All images of one pad together, in units of 1,024 bytes; those that its text does not show any more count."},

    {"DATABASE_URL", NULL, GROUP_CLUSTER, .type = SETTING_DATABASE, FIELD(database_url), .default_text = "", .default_words = "none: SQLite", .is_secret = true,
     .help = "Keeps the documents in PostgreSQL 13 or newer: postgres://user:password@host/database, several hosts separated by commas, and what else PostgreSQL's own programs understand. SQLITE_URI is then not used. An edit counts as saved when PostgreSQL has committed it; DURABILITY=lazy is refused."},
    {"CLUSTER_ADDRESS", NULL, GROUP_CLUSTER, .type = SETTING_ADDRESS, FIELD(cluster_address), .default_text = "", .default_words = "none: the only server on its database",
     .help = "Where the other servers on the same PostgreSQL reach this server's own port, for example 10.0.0.5:3030."},
    {"CLUSTER_LEASE_SECONDS", NULL, GROUP_CLUSTER, NUMBER(cluster_lease_ms, 2, 60, SECOND_MS), .unit = "seconds", .default_text = "5",
     .help = "A server that was silent for so long is declared dead, and the others take its documents. Only a matter of speed, never of safety."},
    {"DRAIN_SECONDS", NULL, GROUP_CLUSTER, NUMBER(drain_ms, 0, 3600, SECOND_MS), .unit = "seconds", .default_text = "0",
     .help = "How long a server that was told to stop goes on serving while /api/health already says 503, so that a balancer sends nobody new: the interval of its checks times their number."},

    {"WS_READ_TIMEOUT_MINUTES", NULL, GROUP_CONNECTIONS, NUMBER(read_timeout_ms, 1, 10080, MINUTE_MS), .unit = "minutes", .default_text = "30",
     .help = "A connection that was silent for so long is closed."},
    {"WS_WRITE_TIMEOUT_SECONDS", NULL, GROUP_CONNECTIONS, NUMBER(write_timeout_ms, 1, 3600, SECOND_MS), .unit = "seconds", .default_text = "10",
     .help = "A connection that takes nothing for so long is closed."},
    {"WS_HEARTBEAT_INTERVAL_SECONDS", NULL, GROUP_CONNECTIONS, NUMBER(heartbeat_ms, 1, 3600, SECOND_MS), .unit = "seconds", .default_text = "30",
     .help = "How often the server pings, so that proxies do not take a quiet connection for a dead one."},
    {"BROADCAST_BUFFER_SIZE", NULL, GROUP_CONNECTIONS, NUMBER(outbox_frames, 1, 4096, 1), .unit = "frames", .default_text = "16",
     .help = "Frames that may wait for one connection before it counts as a slow reader and is sent fewer, larger ones."},

    {"RATE_LIMITS", NULL, GROUP_LIMITS, SWITCH(rate_limits), .default_text = "on",
     .help = "off: none of the limits of this group holds. For load tests."},
    {"EDITS_PER_SECOND", NULL, GROUP_LIMITS, LIMIT(edits_per_second, 0), .default_text = "200",
     .help = "Edits of one connection, sustained; 0: no limit."},
    {"EDITS_BURST", NULL, GROUP_LIMITS, LIMIT(edits_burst, 1), .default_text = "1000",
     .help = "Edits of one connection at once, after a pause."},
    {"CONNECTIONS_PER_ADDRESS", NULL, GROUP_LIMITS, LIMIT(connections_per_address, 0), .default_text = "1000",
     .help = "WebSockets of one address at a time; 0: no limit. A school may be one address."},
    {"NEW_DOCUMENTS_PER_MINUTE", NULL, GROUP_LIMITS, LIMIT(new_documents_per_minute, 0), .default_text = "600",
     .help = "New documents from one address; 0: no limit."},
    {"PASSWORD_ATTEMPTS_PER_MINUTE", NULL, GROUP_LIMITS, LIMIT(password_attempts_per_minute, 0), .default_text = "60",
     .help = "Wrong passwords from one address; 0: no limit."},
    {"PASSWORD_CHANGES_PER_MINUTE", NULL, GROUP_LIMITS, LIMIT(password_changes_per_minute, 0), .default_text = "60",
     .help = "Passwords set or removed from one address; 0: no limit."},
    {"RIGHTS_CHANGES_PER_MINUTE", NULL, GROUP_LIMITS, LIMIT(rights_changes_per_minute, 0), .default_text = "300",
     .help = "Links made or withdrawn, settings of pads, deletions of pads and of histories, from one address; 0: no limit."},
    {"CONNECTIONS_TOTAL", NULL, GROUP_LIMITS, LIMIT(connections_total, 0), .default_text = "15000",
     .help = "WebSockets of all addresses at a time; 0: no limit."},

    {"ALLOWED_ORIGINS", NULL, GROUP_WHO, .type = SETTING_ORIGINS, .default_text = "", .default_words = "none",
     .help = "Other sites whose pages may talk to this server, for example https://intranet.example.org; *: any. Its own pages always may."},
    {"TRUSTED_PROXIES", NULL, GROUP_WHO, .type = SETTING_NETWORKS, .default_text = "", .default_words = "none",
     .help = "Proxies whose X-Forwarded-For, -Proto and -Host are believed, for example 127.0.0.1,::1,172.16.0.0/12."},

    {"FRAME_ANCESTORS", NULL, GROUP_PAGE, .type = SETTING_FRAMERS, FIELD(frame_ancestors), .default_text = "", .default_words = "none",
     .help = "Other sites whose pages may show a pad in a frame, for example https://intranet.example.org; *: any. See ?embed=1 in docs/embedding.md."},
    {"REMOTE_IMAGES", NULL, GROUP_PAGE, CHOICE(remote_images, remote_images), .default_text = "off",
     .help = "Images of other sites in the Markdown preview. off: never, they are links; ask: a button shows them, for one reader and one visit. The other site then learns the reader's address."},
    {"CONTENT_SECURITY_POLICY", NULL, GROUP_PAGE, .type = SETTING_POLICY, FIELD(content_security_policy), .default_text = "", .default_words = "that of the built page",
     .help = "The header in place of our own, for another front end in STATIC_DIR; frame-ancestors is added where it is not named. See docs/operations.md."},

    {"BACKEND_LOG_LEVEL", "LOG_LEVEL", GROUP_LOGS, CHOICE(log_level, levels), .default_text = "info",
     .help = "How much the server logs."},
    {"FRONTEND_LOG_LEVEL", NULL, GROUP_LOGS, .type = SETTING_WORD, FIELD(frontend_log_level), .choices = browser_levels,
     .default_text = "error", .help = "How much the page writes to the browser's console."},
    {"LOG_FORMAT", NULL, GROUP_LOGS, CHOICE(log_format, formats), .default_text = "text",
     .help = "Lines for people, or JSON objects for log collectors."},
    {"LOG_FILE", NULL, GROUP_LOGS, TEXT(log_file), .default_text = "", .default_words = "standard error",
     .help = "A file to append the log to; SIGHUP opens it afresh after rotation."},
    {"METRICS_BARE_NAMES", NULL, GROUP_LOGS, SWITCH(metrics_bare_names), .default_text = "on",
     .help = "Give Prometheus each metric also without the prefix kolabpad_."},
    {"DEBUG_TOKEN", NULL, GROUP_LOGS, TEXT(debug_token), .is_secret = true, .default_text = "", .default_words = "none: only from this machine",
     .help = "Who sends it as Authorization: Bearer may use /debug/pprof/ from elsewhere, too."},

    {"DOMAIN", NULL, GROUP_CADDY, .type = SETTING_FOREIGN, .default_text = "", .default_words = "none",
     .help = "The domain that Caddy serves and gets a certificate for. The server itself does not use it."},
    {"EMAIL", NULL, GROUP_CADDY, .type = SETTING_FOREIGN, .default_text = "", .default_words = "none",
     .help = "The address that Let's Encrypt writes to. The server itself does not use it."},
};
/* clang-format on */
const size_t config_setting_count = sizeof config_settings / sizeof config_settings[0];

#define INTERVAL(name, member)                                                                               \
    {                                                                                                        \
        "KP_TEST_" name "_MS", offsetof(struct config, member)                                               \
    }
const struct test_setting config_test_settings[] = {
    INTERVAL("PERSIST_CHECK", persist_check_ms),
    INTERVAL("IDLE_PERSIST", idle_persist_ms),
    INTERVAL("SAFETY_NET", safety_net_ms),
    INTERVAL("CLEANUP_INTERVAL", cleanup_interval_ms),
    INTERVAL("MEMORY_RETENTION", memory_retention_ms),
    INTERVAL("EXPIRY", expiry_ms),
    INTERVAL("READ_TIMEOUT", read_timeout_ms),
    INTERVAL("WRITE_TIMEOUT", write_timeout_ms),
    INTERVAL("HEARTBEAT", heartbeat_ms),
    INTERVAL("HELLO_TIMEOUT", hello_timeout_ms),
    INTERVAL("V1_PIN", v1_pin_ms),
    INTERVAL("HISTORY", history_ms),
    INTERVAL("HISTORY_KEPT", history_kept_ms),
    INTERVAL("HISTORY_UNTOUCHED", history_untouched_ms),
};
const size_t config_test_setting_count = sizeof config_test_settings / sizeof config_test_settings[0];

static const char *expects_choice(const struct setting *s, char *out, size_t size)
{
    size_t len = (size_t)snprintf(out, size, "one of");

    for (size_t i = 0; s->choices[i] && len < size; i++)
        len += (size_t)snprintf(out + len, size - len, "%s %s", i ? "," : "", s->choices[i]);
    return out;
}

const char *setting_expects(const struct setting *s, char out[128])
{
    switch (s->type) {
    case SETTING_TEXT:
    case SETTING_FOREIGN:
        snprintf(out, 128, "at most %zu bytes of text", s->size ? s->size - 1 : 255);
        return out;
    case SETTING_POLICY:
        snprintf(out, 128, "at most %zu bytes of printable ASCII", s->size - 1);
        return out;
    case SETTING_PATH:
        return "a path of letters, digits and . _ ~ -, such as /pad";
    case SETTING_NUMBER:
        snprintf(out, 128, "a whole number%s%s from %lld to %lld", s->unit ? " of " : "",
                 s->unit ? s->unit : "", (long long)s->min, (long long)s->max);
        return out;
    case SETTING_CHOICE:
    case SETTING_WORD:
        return expects_choice(s, out, 128);
    case SETTING_SWITCH:
        return "on or off";
    case SETTING_ORIGINS:
    case SETTING_FRAMERS:
        return "http(s)://host[:port] or *, several separated by commas";
    case SETTING_DATABASE:
        return "postgres://user:password@host/database; in user and password %XX stands for a special "
               "character";
    case SETTING_ADDRESS:
        return "host:port";
    case SETTING_NETWORKS:
        return "addresses or networks, separated by commas";
    }
    return "";
}
