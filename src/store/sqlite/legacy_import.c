#include "store/sqlite/legacy_import.h"

#include "store/event.h"
#include "store/sqlite/legacy_id.h"
#include "store/sqlite/open_elsewhere.h"
#include "text/utf8.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const char REPLACEMENT[] = "\xef\xbf\xbd"; /* U+FFFD */

/* ---- the old table ----------------------------------------------------- */

static bool has_column(struct connection *c, const char *column)
{
    return connection_ask(c, "SELECT 1 FROM pragma_table_info('document') WHERE name = ?1", column, 0);
}

bool legacy_import_is_possible(struct connection *c)
{
    return has_column(c, "id") && has_column(c, "text");
}

/* ---- repairing text ---------------------------------------------------- */

/* The length of the UTF-8 sequence that this byte promises; 1 when it begins none. */
static size_t sequence_bytes(unsigned char lead)
{
    return lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf8 ? 4 : 1;
}

/* The broken sequence at the front: its first byte and what continues it. */
static size_t broken_bytes(struct slice s)
{
    size_t longest = sequence_bytes((unsigned char)s.ptr[0]);
    size_t len = 1;
    while (len < longest && len < s.len && ((unsigned char)s.ptr[len] & 0xc0) == 0x80)
        len++;
    return len;
}

/* Appends one character and gives the bytes it took. */
static size_t repair_one(struct slice s, struct buf *out, enum error *err)
{
    if (s.ptr[0] == '\r') {
        *err = buf_append_byte(out, '\n');
        return s.len > 1 && s.ptr[1] == '\n' ? 2 : 1;
    }
    size_t len = sequence_bytes((unsigned char)s.ptr[0]);
    if (len <= s.len && !utf8_check(slice_of(s.ptr, len), NULL)) {
        *err = buf_append(out, slice_of(s.ptr, len));
        return len;
    }
    *err = buf_append(out, SLICE(REPLACEMENT));
    return broken_bytes(s);
}

enum error legacy_import_repair(struct slice from, struct buf *out)
{
    enum error err = OK;
    for (size_t at = 0; !err && at < from.len;)
        at += repair_one(slice_from(from, at), out, &err);
    return err;
}

/* ---- copying ----------------------------------------------------------- */

static struct slice column(sqlite3_stmt *row, int index)
{
    const void *bytes = sqlite3_column_blob(row, index);
    return slice_of(bytes, bytes ? (size_t)sqlite3_column_bytes(row, index) : 0);
}

/* Text that is in order is bound as it stands; else its repaired form. */
static enum error bind_repaired(sqlite3_stmt *insert, int parameter, struct slice text, struct buf *repaired)
{
    buf_clear(repaired);
    if (utf8_check(text, NULL) || utf8_has_cr(text)) {
        enum error err = legacy_import_repair(text, repaired);
        if (err)
            return err;
        text = buf_slice(repaired);
    }
    int code = sqlite3_bind_text64(insert, parameter, text.ptr ? text.ptr : "", text.len, SQLITE_STATIC,
                                   SQLITE_UTF8);
    return code == SQLITE_OK ? OK : ERR_NO_MEMORY;
}

static enum error bind_optional(sqlite3_stmt *insert, int parameter, struct slice text, struct buf *repaired)
{
    if (text.len)
        return bind_repaired(insert, parameter, text, repaired);
    return sqlite3_bind_null(insert, parameter) == SQLITE_OK ? OK : ERR_NO_MEMORY;
}

/* ---- under which id ---- */

struct import {
    struct connection *connection;
    const struct store_config *config; /* to tell of what is found under another id */
    bool decodes;                      /* ids may be percent-encoded */
    sqlite3_stmt *from, *insert, *find;
    struct buf id, repaired[4];
    unsigned copied, nameless;
};

/* Is there a row of the old table under this id itself? */
static bool is_taken(struct import *in, struct slice id)
{
    sqlite3_reset(in->find);
    sqlite3_bind_text64(in->find, 1, id.ptr, id.len, SQLITE_STATIC, SQLITE_UTF8);
    const bool found = sqlite3_step(in->find) == SQLITE_ROW;
    sqlite3_reset(in->find);
    return found;
}

static void tell_renamed(struct import *in)
{
    enum { SHOWN = 160 };
    const struct slice old = column(in->from, 0);
    char text[512];
    snprintf(text, sizeof text,
             "the document \"%.*s\"%s of the table document is found under the id \"%.*s\"",
             (int)(old.len < SHOWN ? old.len : SHOWN), old.ptr ? old.ptr : "", old.len > SHOWN ? "..." : "",
             (int)in->id.len, in->id.ptr);
    event_tell(in->config, STORE_EVENT_LEGACY, 0, 0, buf_slice(&in->id), text);
}

/* Writes into in->id what the copy is called when it is not decoded: the same, if it can
 * be reached so. */
static enum error keep_id(struct import *in, struct slice old)
{
    if (!legacy_id_is_valid(old))
        return legacy_id_rename(old, &in->id);
    buf_clear(&in->id);
    return buf_append(&in->id, old);
}

/* ---- rows ---- */

static enum error bind_row(struct import *in)
{
    struct buf *repaired = in->repaired;
    const int code = sqlite3_bind_text64(in->insert, 1, in->id.ptr, in->id.len, SQLITE_STATIC, SQLITE_UTF8);
    enum error err = code == SQLITE_OK ? OK : ERR_NO_MEMORY;
    if (!err)
        err = bind_repaired(in->insert, 2, column(in->from, 1), &repaired[1]);
    if (!err)
        err = bind_optional(in->insert, 3, column(in->from, 2), &repaired[2]);
    if (!err)
        err = bind_optional(in->insert, 4, column(in->from, 3), &repaired[3]);
    if (!err)
        err = sqlite3_bind_int64(in->insert, 5, (int64_t)time(NULL)) == SQLITE_OK ? OK : ERR_NO_MEMORY;
    return err;
}

/* *is_new: there was none of this id. */
static enum error insert_row(struct import *in, bool *is_new)
{
    sqlite3_reset(in->insert);
    const enum error err = bind_row(in);
    if (err)
        return err;
    const int code = sqlite3_step(in->insert);
    if (code != SQLITE_DONE)
        return connection_error(in->connection, code);
    *is_new = sqlite3_changes(in->connection->handle) == 1;
    in->copied += *is_new;
    return OK;
}

/* Two rows may decode to one id, and a third may have it: then that one has the right to
 * it, or else the first. The others keep their escapes. */
static enum error copy_decoded(struct import *in, bool *is_done)
{
    return is_taken(in, buf_slice(&in->id)) ? OK : insert_row(in, is_done);
}

/* A row of `from`: id, text, language, otp. */
static enum error copy_row(struct import *in)
{
    if (sqlite3_column_type(in->from, 0) == SQLITE_NULL) {
        in->nameless++;
        return OK;
    }
    const struct slice old = column(in->from, 0);
    const bool is_encoded = in->decodes && legacy_id_decode(old, &in->id);
    bool is_done = false;
    enum error err = is_encoded ? copy_decoded(in, &is_done) : OK;
    if (err || is_done)
        return err;
    err = keep_id(in, old);
    if (!err)
        err = insert_row(in, &is_done);
    if (!err && (is_encoded || !legacy_id_is_valid(old)))
        tell_renamed(in);
    return err;
}

static enum error copy_rows(struct import *in)
{
    enum error err = OK;
    int code = SQLITE_DONE;
    while (!err && (code = sqlite3_step(in->from)) == SQLITE_ROW)
        err = copy_row(in);
    return !err && code != SQLITE_DONE ? connection_error(in->connection, code) : err;
}

/* Neither ancestor could open these, but they may hold something. */
static void tell_nameless(const struct import *in)
{
    char text[256];
    if (in->nameless == 0)
        return;
    snprintf(
        text, sizeof text,
        "%u rows of the table document have no id and were not copied; sqlite3 shows them: SELECT text FROM "
        "document WHERE id IS NULL",
        in->nameless);
    event_tell(in->config, STORE_EVENT_LEGACY, 0, 0, (struct slice){0}, text);
}

static enum error prepare(struct import *in)
{
    char select[128];
    struct connection *c = in->connection;
    snprintf(select, sizeof select, "SELECT id, text, %s, %s FROM document",
             has_column(c, "language") ? "language" : "NULL", has_column(c, "otp") ? "otp" : "NULL");
    const struct {
        const char *sql;
        sqlite3_stmt **statement;
    } statements[] = {
        {select, &in->from},
        {"INSERT OR IGNORE INTO documents (id, text, language, otp, revision, created_at, updated_at, "
         "accessed_at)"
         " VALUES (?1, ?2, ?3, ?4, 0, ?5, ?5, ?5)",
         &in->insert},
        {"SELECT 1 FROM document WHERE id = ?1", &in->find},
    };
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
        const int code = sqlite3_prepare_v2(c->handle, statements[i].sql, -1, statements[i].statement, NULL);
        if (code != SQLITE_OK)
            return connection_error(c, code);
    }
    return OK;
}

static void let_go(struct import *in)
{
    sqlite3_finalize(in->from);
    sqlite3_finalize(in->insert);
    sqlite3_finalize(in->find);
    buf_deinit(&in->id);
    for (int i = 0; i < 4; i++)
        buf_deinit(&in->repaired[i]);
}

/* Rustpad's library left its name in the file; Kolabpad-Go, which decoded ids, a column
 * for passwords. A file that was Rustpad's first has both. */
static bool has_encoded_ids(struct connection *c)
{
    return !has_column(c, "otp") ||
           connection_ask(c, "SELECT 1 FROM sqlite_master WHERE name = ?1", "_sqlx_migrations", 0);
}

enum error legacy_import_run(struct connection *c, const struct store_config *config, char *done, size_t size)
{
    if (!legacy_import_is_possible(c))
        return OK;
    struct import in = {.connection = c, .config = config, .decodes = has_encoded_ids(c)};
    enum error err = prepare(&in);
    if (!err)
        err = copy_rows(&in);
    if (!err) {
        tell_nameless(&in);
        snprintf(done, size, "took over %u documents from the table document, which was left as it is",
                 in.copied);
    }
    let_go(&in);
    return err;
}

/* ---- waiting for its owner ---- */

enum error legacy_import_wait(struct connection *c, const char *path, const struct store_config *config,
                              char message[MESSAGE_BYTES])
{
    static const struct timespec interval = {.tv_nsec = 200 * 1000 * 1000};
    char who[64], text[256];
    bool has_waited = false;
    if (!legacy_import_is_possible(c))
        return OK;
    for (; is_open_elsewhere(path, who, sizeof who); nanosleep(&interval, NULL)) {
        snprintf(
            text, sizeof text,
            "the process %s has the database open: stop it, or what it writes from now on is missed; waiting",
            who);
        if (!has_waited)
            event_tell(config, STORE_EVENT_LEGACY, 0, 0, (struct slice){0}, text);
        has_waited = true;
        if (config->should_stop && config->should_stop(config->arg)) {
            message_error(message, "Gave up waiting for the process %s, which has %s open.", who, path);
            return ERR_SHUTTING_DOWN;
        }
    }
    if (has_waited)
        event_tell(config, STORE_EVENT_LOCKED, 0, 0, (struct slice){0}, path);
    return OK;
}
