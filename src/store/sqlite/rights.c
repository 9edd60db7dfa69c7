#include "store/sqlite/rights.h"

#include "store/request.h"
#include "store/sqlite/query.h"

#include <string.h>

/* The columns of RIGHTS. */
enum {
    OWNER,
    OWNER_MANAGES,
    OWNER_WRITES,
    KEEP_DAYS,
    HASH,
    ID,
    ROLE,
    NAME,
    CREATED,
    EXPIRES,
    HISTORY,
    USED,
    COMMENTS
};

/* ---- reading ----------------------------------------------------------- */

/* Bytes of a fixed length; others are a damaged page's. */
static void take_bytes(struct query *q, int column, char *out, size_t len)
{
    struct slice bytes = query_bytes(q, column);
    if (bytes.len != len)
        query_fail(q, SQLITE_CORRUPT);
    else
        memcpy(out, bytes.ptr, len);
}

static void read_rights(struct query *q, struct store_rights *rights)
{
    rights->has_owner = query_bytes(q, OWNER).ptr != NULL;
    if (rights->has_owner)
        take_bytes(q, OWNER, rights->owner, sizeof rights->owner);
    rights->owner_manages = query_int(q, OWNER_MANAGES) != 0;
    rights->owner_writes = query_int(q, OWNER_WRITES) != 0;
    rights->keep_days = (uint32_t)query_int(q, KEEP_DAYS);
}

static void read_link(struct query *q, struct store_request *req)
{
    struct store_link link = {.may_edit = store_role_may_edit(query_bytes(q, ROLE)),
                              .history = query_int(q, HISTORY) != 0,
                              .name = query_copy_text(q, NAME, req->arena),
                              .created_ms = query_int(q, CREATED),
                              .expires_ms = query_int(q, EXPIRES),
                              .used_ms = query_int(q, USED),
                              .comments = query_int(q, COMMENTS) != 0};
    take_bytes(q, HASH, link.hash, sizeof link.hash);
    take_bytes(q, ID, link.id, sizeof link.id);
    if (q->code == SQLITE_OK && store_request_add_link(req, &link))
        query_fail(q, SQLITE_NOMEM);
}

enum error rights_load(struct database *db, struct store_request *req)
{
    struct query q = query_start(&db->connection, STATEMENT_RIGHTS);
    query_put_text(&q, req->id);
    while (query_next(&q)) {
        if (req->rights.link_count == 0)
            read_rights(&q, &req->rights);
        if (query_bytes(&q, HASH).ptr)
            read_link(&q, req);
    }
    return query_end(&q);
}

enum error rights_find_link(struct database *db, struct store_request *req)
{
    struct query q = query_start(&db->connection, STATEMENT_FIND_LINK);
    query_put_blob(&q, req->link_hash);
    req->found = query_next(&q);
    if (req->found && request_add_id(req, query_bytes(&q, 0)))
        query_fail(&q, SQLITE_NOMEM);
    return query_end(&q);
}

/* ---- writing ----------------------------------------------------------- */

static enum error put_rights(struct database *db, struct slice id, const struct store_rights *rights)
{
    struct query q = query_start(&db->connection, STATEMENT_PUT_RIGHTS);
    query_put_text(&q, id);
    query_put_blob(&q, rights->has_owner ? slice_of(rights->owner, sizeof rights->owner) : (struct slice){0});
    query_put_int(&q, rights->owner_manages);
    query_put_int(&q, rights->owner_writes);
    query_put_int(&q, rights->keep_days);
    return query_run(&q);
}

static enum error add_link(struct database *db, struct slice id, const struct store_link *link)
{
    struct query q = query_start(&db->connection, STATEMENT_ADD_LINK);
    query_put_blob(&q, slice_of(link->hash, sizeof link->hash));
    query_put_text(&q, id);
    query_put_text(&q, slice_of(link->id, sizeof link->id));
    query_put_text(&q, store_link_role(link));
    query_put_text(&q, link->name.ptr ? link->name : SLICE(""));
    query_put_int(&q, link->created_ms);
    query_put_int(&q, link->expires_ms);
    query_put_int(&q, link->history);
    query_put_int(&q, link->used_ms);
    query_put_int(&q, link->comments);
    return query_run(&q);
}

enum error rights_put(struct database *db, const struct store_request *req)
{
    struct query drop = query_start(&db->connection, STATEMENT_DELETE_LINKS);
    query_put_text(&drop, req->id);
    enum error err = query_run(&drop);
    if (!err)
        err = put_rights(db, req->id, &req->rights);
    for (uint32_t i = 0; !err && i < req->rights.link_count; i++)
        err = add_link(db, req->id, &req->rights.links[i]);
    return err;
}

enum error rights_note_use(struct database *db, const struct store_request *req)
{
    struct query q = query_start(&db->connection, STATEMENT_LINK_USED);
    query_put_blob(&q, req->link_hash);
    query_put_int(&q, req->now_ms);
    return query_run(&q);
}
