#include "store/sqlite/connection.h"

#include <stdio.h>
#include <string.h>

/* Until the file is accepted as ours, nothing here writes to it or runs code
 * that its schema might hold. */
static const char READ_ONLY_SETTINGS[] = "PRAGMA trusted_schema = OFF;"
                                         "PRAGMA foreign_keys = OFF;"
                                         "PRAGMA temp_store = MEMORY;";

static const char *const STATEMENT_SQL[] = {
#define X(name, sql) [STATEMENT_##name] = sql,
    STATEMENT_TABLE(X)
#undef X
};

/* ---- open and close ---------------------------------------------------- */

int connection_open(struct connection *c, const struct location *l)
{
    *c = (struct connection){0};
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    int code =
        sqlite3_open_v2(l->in_memory ? ":memory:" : l->path, &c->handle, flags, l->vfs[0] ? l->vfs : NULL);
    if (code != SQLITE_OK)
        return code;
    sqlite3_extended_result_codes(c->handle, 1);
    connection_set_lock_timeout_ms(c, LOCK_TIMEOUT_MS);
    /* Until the file is accepted, closing must not write the log back. */
    sqlite3_db_config(c->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    code = sqlite3_exec(c->handle, READ_ONLY_SETTINGS, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_exec(c->handle, "SELECT COUNT(*) FROM sqlite_master", NULL, NULL, NULL);
    return code;
}

enum error connection_check_statements(struct connection *c)
{
    for (int i = 0; i < STATEMENT_COUNT; i++) {
        sqlite3_stmt *statement;
        int code = sqlite3_prepare_v2(c->handle, STATEMENT_SQL[i], -1, &statement, NULL);
        if (code != SQLITE_OK)
            return connection_error(c, code);
        sqlite3_finalize(statement);
    }
    return OK;
}

enum error connection_prepare(struct connection *c)
{
    for (int i = 0; i < STATEMENT_COUNT; i++) {
        int code = sqlite3_prepare_v3(c->handle, STATEMENT_SQL[i], -1, SQLITE_PREPARE_PERSISTENT,
                                      &c->statements[i], NULL);
        if (code != SQLITE_OK)
            return connection_error(c, code);
    }
    return OK;
}

void connection_close(struct connection *c)
{
    for (int i = 0; i < STATEMENT_COUNT; i++)
        sqlite3_finalize(c->statements[i]);
    sqlite3_close(c->handle);
    *c = (struct connection){0};
}

/* ---- use --------------------------------------------------------------- */

enum error connection_error(struct connection *c, int sqlite_code)
{
    const char *code_text = sqlite3_errstr(sqlite_code);
    const char *said = c->handle ? sqlite3_errmsg(c->handle) : "";
    if (!c->handle || sqlite3_errcode(c->handle) == SQLITE_OK || strcmp(said, code_text) == 0)
        snprintf(c->why, sizeof c->why, "%s (%d)", code_text, sqlite_code);
    else
        snprintf(c->why, sizeof c->why, "%s: %s (%d)", code_text, said, sqlite_code);
    return (sqlite_code & 0xff) == SQLITE_NOMEM ? ERR_NO_MEMORY : ERR_STORAGE;
}

enum error connection_execute(struct connection *c, const char *sql)
{
    int code = sqlite3_exec(c->handle, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? OK : connection_error(c, code);
}

int64_t connection_ask(struct connection *c, const char *sql, const char *parameter, int64_t otherwise)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(c->handle, sql, -1, &statement, NULL) != SQLITE_OK)
        return otherwise;
    if (parameter)
        sqlite3_bind_text(statement, 1, parameter, -1, SQLITE_STATIC);
    int64_t answer = sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : otherwise;
    sqlite3_finalize(statement);
    return answer;
}

void connection_set_lock_timeout_ms(struct connection *c, int timeout_ms)
{
    sqlite3_busy_timeout(c->handle, timeout_ms);
}

bool connection_in_transaction(const struct connection *c)
{
    return !sqlite3_get_autocommit(c->handle);
}
