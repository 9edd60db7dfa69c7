#include "store/sqlite/legacy_import.h"

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

/* Rows of `from`: id, text, language, otp. */
static enum error copy_row(struct connection *c, sqlite3_stmt *from, sqlite3_stmt *insert,
                           struct buf repaired[4])
{
    sqlite3_reset(insert);
    enum error err = bind_repaired(insert, 1, column(from, 0), &repaired[0]);
    if (!err)
        err = bind_repaired(insert, 2, column(from, 1), &repaired[1]);
    if (!err)
        err = bind_optional(insert, 3, column(from, 2), &repaired[2]);
    if (!err)
        err = bind_optional(insert, 4, column(from, 3), &repaired[3]);
    if (!err)
        err = sqlite3_bind_int64(insert, 5, (int64_t)time(NULL)) == SQLITE_OK ? OK : ERR_NO_MEMORY;
    if (err)
        return err;
    int code = sqlite3_step(insert);
    return code == SQLITE_DONE ? OK : connection_error(c, code);
}

static enum error copy_rows(struct connection *c, sqlite3_stmt *from, sqlite3_stmt *insert, unsigned *copied)
{
    struct buf repaired[4] = {{0}, {0}, {0}, {0}};
    enum error err = OK;
    int code = SQLITE_DONE;
    while (!err && (code = sqlite3_step(from)) == SQLITE_ROW) {
        err = copy_row(c, from, insert, repaired);
        *copied += !err && sqlite3_changes(c->handle) == 1;
    }
    for (int i = 0; i < 4; i++)
        buf_deinit(&repaired[i]);
    if (!err && code != SQLITE_DONE)
        err = connection_error(c, code);
    return err;
}

enum error legacy_import_run(struct connection *c, char *done, size_t size)
{
    if (!legacy_import_is_possible(c))
        return OK;
    char select[128];
    snprintf(select, sizeof select, "SELECT id, text, %s, %s FROM document WHERE id IS NOT NULL",
             has_column(c, "language") ? "language" : "NULL", has_column(c, "otp") ? "otp" : "NULL");

    sqlite3_stmt *from = NULL, *insert = NULL;
    unsigned copied = 0;
    int code = sqlite3_prepare_v2(c->handle, select, -1, &from, NULL);
    if (code == SQLITE_OK)
        code =
            sqlite3_prepare_v2(c->handle,
                               "INSERT OR IGNORE INTO documents (id, text, language, otp, revision,"
                               " created_at, updated_at, accessed_at) VALUES (?1, ?2, ?3, ?4, 0, ?5, ?5, ?5)",
                               -1, &insert, NULL);
    enum error err = code == SQLITE_OK ? copy_rows(c, from, insert, &copied) : connection_error(c, code);
    if (!err)
        snprintf(done, size, "took over %u documents from the table document, which was left as it is",
                 copied);
    sqlite3_finalize(insert);
    sqlite3_finalize(from);
    return err;
}
