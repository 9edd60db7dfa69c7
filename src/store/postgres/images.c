#include "store/postgres/images.h"

#include "store/postgres/columns.h"
#include "store/postgres/statements.h"

#include <string.h>

static struct slice bytes_of(const struct id128 *id)
{
    return slice_of(id->bytes, sizeof id->bytes);
}

/* ---- writing ------------------------------------------------------------------------ */

static void send_row(struct pg_lane *lane, const struct store_request *req)
{
    struct parameters p = {0};
    put_bytes(&p, req->id);
    put_int8(&p, req->now_ms / 1000);
    put_int8(&p, (int64_t)req->image->bytes.len);
    put_int8(&p, (int64_t)req->image->room_bytes);
    pg_send(&lane->connection, STATEMENT_IMAGE_ROW, &p);
}

void pg_image_send_put(struct pg_lane *lane, const struct store_request *req)
{
    const struct store_image *image = req->image;
    struct parameters add = {0}, found = {0};
    send_row(lane, req);
    put_bytes(&add, req->id);
    put_bytes(&add, bytes_of(&image->digest));
    put_bytes(&add, bytes_of(&image->id));
    put_int8(&add, image->type);
    put_int8(&add, image->width);
    put_int8(&add, image->height);
    put_int8(&add, req->now_ms / 1000);
    put_bytes(&add, image->bytes);
    put_int8(&add, (int64_t)image->bytes.len);
    put_int8(&add, (int64_t)image->room_bytes);
    pg_send(&lane->connection, STATEMENT_IMAGE_ADD, &add);
    put_bytes(&found, req->id);
    put_bytes(&found, bytes_of(&image->digest));
    pg_send(&lane->connection, STATEMENT_IMAGE_FOUND, &found);
}

/* Where an earlier try has been committed after all, the image is there under its own id. */
enum reply pg_image_read_put(struct pg_lane *lane, struct store_request *req)
{
    struct store_image *image = req->image;
    pg_skip(&lane->connection, 2);
    const PGresult *r = pg_next(&lane->connection);
    struct slice id = column_bytes(r, 0, 0);
    image->used_bytes = (uint64_t)column_int(r, 0, 1);
    if (id.len != sizeof image->id.bytes) {
        req->result = ERR_IMAGES_FULL;
        return REPLY_OK;
    }
    image->was_there = memcmp(image->id.bytes, id.ptr, id.len) != 0;
    memcpy(image->id.bytes, id.ptr, id.len);
    return REPLY_OK;
}

/* ---- reading ------------------------------------------------------------------------ */

enum reply pg_image_read(struct pg_connection *c, struct store_request *req)
{
    struct store_image *image = req->image;
    struct parameters p = {0};
    bool failed = false;
    put_bytes(&p, bytes_of(&image->id));
    pg_send(c, STATEMENT_IMAGE, &p);
    const PGresult *r = pg_next(c);
    req->found = PQntuples(r) > 0;
    if (req->found) {
        image->type = (uint8_t)column_int(r, 0, 0);
        image->width = (uint32_t)column_int(r, 0, 1);
        image->height = (uint32_t)column_int(r, 0, 2);
        image->bytes = column_copy(r, 0, 3, req->arena, &failed);
    }
    enum reply reply = pg_end(c);
    return !reply && failed ? REPLY_NO_MEMORY : reply;
}
