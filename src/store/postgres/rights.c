#include "store/postgres/rights.h"

#include "store/postgres/columns.h"
#include "store/postgres/statements.h"
#include "text/utf8.h"

#include <string.h>

/* The columns of STATEMENT_RIGHTS. */
enum {
    N,
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

/* ---- reading ------------------------------------------------------------------------ */

/* Bytes of a fixed length; others are a damaged page's. */
static enum error take_bytes(const PGresult *r, int row, int column, char *out, size_t len)
{
    struct slice bytes = column_bytes(r, row, column);
    if (bytes.len != len)
        return ERR_STORAGE;
    memcpy(out, bytes.ptr, len);
    return OK;
}

static enum error read_link(const PGresult *r, int row, struct store_request *req)
{
    struct store_link link = {.may_edit = store_role_may_edit(column_bytes(r, row, ROLE)),
                              .history = column_int(r, row, HISTORY) != 0,
                              .name = column_bytes(r, row, NAME),
                              .created_ms = column_int(r, row, CREATED),
                              .expires_ms = column_int(r, row, EXPIRES),
                              .used_ms = column_int(r, row, USED),
                              .comments = column_int(r, row, COMMENTS) != 0};
    enum error err = take_bytes(r, row, HASH, link.hash, sizeof link.hash);
    if (!err)
        err = take_bytes(r, row, ID, link.id, sizeof link.id);
    if (!err && utf8_check(link.name, NULL))
        err = ERR_STORAGE;
    return err ? err : store_request_add_link(req, &link);
}

enum error rights_read_row(const PGresult *r, int row, struct store_request *req)
{
    struct store_rights *rights = &req->rights;
    enum error err = OK;
    rights->has_owner = !column_is_null(r, row, OWNER);
    if (rights->has_owner)
        err = take_bytes(r, row, OWNER, rights->owner, sizeof rights->owner);
    rights->owner_manages = column_int(r, row, OWNER_MANAGES) != 0;
    rights->owner_writes = column_int(r, row, OWNER_WRITES) != 0;
    rights->keep_days = (uint32_t)column_int(r, row, KEEP_DAYS);
    return err || column_is_null(r, row, HASH) ? err : read_link(r, row, req);
}

/* ---- writing ------------------------------------------------------------------------ */

static void send_links(struct pg_lane *lane, const struct store_request *req)
{
    struct array *hashes = lane_array(lane, 0, ARRAY_BYTEA), *ids = lane_array(lane, 1, ARRAY_TEXT);
    struct array *roles = lane_array(lane, 2, ARRAY_TEXT), *names = lane_array(lane, 3, ARRAY_BYTEA);
    struct array *created = lane_array(lane, 4, ARRAY_INT8), *expires = lane_array(lane, 5, ARRAY_INT8);
    struct array *histories = lane_array(lane, 6, ARRAY_INT8), *used = lane_array(lane, 7, ARRAY_INT8);
    struct array *comments = lane_array(lane, 8, ARRAY_INT8);
    for (uint32_t i = 0; i < req->rights.link_count; i++) {
        const struct store_link *link = &req->rights.links[i];
        array_add_bytes(hashes, slice_of(link->hash, sizeof link->hash));
        array_add_bytes(ids, slice_of(link->id, sizeof link->id));
        array_add_bytes(roles, store_link_role(link));
        array_add_bytes(names, link->name.ptr ? link->name : SLICE(""));
        array_add_int8(created, link->created_ms);
        array_add_int8(expires, link->expires_ms);
        array_add_int8(histories, link->history);
        array_add_int8(used, link->used_ms);
        array_add_int8(comments, link->comments);
    }
    struct parameters p = {0};
    put_bytes(&p, req->id);
    struct array *all[] = {hashes, ids, roles, names, created, expires, histories, used, comments};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        put_array(&p, all[i]);
    pg_send(&lane->connection, STATEMENT_ADD_LINKS, &p);
}

static void send_language(struct pg_lane *lane, const struct store_request *req)
{
    struct parameters p = {0};
    put_bytes(&p, req->id);
    put_bytes(&p, req->language);
    put_int8(&p, req->now_ms / 1000);
    pg_send(&lane->connection, STATEMENT_PUT_LANGUAGE, &p);
}

void rights_send_put(struct pg_lane *lane, const struct store_request *req)
{
    const struct store_rights *rights = &req->rights;
    struct parameters row = {0}, put = {0}, drop = {0};
    put_bytes(&row, req->id);
    put_int8(&row, req->now_ms / 1000);
    pg_send(&lane->connection, STATEMENT_MAKE_ROW, &row);
    put_bytes(&put, req->id);
    put_bytes(&put, rights->has_owner ? slice_of(rights->owner, sizeof rights->owner) : (struct slice){0});
    put_int8(&put, rights->owner_manages);
    put_int8(&put, rights->owner_writes);
    put_int8(&put, rights->keep_days);
    pg_send(&lane->connection, STATEMENT_PUT_RIGHTS, &put);
    put_bytes(&drop, req->id);
    pg_send(&lane->connection, STATEMENT_DROP_LINKS, &drop);
    if (rights->link_count > 0)
        send_links(lane, req);
    if (req->language.ptr)
        send_language(lane, req);
}

enum reply rights_read_put(struct pg_lane *lane, struct store_request *req)
{
    pg_skip(&lane->connection, 3 + (req->rights.link_count > 0) + (req->language.ptr != NULL));
    return REPLY_OK;
}

/* ---- links by their hash ------------------------------------------------------------- */

void rights_send_find_link(struct pg_lane *lane, const struct store_request *req)
{
    struct parameters p = {0};
    put_bytes(&p, req->link_hash);
    pg_send(&lane->connection, STATEMENT_FIND_LINK, &p);
}

enum reply rights_read_found_link(struct pg_lane *lane, struct store_request *req)
{
    const PGresult *r = pg_next(&lane->connection);
    req->found = PQntuples(r) > 0;
    return req->found && request_add_id(req, column_bytes(r, 0, 0)) ? REPLY_NO_MEMORY : REPLY_OK;
}

void rights_send_link_used(struct pg_lane *lane, const struct store_request *req)
{
    struct parameters p = {0};
    put_bytes(&p, req->link_hash);
    put_int8(&p, req->now_ms);
    pg_send(&lane->connection, STATEMENT_LINK_USED, &p);
}

enum reply rights_read_link_used(struct pg_lane *lane, struct store_request *req)
{
    (void)req;
    pg_skip(&lane->connection, 1);
    return REPLY_OK;
}
