#include "doc/edit.h"

#include "doc/signatures.h"
#include "observe/clock.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "pad/past.h"

enum error document_edit(struct document *doc, struct pad_peer *peer, uint64_t revision, struct op_view op)
{
    if (doc->documents->is_stopping)
        return ERR_SHUTTING_DOWN;
    if (doc->lost_why)
        return doc->lost_why;
    uint64_t arrived_ns = clock_ns();
    int64_t now_ms = documents_now_ms(doc->documents);
    uint64_t first = doc->pad.revision;
    enum error err = pad_edit(peer, revision, op, now_ms);
    if (err)
        return err;
    if (!peer->is_signed)
        signatures_add(doc, peer, first);
    doc->changed_ms = now_ms;
    doc->updated_ms = documents_wall_ms(doc->documents);
    if (doc->arrived_ns == 0)
        doc->arrived_ns = arrived_ns;
    document_must_journal(doc);
    log_event(LOG_DEBUG, "edit", LOG_STR("docId", doc->id), LOG_UINT("userId", peer->user_id),
              LOG_UINT("revision", doc->pad.revision));
    metric_inc(METRIC_EDITS);
    histogram_observe(HISTOGRAM_EDIT, (clock_ns() - arrived_ns) / 1000);
    return OK;
}

enum error document_set_language(struct document *doc, struct pad_peer *peer, struct slice language)
{
    enum error err = pad_set_language(peer, language);
    if (!err)
        document_meta_changed(doc);
    return err;
}

enum error document_tell_restored(struct document *doc, struct pad_peer *peer, uint64_t revision,
                                  int64_t at_ms)
{
    struct pad *pad = &doc->pad;
    if (!peer->pad)
        return ERR_REPLACED;
    if (peer->is_viewer || !pad->keeps_history || revision > pad->committed)
        return OK;
    enum error err = pad_past_restored(pad, peer, revision, at_ms);
    if (!err)
        document_has_news(doc);
    return err;
}

enum error document_set_info(struct document *doc, struct pad_peer *peer, struct slice name, uint16_t hue)
{
    enum error err = pad_set_info(peer, name, hue);
    if (!err)
        document_has_news(doc);
    return err;
}

enum error document_set_cursors(struct document *doc, struct pad_peer *peer, const uint32_t *carets,
                                size_t caret_count, const struct pad_range *selections,
                                size_t selection_count)
{
    enum error err = pad_set_cursors(peer, carets, caret_count, selections, selection_count,
                                     documents_now_ms(doc->documents));
    if (!err)
        document_has_news(doc);
    return err;
}
