/* config.h - every setting, in one table.
 *
 * A setting is an environment variable. The table in config_table.c gives its name,
 * type, bounds, default and one line of help; from it come the parser, --help,
 * docs/configuration.md and the test that .env.example is complete. A value
 * that is not understood or out of bounds is a message that says what would
 * be, and exit status 2: never a silent default. */
#ifndef KOLABPAD_CONFIG_CONFIG_H
#define KOLABPAD_CONFIG_CONFIG_H

#include "net/address.h"
#include "net/security_headers.h"
#include "observe/log.h"
#include "store/store.h"

enum { CONFIG_LIST_MAX = 32 };

enum remote_images { REMOTE_IMAGES_OFF, REMOTE_IMAGES_ASK };

struct config {
    /* serving */
    char host[64];
    uint16_t port;
    int listen_fd;       /* not a setting: a socket that the service manager handed over; 0: none */
    char base_path[128]; /* "" or "/pad": leading slash, none at the end */
    char static_dir[512];
    uint32_t workers;
    uint32_t http_connections; /* HTTP_CONNECTIONS: at a time, 1,000 */
    /* documents */
    char sqlite_uri[1024];
    char database_url[2048]; /* "": SQLite. Else PostgreSQL, and sqlite_uri is not used. Holds a password:
                                never shown */
    enum store_durability durability;
    uint32_t max_document_bytes; /* MAX_DOCUMENT_SIZE_KB * 1024 */
    int64_t expiry_ms;           /* EXPIRY_DAYS; 0: never */
    int64_t cleanup_interval_ms;
    int64_t memory_retention_ms;
    int64_t v1_pin_ms;       /* V1_HISTORY_HOURS; 0: as long as it fits */
    bool keeps_history;      /* HISTORY */
    int64_t history_kept_ms; /* HISTORY_DAYS; 0: as long as the document */
    uint32_t history_bytes;  /* HISTORY_MAX_KB, of each document */
    bool keeps_images;       /* IMAGES */
    uint32_t image_bytes;    /* MAX_IMAGE_KB, of one */
    uint32_t images_bytes;   /* MAX_IMAGES_KB_PER_PAD, of all of a document */
    /* servers that share a database */
    char cluster_address[256]; /* host:port; "": this server is alone */
    int64_t cluster_lease_ms;
    int64_t drain_ms;
    /* connections */
    int64_t read_timeout_ms, write_timeout_ms, heartbeat_ms;
    uint32_t outbox_frames; /* BROADCAST_BUFFER_SIZE */
    /* limits; all 0 when RATE_LIMITS=off */
    bool rate_limits;
    uint32_t edits_per_second, edits_burst; /* a connection: 200, 1000 */
    uint32_t connections_per_address;       /* 1000 at a time */
    uint32_t new_documents_per_minute;      /* an address: 600 */
    uint32_t password_attempts_per_minute;  /* an address: 60 */
    uint32_t password_changes_per_minute;   /* an address: 60 */
    uint32_t rights_changes_per_minute;     /* an address: 300 */
    uint32_t connections_total;             /* 15000 */
    /* who */
    char origins[CONFIG_LIST_MAX][256];
    size_t origin_count;
    struct network trusted[CONFIG_LIST_MAX];
    size_t trusted_count;
    /* the page */
    char frame_ancestors[PAGE_POLICY_FRAMERS_MAX + 1]; /* origins with spaces between; "": none */
    enum remote_images remote_images;
    char content_security_policy[PAGE_POLICY_TEXT_MAX + 1]; /* "": our own */
    /* logs */
    enum log_level log_level;
    char frontend_log_level[8];
    enum log_format log_format;
    char log_file[512];
    bool metrics_bare_names;
    char debug_token[256]; /* "": the debug endpoints are for this machine only */
    /* intervals that only tests change: KP_TEST_…_MS, not in --help */
    int64_t persist_check_ms;     /* 10 s */
    int64_t idle_persist_ms;      /* 30 s */
    int64_t safety_net_ms;        /* 5 min */
    int64_t hello_timeout_ms;     /* 5 s */
    int64_t history_ms;           /* 10 min: of operations in memory, for those who resume */
    int64_t history_untouched_ms; /* 1 day: what is younger is not thinned */
};

/* Reads the environment. On failure `message` names the setting, what it was
 * and what is allowed: ERR_BAD_REQUEST. */
enum error config_load(struct config *out, char message[512]);

/* All to standard output: the settings as a part of --help; docs/configuration.md. */
void config_print_help(void);
void config_print_markdown(void);
/* NAME=default lines with the help as comments: what .env.example must hold. */
void config_print_env(void);

#endif
