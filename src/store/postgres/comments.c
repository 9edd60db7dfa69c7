#include "store/postgres/comments.h"

#include "store/postgres/columns.h"
#include "store/postgres/statements.h"

/* ---- reading ------------------------------------------------------------------------ */

enum { LENGTH_BYTES = 4 };

/* Takes a string that has its length in front, as int4send writes it, off `*bytes`. */
static bool take(struct slice *bytes, struct slice *out)
{
    uint32_t len = 0;
    if (bytes->len < LENGTH_BYTES)
        return false;
    for (int i = 0; i < LENGTH_BYTES; i++)
        len = len << 8 | (uint8_t)bytes->ptr[i];
    if (bytes->len - LENGTH_BYTES < len)
        return false;
    *out = slice_of(bytes->ptr + LENGTH_BYTES, len);
    *bytes = slice_from(*bytes, LENGTH_BYTES + len);
    return true;
}

enum error pg_comments_read_columns(const PGresult *r, int row, int column, struct store_request *req)
{
    bool failed = false;
    if (column_is_null(r, row, column))
        return OK;
    req->places.revision = (uint64_t)column_int(r, row, column);
    req->places.bytes = column_copy(r, row, column + 1, req->arena, &failed);
    if (failed)
        return ERR_NO_MEMORY;
    struct slice threads = column_bytes(r, row, column + 2);
    while (threads.len > 0) {
        struct store_comment comment;
        if (!take(&threads, &comment.id) || !take(&threads, &comment.bytes))
            return ERR_STORAGE;
        enum error err = store_request_add_comment(req, &comment);
        if (err)
            return err;
    }
    return OK;
}

/* ---- writing ------------------------------------------------------------------------ */

static void send_thread(struct pg_lane *lane, struct slice id, const struct store_comment *comment)
{
    bool is_gone = !comment->bytes.ptr;
    struct parameters p = {0};
    put_bytes(&p, id);
    put_bytes(&p, comment->id);
    if (!is_gone)
        put_bytes(&p, comment->bytes);
    pg_send(&lane->connection, is_gone ? STATEMENT_DROP_COMMENT : STATEMENT_PUT_COMMENT, &p);
}

void pg_comments_send_places(struct pg_lane *lane, const struct store_request *req)
{
    struct parameters p = {0};
    if (!req->places.bytes.ptr)
        return;
    put_bytes(&p, req->id);
    put_int8(&p, (int64_t)req->places.revision);
    put_bytes(&p, req->places.bytes);
    pg_send(&lane->connection, STATEMENT_PUT_PLACES, &p);
}

void pg_comments_send_put(struct pg_lane *lane, const struct store_request *req)
{
    struct parameters p = {0};
    for (uint32_t i = 0; i < req->comment_count; i++)
        send_thread(lane, req->id, &req->comments[i]);
    pg_comments_send_places(lane, req);
    if (req->places.bytes.ptr)
        return;
    put_bytes(&p, req->id);
    pg_send(&lane->connection, STATEMENT_DROP_PLACES, &p);
}

enum reply pg_comments_read_put(struct pg_lane *lane, struct store_request *req)
{
    pg_skip(&lane->connection, (int)req->comment_count + 1);
    return REPLY_OK;
}
