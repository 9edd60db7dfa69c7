#include "doc/document.h"

#include "base/alloc.h"
#include "doc/comment_store.h"
#include "guard/random.h"
#include "observe/metrics.h"
#include "pad/comments.h"

#include <search.h>
#include <string.h>

enum { DAY_MS = 24 * 60 * 60 * 1000 };

/* ---- look ---- */

static int compare_ids(const void *a, const void *b)
{
    return slice_compare(((const struct document *)a)->id, ((const struct document *)b)->id);
}

struct document *document_find(struct documents *docs, struct slice id)
{
    struct document key = {.id = id};
    void *node = tfind(&key, &docs->by_id, compare_ids);
    return node ? *(struct document **)node : NULL;
}

bool document_is_changed(const struct document *doc)
{
    return doc->state == DOCUMENT_READY && !doc->lost_why &&
           (doc->meta_changed || doc->pad.revision > doc->asked_revision);
}

bool document_is_nothing(const struct document *doc)
{
    return doc->state == DOCUMENT_READY && !doc->stored && doc->pad.revision == 0 && doc->peer_count == 0;
}

static bool is_expected(const struct document *doc)
{
    return !doc->lost_why && doc->expected_ms > documents_now_ms(doc->documents);
}

bool document_may_drop(const struct document *doc)
{
    return !is_expected(doc) && doc->state == DOCUMENT_READY && doc->peer_count == 0 &&
           list_is_empty(&doc->opens) && list_is_empty(&doc->commit_waits) && doc->appends_in_flight == 0 &&
           doc->snapshots_in_flight == 0 && !doc->archiving && !doc->password_change &&
           list_is_empty(&doc->rights_changes) && !doc->rights_write &&
           list_is_empty(&doc->comment_changes) && !doc->comment_write && !document_is_changed(doc);
}

bool document_admits(const struct document *doc, struct slice password)
{
    return !doc->pad.password.ptr || (password.ptr && secret_equal(doc->pad.password, password));
}

/* 0: for ever. */
static int64_t kept_for_ms(const struct document *doc)
{
    int64_t own_ms = (int64_t)doc->rights.keep_days * DAY_MS, all_ms = doc->documents->policy->expiry_ms;
    bool is_own = own_ms > 0 && (all_ms == 0 || own_ms < all_ms);
    return is_own ? own_ms : all_ms;
}

int64_t document_expires_ms(const struct document *doc)
{
    struct documents *docs = doc->documents;
    int64_t used_ms = doc->used_ms > doc->changed_ms ? doc->used_ms : doc->changed_ms;
    int64_t kept_ms = kept_for_ms(doc);
    return kept_ms == 0 ? 0 : documents_wall_ms(docs) + kept_ms - (documents_now_ms(docs) - used_ms);
}

struct pad_rights document_shown_rights(const struct document *doc)
{
    return (struct pad_rights){.has_owner = doc->rights.has_owner,
                               .owner_manages = doc->rights.owner_manages,
                               .owner_writes = doc->rights.owner_writes};
}

/* ---- make ---- */

struct document *document_new(struct documents *docs, struct slice id)
{
    struct document *doc = mem_alloc(sizeof(*doc) + id.len);
    if (!doc)
        return NULL;
    char *own_id = (char *)(doc + 1);
    memcpy(own_id, id.ptr, id.len);
    *doc = (struct document){.documents = docs,
                             .id = slice_of(own_id, id.len),
                             .state = DOCUMENT_LOADING,
                             .left_ms = documents_now_ms(docs)};
    struct link *links[] = {&doc->opens,    &doc->commit_waits, &doc->rights_changes, &doc->writers,
                            &doc->all_link, &doc->live_link,    &doc->journal_link,   &doc->dirty_link,
                            &doc->hot_link, &doc->lost_link,    &doc->comment_changes};
    for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
        list_init(links[i]);
    if (!tsearch(doc, &docs->by_id, compare_ids)) {
        mem_free(doc);
        return NULL;
    }
    list_append(&docs->all, &doc->all_link);
    return doc;
}

static void become_ready(struct document *doc)
{
    doc->state = DOCUMENT_READY;
    doc->saved_revision = doc->asked_revision = doc->pad.revision;
    if (doc->documents->storage_failing)
        pad_set_storage_failing(&doc->pad, true);
    metric_inc(METRIC_DOCUMENTS);
}

void document_begin(struct document *doc)
{
    pad_init(&doc->pad, &doc->documents->policy->pad_limits, random_id());
    doc->pad.keeps_history = doc->documents->policy->keeps_history;
    doc->created_ms = doc->updated_ms = documents_wall_ms(doc->documents);
    doc->saved_ms = doc->used_ms = documents_now_ms(doc->documents);
    become_ready(doc);
}

static void count_threads(const struct document *doc, int sign)
{
    if (doc->pad.comments)
        metric_add(METRIC_COMMENT_THREADS, sign * (int64_t)doc->pad.comments->count);
}

/* The store's lists in the pad's form; the bytes stay the request's. */
struct stored_lists {
    struct pad_epoch *epochs;
    struct pad_stored_batch *batches;
};

static enum error convert_lists(const struct store_request *req, struct stored_lists *out)
{
    out->epochs = mem_alloc((req->epoch_count + 1) * sizeof(*out->epochs));
    out->batches = mem_alloc((req->batch_count + 1) * sizeof(*out->batches));
    if (!out->epochs || !out->batches)
        return ERR_NO_MEMORY;
    for (uint32_t i = 0; i < req->epoch_count; i++)
        out->epochs[i] = (struct pad_epoch){req->epochs[i].id, req->epochs[i].first_revision};
    for (uint32_t i = 0; i < req->batch_count; i++)
        out->batches[i] = (struct pad_stored_batch){req->batches[i].first_revision, req->batches[i].batch};
    return OK;
}

/* The pad as the database has it. */
static enum error restore_pad(struct document *doc, const struct store_request *req)
{
    struct stored_lists lists = {0};
    struct comments *comments = NULL;
    enum error err = convert_lists(req, &lists);
    if (!err && req->places.bytes.ptr)
        err = comments_restore(req, &comments);
    if (!err) {
        struct pad_stored stored = {.text = req->text,
                                    .revision = req->revision,
                                    .language = req->language,
                                    .password = req->password,
                                    .clients = req->clients,
                                    .epochs = lists.epochs,
                                    .epoch_count = req->epoch_count,
                                    .batches = lists.batches,
                                    .batch_count = req->batch_count,
                                    .last_author = req->last_author,
                                    .comments = comments};
        err = pad_restore(&doc->pad, &doc->documents->policy->pad_limits, &stored, random_id(),
                          documents_now_ms(doc->documents));
    }
    mem_free(lists.epochs);
    mem_free(lists.batches);
    return err;
}

enum error document_restore(struct document *doc, const struct store_request *req)
{
    enum error err = restore_pad(doc, req);
    if (err)
        return err;
    struct store_rights rights;
    err = store_rights_copy(&req->rights, &rights);
    if (err) {
        pad_deinit(&doc->pad);
        return err;
    }
    document_set_rights(doc, &rights);
    doc->pad.rights = document_shown_rights(doc);
    doc->pad.keeps_history = doc->documents->policy->keeps_history && !req->history_is_off;
    count_threads(doc, 1);
    doc->stored = true;
    doc->created_ms = req->created_ms;
    doc->updated_ms = req->updated_ms;
    doc->saved_ms = documents_now_ms(doc->documents);
    doc->used_ms = doc->changed_ms = doc->saved_ms - req->unused_ms; /* before the clock began, perhaps */
    become_ready(doc);
    /* The row may be older than the pad, which has the journal too. */
    doc->saved_revision = doc->asked_revision = req->revision;
    return OK;
}

/* ---- change ---- */

void document_has_news(struct document *doc)
{
    if (list_is_empty(&doc->dirty_link))
        list_append(&doc->documents->dirty, &doc->dirty_link);
    if (doc->pad.cursors_pending && list_is_empty(&doc->hot_link)) {
        list_append(&doc->documents->hot, &doc->hot_link);
        documents_want_timer(doc->documents, PAD_CURSOR_INTERVAL_MS);
    }
}

void document_meta_changed(struct document *doc)
{
    doc->changed_ms = documents_now_ms(doc->documents);
    doc->updated_ms = documents_wall_ms(doc->documents);
    doc->meta_changed = true;
    document_has_news(doc);
}

void document_must_journal(struct document *doc)
{
    bool is_due = !doc->lost_why && !doc->is_being_deleted && pad_has_unjournaled(&doc->pad);
    if (is_due && list_is_empty(&doc->journal_link))
        list_append(&doc->documents->to_journal, &doc->journal_link);
}

void document_set_rights(struct document *doc, struct store_rights *rights)
{
    store_rights_free(&doc->rights);
    doc->rights = *rights;
    *rights = (struct store_rights){0};
    doc->link_ends_ms = store_rights_next_end_ms(&doc->rights, documents_wall_ms(doc->documents));
}

/* ---- let go ---- */

/* Other servers may have it from now on. A server that stops gives all of them back at once. */
static void give_back(struct document *doc)
{
    struct store_request *req =
        doc->is_owned && !doc->documents->is_stopping ? store_request_new(STORE_RELEASE, doc->id) : NULL;
    if (req) /* without memory it stays ours: others ask here, and are served */
        documents_post(doc->documents, req);
}

void document_drop(struct document *doc)
{
    give_back(doc);
    tdelete(doc, &doc->documents->by_id, compare_ids);
    doc->documents->events->on_drop(doc);
    struct link *links[] = {&doc->all_link,   &doc->live_link, &doc->journal_link,
                            &doc->dirty_link, &doc->hot_link,  &doc->lost_link};
    for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
        list_remove(links[i]);
    store_rights_free(&doc->rights);
    if (doc->state == DOCUMENT_READY) {
        count_threads(doc, -1);
        pad_deinit(&doc->pad);
        metric_add(METRIC_DOCUMENTS, -1);
    }
    mem_free(doc->maker); /* whose change is answered: the document waited for that */
    buf_deinit(&doc->signatures);
    mem_free(doc);
}
