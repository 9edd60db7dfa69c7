#include "store/postgres/schema.h"

#include "store/event.h"
#include "store/postgres/columns.h"

#include <stdio.h>
#include <string.h>

enum { OLDEST_SERVER = 130000, SCHEMA_LOCK = 0x4b706164 /* "Kpad" */ };

/* ---- the tables ------------------------------------------------------------ */

/* Ids are compared as bytes, as in SQLite, and no new C library can put their index
 * out of order. Texts and passwords are bytea: a pad may hold U+0000, which text
 * cannot. Texts are not compressed, which would take five times as long as writing. */
static const char *const CREATE_TABLES[] = {
    /* One row for each life of a server. The number is random, so that a restored
     * backup cannot hand out the number of one that still runs. */
    "CREATE TABLE kp_nodes ("
    " incarnation int8 PRIMARY KEY,"
    " address text NOT NULL," /* where the others reach it; '': nowhere, so it must be alone */
    " version text NOT NULL,"
    " protocol int4 NOT NULL," /* of what servers say to each other */
    " started_at timestamptz NOT NULL DEFAULT clock_timestamp(),"
    " dead_at timestamptz)", /* set once, for ever */
    /* The fence: every transaction of a server begins by locking its lane's row where it
     * is not dead. It is locked and not updated, since a row that is updated all the time
     * gets slow while anybody holds a snapshot, a backup for example. */
    "CREATE TABLE kp_lanes ("
    " incarnation int8 NOT NULL REFERENCES kp_nodes ON DELETE CASCADE,"
    " lane int2 NOT NULL,"
    " dead boolean NOT NULL DEFAULT false,"
    " PRIMARY KEY (incarnation, lane))",
    /* Signs of life, apart from the fence, so that neither waits for the other. */
    "CREATE TABLE kp_beats ("
    " incarnation int8 PRIMARY KEY REFERENCES kp_nodes ON DELETE CASCADE,"
    " seen_at timestamptz NOT NULL,"
    " steady_since timestamptz NOT NULL," /* since when there was no gap of half a lease */
    " draining boolean NOT NULL DEFAULT false) WITH (fillfactor = 20)",
    /* Who has a document in memory. The reference keeps a dead server's row for as long
     * as anything points at it: only from one that is seen dead may be taken. */
    "CREATE TABLE kp_placement ("
    " document_id text COLLATE \"C\" PRIMARY KEY,"
    " owner int8 NOT NULL REFERENCES kp_nodes) WITH (fillfactor = 80)",
    "CREATE INDEX kp_placement_owner ON kp_placement (owner)",
    "CREATE TABLE kp_documents ("
    " id text COLLATE \"C\" PRIMARY KEY,"
    " revision int8 NOT NULL,"
    " created_at int8 NOT NULL,"
    " updated_at int8 NOT NULL,"
    " accessed_at int8 NOT NULL," /* by the calendar, in seconds */
    " language bytea,"
    " otp bytea,"
    " clients bytea,"
    " text bytea NOT NULL) WITH (fillfactor = 80)",
    "ALTER TABLE kp_documents ALTER COLUMN text SET STORAGE EXTERNAL",
    "CREATE INDEX kp_documents_accessed_at ON kp_documents (accessed_at)",
    "CREATE TABLE kp_journal ("
    " document_id text COLLATE \"C\" NOT NULL,"
    " first_revision int8 NOT NULL,"
    " end_revision int8 NOT NULL CHECK (end_revision > first_revision),"
    " time_ms int8 NOT NULL,"
    " writer int8 NOT NULL," /* the life that wrote it */
    " batch bytea NOT NULL,"
    " PRIMARY KEY (document_id, first_revision))"
    " WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.1)",
    "CREATE TABLE kp_epochs ("
    " document_id text COLLATE \"C\" NOT NULL,"
    " seq int8 GENERATED ALWAYS AS IDENTITY,"
    " epoch bytea NOT NULL CHECK (length(epoch) = 16),"
    " first_revision int8 NOT NULL,"
    " PRIMARY KEY (document_id, seq))",
    /* The calendar, in one row: calendar.h of this folder. */
    "CREATE TABLE kp_calendar ("
    " id int4 PRIMARY KEY CHECK (id = 1),"
    " calendar_ms int8 NOT NULL,"
    " keeper int8 NOT NULL)", /* the life that moves it on; 0: none yet */
    "INSERT INTO kp_calendar VALUES (1, (extract(epoch FROM clock_timestamp()) * 1000)::int8, 0)",
    "CREATE TABLE kp_cluster (name text PRIMARY KEY, value bytea NOT NULL)",
    /* What servers prove to each other that they share this database. */
    ("INSERT INTO kp_cluster VALUES ('secret',"
     " decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'))"),
};

/* A document takes its rights along when it is deleted, whichever server does so: an older one, which
 * knows nothing of them, must not leave a link that would open the next document of that name. */
static const char *const CREATE_RIGHTS[] = {
    "CREATE TABLE kp_rights ("
    " document_id text COLLATE \"C\" PRIMARY KEY REFERENCES kp_documents ON DELETE CASCADE,"
    " owner bytea CHECK (length(owner) = 32)," /* SHA-256 of the owner's token */
    " owner_manages int8 NOT NULL,"
    " owner_writes int8 NOT NULL,"
    " keep_days int8 NOT NULL)",
    "CREATE INDEX kp_rights_keep_days ON kp_rights (document_id) WHERE keep_days > 0",
    "CREATE TABLE kp_links ("
    " hash bytea PRIMARY KEY CHECK (length(hash) = 32)," /* SHA-256 of its token */
    " document_id text COLLATE \"C\" NOT NULL REFERENCES kp_documents ON DELETE CASCADE,"
    " id text COLLATE \"C\" NOT NULL,"
    " role text NOT NULL,"
    " name bytea NOT NULL,"
    " created_ms int8 NOT NULL,"
    " expires_ms int8 NOT NULL," /* 0: never */
    " history int8 NOT NULL,"
    " used_ms int8 NOT NULL)", /* 0: never */
    "CREATE INDEX kp_links_document ON kp_links (document_id)",
    /* Of what was deleted for good nothing is kept but its epochs, by which a tab of it is recognised. */
    "CREATE TABLE kp_deleted ("
    " epoch bytea PRIMARY KEY,"
    " deleted_at int8 NOT NULL)", /* by the calendar, in seconds */
    "CREATE INDEX kp_deleted_at ON kp_deleted (deleted_at)",
};

/* store/history.h. A document takes its history along when it is deleted, whichever server
 * does so. An older one may drop from the journal what the history lacks then; who reads it
 * goes on behind the gap. What is in these tables is compressed already, or small. */
static const char *const CREATE_HISTORY[] = {
    "CREATE TABLE kp_history_fresh ("
    " document_id text COLLATE \"C\" NOT NULL REFERENCES kp_documents ON DELETE CASCADE,"
    " first_revision int8 NOT NULL,"
    " end_revision int8 NOT NULL CHECK (end_revision > first_revision),"
    " time_ms int8 NOT NULL,"
    " kept_at int8 NOT NULL," /* by the calendar, in seconds, as below */
    " batch bytea NOT NULL,"
    " PRIMARY KEY (document_id, first_revision))"
    " WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.1)",
    "CREATE TABLE kp_history ("
    " document_id text COLLATE \"C\" NOT NULL REFERENCES kp_documents ON DELETE CASCADE,"
    " first_revision int8 NOT NULL,"
    " end_revision int8 NOT NULL CHECK (end_revision > first_revision),"
    " began_at int8 NOT NULL,"
    " ended_at int8 NOT NULL,"
    " kept_at int8 NOT NULL,"
    " detail int8 NOT NULL,"
    " bytes int8 NOT NULL,"
    " stored int8 NOT NULL,"
    " sittings bytea NOT NULL,"
    " operations bytea NOT NULL,"
    " PRIMARY KEY (document_id, first_revision))",
    "ALTER TABLE kp_history ALTER COLUMN operations SET STORAGE EXTERNAL",
    "CREATE INDEX kp_history_kept_at ON kp_history (kept_at)",
    "CREATE TABLE kp_checkpoints ("
    " document_id text COLLATE \"C\" NOT NULL REFERENCES kp_documents ON DELETE CASCADE,"
    " revision int8 NOT NULL,"
    " kept_at int8 NOT NULL,"
    " form int8 NOT NULL,"
    " bytes int8 NOT NULL,"
    " stored int8 NOT NULL,"
    " runs bytea NOT NULL,"
    " text bytea NOT NULL,"
    " PRIMARY KEY (document_id, revision))",
    "ALTER TABLE kp_checkpoints ALTER COLUMN text SET STORAGE EXTERNAL",
    "CREATE TABLE kp_authors ("
    " document_id text COLLATE \"C\" NOT NULL REFERENCES kp_documents ON DELETE CASCADE,"
    " author int8 NOT NULL,"
    " first_revision int8 NOT NULL,"
    " name bytea NOT NULL,"
    " hue int8 NOT NULL,"
    " first_seen int8 NOT NULL,"
    " PRIMARY KEY (document_id, author, first_revision))",
    ("CREATE TABLE kp_history_off ("
     " document_id text COLLATE \"C\" PRIMARY KEY REFERENCES kp_documents ON DELETE CASCADE)"),
};

/* store/store.h, store_places. A document takes its comments along when it is deleted, whichever server does
 * so. An older one writes the text without the places: then those that cannot be moved are looked for where
 * they were. */
static const char *const CREATE_COMMENTS[] = {
    "CREATE TABLE kp_comments ("
    " document_id text COLLATE \"C\" NOT NULL REFERENCES kp_documents ON DELETE CASCADE,"
    " thread text COLLATE \"C\" NOT NULL,"
    " bytes bytea NOT NULL,"
    " PRIMARY KEY (document_id, thread))",
    "CREATE TABLE kp_commented ("
    " document_id text COLLATE \"C\" PRIMARY KEY REFERENCES kp_documents ON DELETE CASCADE,"
    " revision int8 NOT NULL,"
    " places bytea NOT NULL)",
    "ALTER TABLE kp_links ADD COLUMN comments int8 NOT NULL DEFAULT 0",
};

/* store/image.h. A document takes its images along, whichever server deletes it. They are compressed
 * already. */
static const char *const CREATE_IMAGES[] = {
    "CREATE TABLE kp_images ("
    " id bytea PRIMARY KEY CHECK (length(id) = 16),"
    " document_id text COLLATE \"C\" NOT NULL REFERENCES kp_documents ON DELETE CASCADE,"
    " digest bytea NOT NULL CHECK (length(digest) = 16),"
    " type int8 NOT NULL,"
    " width int8 NOT NULL,"
    " height int8 NOT NULL,"
    " created_at int8 NOT NULL,"
    " size int8 NOT NULL,"
    " bytes bytea NOT NULL)",
    "ALTER TABLE kp_images ALTER COLUMN bytes SET STORAGE EXTERNAL",
    "CREATE UNIQUE INDEX kp_images_document ON kp_images (document_id, digest)",
};

static const struct migration {
    int version;
    int readable_by; /* the oldest version whose servers may use the tables after it */
    const char *name;
    const char *const *statements;
    size_t count;
} MIGRATIONS[] = {
    {201, 201, "first_tables", CREATE_TABLES, sizeof CREATE_TABLES / sizeof CREATE_TABLES[0]},
    {202, 201, "rights", CREATE_RIGHTS, sizeof CREATE_RIGHTS / sizeof CREATE_RIGHTS[0]},
    {203, 201, "history", CREATE_HISTORY, sizeof CREATE_HISTORY / sizeof CREATE_HISTORY[0]},
    {208, 201, "comments", CREATE_COMMENTS, sizeof CREATE_COMMENTS / sizeof CREATE_COMMENTS[0]},
    {209, 201, "images", CREATE_IMAGES, sizeof CREATE_IMAGES / sizeof CREATE_IMAGES[0]},
};
enum { MIGRATION_COUNT = sizeof MIGRATIONS / sizeof MIGRATIONS[0] };

int pg_schema_version(void)
{
    return MIGRATIONS[MIGRATION_COUNT - 1].version;
}

/* ---- asking ---------------------------------------------------------------- */

/* The first column of the first row, as text. */
static enum reply ask(struct pg_connection *c, const char *sql, char *out, size_t size)
{
    out[0] = '\0';
    pg_send_sql(c, sql);
    PGresult *result = pg_next(c);
    if (result) {
        struct slice value = column_bytes(result, 0, 0);
        snprintf(out, size, "%.*s", (int)value.len, value.ptr ? value.ptr : "");
    }
    return pg_end(c);
}

static enum error refuse(const struct pg_connection *c, char *message)
{
    return message_error(message, "Cannot use the database %s: %s.", pg_role(c), c->why);
}

static enum error check_server(struct pg_connection *c, char *message)
{
    int version = PQserverVersion(c->handle);
    if (version < OLDEST_SERVER)
        return message_error(message,
                             "PostgreSQL 13 or newer is needed; the server of the database %s is %d.%d.",
                             pg_role(c), version / 10000, version / 100 % 100);
    char value[64];
    if (ask(c, "SHOW server_encoding", value, sizeof value))
        return refuse(c, message);
    if (strcmp(value, "UTF8") != 0)
        return message_error(message, "The database %s is encoded in %s. Create one with ENCODING 'UTF8'.",
                             pg_role(c), value);
    if (ask(c, "SHOW synchronous_commit", value, sizeof value))
        return refuse(c, message);
    if (strcmp(value, "off") == 0)
        return message_error(message,
                             "synchronous_commit is off in the database %s, so a crash would "
                             "lose edits that people were told are saved. Set it to on, at least for this "
                             "role: ALTER ROLE … SET synchronous_commit = on.",
                             pg_role(c));
    return OK;
}

/* ---- versions --------------------------------------------------------------- */

struct version {
    int number;      /* 0: there are no tables */
    int readable_by; /* the oldest program version that may use them */
};

static const char VERSION[] = "SELECT version::text || ' ' || readable_by::text FROM kp_migrations"
                              " ORDER BY version DESC LIMIT 1";

/* Our own tables are there when kp_migrations is and can be read. */
static enum error look(struct pg_connection *c, struct version *out, char *message)
{
    char value[64];
    *out = (struct version){0};
    if (ask(c,
            "SELECT count(*)::text FROM pg_class WHERE pg_table_is_visible(oid) AND relname LIKE 'kp\\_%'"
            " AND relkind IN ('r', 'p', 'v', 'm', 'f')",
            value, sizeof value))
        return refuse(c, message);
    if (strcmp(value, "0") == 0)
        return OK;
    enum reply reply = ask(c, VERSION, value, sizeof value);
    if (reply == REPLY_OK && sscanf(value, "%d %d", &out->number, &out->readable_by) == 2)
        return OK;
    if (reply == REPLY_OK || reply == REPLY_MISCONFIGURED)
        return message_error(message,
                             "The database %s has tables named kp_… of another program, or of "
                             "a role that does not let this one read them. Give Kolabpad a database or a "
                             "schema of its own.",
                             pg_role(c));
    return refuse(c, message);
}

static enum error check_version(const struct pg_connection *c, const struct version *v, char *message)
{
    if (v->number <= pg_schema_version() || v->readable_by <= pg_schema_version())
        return OK;
    return message_error(message,
                         "The database %s was written by a newer Kolabpad (schema %d, readable from "
                         "%d on; this one knows %d). Run the newer one, or restore an older backup.",
                         pg_role(c), v->number, v->readable_by, pg_schema_version());
}

/* ---- migrating --------------------------------------------------------------- */

static const char CREATE_MIGRATIONS[] = "CREATE TABLE IF NOT EXISTS kp_migrations ("
                                        " version int4 PRIMARY KEY,"
                                        " filename text NOT NULL,"
                                        " applied_at timestamptz NOT NULL DEFAULT now(),"
                                        " readable_by int4 NOT NULL)";

static void send_migration(struct pg_connection *c, const struct migration *m)
{
    char record[256];
    for (size_t i = 0; i < m->count; i++)
        pg_send_sql(c, m->statements[i]);
    snprintf(record, sizeof record,
             "INSERT INTO kp_migrations (version, filename, readable_by) VALUES (%d, '%s', %d)", m->version,
             m->name, m->readable_by);
    pg_send_sql(c, record);
}

static enum error fail(struct pg_connection *c, char *message)
{
    message_error(message,
                  "Cannot bring the database %s up to date: %s. It was left as it is; its role must be "
                  "allowed to create tables.",
                  pg_role(c), c->why);
    pg_close(c); /* and with it the transaction */
    return ERR_STORAGE;
}

/* In one transaction, from a version that was read under the lock. */
static enum error migrate(struct pg_connection *c, struct version *v, char *message)
{
    char lock[64];
    snprintf(lock, sizeof lock, "SELECT pg_advisory_xact_lock(%d)", SCHEMA_LOCK);
    pg_send_sql(c, "BEGIN");
    pg_send_sql(c, lock);
    if (pg_end(c))
        return fail(c, message);
    enum error err = look(c, v, message);
    err = err ? err : check_version(c, v, message);
    if (err) {
        pg_close(c);
        return err;
    }
    pg_send_sql(c, CREATE_MIGRATIONS);
    for (int i = 0; i < MIGRATION_COUNT; i++)
        if (MIGRATIONS[i].version > v->number)
            send_migration(c, &MIGRATIONS[i]);
    pg_send_sql(c, "COMMIT");
    return pg_end(c) ? fail(c, message) : OK;
}

enum error pg_schema_look(struct pg_connection *c, int *version, char message[MESSAGE_BYTES])
{
    struct version found;
    enum error err = check_server(c, message);
    if (!err)
        err = look(c, &found, message);
    if (!err)
        *version = found.number;
    return err;
}

enum error pg_schema_prepare(struct pg_connection *c, const struct store_config *config,
                             char message[MESSAGE_BYTES])
{
    struct version before, locked;
    enum error err;
    if ((err = check_server(c, message)) || (err = look(c, &before, message)) ||
        (err = check_version(c, &before, message)) || before.number >= pg_schema_version())
        return err;
    err = migrate(c, &locked, message);
    if (!err && locked.number < pg_schema_version())
        event_tell(config, STORE_EVENT_MIGRATED, 0, (uint32_t)pg_schema_version(), (struct slice){0},
                   locked.number ? "brought the tables up to date" : "created the tables");
    return err;
}
