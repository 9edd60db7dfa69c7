#include "doc/attach.h"

#include "doc/persister.h"
#include "observe/metrics.h"

static void first_came(struct document *doc, int64_t now_ms)
{
    list_append(&doc->documents->live, &doc->live_link);
    doc->live_ms = now_ms;
    metric_inc(METRIC_ACTIVE_DOCUMENTS);
    persister_start(doc);
}

static void last_left(struct document *doc, int64_t now_ms, bool is_writer)
{
    doc->left_ms = now_ms;
    list_remove(&doc->live_link);
    metric_add(METRIC_ACTIVE_DOCUMENTS, -1);
    persister_stop(doc, is_writer);
}

enum error document_attach(struct document *doc, struct pad_peer *peer, const struct pad_hello *hello,
                           struct pad_welcome *welcome)
{
    int64_t now_ms = documents_now_ms(doc->documents);
    enum error err = pad_join(&doc->pad, peer, hello, now_ms, welcome);
    if (err) {
        document_has_news(doc); /* one that was begun for this peer alone goes at the end of the turn */
        return err;
    }
    metric_inc(METRIC_USERS);
    doc->expected_ms = 0;
    if (doc->peer_count++ == 0)
        first_came(doc, now_ms);
    persister_touch(doc, now_ms);
    document_has_news(doc);
    return OK;
}

static void detach(struct document *doc, struct pad_peer *peer, bool is_writer)
{
    int64_t now_ms = documents_now_ms(doc->documents);
    pad_leave(peer, now_ms); /* harmless for one that was replaced: it is out already */
    metric_add(METRIC_USERS, -1);
    document_has_news(doc);
    if (--doc->peer_count == 0)
        last_left(doc, now_ms, is_writer);
}

void document_detach(struct document *doc, struct pad_peer *peer)
{
    detach(doc, peer, false);
}

void document_detach_writer(struct document *doc, struct pad_peer *peer)
{
    detach(doc, peer, true);
}

void document_reap(struct document *doc)
{
    if (document_is_nothing(doc) && document_may_drop(doc))
        document_drop(doc);
}
