#include "store/request.h"

#include "base/alloc.h"
#include "store/arena.h"

#include <stdalign.h>

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

bool request_is_read(const struct store_request *req)
{
    return req->kind == STORE_LOAD || req->kind == STORE_PEEK || req->kind == STORE_EXPIRED ||
           req->kind == STORE_FIND_LINK || req->kind == STORE_FIND_DELETED;
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

/* Is it about the whole database, and no document? */
static bool is_search(const struct store_request *req)
{
    return req->kind == STORE_EXPIRED || req->kind == STORE_FIND_LINK || req->kind == STORE_FIND_DELETED;
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
    bool is_slow = earlier->kind == STORE_SNAPSHOT || earlier->kind == STORE_OPEN;
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

void request_clear_answer(struct store_request *req)
{
    req->result = OK;
    req->found = false;
    req->created_ms = req->updated_ms = req->accessed_ms = 0;
    req->text_bytes = 0;
    req->owner = (struct store_owner){0};
    if (req->kind != STORE_RIGHTS)
        req->rights = (struct store_rights){0};
    req->epochs = NULL;
    req->batches = NULL;
    req->ids = NULL;
    req->epoch_count = req->batch_count = req->id_count = 0;
    for (uint32_t i = 0; i < req->row_count; i++)
        req->rows[i].outcome = OK;
}

void requests_move(struct link *from, struct link *to)
{
    LIST_EACH (pos, following, from) {
        list_remove(pos);
        list_append(to, pos);
    }
}
