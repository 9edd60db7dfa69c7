#include "doc/comment_store.h"

#include "base/alloc.h"
#include "observe/log.h"
#include "pad/comments.h"

enum error comments_restore(const struct store_request *req, struct comments **out)
{
    struct stored_thread *threads = mem_alloc((req->comment_count + 1) * sizeof(*threads));
    bool is_damaged = false;
    *out = NULL;
    if (!threads)
        return ERR_NO_MEMORY;
    for (uint32_t i = 0; i < req->comment_count; i++)
        threads[i] = (struct stored_thread){req->comments[i].id, req->comments[i].bytes};
    enum error err = comments_decode(req->places.revision, req->places.bytes, threads, req->comment_count,
                                     out, &is_damaged);
    mem_free(threads);
    if (is_damaged)
        log_event(LOG_ERROR, "comments_damaged", LOG_STR("docId", req->id));
    return err;
}

enum error comments_put_places(const struct pad *pad, struct store_request *req, uint64_t revision)
{
    struct buf places = {0};
    if (!pad->comments || !comments_are_stored(pad->comments))
        return OK;
    enum error err = comments_encode_places(pad->comments, &pad->history, revision, &places);
    if (!err)
        err = store_request_adopt(req, &places, &req->places.bytes);
    req->places.revision = revision;
    buf_deinit(&places);
    return err;
}
