#include "support/fake_tables.h"

#include "store/arena.h"
#include "store/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TOUCH_S = 60, /* an APPEND changes a row's times at most that often */
    DAY_MS = 24 * 60 * 60 * 1000,
};

static struct fake_document *document_of(struct link *link)
{
    return LIST_ITEM(link, struct fake_document, link);
}

static struct fake_batch *batch_of(struct link *link)
{
    return LIST_ITEM(link, struct fake_batch, link);
}

static int64_t max_of(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* ---- memory ---- */

static void *allocate(size_t size_bytes)
{
    void *memory = calloc(1, size_bytes);
    if (!memory)
        abort();
    return memory;
}

static void forget(struct slice *field)
{
    free((void *)(uintptr_t)field->ptr);
    *field = (struct slice){0};
}

void fake_document_set(struct slice *field, struct slice value)
{
    struct slice copy = {0};
    if (value.ptr) {
        char *bytes = allocate(value.len + 1);
        if (value.len > 0)
            memcpy(bytes, value.ptr, value.len);
        copy = slice_of(bytes, value.len);
    }
    forget(field);
    *field = copy;
}

/* ---- the tables ---- */

void fake_tables_init(struct fake_tables *t)
{
    *t = (struct fake_tables){0};
    list_init(&t->documents);
    list_init(&t->placements);
}

static struct fake_placement *placement_of(struct link *link)
{
    return LIST_ITEM(link, struct fake_placement, link);
}

struct fake_placement *fake_tables_placement(const struct fake_tables *t, struct slice id)
{
    LIST_EACH (at, following, &t->placements) {
        if (slice_equal(placement_of(at)->id, id))
            return placement_of(at);
    }
    return NULL;
}

void fake_tables_place(struct fake_tables *t, struct slice id, uint64_t incarnation, struct slice address)
{
    fake_tables_release(t, id);
    struct fake_placement *placement = allocate(sizeof *placement);
    fake_document_set(&placement->id, id);
    fake_document_set(&placement->address, address);
    placement->incarnation = incarnation;
    list_append(&t->placements, &placement->link);
}

void fake_tables_release(struct fake_tables *t, struct slice id)
{
    struct fake_placement *placement = fake_tables_placement(t, id);
    if (!placement)
        return;
    list_remove(&placement->link);
    forget(&placement->id);
    forget(&placement->address);
    free(placement);
}

struct fake_document *fake_tables_find(const struct fake_tables *t, struct slice id)
{
    LIST_EACH (at, following, &t->documents) {
        if (slice_equal(document_of(at)->id, id))
            return document_of(at);
    }
    return NULL;
}

uint32_t fake_document_batches(const struct fake_document *doc)
{
    uint32_t count = 0;
    LIST_EACH (at, following, &doc->batches)
        count++;
    return count;
}

static struct fake_document *add_document(struct fake_tables *t, struct slice id, int64_t now_s)
{
    struct fake_document *doc = allocate(sizeof *doc);
    fake_document_set(&doc->id, id);
    fake_document_set(&doc->text, SLICE(""));
    doc->created_s = doc->updated_s = doc->accessed_s = now_s;
    list_init(&doc->batches);
    list_init(&doc->comments);
    list_append(&t->documents, &doc->link);
    return doc;
}

static void delete_batch(struct fake_batch *batch)
{
    list_remove(&batch->link);
    forget(&batch->bytes);
    free(batch);
}

static void forget_rights(struct fake_document *doc)
{
    for (uint32_t i = 0; i < doc->rights.link_count; i++)
        forget(&doc->rights.links[i].name);
    free(doc->rights.links);
    doc->rights = (struct store_rights){0};
}

static struct fake_comment *comment_of(struct link *link)
{
    return LIST_ITEM(link, struct fake_comment, link);
}

static void delete_comment(struct fake_comment *comment)
{
    list_remove(&comment->link);
    forget(&comment->id);
    forget(&comment->bytes);
    free(comment);
}

static void delete_document(struct fake_document *doc)
{
    LIST_EACH (at, following, &doc->comments)
        delete_comment(comment_of(at));
    LIST_EACH (at, following, &doc->batches)
        delete_batch(batch_of(at));
    forget_rights(doc);
    struct slice *fields[] = {&doc->id,       &doc->text,    &doc->language,
                              &doc->password, &doc->clients, &doc->places.bytes};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        forget(fields[i]);
    list_remove(&doc->link);
    free(doc);
}

void fake_tables_deinit(struct fake_tables *t)
{
    LIST_EACH (at, following, &t->documents)
        delete_document(document_of(at));
    LIST_EACH (at, following, &t->placements)
        fake_tables_release(t, placement_of(at)->id);
    free(t->deleted);
}

/* ---- writing ---- */

static void put_epoch(struct fake_document *doc, struct store_epoch epoch)
{
    for (uint32_t i = 0; i < doc->epoch_count; i++) {
        if (id128_equal(doc->epochs[i].id, epoch.id))
            return;
    }
    if (doc->epoch_count == FAKE_EPOCHS_KEPT) {
        doc->epoch_count--;
        memmove(doc->epochs, doc->epochs + 1, doc->epoch_count * sizeof *doc->epochs);
    }
    doc->epochs[doc->epoch_count++] = epoch;
}

/* The batch's place is behind those that begin earlier. */
static void add_batch(struct fake_document *doc, const struct store_append_row *row, int64_t now_ms)
{
    struct link *before = doc->batches.prev;
    while (before != &doc->batches && batch_of(before)->first_revision > row->first_revision)
        before = before->prev;
    if (before != &doc->batches && batch_of(before)->first_revision == row->first_revision) {
        printf("fake_tables: revision %llu is in the journal already\n",
               (unsigned long long)row->first_revision);
        fflush(stdout);
        abort();
    }
    struct fake_batch *batch = allocate(sizeof *batch);
    batch->first_revision = row->first_revision;
    batch->end_revision = row->end_revision;
    batch->time_ms = now_ms;
    fake_document_set(&batch->bytes, row->batch);
    list_append(before->next, &batch->link); /* in front of the next */
}

static void append_row(struct fake_tables *t, const struct store_append_row *row, int64_t now_ms)
{
    int64_t now_s = now_ms / 1000;
    struct fake_document *doc = fake_tables_find(t, row->id);
    if (!doc && !row->touch) {
        printf("fake_tables: a first row must touch\n");
        fflush(stdout);
        abort();
    }
    if (!doc)
        doc = add_document(t, row->id, now_s);
    else if (row->touch && doc->updated_s < now_s - TOUCH_S)
        doc->updated_s = doc->accessed_s = now_s;
    add_batch(doc, row, now_ms);
    if (row->has_epoch)
        put_epoch(doc, row->epoch);
}

static void append(struct fake_tables *t, struct store_request *req)
{
    for (uint32_t i = 0; i < req->row_count; i++) {
        struct store_append_row *row = &req->rows[i];
        if (t->bad.ptr && slice_equal(row->id, t->bad))
            row->outcome = ERR_STORAGE;
        else
            append_row(t, row, req->now_ms);
    }
}

/* The newest batch stays, whatever is asked for. */
static void trim_journal(struct fake_document *doc, uint64_t keep_from)
{
    LIST_EACH (at, following, &doc->batches) {
        struct fake_batch *batch = batch_of(at);
        bool is_newest = following == &doc->batches;
        if (!is_newest && batch->first_revision < keep_from && batch->end_revision <= keep_from)
            delete_batch(batch);
    }
}

static void put_places(struct fake_document *doc, const struct store_places *places)
{
    fake_document_set(&doc->places.bytes, places->bytes);
    doc->places.revision = places->revision;
}

static void put_comment(struct fake_document *doc, const struct store_comment *comment)
{
    LIST_EACH (at, following, &doc->comments) {
        if (slice_equal(comment_of(at)->id, comment->id))
            delete_comment(comment_of(at));
    }
    if (!comment->bytes.ptr)
        return;
    struct fake_comment *added = allocate(sizeof *added);
    fake_document_set(&added->id, comment->id);
    fake_document_set(&added->bytes, comment->bytes);
    list_append(&doc->comments, &added->link);
}

/* Of a document that is gone, nothing is kept. */
static void put_comments(struct fake_tables *t, const struct store_request *req)
{
    struct fake_document *doc = fake_tables_find(t, req->id);
    for (uint32_t i = 0; doc && i < req->comment_count; i++)
        put_comment(doc, &req->comments[i]);
    if (doc)
        put_places(doc, &req->places);
}

static void snapshot(struct fake_tables *t, struct store_request *req)
{
    int64_t now_s = req->now_ms / 1000;
    struct fake_document *doc = fake_tables_find(t, req->id);
    if (!doc)
        doc = add_document(t, req->id, now_s);
    fake_document_set(&doc->text, req->text.ptr ? req->text : SLICE(""));
    fake_document_set(&doc->language, req->language);
    fake_document_set(&doc->password, req->password);
    fake_document_set(&doc->clients, req->clients);
    doc->revision = req->revision;
    if (req->places.bytes.ptr)
        put_places(doc, &req->places);
    doc->updated_s = doc->accessed_s = now_s;
    trim_journal(doc, req->keep_from);
    if (req->has_epoch)
        put_epoch(doc, req->epoch);
}

static void put_opened(struct fake_document *doc, const struct store_request *req)
{
    doc->accessed_s = req->now_ms / 1000;
    if (req->has_epoch)
        put_epoch(doc, req->epoch);
}

static void opened(struct fake_tables *t, struct store_request *req)
{
    struct fake_document *doc = fake_tables_find(t, req->id);
    req->found = doc != NULL;
    if (doc)
        put_opened(doc, req);
}

/* The time of the journal's last batch; 0: it has none. */
static int64_t edited_ms(const struct fake_document *doc)
{
    return list_is_empty(&doc->batches) ? 0 : batch_of(doc->batches.prev)->time_ms;
}

/* What is kept for days of its own may have a later cutoff than all others. */
static bool is_fresh(const struct fake_document *doc, int64_t cutoff_ms, int64_t now_ms)
{
    if (doc->rights.keep_days > 0)
        cutoff_ms = max_of(cutoff_ms, now_ms - (int64_t)doc->rights.keep_days * DAY_MS);
    return max_of(doc->accessed_s, edited_ms(doc) / 1000) >= cutoff_ms / 1000;
}

static void put_rights(struct fake_tables *t, struct store_request *req)
{
    struct fake_document *doc = fake_tables_find(t, req->id);
    if (!doc)
        doc = add_document(t, req->id, req->now_ms / 1000);
    forget_rights(doc);
    doc->rights = req->rights;
    doc->rights.links = allocate((req->rights.link_count + 1) * sizeof *doc->rights.links);
    for (uint32_t i = 0; i < req->rights.link_count; i++) {
        doc->rights.links[i] = req->rights.links[i];
        doc->rights.links[i].name = (struct slice){0};
        fake_document_set(&doc->rights.links[i].name, req->rights.links[i].name);
    }
    if (req->language.ptr)
        fake_document_set(&doc->language, req->language);
    if (req->has_epoch)
        put_epoch(doc, req->epoch);
}

static struct store_link *find_link(const struct fake_tables *t, struct slice hash, struct fake_document **of)
{
    LIST_EACH (at, following, &t->documents) {
        *of = document_of(at);
        for (uint32_t i = 0; i < (*of)->rights.link_count; i++)
            if (slice_equal(slice_of((*of)->rights.links[i].hash, STORE_HASH_BYTES), hash))
                return &(*of)->rights.links[i];
    }
    return NULL;
}

static void note_use(struct fake_tables *t, const struct store_request *req)
{
    struct fake_document *doc;
    struct store_link *link = find_link(t, req->link_hash, &doc);
    if (link)
        link->used_ms = req->now_ms;
}

static void bury(struct fake_tables *t, struct id128 epoch)
{
    t->deleted = realloc(t->deleted, (t->deleted_count + 1) * sizeof *t->deleted);
    if (!t->deleted)
        abort();
    t->deleted[t->deleted_count++] = epoch;
}

static void bury_all(struct fake_tables *t, const struct fake_document *doc, const struct store_request *req)
{
    bury(t, req->epoch.id);
    for (uint32_t i = 0; i < doc->epoch_count; i++)
        bury(t, doc->epochs[i].id);
}

static enum error search_deleted(struct fake_tables *t, struct store_request *req)
{
    for (uint32_t i = 0; i < t->deleted_count; i++)
        req->found = req->found || id128_equal(t->deleted[i], req->epoch.id);
    return OK;
}

static void delete (struct fake_tables *t, struct store_request *req)
{
    struct fake_document *doc = fake_tables_find(t, req->id);
    req->found = doc != NULL;
    if (doc)
        req->unused_ms = max_of(0, req->now_ms - doc->accessed_s * 1000);
    if (doc && is_fresh(doc, req->cutoff_ms, req->now_ms))
        req->result = ERR_FORBIDDEN;
    else if (doc && req->for_good)
        bury_all(t, doc, req);
    if (doc && !req->result)
        delete_document(doc);
}

/* ---- reading ---- */

static enum error read_row(struct fake_document *doc, struct store_request *req)
{
    req->found = true;
    req->revision = doc->revision;
    req->created_ms = doc->created_s * 1000;
    req->updated_ms = max_of(doc->updated_s * 1000, edited_ms(doc));
    req->accessed_ms = max_of(doc->accessed_s * 1000, edited_ms(doc));
    req->text_bytes = doc->text.len;
    enum error err = store_request_copy(req, doc->language, &req->language);
    if (!err)
        err = store_request_put_rights(req, &doc->rights);
    return err ? err : store_request_copy(req, doc->password, &req->password);
}

static enum error read_epochs(const struct fake_document *doc, struct store_request *req)
{
    if (doc->epoch_count == 0)
        return OK;
    req->epochs = store_arena_alloc(req->arena, doc->epoch_count * sizeof *req->epochs);
    if (!req->epochs)
        return ERR_NO_MEMORY;
    for (uint32_t i = 0; i < doc->epoch_count; i++) {
        bool is_its_own = req->has_epoch && id128_equal(doc->epochs[i].id, req->epoch.id);
        if (!is_its_own)
            req->epochs[req->epoch_count++] = doc->epochs[i];
    }
    return OK;
}

static enum error read_journal(struct fake_document *doc, struct store_request *req)
{
    uint32_t count = fake_document_batches(doc);
    if (count == 0)
        return OK;
    req->batches = store_arena_alloc(req->arena, count * sizeof *req->batches);
    if (!req->batches)
        return ERR_NO_MEMORY;
    LIST_EACH (at, following, &doc->batches) {
        struct store_batch *batch = &req->batches[req->batch_count];
        batch->first_revision = batch_of(at)->first_revision;
        batch->time_ms = batch_of(at)->time_ms;
        if (store_request_copy(req, batch_of(at)->bytes, &batch->batch))
            return ERR_NO_MEMORY;
        req->batch_count++;
    }
    return OK;
}

static enum error read_comments(const struct fake_document *doc, struct store_request *req)
{
    enum error err = store_request_copy(req, doc->places.bytes, &req->places.bytes);
    req->places.revision = doc->places.revision;
    LIST_EACH (at, following, &doc->comments) {
        const struct store_comment comment = {comment_of(at)->id, comment_of(at)->bytes};
        if (!err && doc->places.bytes.ptr)
            err = store_request_add_comment(req, &comment);
    }
    return err;
}

/* A LOAD with an epoch opens the document too: the epoch begins where the
 * stored history ends. */
static void open_loaded(struct fake_document *doc, struct store_request *req)
{
    req->epoch.first_revision = doc->revision;
    if (!list_is_empty(&doc->batches) && batch_of(doc->batches.prev)->end_revision > doc->revision)
        req->epoch.first_revision = batch_of(doc->batches.prev)->end_revision;
    put_opened(doc, req);
}

/* Tells who else has it; true when nobody has. */
static bool is_free(struct fake_tables *t, struct store_request *req)
{
    const struct fake_placement *placement = fake_tables_placement(t, req->id);
    if (!placement || placement->incarnation == t->self)
        return true;
    req->owner.incarnation = placement->incarnation;
    (void)store_request_copy(req, placement->address, &req->owner.address);
    return false;
}

static enum error peek(struct fake_tables *t, struct store_request *req)
{
    (void)is_free(t, req);
    struct fake_document *doc = fake_tables_find(t, req->id);
    return doc ? read_row(doc, req) : OK;
}

static enum error read_document(struct fake_document *doc, struct store_request *req)
{
    enum error err = read_row(doc, req);
    if (!err)
        err = store_request_copy(req, doc->clients, &req->clients);
    if (!err)
        err = store_request_copy(req, doc->text, &req->text);
    if (!err)
        err = read_epochs(doc, req);
    if (!err)
        err = read_journal(doc, req);
    if (!err)
        err = read_comments(doc, req);
    req->unused_ms = max_of(0, req->now_ms - req->accessed_ms);
    if (!err && req->has_epoch)
        open_loaded(doc, req);
    return err;
}

/* Where servers share the database, the load makes it this one's. */
static enum error load(struct fake_tables *t, struct store_request *req)
{
    struct fake_document *doc = fake_tables_find(t, req->id);
    if (!is_free(t, req)) {
        req->result = ERR_ELSEWHERE;
        return OK;
    }
    if (req->may_begin && !fake_tables_placement(t, req->id))
        fake_tables_place(t, req->id, t->self, (struct slice){0});
    return doc ? read_document(doc, req) : OK;
}

static enum error expired(struct fake_tables *t, struct store_request *req)
{
    LIST_EACH (at, following, &t->documents) {
        if (is_fresh(document_of(at), req->cutoff_ms, req->now_ms) || req->id_count == req->max_ids)
            continue;
        struct slice *ids = store_arena_grow(req->arena, req->ids, req->id_count, sizeof *ids);
        if (!ids)
            return ERR_NO_MEMORY;
        req->ids = ids;
        if (store_request_copy(req, document_of(at)->id, &req->ids[req->id_count]))
            return ERR_NO_MEMORY;
        req->id_count++;
    }
    return OK;
}

static enum error search_link(struct fake_tables *t, struct store_request *req)
{
    struct fake_document *doc;
    if (!find_link(t, req->link_hash, &doc))
        return OK;
    req->found = true;
    req->ids = store_arena_grow(req->arena, NULL, 0, sizeof *req->ids);
    if (!req->ids || store_request_copy(req, doc->id, &req->ids[0]))
        return ERR_NO_MEMORY;
    req->id_count = 1;
    return OK;
}

/* What another server has is not this one's to give back. */
static void release_own(struct fake_tables *t, struct slice id)
{
    const struct fake_placement *placement = fake_tables_placement(t, id);
    if (placement && placement->incarnation == t->self)
        fake_tables_release(t, id);
}

/* ---- by kind ---- */

static void carry_out_read(struct fake_tables *t, struct store_request *req)
{
    enum error err = req->kind == STORE_LOAD           ? load(t, req)
                     : req->kind == STORE_PEEK         ? peek(t, req)
                     : req->kind == STORE_FIND_LINK    ? search_link(t, req)
                     : req->kind == STORE_FIND_DELETED ? search_deleted(t, req)
                                                       : expired(t, req);
    if (!err)
        return;
    request_clear_answer(req);
    req->result = err;
}

static void carry_out_write(struct fake_tables *t, struct store_request *req)
{
    if (t->bad.ptr && slice_equal(req->id, t->bad))
        req->result = ERR_STORAGE;
    else if (req->kind == STORE_APPEND)
        append(t, req);
    else if (req->kind == STORE_SNAPSHOT)
        snapshot(t, req);
    else if (req->kind == STORE_OPEN)
        opened(t, req);
    else if (req->kind == STORE_RELEASE)
        release_own(t, req->id);
    else if (req->kind == STORE_RIGHTS)
        put_rights(t, req);
    else if (req->kind == STORE_LINK_USED)
        note_use(t, req);
    else if (req->kind == STORE_COMMENT)
        put_comments(t, req);
    else
        delete (t, req);
}

void fake_tables_carry_out(struct fake_tables *t, struct store_request *req)
{
    request_clear_answer(req);
    if (request_is_read(req))
        carry_out_read(t, req);
    else
        carry_out_write(t, req);
}
