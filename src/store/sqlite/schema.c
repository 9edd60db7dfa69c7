#include "store/sqlite/schema.h"

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

static enum error create_tables(struct database *db, char *done, size_t size)
{
    snprintf(done, size, "created the tables");
    return database_execute(db, CREATE_TABLES);
}

static const struct migration {
    int version;
    const char *name;
    /* Writes what it did into `done`; leaves it when there was nothing to do. */
    enum error (*run)(struct database *db, char *done, size_t size);
} MIGRATIONS[] = {
    {101, "documents_journal_epochs", create_tables},
    {102, "takeover_of_document", legacy_import_run},
};

enum { MIGRATION_COUNT = sizeof MIGRATIONS / sizeof MIGRATIONS[0] };

int schema_version(void)
{
    return MIGRATIONS[MIGRATION_COUNT - 1].version;
}

/* ---- looking ----------------------------------------------------------- */

/* The first column of the first row; `otherwise` when there is none. */
static int64_t ask(struct database *db, const char *sql, const char *a, const char *b, int64_t otherwise)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(db->handle, sql, -1, &statement, NULL) != SQLITE_OK)
        return otherwise;
    if (a)
        sqlite3_bind_text(statement, 1, a, -1, SQLITE_STATIC);
    if (b)
        sqlite3_bind_text(statement, 2, b, -1, SQLITE_STATIC);
    int64_t answer = sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : otherwise;
    sqlite3_finalize(statement);
    return answer;
}

bool schema_has_table(struct database *db, const char *table)
{
    return ask(db, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1", table, NULL, 0);
}

bool schema_has_column(struct database *db, const char *table, const char *column)
{
    return ask(db, "SELECT 1 FROM pragma_table_info(?1) WHERE name = ?2", table, column, 0);
}

/* Of ours: 0 when none of our migrations has run. */
static int current_version(struct database *db)
{
    int64_t version = ask(db, "SELECT max(version) FROM schema_migrations", NULL, NULL, 0);
    return version < FIRST_VERSION ? 0 : (int)version;
}

enum error schema_check(struct database *db, const char *path, char message[MESSAGE_BYTES])
{
    int version = current_version(db);
    if (version > schema_version())
        return message_error(
            message,
            "The database %s was written by a newer Kolabpad (schema %d, this one knows %d). "
            "Run the newer one, or restore an older backup.",
            path, version, schema_version());
    if (version)
        return OK;

    bool is_empty = ask(db, "SELECT COUNT(*) FROM sqlite_master", NULL, NULL, 1) == 0;
    bool is_ancestor = legacy_import_is_possible(db) && !schema_has_table(db, "documents");
    if (is_empty || is_ancestor)
        return OK;
    return message_error(
        message,
        "The database %s belongs to another program. It was left as it is; set SQLITE_URI to "
        "another path.",
        path);
}

/* ---- migrating --------------------------------------------------------- */

static enum error record(struct database *db, const struct migration *m)
{
    char sql[256];
    snprintf(sql, sizeof sql,
             "INSERT INTO schema_migrations (version, filename, applied_at) VALUES (%d, '%s', %lld);"
             "PRAGMA user_version = %d;"
             "PRAGMA application_id = %d;",
             m->version, m->name, (long long)time(NULL), m->version, APPLICATION_ID);
    return database_execute(db, sql);
}

static enum error migrate_from(struct database *db, int version, char *done, size_t size)
{
    enum error err = database_execute(db, "BEGIN IMMEDIATE;"
                                          "CREATE TABLE IF NOT EXISTS schema_migrations ("
                                          " version INTEGER PRIMARY KEY,"
                                          " filename TEXT NOT NULL,"
                                          " applied_at INTEGER NOT NULL);");
    for (int i = 0; !err && i < MIGRATION_COUNT; i++) {
        if (MIGRATIONS[i].version <= version)
            continue;
        err = MIGRATIONS[i].run(db, done, size);
        if (!err)
            err = record(db, &MIGRATIONS[i]);
    }
    return err ? err : database_execute(db, "COMMIT");
}

enum error schema_migrate(struct database *db, const char *path, const struct store_config *config,
                          char message[MESSAGE_BYTES])
{
    int version = current_version(db);
    if (version == schema_version())
        return OK;
    char done[128] = "";
    enum error err = migrate_from(db, version, done, sizeof done);
    if (err) {
        message_error(message, "Cannot bring the database %s up to date: %s. It was left as it is.", path,
                      db->why);
        if (database_in_transaction(db))
            sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
        return err;
    }
    if (config->on_event)
        config->on_event(config->arg, STORE_EVENT_MIGRATED, 0, (uint32_t)schema_version(), (struct slice){0},
                         done);
    return OK;
}
