#include "store/request.h"

#include "base/alloc.h"
#include "store/arena.h"

#include <stdalign.h>
#include <string.h>

/* A request, its arena and the arena's first bytes are one allocation: most
 * requests need no other. */
enum { FIRST_BYTES = 768 };

struct request_memory {
    struct store_request request;
    struct store_arena arena;
    alignas(max_align_t) char first[FIRST_BYTES];
};

struct store_request *store_request_new(enum store_kind kind, struct slice id)
{
    struct request_memory *memory = mem_alloc(sizeof *memory);
    if (!memory)
        return NULL;
    struct store_request *req = &memory->request;
    *req = (struct store_request){.kind = kind, .arena = &memory->arena};
    list_init(&req->link);
    list_init(&req->lane_link);
    store_arena_init(&memory->arena, memory->first, FIRST_BYTES);
    if (store_arena_copy(req->arena, id, &req->id)) {
        store_request_free(req);
        return NULL;
    }
    return req;
}

void store_request_free(struct store_request *req)
{
    if (!req)
        return;
    store_arena_deinit(req->arena);
    mem_free(LIST_ITEM(req, struct request_memory, request));
}

enum error store_request_copy(struct store_request *req, struct slice bytes, struct slice *out)
{
    return store_arena_copy(req->arena, bytes, out);
}

enum error store_request_adopt(struct store_request *req, struct buf *bytes, struct slice *out)
{
    return store_arena_adopt(req->arena, bytes, out);
}

enum error store_request_add_row(struct store_request *req, struct slice id, uint64_t first_revision,
                                 uint64_t end_revision, struct slice batch)
{
    struct store_append_row row = {.first_revision = first_revision, .end_revision = end_revision};
    if (store_arena_copy(req->arena, id, &row.id) || store_arena_copy(req->arena, batch, &row.batch))
        return ERR_NO_MEMORY;
    struct store_append_row *rows = store_arena_grow(req->arena, req->rows, req->row_count, sizeof *rows);
    if (!rows)
        return ERR_NO_MEMORY;
    req->rows = rows;
    req->rows[req->row_count++] = row;
    return OK;
}

enum error store_request_add_link(struct store_request *req, const struct store_link *link)
{
    struct store_rights *rights = &req->rights;
    struct store_link copy = *link;
    struct store_link *links =
        store_arena_grow(req->arena, rights->links, rights->link_count, sizeof(*links));
    if (!links || store_arena_copy(req->arena, link->name, &copy.name))
        return ERR_NO_MEMORY;
    rights->links = links;
    rights->links[rights->link_count++] = copy;
    return OK;
}

enum error store_request_put_rights(struct store_request *req, const struct store_rights *rights)
{
    req->rights = *rights;
    req->rights.links = NULL;
    req->rights.link_count = 0;
    enum error err = OK;
    for (uint32_t i = 0; !err && i < rights->link_count; i++)
        err = store_request_add_link(req, &rights->links[i]);
    return err;
}

enum error store_request_add_comment(struct store_request *req, const struct store_comment *comment)
{
    struct store_comment copy;
    struct store_comment *comments =
        store_arena_grow(req->arena, req->comments, req->comment_count, sizeof *comments);
    if (!comments || store_arena_copy(req->arena, comment->id, &copy.id) ||
        store_arena_copy(req->arena, comment->bytes, &copy.bytes))
        return ERR_NO_MEMORY;
    req->comments = comments;
    req->comments[req->comment_count++] = copy;
    return OK;
}

enum error store_request_history(struct store_request *req)
{
    struct store_history *history = store_arena_alloc(req->arena, sizeof *history);
    if (!history)
        return ERR_NO_MEMORY;
    *history = (struct store_history){0};
    req->history = history;
    return OK;
}

enum error store_request_put_image(struct store_request *req, const struct store_image *image)
{
    struct store_image *copy = store_arena_alloc(req->arena, sizeof *copy);
    if (!copy)
        return ERR_NO_MEMORY;
    *copy = *image;
    req->image = copy;
    return store_arena_copy(req->arena, image->bytes, &copy->bytes);
}

enum error store_request_add_author(struct store_request *req, const struct store_author *author)
{
    struct store_append_row *row = &req->rows[req->row_count - 1];
    struct store_author added = *author;
    if (store_arena_copy(req->arena, author->name, &added.name))
        return ERR_NO_MEMORY;
    struct store_author *authors =
        store_arena_grow(req->arena, row->authors, row->author_count, sizeof *authors);
    if (!authors)
        return ERR_NO_MEMORY;
    row->authors = authors;
    authors[row->author_count++] = added;
    return OK;
}

enum error store_request_add_segment(struct store_request *req, const struct store_segment *segment)
{
    struct store_history *h = req->history;
    struct store_segment *segments =
        store_arena_grow(req->arena, h->segments, h->segment_count, sizeof *segments);
    if (!segments)
        return ERR_NO_MEMORY;
    h->segments = segments;
    segments[h->segment_count++] = *segment;
    return OK;
}

enum error store_request_add_checkpoint(struct store_request *req, const struct store_checkpoint *checkpoint)
{
    struct store_history *h = req->history;
    struct store_checkpoint *checkpoints =
        store_arena_grow(req->arena, h->checkpoints, h->checkpoint_count, sizeof *checkpoints);
    if (!checkpoints)
        return ERR_NO_MEMORY;
    h->checkpoints = checkpoints;
    checkpoints[h->checkpoint_count++] = *checkpoint;
    return OK;
}

enum error request_add_epoch(struct store_request *req, struct slice id, uint64_t first_revision)
{
    if (id.len != sizeof req->epochs->id.bytes)
        return OK;
    /* The one that comes with the request is not history, even if an earlier try recorded it. */
    if (req->has_epoch && memcmp(id.ptr, req->epoch.id.bytes, id.len) == 0)
        return OK;
    struct store_epoch *epochs = store_arena_grow(req->arena, req->epochs, req->epoch_count, sizeof *epochs);
    if (!epochs)
        return ERR_NO_MEMORY;
    req->epochs = epochs;
    struct store_epoch *added = &epochs[req->epoch_count++];
    memcpy(added->id.bytes, id.ptr, id.len);
    added->first_revision = first_revision;
    return OK;
}

enum error request_add_batch(struct store_request *req, const struct store_batch *batch)
{
    struct store_batch copy = *batch;
    struct store_batch *batches =
        store_arena_grow(req->arena, req->batches, req->batch_count, sizeof *batches);
    if (!batches || store_arena_copy(req->arena, batch->batch, &copy.batch))
        return ERR_NO_MEMORY;
    req->batches = batches;
    batches[req->batch_count++] = copy;
    return OK;
}

enum error request_add_id(struct store_request *req, struct slice id)
{
    struct slice copy;
    struct slice *ids = store_arena_grow(req->arena, req->ids, req->id_count, sizeof *ids);
    if (!ids || store_arena_copy(req->arena, id, &copy))
        return ERR_NO_MEMORY;
    req->ids = ids;
    ids[req->id_count++] = copy;
    return OK;
}

bool request_is_read_aside(const struct store_request *req)
{
    return req->kind == STORE_HISTORY || req->kind == STORE_IMAGE;
}

bool request_is_read(const struct store_request *req)
{
    return req->kind == STORE_LOAD || req->kind == STORE_PEEK || req->kind == STORE_EXPIRED ||
           req->kind == STORE_FIND_LINK || req->kind == STORE_FIND_DELETED || request_is_read_aside(req);
}

bool request_is_write(const struct store_request *req)
{
    return !request_is_read(req) || (req->kind == STORE_LOAD && req->has_epoch);
}

uint32_t requests_count_writes(const struct link *list)
{
    uint32_t writes = 0;
    for (const struct link *l = list->next; l != list; l = l->next)
        writes += request_is_write(LIST_ITEM(l, const struct store_request, link));
    return writes;
}

bool request_may_wait(const struct store_request *req)
{
    return !request_is_read(req) && !req->fail_fast;
}

struct slice request_subject(const struct store_request *req)
{
    return req->row_count > 0 ? req->rows[0].id : req->id;
}

/* Is it about the whole database, and no document? What HISTORY_AGE deletes too late goes with
 * the next one. */
static bool is_search(const struct store_request *req)
{
    return req->kind == STORE_EXPIRED || req->kind == STORE_FIND_LINK || req->kind == STORE_FIND_DELETED ||
           req->kind == STORE_HISTORY_AGE || req->kind == STORE_IMAGE;
}

static bool concerns(const struct store_request *req, struct slice id)
{
    if (req->kind != STORE_APPEND)
        return !is_search(req) && slice_equal(req->id, id);
    for (uint32_t i = 0; i < req->row_count; i++)
        if (slice_equal(req->rows[i].id, id))
            return true;
    return false;
}

bool request_must_follow(const struct store_request *later, const struct store_request *earlier)
{
    bool is_slow = (earlier->kind == STORE_SNAPSHOT && earlier->history_change == STORE_HISTORY_GOES_ON) ||
                   earlier->kind == STORE_OPEN || earlier->kind == STORE_HISTORY_PUT ||
                   earlier->kind == STORE_COMMENT;
    bool may_overtake = later->kind == STORE_APPEND && is_slow && !earlier->has_epoch;
    return !may_overtake && request_shares_document(later, earlier);
}

bool request_shares_document(const struct store_request *a, const struct store_request *b)
{
    if (is_search(a))
        return false;
    if (a->kind != STORE_APPEND)
        return concerns(b, a->id);
    for (uint32_t i = 0; i < a->row_count; i++)
        if (concerns(b, a->rows[i].id))
            return true;
    return false;
}

size_t request_bytes(const struct store_request *req)
{
    return req->arena->total;
}

static void clear_history(struct store_history *h)
{
    *h = (struct store_history){.from = h->from,
                                .to = h->to,
                                .wants = h->wants,
                                .max_bytes = h->max_bytes,
                                .full_bytes = h->full_bytes};
}

void request_clear_answer(struct store_request *req)
{
    if (req->kind == STORE_HISTORY)
        clear_history(req->history);
    if (req->kind == STORE_IMAGE)
        *req->image = (struct store_image){.id = req->image->id};
    req->result = OK;
    req->found = false;
    req->created_ms = req->updated_ms = req->accessed_ms = 0;
    req->text_bytes = 0;
    req->last_author = 0;
    req->history_is_off = false;
    req->fresh_rows = req->fresh_bytes = 0;
    req->owner = (struct store_owner){0};
    if (req->kind != STORE_RIGHTS)
        req->rights = (struct store_rights){0};
    if (req->kind == STORE_LOAD) {
        req->places = (struct store_places){0};
        req->comments = NULL;
        req->comment_count = 0;
    }
    req->epochs = NULL;
    req->batches = NULL;
    req->ids = NULL;
    req->epoch_count = req->batch_count = req->id_count = 0;
    for (uint32_t i = 0; i < req->row_count; i++)
        req->rows[i].outcome = OK;
}

void request_digest(struct store_request *req)
{
    if (!req->result && req->digest)
        req->digest(req);
}

void requests_move(struct link *from, struct link *to)
{
    LIST_EACH (pos, following, from) {
        list_remove(pos);
        list_append(to, pos);
    }
}
