#include "doc/comments.h"

#include "base/alloc.h"
#include "doc/comment_store.h"
#include "doc/comment_verbs.h"
#include "doc/persister.h"
#include "observe/log.h"
#include "observe/metrics.h"

/* A change on its way to the database. Whoever asked may go meanwhile, and take its struct comment_change out
 * of the queue; the document outlives this (document_may_drop), and so does the thread, which nothing else
 * removes. */
struct comment_write {
    struct document *doc;
    enum comment_verb verb;
    struct comment_outcome outcome; /* owned; thread NULL: nobody has asked, what memory has is put back */
};

static const struct {
    const char *event; /* of the log */
    enum metric metric;
} verbs[COMMENT_VERB_COUNT] = {
    [COMMENT_MAKE] = {"comment_made", METRIC_COMMENTS_MADE},
    [COMMENT_REPLY] = {"comment_answered", METRIC_COMMENTS_ANSWERED},
    [COMMENT_RESOLVE] = {"comment_resolved", METRIC_COMMENTS_RESOLVED},
    [COMMENT_EDIT] = {"comment_changed", METRIC_COMMENTS_CHANGED},
    [COMMENT_DELETE] = {"comment_deleted", METRIC_COMMENTS_DELETED},
    [COMMENT_DELETE_THREAD] = {"comment_deleted", METRIC_COMMENTS_DELETED},
};

static struct comment_change *change_of(struct link *link)
{
    return LIST_ITEM(link, struct comment_change, queue);
}

static void begin_next(struct document *doc);

/* ---- the store's answer ---- */

static void account(const struct comment_write *write)
{
    metric_inc(verbs[write->verb].metric);
    log_event(LOG_INFO, verbs[write->verb].event, LOG_STR("docId", write->doc->id));
}

static void take_effect(struct comment_write *write)
{
    struct comments *c = write->doc->pad.comments;
    struct comment_outcome *outcome = &write->outcome;
    if (outcome->is_new)
        comments_confirm(c, outcome->thread);
    else if (outcome->is_gone)
        comments_remove(c, outcome->thread);
    else
        comments_replace(c, outcome->thread, &outcome->bytes);
    metric_add(METRIC_COMMENT_THREADS, outcome->is_new ? 1 : outcome->is_gone ? -1 : 0);
    account(write);
    persister_touch(write->doc, documents_now_ms(write->doc->documents));
    document_has_news(write->doc);
}

static void undo(struct comment_write *write)
{
    struct comment_outcome *outcome = &write->outcome;
    outcome->thread->is_going = false;
    if (outcome->is_new)
        comments_remove(write->doc->pad.comments, outcome->thread);
}

static void answer(struct comment_change *change, enum error err)
{
    list_remove(&change->queue);
    change->done(change, err);
}

static void answer_begun(struct document *doc, enum error err)
{
    struct comment_change *first =
        list_is_empty(&doc->comment_changes) ? NULL : change_of(doc->comment_changes.next);
    if (first && first->has_begun)
        answer(first, err);
}

static void free_write(struct comment_write *write)
{
    buf_deinit(&write->outcome.bytes);
    mem_free(write);
}

static void put_back(struct document *doc, struct slice thread_id);

static void on_written(struct store_request *req)
{
    struct comment_write *write = req->context;
    struct document *doc = write->doc;
    enum error err = doc->lost_why ? doc->lost_why : req->result;
    bool is_asked_for = write->outcome.thread != NULL;
    doc->comment_write = NULL;
    if (is_asked_for && err)
        undo(write);
    else if (is_asked_for)
        take_effect(write);
    free_write(write);
    if (is_asked_for && err == ERR_STORAGE)
        put_back(doc, req->comments[0].id);
    store_request_free(req);
    if (is_asked_for)
        answer_begun(doc, err);
    begin_next(doc);
}

/* ---- writing ---- */

/* The places are those of the newest text that the database has or is about to have, by the journal or a
 * snapshot: so it never has a text that is newer than they are. */
static uint64_t stored_revision(const struct document *doc)
{
    uint64_t committed = doc->pad.committed;
    return doc->asked_revision > committed ? doc->asked_revision : committed;
}

static enum error fill(struct store_request *req, const struct document *doc,
                       const struct store_comment *comment)
{
    enum error err = store_request_add_comment(req, comment);
    return err ? err : comments_put_places(&doc->pad, req, stored_revision(doc));
}

static enum error post(struct comment_write *write, const struct store_comment *comment)
{
    struct document *doc = write->doc;
    /* Without a journal the text itself goes in front. */
    if (doc->documents->policy->durability == STORE_LAZY)
        (void)persister_write(doc, PERSIST_IDLE);
    struct store_request *req = store_request_new(STORE_COMMENT, doc->id);
    if (!req || fill(req, doc, comment)) {
        store_request_free(req);
        return ERR_NO_MEMORY;
    }
    req->context = write;
    req->done = on_written;
    req->fail_fast = write->outcome.thread != NULL;
    doc->comment_write = write;
    documents_post(doc->documents, req);
    return OK;
}

/* It may be in the database all the same. Nobody was told that it is, so what memory has goes there once
 * more, and waits for as long as that takes. Without memory for it, the next change of the thread puts it
 * right. */
static void put_back(struct document *doc, struct slice thread_id)
{
    const struct kept_thread *kept = comments_find(doc->pad.comments, thread_id.ptr);
    const struct store_comment comment = {thread_id, kept ? kept->bytes : (struct slice){0}};
    struct comment_write *write = mem_alloc(sizeof(*write));
    if (!write)
        return;
    *write = (struct comment_write){.doc = doc};
    if (post(write, &comment))
        free_write(write);
}

static struct store_comment comment_of(const struct comment_outcome *outcome)
{
    struct slice bytes = outcome->is_new ? outcome->thread->bytes : buf_slice(&outcome->bytes);
    return (struct store_comment){.id = slice_of(outcome->thread->id, sizeof(outcome->thread->id)),
                                  .bytes = outcome->is_gone ? (struct slice){0} : bytes};
}

/* Takes the outcome over. */
static enum error write_outcome(struct document *doc, enum comment_verb verb, struct comment_outcome *outcome)
{
    struct comment_write write = {.doc = doc, .verb = verb, .outcome = *outcome};
    struct comment_write *own = mem_alloc(sizeof(*own));
    const struct store_comment comment = comment_of(outcome);
    outcome->thread->is_going = outcome->is_gone;
    if (own)
        *own = write;
    if (own && post(own, &comment) == OK)
        return OK;
    undo(&write);
    buf_deinit(&write.outcome.bytes);
    mem_free(own);
    return ERR_NO_MEMORY;
}

/* ---- one after the other ---- */

/* OK, and not begun: there is nothing to write. */
static enum error begin(struct document *doc, struct comment_change *change)
{
    struct comment_outcome outcome;
    if (doc->is_being_deleted) /* it may stay, if that fails */
        return ERR_STORAGE;
    enum error err = comment_verb_apply(doc, change, &outcome);
    if (err || !outcome.thread)
        return err;
    err = write_outcome(doc, change->verb, &outcome);
    change->has_begun = !err;
    return err;
}

static void begin_next(struct document *doc)
{
    while (!doc->comment_write && !doc->lost_why && !list_is_empty(&doc->comment_changes)) {
        struct comment_change *change = change_of(doc->comment_changes.next);
        enum error err = begin(doc, change);
        if (change->has_begun)
            return;
        answer(change, err);
    }
}

void document_change_comments(struct document *doc, struct comment_change *change)
{
    enum error err = doc->documents->is_stopping ? ERR_SHUTTING_DOWN : doc->lost_why;
    if (err) {
        change->done(change, err);
        return;
    }
    change->has_begun = false;
    list_append(&doc->comment_changes, &change->queue);
    begin_next(doc);
}

void comment_change_cancel(struct comment_change *change)
{
    if (change->queue.next)
        list_remove(&change->queue);
}

void document_refuse_comments(struct document *doc, enum error why, bool also_begun)
{
    LIST_EACH (at, following, &doc->comment_changes) {
        struct comment_change *change = change_of(at);
        if (change->has_begun && !also_begun)
            continue;
        answer(change, why);
    }
}
