#include "doc/loss.h"

#include "doc/comments.h"
#include "doc/commit_wait.h"
#include "doc/open.h"
#include "doc/rights.h"
#include "doc/writer.h"
#include "observe/log.h"
#include "observe/metrics.h"

/* Peers that are joining are among them. */
static void close_peers(struct document *doc)
{
    LIST_EACH (at, following, &doc->pad.peers) {
        struct pad_peer *peer = LIST_ITEM(at, struct pad_peer, link);
        doc->documents->events->on_close(peer, doc->lost_why, error_text(doc->lost_why));
    }
}

void document_lose(struct document *doc, enum error why)
{
    if (doc->lost_why)
        return;
    doc->lost_why = why;
    list_append(&doc->documents->lost, &doc->lost_link);
    list_remove(&doc->journal_link);
    list_remove(&doc->hot_link);
    if (why == ERR_CONFLICT) {
        metric_inc(METRIC_CONFLICTS);
        log_event(LOG_ERROR, "document_conflict", LOG_STR("docId", doc->id),
                  LOG_UINT("committed", doc->pad.committed), LOG_UINT("revision", doc->pad.revision));
    } else {
        doc->is_owned = false; /* with the life, or with its row, it was given back */
    }
    open_refuse(doc, why);
    document_refuse_rights(doc, why, false);
    document_refuse_comments(doc, why, false);
    if (doc->state != DOCUMENT_READY)
        return; /* its load answers, and drops it */
    document_release_commit_waits(doc);
    writers_end(doc);
    close_peers(doc);
}

void documents_end_life(struct documents *docs)
{
    docs->life_is_over = true;
    LIST_EACH (at, following, &docs->all)
        document_lose(LIST_ITEM(at, struct document, all_link), ERR_MOVED);
}

void documents_reap_lost(struct documents *docs)
{
    LIST_EACH (at, following, &docs->lost) {
        struct document *doc = LIST_ITEM(at, struct document, lost_link);
        if (document_may_drop(doc))
            document_drop(doc);
    }
}

bool documents_are_gone(const struct documents *docs)
{
    return list_is_empty(&docs->all);
}

void documents_begin_life(struct documents *docs)
{
    docs->life_is_over = false;
}
