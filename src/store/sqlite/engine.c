#include "store/sqlite/engine.h"

#include "base/alloc.h"
#include "store/clock.h"
#include "store/event.h"
#include "store/request.h"
#include "store/sqlite/database.h"
#include "store/sqlite/documents.h"
#include "store/sqlite/file_watch.h"
#include "store/sqlite/history.h"
#include "store/sqlite/images.h"
#include "store/sqlite/lock.h"
#include "store/sqlite/query.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum { FAILING_LOCK_TIMEOUT_MS = 50 };

/* `location` and `watch` do not change after opening, so any thread may look at it; the
 * database is the lane's. The atomics are what of the
 * database other threads see: the lane publishes them after each commit, and
 * after each look at the clock. `reader` is a second connection to the same file,
 * which reads what the log has while `db` writes on. */
struct sqlite_engine {
    struct engine engine;
    const struct store_config *config;
    struct location location;
    struct lock file_lock;
    struct file_watch watch;
    struct database db;
    struct connection reader; /* the reader's thread's; opened for the first that it is asked for */
    _Atomic uint64_t documents;
    _Atomic int64_t clock_offset_ms, calendar_s;
};

static struct sqlite_engine *self_of(struct engine *e)
{
    return LIST_ITEM(e, struct sqlite_engine, engine);
}

static void note_calendar(struct sqlite_engine *self)
{
    self->clock_offset_ms = self->db.keeper.calendar.offset_ms;
    self->calendar_s = calendar_ms(&self->db.keeper.calendar) / 1000;
}

/* ---- open and close ---------------------------------------------------- */

static enum error open_file(struct sqlite_engine *self, char *message)
{
    enum error err = location_parse(self->config->uri, &self->location, message);
    if (!err)
        err = location_prepare(&self->location, message);
    if (!err && !self->location.in_memory)
        err = lock_take(&self->file_lock, self->location.path, self->config, message);
    if (!err)
        err = database_open(&self->db, &self->location, self->config, message);
    if (!err)
        file_watch_begin(&self->watch, &self->location);
    if (err || self->db.keeps_history || !sqlite_history_delete_all(&self->db.connection))
        return err;
    message_error(message, "Cannot delete the history that is not to be kept from the database %s: %s.",
                  self->location.path, self->db.connection.why);
    database_close(&self->db);
    return ERR_STORAGE;
}

static enum error open_engine(const struct store_config *config, struct engine **out,
                              char message[MESSAGE_BYTES])
{
    struct sqlite_engine *self = mem_alloc(sizeof *self);
    if (!self) {
        message_error(message, "%s", error_text(ERR_NO_MEMORY));
        return ERR_NO_MEMORY;
    }
    *self =
        (struct sqlite_engine){.engine = {.ops = &SQLITE_ENGINE}, .config = config, .file_lock = {.fd = -1}};
    enum error err = open_file(self, message);
    if (err) {
        lock_release(&self->file_lock);
        mem_free(self);
        return err;
    }
    self->documents = self->db.documents;
    note_calendar(self);
    self->engine.idle_ms = calendar_keeper_idle_ms(&self->db.keeper);
    *out = &self->engine;
    return OK;
}

static void close_engine(struct engine *e)
{
    struct sqlite_engine *self = self_of(e);
    connection_close(&self->reader);
    database_close(&self->db);
    lock_release(&self->file_lock);
    mem_free(self);
}

/* ---- groups ------------------------------------------------------------ */

static void look_at_clock(struct sqlite_engine *self)
{
    calendar_keeper_look(&self->db.keeper);
    note_calendar(self);
}

/* A failed read is its own affair, unless it took the transaction along. */
static enum error carry_out_read(struct sqlite_engine *self, struct store_request *req)
{
    struct connection *connection = &self->db.connection;
    int64_t begun = clock_us();
    enum error err = documents_read(&self->db, req);
    req->duration_us = (uint64_t)(clock_us() - begun);
    if (!err)
        request_digest(req);
    if (!err) {
        event_tell(self->config, STORE_EVENT_READ, (int64_t)req->duration_us, 1, (struct slice){0}, "");
        return OK;
    }
    request_clear_answer(req);
    req->result = err;
    event_tell(self->config, STORE_EVENT_READ_FAILED, (int64_t)req->duration_us, 1, request_subject(req),
               connection->why);
    return connection_in_transaction(connection) ? OK : err;
}

static enum error carry_out(struct sqlite_engine *self, struct store_request *req)
{
    enum error err = request_is_read(req) ? carry_out_read(self, req) : OK;
    if (!err && !req->result && request_is_write(req))
        err = documents_write(&self->db, req);
    return err;
}

static enum error carry_out_all(struct sqlite_engine *self, struct link *group)
{
    enum error err = OK;
    LIST_EACH (pos, following, group) {
        err = carry_out(self, request_of(pos));
        if (err)
            break;
    }
    return err;
}

/* What would be written now would be gone with the process. */
static enum error check_is_there(const struct sqlite_engine *self, struct connection *c)
{
    const char *moved = file_watch_moved(&self->watch);
    if (!moved)
        return OK;
    snprintf(c->why, sizeof c->why,
             "%s was moved, removed or replaced while the server runs: put it back, or restart the server",
             moved);
    return ERR_STORAGE;
}

static enum error try_group(struct engine *e, uint32_t lane, struct link *group)
{
    (void)lane;
    struct sqlite_engine *self = self_of(e);
    bool has_writes = requests_count_writes(group) > 0;
    look_at_clock(self);
    enum error err = has_writes ? check_is_there(self, &self->db.connection) : OK;
    if (!err)
        err = database_begin(&self->db, has_writes);
    if (!err)
        err = carry_out_all(self, group);
    if (!err)
        err = database_commit(&self->db);
    if (err) {
        database_rollback(&self->db);
        return err;
    }
    self->db.keeper.has_written |= has_writes;
    self->documents = self->db.documents;
    return OK;
}

/* The database is handed from thread to thread under the store's lock. */
static enum error try_at_once(struct engine *e, struct link *group)
{
    struct connection *connection = &self_of(e)->db.connection;
    connection_set_lock_timeout_ms(connection, 0);
    enum error err = try_group(e, 0, group);
    connection_set_lock_timeout_ms(connection, LOCK_TIMEOUT_MS);
    return err;
}

/* ---- history and images, beside the lane ---------------------------------------------- */

static bool reads_aside(const struct engine *e)
{
    return !LIST_ITEM(e, const struct sqlite_engine, engine)->location.in_memory;
}

static enum error open_reader(struct sqlite_engine *self)
{
    enum error missing = check_is_there(self, &self->reader);
    if (missing)
        return missing;
    int code = connection_open(&self->reader, &self->location);
    if (code != SQLITE_OK)
        return connection_error(&self->reader, code);
    enum error err = connection_execute(&self->reader, "PRAGMA query_only = ON; PRAGMA cache_size = -2000");
    return err ? err : connection_prepare(&self->reader);
}

static enum error read_in_transaction(struct sqlite_engine *self, struct store_request *req)
{
    struct connection *c = &self->reader;
    enum error err = c->handle ? OK : open_reader(self);
    if (err)
        return err;
    struct query begin = query_start(c, STATEMENT_BEGIN_READ), end;
    err = query_run(&begin);
    if (!err)
        err = req->kind == STORE_IMAGE ? sqlite_image_read(c, req)
                                       : sqlite_history_read(c, req, self->calendar_s);
    end = query_start(c, err ? STATEMENT_ROLLBACK : STATEMENT_COMMIT);
    enum error ended = connection_in_transaction(c) ? query_run(&end) : OK;
    return err ? err : ended;
}

/* After a failure the next one begins with a new connection. */
static enum error read_aside(struct engine *e, struct store_request *req)
{
    struct sqlite_engine *self = self_of(e);
    int64_t begun = clock_us();
    enum error err = read_in_transaction(self, req);
    int64_t duration_us = clock_us() - begun;
    if (err)
        event_tell(self->config, STORE_EVENT_READ_FAILED, duration_us, 1, req->id, self->reader.why);
    else
        event_tell(self->config, STORE_EVENT_READ, duration_us, 1, (struct slice){0}, "");
    if (err)
        connection_close(&self->reader);
    return err;
}

/* ---- around them ------------------------------------------------------- */

static void set_failing(struct engine *e, uint32_t lane, bool is_failing)
{
    (void)lane;
    connection_set_lock_timeout_ms(&self_of(e)->db.connection,
                                   is_failing ? FAILING_LOCK_TIMEOUT_MS : LOCK_TIMEOUT_MS);
}

static bool probe(struct engine *e, uint32_t lane)
{
    (void)lane;
    struct sqlite_engine *self = self_of(e);
    return !file_watch_moved(&self->watch) && database_probe(&self->db);
}

static bool after_answers(struct engine *e, uint32_t lane)
{
    (void)lane;
    struct sqlite_engine *self = self_of(e);
    look_at_clock(self);
    calendar_keeper_store_if_due(&self->db.keeper, &self->db.connection);
    database_checkpoint_if_due(&self->db);
    return false;
}

static const char *why(const struct engine *e, uint32_t lane)
{
    (void)lane;
    return LIST_ITEM(e, const struct sqlite_engine, engine)->db.connection.why;
}

static void stats(const struct engine *e, struct store_stats *out)
{
    const struct sqlite_engine *self = LIST_ITEM(e, const struct sqlite_engine, engine);
    out->documents = self->documents;
    out->clock_offset_ms = self->clock_offset_ms;
    out->database_bytes = location_size_bytes(&self->location);
    struct location_disk disk = location_disk(&self->location);
    out->disk_bytes = disk.bytes;
    out->disk_free_bytes = disk.free_bytes;
    out->disk_read_only = disk.read_only;
}

static struct store_identity identity(const struct engine *e)
{
    struct store_identity self = {0};
    memcpy(self.secret, LIST_ITEM(e, const struct sqlite_engine, engine)->db.secret, sizeof self.secret);
    return self;
}

const struct engine_ops SQLITE_ENGINE = {
    .open = open_engine,
    .close = close_engine,
    .lanes = 1,
    .try_group = try_group,
    .try_at_once = try_at_once,
    .reads_aside = reads_aside,
    .read_aside = read_aside,
    .set_failing = set_failing,
    .probe = probe,
    .after_answers = after_answers,
    .why = why,
    .stats = stats,
    .identity = identity,
};
