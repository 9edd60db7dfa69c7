#include "store/sqlite/database.h"

#include "store/sqlite/query.h"
#include "store/sqlite/schema.h"

#include <stdio.h>
#include <string.h>

enum { CHECKPOINT_PAGES = 1000 /* 4 MiB of log */ };

/* For a file that was accepted as ours. secure_delete: so that deleted
 * documents are gone (docs/decisions/020). */
static const char SETTINGS[] = "PRAGMA cache_size = -2000;"
                               "PRAGMA secure_delete = ON;"
                               "PRAGMA wal_autocheckpoint = 0;"
                               "PRAGMA journal_size_limit = 16777216;";

static const char *const SYNCHRONOUS[] = {
    [STORE_LAZY] = "PRAGMA synchronous = NORMAL",
    [STORE_JOURNAL] = "PRAGMA synchronous = NORMAL",
    [STORE_FSYNC] = "PRAGMA synchronous = FULL",
};

/* ---- opening ----------------------------------------------------------- */

static int note_log_size(void *arg, sqlite3 *handle, const char *schema, int pages)
{
    (void)handle;
    (void)schema;
    ((struct database *)arg)->wal_pages = pages;
    return SQLITE_OK;
}

/* One sentence for the file's owner. */
static enum error refuse(struct database *db, const char *path, int code, char *message)
{
    connection_error(&db->connection, code);
    switch (code & 0xff) {
    case SQLITE_NOMEM:
        message_error(message, "Out of memory opening the database %s.", path);
        return ERR_NO_MEMORY;
    case SQLITE_NOTADB:
        return message_error(message,
                             "%s is not a database. It was left as it is; move it away, or set SQLITE_URI to "
                             "another path.",
                             path);
    case SQLITE_CORRUPT:
        return message_error(message,
                             "The database %s is damaged (%s). It was left as it is; restore a backup or "
                             "move it away.",
                             path, db->connection.why);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return message_error(message, "The database %s is locked by another program. Close that program.",
                             path);
    default:
        return message_error(message, "Cannot use the database %s: %s.", path, db->connection.why);
    }
}

static enum error use_log(struct database *db, const struct location *l, char *message)
{
    sqlite3_stmt *statement;
    int code = sqlite3_prepare_v2(db->connection.handle, "PRAGMA journal_mode = WAL", -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    const char *mode = code == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : NULL;
    bool has_log = mode && strcmp(mode, l->in_memory ? "memory" : "wal") == 0;
    int finish = sqlite3_finalize(statement);
    if (has_log)
        return OK;
    if (finish != SQLITE_OK)
        return refuse(db, l->path, finish, message);
    return message_error(message,
                         "The database %s cannot have a write-ahead log here. Put it on a local file system.",
                         l->path);
}

static enum error count_documents(struct database *db)
{
    struct query q = query_start(&db->connection, STATEMENT_DOCUMENTS);
    if (query_next(&q))
        db->documents = (uint64_t)query_int(&q, 0);
    return query_end(&q);
}

static enum error read_secret(struct database *db)
{
    sqlite3_stmt *statement;
    int code = sqlite3_prepare_v2(db->connection.handle, "SELECT value FROM secrets WHERE name = 'server'",
                                  -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    const void *value = code == SQLITE_ROW ? sqlite3_column_blob(statement, 0) : NULL;
    bool is_whole = value && sqlite3_column_bytes(statement, 0) == STORE_SECRET_BYTES;
    if (is_whole)
        memcpy(db->secret, value, sizeof db->secret);
    sqlite3_finalize(statement);
    return is_whole ? OK : ERR_STORAGE;
}

/* The file is accepted: settings, statements, numbers. */
static enum error prepare(struct database *db, const struct location *l, const struct store_config *config,
                          char *message)
{
    enum error err = use_log(db, l, message);
    if (err)
        return err;
    if (!(err = connection_execute(&db->connection, SETTINGS)) &&
        !(err = connection_execute(&db->connection, SYNCHRONOUS[config->durability])) &&
        !(err = connection_prepare(&db->connection)) && !(err = read_secret(db)) &&
        !(err = calendar_keeper_open(&db->keeper, &db->connection, config)))
        err = count_documents(db);
    if (err)
        return refuse(db, l->path, sqlite3_extended_errcode(db->connection.handle), message);
    sqlite3_wal_hook(db->connection.handle, note_log_size, db);
    sqlite3_db_config(db->connection.handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
    sqlite3_db_config(db->connection.handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    return OK;
}

enum error database_open(struct database *db, const struct location *location,
                         const struct store_config *config, char message[MESSAGE_BYTES])
{
    *db = (struct database){.checkpoint_at_pages = CHECKPOINT_PAGES,
                            .keeps_history = config->keeps_history && config->durability != STORE_LAZY};
    enum error err;
    int code = connection_open(&db->connection, location);
    if (code != SQLITE_OK) {
        err = refuse(db, location->path, code, message);
        goto close;
    }
    if (sqlite3_db_readonly(db->connection.handle, "main") == 1) {
        err = message_error(message, "The database %s cannot be written. Make it writable for this user.",
                            location->path);
        goto close;
    }
    if ((err = schema_check(&db->connection, location->path, message)) ||
        (err = schema_migrate(&db->connection, location->path, config, message)) ||
        (err = prepare(db, location, config, message)))
        goto close;
    return OK;

close:
    database_close(db);
    return err;
}

void database_close(struct database *db)
{
    calendar_keeper_close(&db->keeper, &db->connection);
    connection_close(&db->connection);
    *db = (struct database){0};
}

/* ---- transactions ------------------------------------------------------ */

enum error database_begin(struct database *db, bool for_writing)
{
    db->documents_added = 0;
    struct query q = query_start(&db->connection, for_writing ? STATEMENT_BEGIN_WRITE : STATEMENT_BEGIN_READ);
    return query_run(&q);
}

enum error database_commit(struct database *db)
{
    struct query q = query_start(&db->connection, STATEMENT_COMMIT);
    enum error err = query_run(&q);
    if (!err)
        db->documents += (uint64_t)db->documents_added;
    return err;
}

void database_rollback(struct database *db)
{
    if (!connection_in_transaction(&db->connection))
        return;
    /* Not through a query: `why` must go on saying what failed before. */
    sqlite3_step(db->connection.statements[STATEMENT_ROLLBACK]);
    sqlite3_reset(db->connection.statements[STATEMENT_ROLLBACK]);
}

int64_t database_now_s(const struct database *db)
{
    return calendar_ms(&db->keeper.calendar) / 1000;
}

bool database_probe(struct database *db)
{
    char sql[64];
    snprintf(sql, sizeof sql, "PRAGMA user_version = %d", schema_version());
    char why[sizeof db->connection.why];
    memcpy(why, db->connection.why, sizeof why);
    bool works = !connection_execute(&db->connection, sql);
    memcpy(db->connection.why, why, sizeof why);
    return works;
}

/* ---- checkpoints ------------------------------------------------------- */

void database_checkpoint_if_due(struct database *db)
{
    if (db->wal_pages < db->checkpoint_at_pages)
        return;
    int in_log = 0, moved = 0;
    int code =
        sqlite3_wal_checkpoint_v2(db->connection.handle, "main", SQLITE_CHECKPOINT_PASSIVE, &in_log, &moved);
    /* A reader (a backup) or a failure may leave some of it in the log, where
     * it is as safe; it is tried again when the log has grown some more. When
     * all was moved, the next write begins the log anew. */
    bool all_moved = code == SQLITE_OK && moved == in_log;
    db->checkpoint_at_pages = CHECKPOINT_PAGES + (all_moved ? 0 : db->wal_pages);
    if (all_moved)
        db->wal_pages = 0;
}
