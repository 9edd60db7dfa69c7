#include "store/sqlite/images.h"

#include "store/sqlite/query.h"

#include <string.h>

static struct slice bytes_of(const struct id128 *id)
{
    return slice_of(id->bytes, sizeof id->bytes);
}

enum error sqlite_image_read(struct connection *c, struct store_request *req)
{
    struct store_image *image = req->image;
    struct query q = query_start(c, STATEMENT_IMAGE);
    query_put_blob(&q, bytes_of(&image->id));
    if (query_next(&q)) {
        req->found = true;
        image->type = (uint8_t)query_int(&q, 0);
        image->width = (uint32_t)query_int(&q, 1);
        image->height = (uint32_t)query_int(&q, 2);
        image->bytes = query_copy(&q, 3, req->arena);
    }
    return query_end(&q);
}

static enum error find_same(struct database *db, struct slice document, struct store_image *image)
{
    struct query q = query_start(&db->connection, STATEMENT_IMAGE_FIND);
    query_put_text(&q, document);
    query_put_blob(&q, bytes_of(&image->digest));
    image->was_there = query_next(&q);
    if (image->was_there) {
        struct slice id = query_bytes(&q, 0);
        if (id.len == sizeof image->id.bytes)
            memcpy(image->id.bytes, id.ptr, id.len);
        else
            query_fail(&q, SQLITE_CORRUPT);
    }
    return query_end(&q);
}

static enum error count_used(struct database *db, struct slice document, uint64_t *bytes)
{
    struct query q = query_start(&db->connection, STATEMENT_IMAGES_USED);
    query_put_text(&q, document);
    *bytes = query_next(&q) ? (uint64_t)query_int(&q, 0) : 0;
    return query_end(&q);
}

static enum error add(struct database *db, const struct store_request *req)
{
    const struct store_image *image = req->image;
    struct query q = query_start(&db->connection, STATEMENT_IMAGE_ADD);
    query_put_blob(&q, bytes_of(&image->id));
    query_put_text(&q, req->id);
    query_put_blob(&q, bytes_of(&image->digest));
    query_put_int(&q, image->type);
    query_put_int(&q, image->width);
    query_put_int(&q, image->height);
    query_put_int(&q, req->now_ms / 1000);
    query_put_int(&q, (int64_t)image->bytes.len);
    query_put_blob(&q, image->bytes);
    return query_run(&q);
}

enum error sqlite_image_put(struct database *db, struct store_request *req)
{
    struct store_image *image = req->image;
    enum error err = find_same(db, req->id, image);
    if (!err)
        err = count_used(db, req->id, &image->used_bytes);
    if (err || image->was_there)
        return err;
    if (image->used_bytes + image->bytes.len > image->room_bytes) {
        req->result = ERR_IMAGES_FULL;
        return OK;
    }
    image->used_bytes += image->bytes.len;
    return add(db, req);
}
