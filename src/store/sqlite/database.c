#include "store/sqlite/database.h"

#include "store/sqlite/query.h"
#include "store/sqlite/schema.h"

#include <stdio.h>
#include <string.h>

enum {
    BUSY_PATIENCE_MS = 5000,
    CHECKPOINT_PAGES = 1000, /* 4 MiB of log */
};

/* Before the file is accepted: nothing here writes. */
static const char CAUTIOUS[] = "PRAGMA trusted_schema = OFF;"
                               "PRAGMA foreign_keys = OFF;"
                               "PRAGMA temp_store = MEMORY;";

/* After: secure_delete so that deleted documents are gone (docs/decisions/020). */
static const char SETTINGS[] = "PRAGMA cache_size = -2000;"
                               "PRAGMA secure_delete = ON;"
                               "PRAGMA wal_autocheckpoint = 0;"
                               "PRAGMA journal_size_limit = 16777216;";

static const char *const SYNCHRONOUS[] = {
    [STORE_LAZY] = "PRAGMA synchronous = NORMAL",
    [STORE_JOURNAL] = "PRAGMA synchronous = NORMAL",
    [STORE_FSYNC] = "PRAGMA synchronous = FULL",
};

static const char *const STATEMENT_SQL[] = {
#define X(name, sql) [STATEMENT_##name] = sql,
    STATEMENT_TABLE(X)
#undef X
};

enum error database_error(struct database *db, int sqlite_code)
{
    const char *code_text = sqlite3_errstr(sqlite_code);
    const char *said = db->handle ? sqlite3_errmsg(db->handle) : "";
    if (!db->handle || sqlite3_errcode(db->handle) == SQLITE_OK || strcmp(said, code_text) == 0)
        snprintf(db->why, sizeof db->why, "%s (%d)", code_text, sqlite_code);
    else
        snprintf(db->why, sizeof db->why, "%s: %s (%d)", code_text, said, sqlite_code);
    return (sqlite_code & 0xff) == SQLITE_NOMEM ? ERR_NO_MEMORY : ERR_STORAGE;
}

enum error database_execute(struct database *db, const char *sql)
{
    int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? OK : database_error(db, code);
}

void database_set_patience_ms(struct database *db, int patience_ms)
{
    sqlite3_busy_timeout(db->handle, patience_ms);
}

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
    database_error(db, code);
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
                             path, db->why);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return message_error(message, "The database %s is locked by another program. Close that program.",
                             path);
    default:
        return message_error(message, "Cannot use the database %s: %s.", path, db->why);
    }
}

static int open_handle(struct database *db, const struct location *l)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    int code =
        sqlite3_open_v2(l->in_memory ? ":memory:" : l->path, &db->handle, flags, l->vfs[0] ? l->vfs : NULL);
    if (code != SQLITE_OK)
        return code;
    sqlite3_extended_result_codes(db->handle, 1);
    database_set_patience_ms(db, BUSY_PATIENCE_MS);
    /* Until the file is accepted, closing must not write the log back. */
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    code = sqlite3_exec(db->handle, CAUTIOUS, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_exec(db->handle, "SELECT COUNT(*) FROM sqlite_master", NULL, NULL, NULL);
    return code;
}

static enum error use_log(struct database *db, const struct location *l, char *message)
{
    sqlite3_stmt *statement;
    int code = sqlite3_prepare_v2(db->handle, "PRAGMA journal_mode = WAL", -1, &statement, NULL);
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

static enum error prepare_statements(struct database *db)
{
    for (int i = 0; i < STATEMENT_COUNT; i++) {
        int code = sqlite3_prepare_v3(db->handle, STATEMENT_SQL[i], -1, SQLITE_PREPARE_PERSISTENT,
                                      &db->statements[i], NULL);
        if (code != SQLITE_OK)
            return database_error(db, code);
    }
    return OK;
}

static enum error count_documents(struct database *db)
{
    struct query q = query_start(db, STATEMENT_DOCUMENTS);
    if (query_next(&q))
        db->documents = (uint64_t)query_int(&q, 0);
    return query_end(&q);
}

/* The file is accepted: settings, statements, numbers. */
static enum error prepare(struct database *db, const struct location *l, const struct store_config *config,
                          char *message)
{
    enum error err = use_log(db, l, message);
    if (err)
        return err;
    if (!(err = database_execute(db, SETTINGS)) &&
        !(err = database_execute(db, SYNCHRONOUS[config->durability])) && !(err = prepare_statements(db)))
        err = count_documents(db);
    if (err)
        return refuse(db, l->path, sqlite3_extended_errcode(db->handle), message);
    sqlite3_wal_hook(db->handle, note_log_size, db);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    return OK;
}

enum error database_open(struct database *db, const struct location *location,
                         const struct store_config *config, char message[MESSAGE_BYTES])
{
    *db = (struct database){.checkpoint_at_pages = CHECKPOINT_PAGES};
    enum error err;
    int code = open_handle(db, location);
    if (code != SQLITE_OK) {
        err = refuse(db, location->path, code, message);
        goto close;
    }
    if (sqlite3_db_readonly(db->handle, "main") == 1) {
        err = message_error(message, "The database %s cannot be written. Make it writable for this user.",
                            location->path);
        goto close;
    }
    if ((err = schema_check(db, location->path, message)) ||
        (err = schema_migrate(db, location->path, config, message)) ||
        (err = prepare(db, location, config, message)))
        goto close;
    return OK;

close:
    database_close(db);
    return err;
}

void database_close(struct database *db)
{
    for (int i = 0; i < STATEMENT_COUNT; i++)
        sqlite3_finalize(db->statements[i]);
    sqlite3_close(db->handle);
    *db = (struct database){0};
}

/* ---- transactions ------------------------------------------------------ */

enum error database_begin(struct database *db, bool for_writing)
{
    db->documents_added = 0;
    struct query q = query_start(db, for_writing ? STATEMENT_BEGIN_WRITE : STATEMENT_BEGIN_READ);
    return query_run(&q);
}

enum error database_commit(struct database *db)
{
    struct query q = query_start(db, STATEMENT_COMMIT);
    enum error err = query_run(&q);
    if (!err)
        db->documents += (uint64_t)db->documents_added;
    return err;
}

bool database_in_transaction(const struct database *db)
{
    return !sqlite3_get_autocommit(db->handle);
}

void database_rollback(struct database *db)
{
    if (!database_in_transaction(db))
        return;
    /* Not through a query: `why` must go on saying what failed before. */
    sqlite3_step(db->statements[STATEMENT_ROLLBACK]);
    sqlite3_reset(db->statements[STATEMENT_ROLLBACK]);
}

bool database_probe(struct database *db)
{
    char sql[64];
    snprintf(sql, sizeof sql, "PRAGMA user_version = %d", schema_version());
    char why[sizeof db->why];
    memcpy(why, db->why, sizeof why);
    bool works = !database_execute(db, sql);
    memcpy(db->why, why, sizeof why);
    return works;
}

/* ---- checkpoints ------------------------------------------------------- */

void database_checkpoint_if_due(struct database *db)
{
    if (db->wal_pages < db->checkpoint_at_pages)
        return;
    int in_log = 0, moved = 0;
    int code = sqlite3_wal_checkpoint_v2(db->handle, "main", SQLITE_CHECKPOINT_PASSIVE, &in_log, &moved);
    /* A reader (a backup) or a failure may leave some of it in the log, where
     * it is as safe; it is tried again when the log has grown some more. When
     * all was moved, the next write begins the log anew. */
    bool all_moved = code == SQLITE_OK && moved == in_log;
    db->checkpoint_at_pages = CHECKPOINT_PAGES + (all_moved ? 0 : db->wal_pages);
    if (all_moved)
        db->wal_pages = 0;
}
