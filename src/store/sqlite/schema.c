#include "store/sqlite/schema.h"

#include "store/event.h"
#include "store/sqlite/legacy_import.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
    FIRST_VERSION = 101,
    APPLICATION_ID = 0x4b706164, /* "Kpad", for file(1) and the curious */
};

static const char CREATE_TABLES[] = "CREATE TABLE documents ("
                                    " id TEXT PRIMARY KEY NOT NULL,"
                                    " language TEXT,"
                                    " otp TEXT,"
                                    " revision INTEGER NOT NULL,"
                                    " created_at INTEGER NOT NULL,"
                                    " updated_at INTEGER NOT NULL,"
                                    " accessed_at INTEGER NOT NULL,"
                                    " clients BLOB,"
                                    " text TEXT NOT NULL);"
                                    "CREATE INDEX documents_accessed_at ON documents (accessed_at);"
                                    "CREATE TABLE journal ("
                                    " document_id TEXT NOT NULL,"
                                    " first_revision INTEGER NOT NULL,"
                                    " end_revision INTEGER NOT NULL,"
                                    " batch BLOB NOT NULL,"
                                    " time_ms INTEGER NOT NULL,"
                                    " PRIMARY KEY (document_id, first_revision)) WITHOUT ROWID;"
                                    "CREATE TABLE epochs ("
                                    " seq INTEGER PRIMARY KEY,"
                                    " document_id TEXT NOT NULL,"
                                    " epoch BLOB NOT NULL,"
                                    " first_revision INTEGER NOT NULL);"
                                    "CREATE INDEX epochs_document ON epochs (document_id, seq);";

/* One row: store/calendar.h. */
static const char CREATE_CLOCK[] = "CREATE TABLE clock ("
                                   " id INTEGER PRIMARY KEY CHECK (id = 1),"
                                   " wall_ms INTEGER NOT NULL,"
                                   " offset_ms INTEGER NOT NULL,"
                                   " credit_ms INTEGER NOT NULL);";

/* A link's token is looked up by its hash, which therefore is the key. Of what was deleted for good
 * nothing is kept but its epochs, random numbers by which a tab of it is recognised. */
static const char CREATE_RIGHTS[] = "CREATE TABLE rights ("
                                    " document_id TEXT PRIMARY KEY NOT NULL,"
                                    " owner BLOB,"
                                    " owner_manages INTEGER NOT NULL,"
                                    " owner_writes INTEGER NOT NULL,"
                                    " keep_days INTEGER NOT NULL) WITHOUT ROWID;"
                                    "CREATE INDEX rights_keep_days ON rights (document_id, keep_days)"
                                    " WHERE keep_days > 0;"
                                    "CREATE TABLE links ("
                                    " hash BLOB PRIMARY KEY NOT NULL,"
                                    " document_id TEXT NOT NULL,"
                                    " id TEXT NOT NULL,"
                                    " role TEXT NOT NULL,"
                                    " name TEXT NOT NULL,"
                                    " created_ms INTEGER NOT NULL,"
                                    " expires_ms INTEGER NOT NULL,"
                                    " history INTEGER NOT NULL,"
                                    " used_ms INTEGER NOT NULL) WITHOUT ROWID;"
                                    "CREATE INDEX links_document ON links (document_id);";

static const char CREATE_DELETED[] = "CREATE TABLE IF NOT EXISTS deleted ("
                                     " epoch BLOB PRIMARY KEY NOT NULL,"
                                     " deleted_at INTEGER NOT NULL) WITHOUT ROWID;"
                                     "CREATE INDEX IF NOT EXISTS deleted_at ON deleted (deleted_at);";

/* What nobody outside can guess, and is the same after a restart: store_identity. */
static const char CREATE_SECRETS[] = "CREATE TABLE IF NOT EXISTS secrets ("
                                     " name TEXT PRIMARY KEY NOT NULL,"
                                     " value BLOB NOT NULL) WITHOUT ROWID;"
                                     "INSERT OR IGNORE INTO secrets VALUES ('server', randomblob(32));";

/* store/history.h. In `history` and `checkpoints` the large column comes last, as in
 * `documents`. `form` of a checkpoint: 0 as the row in `documents` had it, 1 packed. */
static const char CREATE_HISTORY[] = "CREATE TABLE history_fresh ("
                                     " document_id TEXT NOT NULL,"
                                     " first_revision INTEGER NOT NULL,"
                                     " end_revision INTEGER NOT NULL,"
                                     " time_ms INTEGER NOT NULL,"
                                     " kept_at INTEGER NOT NULL,"
                                     " batch BLOB NOT NULL,"
                                     " PRIMARY KEY (document_id, first_revision)) WITHOUT ROWID;"
                                     "CREATE TABLE history ("
                                     " document_id TEXT NOT NULL,"
                                     " first_revision INTEGER NOT NULL,"
                                     " end_revision INTEGER NOT NULL,"
                                     " began_at INTEGER NOT NULL,"
                                     " ended_at INTEGER NOT NULL,"
                                     " kept_at INTEGER NOT NULL,"
                                     " detail INTEGER NOT NULL,"
                                     " bytes INTEGER NOT NULL,"
                                     " stored INTEGER NOT NULL,"
                                     " sittings BLOB NOT NULL,"
                                     " operations BLOB NOT NULL,"
                                     " PRIMARY KEY (document_id, first_revision));"
                                     "CREATE INDEX history_kept_at ON history (kept_at);"
                                     "CREATE TABLE checkpoints ("
                                     " document_id TEXT NOT NULL,"
                                     " revision INTEGER NOT NULL,"
                                     " kept_at INTEGER NOT NULL,"
                                     " form INTEGER NOT NULL,"
                                     " bytes INTEGER NOT NULL,"
                                     " stored INTEGER NOT NULL,"
                                     " runs BLOB NOT NULL,"
                                     " text BLOB NOT NULL,"
                                     " PRIMARY KEY (document_id, revision));"
                                     "CREATE TABLE authors ("
                                     " document_id TEXT NOT NULL,"
                                     " author INTEGER NOT NULL,"
                                     " first_revision INTEGER NOT NULL,"
                                     " name TEXT NOT NULL,"
                                     " hue INTEGER NOT NULL,"
                                     " first_seen INTEGER NOT NULL,"
                                     " PRIMARY KEY (document_id, author, first_revision)) WITHOUT ROWID;"
                                     "CREATE TABLE history_off ("
                                     " document_id TEXT PRIMARY KEY NOT NULL) WITHOUT ROWID;";

/* store/store.h, store_places. A link's flag says whether who comes by it sees and writes comments. */
static const char CREATE_COMMENTS[] = "CREATE TABLE comments ("
                                      " document_id TEXT NOT NULL,"
                                      " thread TEXT NOT NULL,"
                                      " bytes BLOB NOT NULL,"
                                      " PRIMARY KEY (document_id, thread));"
                                      "CREATE TABLE commented ("
                                      " document_id TEXT PRIMARY KEY NOT NULL,"
                                      " revision INTEGER NOT NULL,"
                                      " places BLOB NOT NULL) WITHOUT ROWID;"
                                      "ALTER TABLE links ADD COLUMN comments INTEGER NOT NULL DEFAULT 0;";

/* store/image.h. The bytes come last; the index has what an upload asks about its document. */
static const char CREATE_IMAGES[] = "CREATE TABLE images ("
                                    " id BLOB PRIMARY KEY NOT NULL,"
                                    " document_id TEXT NOT NULL,"
                                    " digest BLOB NOT NULL,"
                                    " type INTEGER NOT NULL,"
                                    " width INTEGER NOT NULL,"
                                    " height INTEGER NOT NULL,"
                                    " created_at INTEGER NOT NULL,"
                                    " size INTEGER NOT NULL,"
                                    " bytes BLOB NOT NULL);"
                                    "CREATE UNIQUE INDEX images_document ON images"
                                    " (document_id, digest, size);";

static enum error create_tables(struct connection *c, const struct store_config *config, char *done,
                                size_t size)
{
    (void)config;
    snprintf(done, size, "created the tables");
    return connection_execute(c, CREATE_TABLES);
}

static enum error create_clock(struct connection *c, const struct store_config *config, char *done,
                               size_t size)
{
    (void)config;
    if (!done[0])
        snprintf(done, size, "created the table clock");
    return connection_execute(c, CREATE_CLOCK);
}

static enum error create_rights(struct connection *c, const struct store_config *config, char *done,
                                size_t size)
{
    (void)config;
    if (!done[0])
        snprintf(done, size, "created the tables rights, links and deleted");
    enum error err = connection_execute(c, CREATE_RIGHTS);
    return err ? err : connection_execute(c, CREATE_DELETED);
}

static enum error create_history(struct connection *c, const struct store_config *config, char *done,
                                 size_t size)
{
    (void)config;
    if (!done[0])
        snprintf(done, size, "created the tables of the history");
    return connection_execute(c, CREATE_HISTORY);
}

static enum error create_secrets(struct connection *c, const struct store_config *config, char *done,
                                 size_t size)
{
    (void)config;
    if (!done[0])
        snprintf(done, size, "created the table secrets");
    return connection_execute(c, CREATE_SECRETS);
}

static enum error create_comments(struct connection *c, const struct store_config *config, char *done,
                                  size_t size)
{
    (void)config;
    if (!done[0])
        snprintf(done, size, "created the tables of comments");
    return connection_execute(c, CREATE_COMMENTS);
}

static enum error create_images(struct connection *c, const struct store_config *config, char *done,
                                size_t size)
{
    (void)config;
    if (!done[0])
        snprintf(done, size, "created the table images");
    return connection_execute(c, CREATE_IMAGES);
}

static const struct migration {
    int version;
    const char *name;
    /* Writes what it did into `done`; leaves it when there was nothing to do. */
    enum error (*run)(struct connection *c, const struct store_config *config, char *done, size_t size);
} MIGRATIONS[] = {
    {101, "documents_journal_epochs", create_tables},
    {102, "takeover_of_document", legacy_import_run},
    {103, "clock", create_clock},
    {104, "rights", create_rights},
    {105, "history", create_history},
    {106, "secrets", create_secrets},
    {108, "comments", create_comments},
    {109, "images", create_images},
};

enum { MIGRATION_COUNT = sizeof MIGRATIONS / sizeof MIGRATIONS[0] };

int schema_version(void)
{
    return MIGRATIONS[MIGRATION_COUNT - 1].version;
}

/* ---- looking ----------------------------------------------------------- */

static bool has_table(struct connection *c, const char *table)
{
    return connection_ask(c, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1", table, 0);
}

/* Numbers below ours are those of Kolabpad-Go in the same table. */
int schema_version_of(struct connection *c)
{
    int64_t version = connection_ask(c, "SELECT max(version) FROM schema_migrations", NULL, 0);
    return version < FIRST_VERSION ? 0 : (int)version;
}

enum error schema_check(struct connection *c, const char *path, char message[MESSAGE_BYTES])
{
    int version = schema_version_of(c);
    if (version > schema_version())
        return message_error(
            message,
            "The database %s was written by a newer Kolabpad (schema %d, this one knows %d). "
            "Run the newer one, or restore an older backup.",
            path, version, schema_version());
    if (version)
        return OK;

    bool is_empty = connection_ask(c, "SELECT COUNT(*) FROM sqlite_master", NULL, 1) == 0;
    bool is_ancestor = legacy_import_is_possible(c) && !has_table(c, "documents");
    if (is_empty || is_ancestor)
        return OK;
    return message_error(
        message,
        "The database %s belongs to another program. It was left as it is; set SQLITE_URI to "
        "another path.",
        path);
}

/* ---- migrating --------------------------------------------------------- */

static enum error record(struct connection *c, const struct migration *m)
{
    char sql[256];
    snprintf(sql, sizeof sql,
             "INSERT INTO schema_migrations (version, filename, applied_at) VALUES (%d, '%s', %lld);"
             "PRAGMA user_version = %d;"
             "PRAGMA application_id = %d;",
             m->version, m->name, (long long)time(NULL), m->version, APPLICATION_ID);
    return connection_execute(c, sql);
}

/* Programs from between two releases had version 104 before all of it was there. */
static enum error complete_rights(struct connection *c)
{
    static const char HAS_WRITER[] =
        "SELECT count(*) FROM pragma_table_info('rights') WHERE name = 'owner_writes'";
    enum error err = connection_execute(c, CREATE_DELETED);
    if (err || connection_ask(c, HAS_WRITER, NULL, 1) > 0)
        return err;
    return connection_execute(c, "ALTER TABLE rights ADD COLUMN owner_writes INTEGER NOT NULL DEFAULT 0");
}

static enum error migrate_from(struct connection *c, int version, const struct store_config *config,
                               char *done, size_t size)
{
    enum error err = connection_execute(c, "BEGIN IMMEDIATE;"
                                           "CREATE TABLE IF NOT EXISTS schema_migrations ("
                                           " version INTEGER PRIMARY KEY,"
                                           " filename TEXT NOT NULL,"
                                           " applied_at INTEGER NOT NULL);");
    if (!err && version == 104)
        err = complete_rights(c);
    for (int i = 0; !err && i < MIGRATION_COUNT; i++) {
        if (MIGRATIONS[i].version <= version)
            continue;
        err = MIGRATIONS[i].run(c, config, done, size);
        if (!err)
            err = record(c, &MIGRATIONS[i]);
    }
    if (!err) /* or the file would be of this version, and of no use to the one before either */
        err = connection_check_statements(c);
    return err ? err : connection_execute(c, "COMMIT");
}

enum error schema_migrate(struct connection *c, const char *path, const struct store_config *config,
                          char message[MESSAGE_BYTES])
{
    int version = schema_version_of(c);
    if (version == schema_version())
        return OK;
    char done[128] = "";
    enum error err = version == 0 ? legacy_import_wait(c, path, config, message) : OK;
    if (err)
        return err;
    err = migrate_from(c, version, config, done, sizeof done);
    if (err) {
        message_error(message, "Cannot bring the database %s up to date: %s. It was left as it is.", path,
                      c->why);
        if (connection_in_transaction(c))
            sqlite3_exec(c->handle, "ROLLBACK", NULL, NULL, NULL);
        return err;
    }
    event_tell(config, STORE_EVENT_MIGRATED, 0, (uint32_t)schema_version(), (struct slice){0}, done);
    return OK;
}
