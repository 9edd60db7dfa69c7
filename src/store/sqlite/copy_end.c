#include "store/sqlite/copy_end.h"

#include "base/alloc.h"
#include "store/calendar.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/legacy_import.h"
#include "store/sqlite/location.h"
#include "store/sqlite/lock.h"
#include "store/sqlite/schema.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { SQL_BYTES = 512 };

/* `inserts` are prepared with the first row of their table. */
struct sqlite_copy_end {
    struct copy_end end;
    struct location location;
    struct lock file_lock;
    struct connection connection;
    sqlite3_stmt *inserts[COPY_TABLES];
};

static struct sqlite_copy_end *self_of(struct copy_end *e)
{
    return LIST_ITEM(e, struct sqlite_copy_end, end);
}

/* ---- which files are taken --------------------------------------------------- */

static bool never_wait(void *arg)
{
    (void)arg;
    return true;
}
static const struct store_config CONFIG = {.should_stop = never_wait};

static enum error find_file(struct sqlite_copy_end *self, struct slice uri, bool is_source, char *message)
{
    struct location *l = &self->location;
    struct stat info;
    enum error err = location_parse(uri, l, message);
    if (err)
        return err;
    if (l->in_memory)
        return message_error(message, "A database in memory cannot be copied. Name a file.");
    if (is_source && stat(l->path, &info))
        return message_error(message, "Cannot find the database to copy from, %s: %s.", l->path,
                             strerror(errno));
    return location_prepare(l, message);
}

static bool is_same_file(const struct sqlite_copy_end *a, const struct copy_end *other)
{
    const struct sqlite_copy_end *b = LIST_ITEM(other, const struct sqlite_copy_end, end);
    struct stat one, two;
    return other->ops == &SQLITE_COPY_END && stat(a->location.path, &one) == 0 &&
           stat(b->location.path, &two) == 0 && one.st_dev == two.st_dev && one.st_ino == two.st_ino;
}

static enum error lock_file(struct sqlite_copy_end *self, char *message)
{
    enum error err = lock_take(&self->file_lock, self->location.path, &CONFIG, message);
    if (err != ERR_SHUTTING_DOWN)
        return err;
    return message_error(message, "A server runs on the database %s. Stop it first; nothing was copied.",
                         self->location.path);
}

static enum error open_file(struct sqlite_copy_end *self, bool is_source, char *message)
{
    const char *path = self->location.path;
    int code = connection_open(&self->connection, &self->location);
    if (code == SQLITE_NOTADB)
        return message_error(message, "The file %s is not a database. It was left as it is.", path);
    if (code) {
        connection_error(&self->connection, code);
        return message_error(message, "Cannot use the database %s: %s.", path, self->connection.why);
    }
    if (!is_source && sqlite3_db_readonly(self->connection.handle, "main") == 1)
        return message_error(message, "The database %s cannot be written. Make it writable for this user.",
                             path);
    return OK;
}

static enum error refuse_without_version(struct sqlite_copy_end *self, bool is_empty, char *message)
{
    const char *path = self->location.path;
    if (is_empty)
        return message_error(message, "The database to copy from, %s, holds no pads: it is empty.", path);
    if (legacy_import_is_possible(&self->connection))
        return message_error(message,
                             "The database %s is of an older program and was not taken over yet. Start the "
                             "server on it once, stop it, then copy.",
                             path);
    return message_error(message, "The database %s belongs to another program. It was left as it is.", path);
}

/* Makes the tables of an empty target. */
static enum error accept_version(struct sqlite_copy_end *self, bool is_source, char *message)
{
    struct connection *c = &self->connection;
    const char *path = self->location.path;
    int version = schema_version_of(c);
    if (version > schema_version())
        return schema_check(c, path, message);
    if (version && version < schema_version())
        return message_error(
            message,
            "The database %s is of an older Kolabpad (schema %d, this one has %d). Start the "
            "server on it once, stop it, then copy.",
            path, version, schema_version());
    if (version)
        return OK;
    bool is_empty = connection_ask(c, "SELECT COUNT(*) FROM sqlite_master", NULL, 1) == 0;
    if (is_source || !is_empty)
        return refuse_without_version(self, is_empty, message);
    return schema_migrate(c, path, &CONFIG, message);
}

static enum error begin(struct sqlite_copy_end *self, bool is_source, char *message)
{
    struct connection *c = &self->connection;
    if (connection_execute(c, is_source ? "BEGIN" : "BEGIN IMMEDIATE"))
        return message_error(message, "Cannot use the database %s: %s.", self->location.path, c->why);
    static const char HOLDS_ANYTHING[] =
        "SELECT EXISTS (SELECT 1 FROM documents) OR EXISTS (SELECT 1 FROM journal)"
        " OR EXISTS (SELECT 1 FROM epochs)";
    if (is_source || connection_ask(c, HOLDS_ANYTHING, NULL, 1) == 0)
        return OK;
    return message_error(message,
                         "The database to copy to, %s, is not empty. Copy into a new one; nothing was "
                         "overwritten.",
                         self->location.path);
}

/* ---- open and close ---------------------------------------------------------- */

static void close_end(struct copy_end *e)
{
    struct sqlite_copy_end *self = self_of(e);
    for (int i = 0; i < COPY_TABLES; i++)
        sqlite3_finalize(self->inserts[i]);
    connection_close(&self->connection);
    lock_release(&self->file_lock);
    mem_free(self);
}

static enum error open_end(struct slice uri, const struct copy_end *source, struct copy_end **out,
                           char message[MESSAGE_BYTES])
{
    struct sqlite_copy_end *self = mem_alloc(sizeof *self);
    if (!self) {
        message_error(message, "%s", error_text(ERR_NO_MEMORY));
        return ERR_NO_MEMORY;
    }
    *self = (struct sqlite_copy_end){.end = {.ops = &SQLITE_COPY_END}, .file_lock = {.fd = -1}};
    bool is_source = !source;
    enum error err = find_file(self, uri, is_source, message);
    if (!err && !is_source && is_same_file(self, source))
        err = message_error(message, "Both are the same database, %s. Nothing was copied.",
                            self->location.path);
    if (err || (err = lock_file(self, message)) || (err = open_file(self, is_source, message)) ||
        (err = accept_version(self, is_source, message)) || (err = begin(self, is_source, message))) {
        close_end(&self->end);
        return err;
    }
    *out = &self->end;
    return OK;
}

static const char *why(const struct copy_end *e)
{
    return LIST_ITEM(e, const struct sqlite_copy_end, end)->connection.why;
}

/* ---- rows -------------------------------------------------------------------- */

static sqlite3_stmt *prepare(struct sqlite_copy_end *self, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(self->connection.handle, sql, -1, &statement, NULL);
    if (code != SQLITE_OK)
        connection_error(&self->connection, code);
    return statement;
}

static sqlite3_stmt *prepare_insert(struct sqlite_copy_end *self, const struct copy_layout *layout)
{
    char columns[COPY_COLUMNS_BYTES], sql[2 * SQL_BYTES];
    copy_columns(layout, columns);
    size_t len = (size_t)snprintf(sql, sizeof sql, "INSERT INTO %s (%s) VALUES (", layout->name, columns);
    for (uint32_t i = 0; i < layout->column_count; i++)
        len += (size_t)snprintf(sql + len, sizeof sql - len, i ? ", ?" : "?");
    snprintf(sql + len, sizeof sql - len, ")");
    return prepare(self, sql);
}

static struct slice column_bytes(sqlite3_stmt *statement, int column)
{
    if (sqlite3_column_type(statement, column) == SQLITE_NULL)
        return (struct slice){0};
    const void *bytes = sqlite3_column_blob(statement, column);
    return bytes ? slice_of(bytes, (size_t)sqlite3_column_bytes(statement, column)) : SLICE("");
}

static void take_row(sqlite3_stmt *statement, const struct copy_layout *layout, struct copy_row *row)
{
    for (uint32_t i = 0; i < layout->column_count; i++) {
        if (layout->columns[i].type == COPY_INT)
            row->numbers[i] = sqlite3_column_int64(statement, (int)i);
        else
            row->bytes[i] = column_bytes(statement, (int)i);
    }
}

static enum error read_rows(struct copy_end *e, enum copy_table table, copy_visit *visit, void *arg)
{
    struct sqlite_copy_end *self = self_of(e);
    const struct copy_layout *layout = &copy_layouts[table];
    char columns[COPY_COLUMNS_BYTES], sql[2 * SQL_BYTES];
    copy_columns(layout, columns);
    snprintf(sql, sizeof sql, "SELECT %s FROM %s ORDER BY %s", columns, layout->name, layout->order);
    sqlite3_stmt *statement = prepare(self, sql);
    if (!statement)
        return ERR_STORAGE;
    enum error err = OK;
    int code = SQLITE_ROW;
    while (!err && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        struct copy_row row = {0};
        take_row(statement, layout, &row);
        err = visit(arg, &row);
    }
    if (!err && code != SQLITE_DONE)
        err = connection_error(&self->connection, code);
    sqlite3_finalize(statement);
    return err;
}

static int bind(sqlite3_stmt *statement, int at, enum copy_type type, const struct copy_row *row)
{
    struct slice bytes = row->bytes[at - 1];
    if (type == COPY_INT)
        return sqlite3_bind_int64(statement, at, row->numbers[at - 1]);
    if (!bytes.ptr)
        return sqlite3_bind_null(statement, at);
    if (type == COPY_BLOB)
        return sqlite3_bind_blob64(statement, at, bytes.ptr, bytes.len, SQLITE_STATIC);
    return sqlite3_bind_text64(statement, at, bytes.ptr, bytes.len, SQLITE_STATIC, SQLITE_UTF8);
}

static enum error write_row(struct copy_end *e, enum copy_table table, const struct copy_row *row)
{
    struct sqlite_copy_end *self = self_of(e);
    const struct copy_layout *layout = &copy_layouts[table];
    if (!self->inserts[table] && !(self->inserts[table] = prepare_insert(self, layout)))
        return ERR_STORAGE;
    sqlite3_stmt *statement = self->inserts[table];
    int code = SQLITE_OK;
    for (uint32_t i = 0; code == SQLITE_OK && i < layout->column_count; i++)
        code = bind(statement, (int)i + 1, layout->columns[i].type, row);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    enum error err = code == SQLITE_DONE ? OK : connection_error(&self->connection, code);
    sqlite3_reset(statement);
    return err;
}

/* ---- the calendar ------------------------------------------------------------ */

/* A file whose first server has died within its first second has no row there yet. */
static enum error calendar(struct copy_end *e, int64_t *ms)
{
    struct sqlite_copy_end *self = self_of(e);
    *ms = connection_ask(&self->connection,
                         "SELECT coalesce((SELECT wall_ms - offset_ms FROM clock WHERE id = 1),"
                         " (SELECT max(accessed_at) * 1000 FROM documents), unixepoch() * 1000)",
                         NULL, INT64_MIN);
    if (*ms != INT64_MIN)
        return OK;
    return connection_error(&self->connection, sqlite3_errcode(self->connection.handle));
}

/* With full credit, so that the start that follows is no jump. */
static enum error set_calendar(struct copy_end *e, int64_t ms)
{
    char sql[SQL_BYTES];
    snprintf(sql, sizeof sql,
             "INSERT OR REPLACE INTO clock (id, wall_ms, offset_ms, credit_ms)"
             " SELECT 1, unixepoch() * 1000, unixepoch() * 1000 - %lld, %lld",
             (long long)ms, (long long)calendar_limits_for(0).credit_max_ms);
    return connection_execute(&self_of(e)->connection, sql);
}

/* SQLite syncs a commit of one that has no log, and one of a log when that is moved into the file. */
static enum error commit(struct copy_end *e, bool *is_unknown)
{
    struct connection *c = &self_of(e)->connection;
    *is_unknown = false;
    enum error err = connection_execute(c, "COMMIT");
    if (!err)
        sqlite3_db_config(c->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
    return err;
}

const struct copy_end_ops SQLITE_COPY_END = {
    .open = open_end,
    .close = close_end,
    .read = read_rows,
    .write = write_row,
    .calendar = calendar,
    .set_calendar = set_calendar,
    .commit = commit,
    .why = why,
};
