#include "doc/images.h"

#include "guard/digest.h"
#include "guard/picture.h"
#include "guard/random.h"
#include "observe/log.h"
#include "observe/metrics.h"

enum error image_request(struct slice bytes, uint64_t room_bytes, struct store_request **out)
{
    struct picture picture;
    enum error err = picture_read(bytes, &picture);
    if (err)
        return err;
    struct store_image image = {.id = random_id(),
                                .digest = digest_of(&bytes, 1),
                                .type = (uint8_t)picture.type,
                                .width = picture.width,
                                .height = picture.height,
                                .bytes = bytes,
                                .room_bytes = room_bytes};
    struct store_request *req = store_request_new(STORE_IMAGE_PUT, (struct slice){0});
    if (!req || store_request_put_image(req, &image)) {
        store_request_free(req);
        return ERR_NO_MEMORY;
    }
    *out = req;
    return OK;
}

/* ---- answers ---- */

static void end(struct store_request *req, enum error err)
{
    struct image_wait *wait = req->context;
    struct store_request *answer = req, *none = NULL;
    bool has_answer = !err || err == ERR_IMAGES_FULL;
    if (wait) {
        wait->request = NULL;
        wait->done(wait, err, has_answer ? &answer : &none);
    }
    store_request_free(answer);
}

static void post(struct documents *docs, struct store_request *req, struct image_wait *wait,
                 void (*done)(struct store_request *req))
{
    req->context = wait;
    req->done = done;
    wait->request = req;
    wait->documents = docs;
    documents_post(docs, req);
}

void image_cancel(struct image_wait *wait)
{
    if (wait->request)
        wait->request->context = NULL;
    wait->request = NULL;
}

/* ---- adding one ---- */

static void account(const struct store_request *req)
{
    const struct store_image *image = req->image;
    metric_inc(METRIC_IMAGES_STORED);
    metric_add(METRIC_IMAGE_BYTES_STORED, (int64_t)image->bytes.len);
    log_event(LOG_INFO, "image_stored", LOG_STR("docId", req->id), LOG_UINT("bytes", image->bytes.len),
              LOG_CSTR("type", picture_media_type(image->type)), LOG_UINT("padBytes", image->used_bytes));
}

/* The row that was made belongs to this document, if it is still the one that was there. */
static void note_row(struct documents *docs, const struct store_request *req)
{
    struct document *doc = document_find(docs, req->id);
    if (!doc || !req->has_epoch || doc->state != DOCUMENT_READY || doc->lost_why)
        return;
    const struct pad_epoch *epoch = &doc->pad.epochs[doc->pad.epoch_count - 1];
    if (id128_equal(epoch->id, req->epoch.id))
        doc->stored = doc->epoch_stored = true;
}

static void on_put(struct store_request *req)
{
    struct image_wait *wait = req->context;
    if (!req->result && wait)
        note_row(wait->documents, req);
    if (!req->result && !req->image->was_there)
        account(req);
    end(req, req->result);
}

enum error document_put_image(struct document *doc, struct store_request *req, struct image_wait *wait)
{
    const struct pad_epoch *epoch = &doc->pad.epochs[doc->pad.epoch_count - 1];
    if (doc->documents->is_stopping)
        return ERR_SHUTTING_DOWN;
    if (doc->lost_why || doc->is_being_deleted)
        return doc->lost_why ? doc->lost_why : ERR_GONE;
    if (store_request_copy(req, doc->id, &req->id))
        return ERR_NO_MEMORY;
    req->fail_fast = true;
    req->has_epoch = !doc->epoch_stored;
    req->epoch = (struct store_epoch){epoch->id, epoch->first_revision};
    post(doc->documents, req, wait, on_put);
    return OK;
}

/* ---- finding one ---- */

static void on_found(struct store_request *req)
{
    enum error err = req->result;
    if (err)
        metric_inc(METRIC_READ_ERRORS);
    else if (!req->found)
        err = ERR_NOT_FOUND;
    end(req, err);
}

enum error image_find(struct documents *docs, struct id128 id, struct image_wait *wait)
{
    struct store_request *req = store_request_new(STORE_IMAGE, (struct slice){0});
    if (!req || store_request_put_image(req, &(struct store_image){.id = id})) {
        store_request_free(req);
        return ERR_NO_MEMORY;
    }
    post(docs, req, wait, on_found);
    return OK;
}
