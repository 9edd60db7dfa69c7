#include "doc/writability.h"

#include "doc/commit_wait.h"
#include "observe/log.h"

enum { PAUSE_FIRST_MS = 100, PAUSE_MAX_MS = 5000 };

void document_tell_storage(struct document *doc)
{
    if (doc->state != DOCUMENT_READY)
        return;
    pad_set_storage_failing(&doc->pad, doc->documents->storage_failing || doc->write_pause_ms > 0);
    document_has_news(doc);
    document_release_commit_waits(doc);
}

void document_write_failed(struct document *doc)
{
    bool is_first = doc->write_pause_ms == 0;
    int64_t doubled_ms = 2 * doc->write_pause_ms;
    doc->write_pause_ms = is_first ? PAUSE_FIRST_MS : doubled_ms < PAUSE_MAX_MS ? doubled_ms : PAUSE_MAX_MS;
    doc->write_again_ms = documents_now_ms(doc->documents) + doc->write_pause_ms;
    documents_want_timer(doc->documents, doc->write_pause_ms);
    if (!is_first)
        return;
    log_event(LOG_ERROR, "document_write_failed", LOG_STR("docId", doc->id));
    document_tell_storage(doc);
}

void document_write_worked(struct document *doc)
{
    if (doc->write_pause_ms == 0)
        return;
    doc->write_pause_ms = 0;
    log_event(LOG_WARN, "document_write_recovered", LOG_STR("docId", doc->id));
    document_tell_storage(doc);
}
