#include "store/sqlite/comments.h"

#include "store/sqlite/query.h"

/* ---- reading ----------------------------------------------------------- */

enum error sqlite_comments_load(struct database *db, struct store_request *req)
{
    if (!req->places.bytes.ptr)
        return OK;
    struct query q = query_start(&db->connection, STATEMENT_COMMENTS);
    query_put_text(&q, req->id);
    while (query_next(&q)) {
        const struct store_comment comment = {query_bytes(&q, 0), query_bytes(&q, 1)};
        if (store_request_add_comment(req, &comment))
            query_fail(&q, SQLITE_NOMEM);
    }
    return query_end(&q);
}

/* ---- writing ----------------------------------------------------------- */

static enum error drop(struct database *db, enum statement statement, struct slice id)
{
    struct query q = query_start(&db->connection, statement);
    query_put_text(&q, id);
    return query_run(&q);
}

static enum error put_thread(struct database *db, struct slice id, const struct store_comment *comment)
{
    bool is_gone = !comment->bytes.ptr;
    struct query q = query_start(&db->connection, is_gone ? STATEMENT_DROP_COMMENT : STATEMENT_PUT_COMMENT);
    query_put_text(&q, id);
    query_put_text(&q, comment->id);
    if (!is_gone)
        query_put_blob(&q, comment->bytes);
    return query_run(&q);
}

enum error sqlite_comments_put_places(struct database *db, const struct store_request *req)
{
    if (!req->places.bytes.ptr)
        return OK;
    struct query q = query_start(&db->connection, STATEMENT_PUT_PLACES);
    query_put_text(&q, req->id);
    query_put_int(&q, (int64_t)req->places.revision);
    query_put_blob(&q, req->places.bytes);
    return query_run(&q);
}

enum error sqlite_comments_put(struct database *db, const struct store_request *req)
{
    enum error err = OK;
    for (uint32_t i = 0; !err && i < req->comment_count; i++)
        err = put_thread(db, req->id, &req->comments[i]);
    if (err)
        return err;
    return req->places.bytes.ptr ? sqlite_comments_put_places(db, req)
                                 : drop(db, STATEMENT_DROP_PLACES, req->id);
}

enum error sqlite_comments_delete(struct database *db, struct slice id)
{
    enum error err = drop(db, STATEMENT_DELETE_COMMENTS, id);
    return err ? err : drop(db, STATEMENT_DROP_PLACES, id);
}
