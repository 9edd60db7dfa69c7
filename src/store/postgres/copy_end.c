#include "store/postgres/copy_end.h"

#include "base/alloc.h"
#include "store/postgres/columns.h"
#include "store/postgres/host.h"
#include "store/postgres/schema.h"

#include <stdio.h>
#include <string.h>

enum {
    SQL_BYTES = 512,
    INSERT_BYTES = 3 * SQL_BYTES,
    SECRET_BYTES = 32,
    FETCH_ROWS = 64,           /* texts may have megabytes each */
    WRITE_ROWS = 512,          /* in a statement, */
    WRITE_BYTES = 1024 * 1024, /* or so many bytes */
    /* Everything may take minutes here, a commit that syncs gigabytes for example. */
    DEADLINE_MS = 10 * 60 * 1000,
};

/* Numbers of statements: those of the tables write rows, by enum copy_table. */
enum { SET_CALENDAR = COPY_TABLES, STATEMENT_COUNT };

/* Rows wait in `arrays`, one for each column of `pending`, until there are enough. */
struct pg_copy_end {
    struct copy_end end;
    bool is_source;
    char *url;
    struct known_database known;
    struct pg_config config;
    struct pg_connection connection;
    char inserts[COPY_TABLES][INSERT_BYTES];
    const char *statements[STATEMENT_COUNT];
    char secret[SECRET_BYTES]; /* the same for two names of one database */
    struct array arrays[COPY_COLUMNS_MAX];
    enum copy_table pending;
    uint32_t pending_rows;
    size_t pending_bytes;
};

static struct pg_copy_end *self_of(struct copy_end *e)
{
    return LIST_ITEM(e, struct pg_copy_end, end);
}

/* In sentences: "the database to copy from". */
static const char *role_of(const struct pg_copy_end *self)
{
    return self->is_source ? "to copy from" : "to copy to";
}

static enum error refuse(const struct pg_copy_end *self, char *message)
{
    return message_error(message, "Cannot use the database %s: %s.", role_of(self), self->connection.why);
}

/* ---- statements -------------------------------------------------------------- */

static const struct {
    const char *type;
    enum array_type array;
} TYPES[] = {
    [COPY_ID] = {"text", ARRAY_TEXT},
    [COPY_INT] = {"int8", ARRAY_INT8},
    [COPY_TEXT] = {"bytea", ARRAY_BYTEA},
    [COPY_BLOB] = {"bytea", ARRAY_BYTEA},
};

/* A row of the journal says which life has written it; those that come from elsewhere have none. */
static void make_insert(enum copy_table table, char out[INSERT_BYTES])
{
    const struct copy_layout *layout = &copy_layouts[table];
    const char *more = table == COPY_JOURNAL ? ", writer" : "", *values = table == COPY_JOURNAL ? ", 0" : "";
    char columns[COPY_COLUMNS_BYTES], arrays[SQL_BYTES];
    size_t len = 0;
    copy_columns(layout, columns);
    for (uint32_t i = 0; i < layout->column_count; i++)
        len += (size_t)snprintf(arrays + len, sizeof arrays - len, i ? ", $%u::%s[]" : "$%u::%s[]", i + 1,
                                TYPES[layout->columns[i].type].type);
    snprintf(out, INSERT_BYTES, "INSERT INTO kp_%s (%s%s) SELECT u.*%s FROM unnest(%s) AS u", layout->name,
             columns, more, values, arrays);
}

static void make_statements(struct pg_copy_end *self)
{
    for (int i = 0; i < COPY_TABLES; i++) {
        make_insert((enum copy_table)i, self->inserts[i]);
        self->statements[i] = self->inserts[i];
    }
    self->statements[SET_CALENDAR] = "UPDATE kp_calendar SET calendar_ms = $1::int8, keeper = 0";
}

/* A number, or NULL's 0. */
static enum reply ask(struct pg_copy_end *self, const char *sql, int64_t *out)
{
    pg_send_sql(&self->connection, sql);
    PGresult *result = pg_next(&self->connection);
    *out = result ? column_int(result, 0, 0) : 0;
    return pg_end(&self->connection);
}

/* ---- which databases are taken ----------------------------------------------- */

/* The tables are made, or are of this version. The connection has no statements yet. */
static enum error accept_schema(struct pg_copy_end *self, struct pg_connection *bare, char *message)
{
    int version, own = pg_schema_version();
    enum error err = pg_schema_look(bare, &version, message);
    if (err)
        return err;
    if (version > own)
        return message_error(message,
                             "The database %s is of a newer Kolabpad (schema %d, this one has %d). Copy with "
                             "the newer one.",
                             role_of(self), version, own);
    if (version && version < own)
        return message_error(
            message,
            "The database %s is of an older Kolabpad (schema %d, this one has %d). Start the "
            "server on it once, stop it, then copy.",
            role_of(self), version, own);
    if (!version && self->is_source)
        return message_error(message, "The database to copy from holds no pads: it has no tables.");
    return pg_schema_prepare(bare, &(struct store_config){0}, message);
}

static enum error prepare_tables(struct pg_copy_end *self, char *message)
{
    struct pg_config bare_config = {
        .url = self->url, .known = &self->known, .role = role_of(self), .deadline_ms = DEADLINE_MS};
    struct pg_connection bare;
    pg_init(&bare, &bare_config);
    enum error err = OK;
    if (pg_open(&bare, "kolabpad copy"))
        err = message_error(message, "Cannot reach the database %s: %s.", role_of(self), bare.why);
    if (!err)
        err = accept_schema(self, &bare, message);
    pg_close(&bare);
    return err;
}

static enum error look_at_secret(struct pg_copy_end *self, const struct copy_end *source, char *message)
{
    pg_send_sql(&self->connection, "SELECT value FROM kp_cluster WHERE name = 'secret'");
    PGresult *result = pg_next(&self->connection);
    struct slice secret = result ? column_bytes(result, 0, 0) : (struct slice){0};
    if (secret.len == SECRET_BYTES)
        memcpy(self->secret, secret.ptr, SECRET_BYTES);
    if (pg_end(&self->connection))
        return refuse(self, message);
    if (!source || source->ops != &POSTGRES_COPY_END ||
        memcmp(LIST_ITEM(source, const struct pg_copy_end, end)->secret, self->secret, SECRET_BYTES) != 0)
        return OK;
    return message_error(message, "Both are the same database. Nothing was copied.");
}

/* One that has a session, or has given a sign of life just now, and has not resigned. */
static const char LIVING[] =
    "SELECT count(*) FROM kp_nodes n LEFT JOIN kp_beats b USING (incarnation) WHERE n.dead_at IS NULL"
    " AND (b.seen_at > clock_timestamp() - interval '5 seconds' OR EXISTS"
    " (SELECT 1 FROM pg_stat_activity a WHERE a.datname = current_database()"
    " AND a.application_name LIKE 'kolabpad ' || n.incarnation || ' %'))";

static enum error refuse_living(struct pg_copy_end *self, char *message)
{
    int64_t living;
    if (ask(self, LIVING, &living))
        return refuse(self, message);
    if (living == 0)
        return OK;
    return message_error(message,
                         "A server runs on the database %s. Stop it first (one that was killed counts for "
                         "another 5 seconds); nothing was copied.",
                         role_of(self));
}

/* Looks before the lock, too, so that a server that runs is not made to wait for it. */
static enum error lock_out_servers(struct pg_copy_end *self, char *message)
{
    struct pg_connection *c = &self->connection;
    enum error err = refuse_living(self, message);
    if (err)
        return err;
    pg_send_sql(c, "SET idle_in_transaction_session_timeout = 0");
    pg_send_sql(c, "SET lock_timeout = '2s'");
    if (pg_end(c))
        return refuse(self, message);
    pg_send_sql(c, "BEGIN ISOLATION LEVEL REPEATABLE READ");
    pg_send_sql(c, "LOCK TABLE kp_nodes, kp_lanes IN EXCLUSIVE MODE");
    enum reply reply = pg_end(c);
    if (reply == REPLY_LOCKED)
        return message_error(
            message,
            "Somebody else is writing to the database %s. Stop servers and other copies first; "
            "nothing was copied.",
            role_of(self));
    return reply ? refuse(self, message) : refuse_living(self, message);
}

/* Servers that were not heard of for long can never write here again. */
static enum error claim_empty(struct pg_copy_end *self, char *message)
{
    int64_t rows;
    if (ask(self,
            "SELECT (EXISTS (SELECT 1 FROM kp_documents) OR EXISTS (SELECT 1 FROM kp_journal)"
            " OR EXISTS (SELECT 1 FROM kp_epochs))::int4",
            &rows))
        return refuse(self, message);
    if (rows)
        return message_error(message,
                             "The database to copy to is not empty. Copy into a new one; nothing was "
                             "overwritten.");
    pg_send_sql(&self->connection, "UPDATE kp_lanes SET dead = true WHERE NOT dead");
    pg_send_sql(&self->connection, "UPDATE kp_nodes SET dead_at = clock_timestamp() WHERE dead_at IS NULL");
    return pg_end(&self->connection) ? refuse(self, message) : OK;
}

/* ---- open and close ---------------------------------------------------------- */

static enum error open_parts(struct pg_copy_end *self, const struct copy_end *source, char *message)
{
    if (!host_url_is_valid(self->url))
        return message_error(message,
                             "The address of the database %s is not one that PostgreSQL's library can read: "
                             "postgres://user@host/database. Special characters in a password are written "
                             "as %%XX.",
                             role_of(self));
    enum error err = prepare_tables(self, message);
    if (err)
        return err;
    if (pg_open(&self->connection, "kolabpad copy"))
        return refuse(self, message);
    err = look_at_secret(self, source, message);
    if (!err)
        err = lock_out_servers(self, message);
    if (!err && !self->is_source)
        err = claim_empty(self, message);
    return err;
}

static void close_end(struct copy_end *e)
{
    struct pg_copy_end *self = self_of(e);
    pg_close(&self->connection);
    for (int i = 0; i < COPY_COLUMNS_MAX; i++)
        array_free(&self->arrays[i]);
    mem_free(self->url);
    mem_free(self);
}

static struct pg_copy_end *new_end(struct slice uri)
{
    struct pg_copy_end *self = mem_alloc(sizeof *self);
    char *url = mem_alloc(uri.len + 1);
    if (!self || !url) {
        mem_free(self);
        mem_free(url);
        return NULL;
    }
    memcpy(url, uri.ptr, uri.len);
    url[uri.len] = '\0';
    *self = (struct pg_copy_end){.end = {.ops = &POSTGRES_COPY_END}, .url = url};
    return self;
}

static enum error open_end(struct slice uri, const struct copy_end *source, struct copy_end **out,
                           char message[MESSAGE_BYTES])
{
    struct pg_copy_end *self = new_end(uri);
    if (!self) {
        message_error(message, "%s", error_text(ERR_NO_MEMORY));
        return ERR_NO_MEMORY;
    }
    self->is_source = !source;
    make_statements(self);
    self->known = KNOWN_DATABASE_NONE;
    self->config = (struct pg_config){.url = self->url,
                                      .known = &self->known,
                                      .role = role_of(self),
                                      .statements = self->statements,
                                      .statement_count = source ? STATEMENT_COUNT : 0,
                                      .deadline_ms = DEADLINE_MS};
    pg_init(&self->connection, &self->config);
    enum error err = open_parts(self, source, message);
    if (err) {
        close_end(&self->end);
        return err;
    }
    *out = &self->end;
    return OK;
}

static const char *why(const struct copy_end *e)
{
    return LIST_ITEM(e, const struct pg_copy_end, end)->connection.why;
}

/* ---- writing ----------------------------------------------------------------- */

/* Sends the rows that wait. */
static enum error send_pending(struct pg_copy_end *self)
{
    if (self->pending_rows == 0)
        return OK;
    struct parameters p = {0};
    for (uint32_t i = 0; i < copy_layouts[self->pending].column_count; i++)
        put_array(&p, &self->arrays[i]);
    self->pending_rows = 0;
    self->pending_bytes = 0;
    return reply_error(pg_run(&self->connection, self->pending, &p, NULL));
}

static void begin_arrays(struct pg_copy_end *self, enum copy_table table)
{
    const struct copy_layout *layout = &copy_layouts[table];
    self->pending = table;
    for (uint32_t i = 0; i < layout->column_count; i++)
        array_begin(&self->arrays[i], TYPES[layout->columns[i].type].array);
}

static enum error write_row(struct copy_end *e, enum copy_table table, const struct copy_row *row)
{
    struct pg_copy_end *self = self_of(e);
    const struct copy_layout *layout = &copy_layouts[table];
    enum error err = table != self->pending ? send_pending(self) : OK;
    if (err)
        return err;
    if (self->pending_rows == 0)
        begin_arrays(self, table);
    for (uint32_t i = 0; i < layout->column_count; i++) {
        if (layout->columns[i].type == COPY_INT)
            array_add_int8(&self->arrays[i], row->numbers[i]);
        else
            array_add_bytes(&self->arrays[i], row->bytes[i]);
        self->pending_bytes += row->bytes[i].len;
    }
    self->pending_rows++;
    return self->pending_rows < WRITE_ROWS && self->pending_bytes < WRITE_BYTES ? OK : send_pending(self);
}

/* ---- reading ----------------------------------------------------------------- */

static enum error visit_rows(const PGresult *result, const struct copy_layout *layout, copy_visit *visit,
                             void *arg)
{
    enum error err = OK;
    for (int n = 0; !err && n < PQntuples(result); n++) {
        struct copy_row row = {0};
        for (uint32_t i = 0; i < layout->column_count; i++) {
            if (layout->columns[i].type == COPY_INT)
                row.numbers[i] = column_int(result, n, (int)i);
            else
                row.bytes[i] = column_bytes(result, n, (int)i);
        }
        err = visit(arg, &row);
    }
    return err;
}

/* The next rows of the cursor; *count is 0 behind the last one. */
static enum error fetch(struct pg_copy_end *self, const struct copy_layout *layout, copy_visit *visit,
                        void *arg, int *count)
{
    char sql[64];
    snprintf(sql, sizeof sql, "FETCH %d FROM kp_copy", FETCH_ROWS);
    pg_send_sql(&self->connection, sql);
    const PGresult *result = pg_next(&self->connection);
    *count = result ? PQntuples(result) : 0;
    enum error err = result ? visit_rows(result, layout, visit, arg) : OK;
    enum error end = reply_error(pg_end(&self->connection));
    return err ? err : end;
}

static enum error read_rows(struct copy_end *e, enum copy_table table, copy_visit *visit, void *arg)
{
    struct pg_copy_end *self = self_of(e);
    const struct copy_layout *layout = &copy_layouts[table];
    char columns[COPY_COLUMNS_BYTES], sql[2 * SQL_BYTES];
    enum error err = send_pending(self);
    if (err)
        return err;
    copy_columns(layout, columns);
    snprintf(sql, sizeof sql, "DECLARE kp_copy NO SCROLL CURSOR FOR SELECT %s FROM kp_%s ORDER BY %s",
             columns, layout->name, layout->order);
    err = reply_error(pg_run_sql(&self->connection, sql));
    for (int count = 1; !err && count > 0;)
        err = fetch(self, layout, visit, arg, &count);
    return err ? err : reply_error(pg_run_sql(&self->connection, "CLOSE kp_copy"));
}

/* ---- the calendar, and the end ------------------------------------------------ */

static enum error calendar(struct copy_end *e, int64_t *ms)
{
    return reply_error(ask(self_of(e), "SELECT calendar_ms FROM kp_calendar", ms));
}

static enum error set_calendar(struct copy_end *e, int64_t ms)
{
    struct pg_copy_end *self = self_of(e);
    struct parameters p = {0};
    enum error err = send_pending(self);
    put_int8(&p, ms);
    return err ? err : reply_error(pg_run(&self->connection, SET_CALENDAR, &p, NULL));
}

static enum error commit(struct copy_end *e, bool *is_unknown)
{
    struct pg_copy_end *self = self_of(e);
    enum error err = send_pending(self);
    if (err)
        return err;
    enum reply reply = pg_run_sql(&self->connection, "COMMIT");
    *is_unknown = reply == REPLY_LOST;
    return reply_error(reply);
}

const struct copy_end_ops POSTGRES_COPY_END = {
    .open = open_end,
    .close = close_end,
    .read = read_rows,
    .write = write_row,
    .calendar = calendar,
    .set_calendar = set_calendar,
    .commit = commit,
    .why = why,
};
