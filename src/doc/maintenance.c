#include "doc/maintenance.h"

#include "doc/attach.h"
#include "doc/comments.h"
#include "doc/commit_wait.h"
#include "doc/open.h"
#include "doc/password.h"
#include "doc/persister.h"
#include "doc/rights.h"
#include "doc/writability.h"
#include "doc/writer.h"
#include "observe/clock.h"
#include "observe/metrics.h"

enum {
    LIVE_CHECK_MS = 1000,           /* how often documents with peers are looked at, at most */
    RESTING_CHECK_MS = 60 * 1000,   /* and those without */
    SNAPSHOT_PAUSE_MS = 100,        /* at the end, before one that failed is tried again */
    BATCH_KEPT_BYTES = 1024 * 1024, /* of the journal's scratch, between turns */
};

/* ---- in each turn ---- */

void documents_broadcast(struct documents *docs)
{
    LIST_EACH (at, following, &docs->dirty) {
        struct document *doc = LIST_ITEM(at, struct document, dirty_link);
        list_remove(&doc->dirty_link);
        docs->events->on_news(doc);
        if (doc->announced_ns != 0)
            histogram_observe(HISTOGRAM_FANOUT, (clock_ns() - doc->announced_ns) / 1000);
        doc->announced_ns = 0;
        document_reap(doc); /* not where its last peer left: somebody is looking at it there */
    }
    if (docs->batch.cap > BATCH_KEPT_BYTES)
        buf_deinit(&docs->batch);
}

/* ---- when the time has come ---- */

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* True when something that is done every `step_ms` is due at *due_ms; then moves
 * *due_ms to the next time. A due time further away than one step cannot be
 * right, whatever the clock did, and counts as due. */
static bool is_due(int64_t now_ms, int64_t *due_ms, int64_t step_ms)
{
    int64_t left_ms = *due_ms - now_ms;
    if (left_ms > 0 && left_ms <= step_ms)
        return false;
    *due_ms = now_ms + step_ms;
    return true;
}

/* Shows carets that were held back. Documents that become hot meanwhile, because
 * carets still wait, are looked at by the next timer. */
static void check_hot(struct documents *docs, int64_t now_ms)
{
    struct link hot;
    list_init(&hot);
    LIST_EACH (at, following, &docs->hot) {
        list_remove(at);
        list_append(&hot, at);
    }
    LIST_EACH (at, following, &hot) {
        struct document *doc = LIST_ITEM(at, struct document, hot_link);
        list_remove(&doc->hot_link);
        pad_tick(&doc->pad, now_ms);
        document_has_news(doc); /* back to hot, if carets still wait */
    }
}

static void close_v1(struct document *doc)
{
    LIST_EACH (at, following, &doc->pad.peers) {
        struct pad_peer *peer = LIST_ITEM(at, struct pad_peer, link);
        if (peer->version == PAD_V1)
            doc->documents->events->on_close(peer, ERR_SHUTTING_DOWN,
                                             "this client's history has become too long: reload");
    }
}

static void check_live(struct documents *docs, int64_t now_ms)
{
    int64_t interval_ms = docs->policy->persist_check_ms;
    if (is_due(now_ms, &docs->live_check_ms, earlier(LIVE_CHECK_MS, interval_ms))) {
        LIST_EACH (at, following, &docs->live) {
            struct document *doc = LIST_ITEM(at, struct document, live_link);
            document_check_links(doc);
            int64_t left_ms = doc->check_ms - now_ms;
            if (left_ms > 0 && left_ms <= interval_ms)
                continue;
            pad_tick(&doc->pad, now_ms);
            if (pad_v1_exceeds_limit(&doc->pad))
                close_v1(doc);
            persister_check(doc, now_ms);
            document_has_news(doc);
        }
    }
    documents_want_timer(docs, docs->live_check_ms - now_ms);
}

static void check_without_peers(struct document *doc, int64_t now_ms)
{
    if (document_is_nothing(doc))
        document_reap(doc); /* whoever was expected did not come */
    else
        persister_check_resting(doc, now_ms);
}

static void check_resting(struct documents *docs, int64_t now_ms)
{
    int64_t step_ms = earlier(RESTING_CHECK_MS, docs->policy->memory_retention_ms / 4 + 1);
    if (is_due(now_ms, &docs->resting_check_ms, step_ms)) {
        LIST_EACH (at, following, &docs->all)
            check_without_peers(LIST_ITEM(at, struct document, all_link), now_ms);
    }
    documents_want_timer(docs, docs->resting_check_ms - now_ms);
}

void documents_on_timer(struct documents *docs)
{
    int64_t now_ms = documents_now_ms(docs);
    check_hot(docs, now_ms);
    if (docs->is_stopping)
        return;
    writers_check(docs, now_ms);
    check_live(docs, now_ms);
    check_resting(docs, now_ms);
}

/* ---- when the database fails ---- */

void documents_set_storage_failing(struct documents *docs, bool is_failing)
{
    if (is_failing == docs->storage_failing)
        return;
    docs->storage_failing = is_failing;
    LIST_EACH (at, following, &docs->all)
        document_tell_storage(LIST_ITEM(at, struct document, all_link));
}

/* ---- the end ---- */

void documents_stop(struct documents *docs)
{
    docs->is_stopping = true;
    open_refuse_all(docs);
}

/* Asks for a last snapshot, unless one is under way; true while the document must
 * be waited for. */
static bool must_wait_for(struct document *doc)
{
    if (doc->state == DOCUMENT_LOADING)
        return true;
    bool rests = doc->snapshot_failed_ms != 0 &&
                 documents_now_ms(doc->documents) - doc->snapshot_failed_ms < SNAPSHOT_PAUSE_MS;
    if (!rests)
        persister_write(doc, PERSIST_SHUTDOWN); /* without memory for it: tried again */
    return document_is_changed(doc) || doc->snapshots_in_flight > 0 || doc->archiving ||
           doc->password_change || doc->rights_write || !list_is_empty(&doc->rights_changes) ||
           doc->comment_write || !list_is_empty(&doc->comment_changes);
}

/* The documents are walked again only when all that was asked for is answered. */
bool documents_are_written(struct documents *docs)
{
    if (docs->append_in_flight || docs->flushes_in_flight > 0 || !list_is_empty(&docs->to_journal) ||
        !list_is_empty(&docs->opens))
        return false;
    bool must_wait = false;
    LIST_EACH (at, following, &docs->all)
        must_wait |= must_wait_for(LIST_ITEM(at, struct document, all_link));
    return !must_wait;
}

void documents_give_up(struct documents *docs)
{
    LIST_EACH (at, following, &docs->all) {
        struct document *doc = LIST_ITEM(at, struct document, all_link);
        document_give_up_password(doc);
        document_refuse_rights(doc, ERR_SHUTTING_DOWN, true);
        document_refuse_comments(doc, ERR_SHUTTING_DOWN, true);
        document_give_up_commit_waits(doc);
    }
}

/* What a snapshot under way has is the store's to count. */
static void drop_at_the_end(struct documents *docs, struct document *doc)
{
    docs->unwritten += document_is_changed(doc);
    writers_end(doc);
    document_drop(doc);
}

void documents_close(struct documents *docs)
{
    LIST_EACH (at, following, &docs->all)
        drop_at_the_end(docs, LIST_ITEM(at, struct document, all_link));
    buf_deinit(&docs->batch);
}
