#include "doc/purge.h"

#include "doc/archiver.h"
#include "doc/persister.h"
#include "observe/log.h"

static const char *const NAMES[] = {[STORE_HISTORY_GOES_ON] = "none",
                                    [STORE_HISTORY_PURGE] = "purge",
                                    [STORE_HISTORY_OFF] = "off",
                                    [STORE_HISTORY_ON] = "on"};

static void on_written(struct document *doc, enum error err)
{
    struct purge *purge = doc->purge;
    doc->purge = NULL;
    doc->is_purging = false;
    if (!err)
        log_event(LOG_INFO, "history_changed", LOG_STR("docId", doc->id),
                  LOG_CSTR("change", NAMES[doc->purge_change]));
    if (!purge)
        return;
    purge->doc = NULL;
    purge->done(purge, err);
}

enum error document_purge(struct document *doc, struct purge *purge)
{
    if (doc->lost_why)
        return doc->lost_why;
    if (doc->documents->is_stopping)
        return ERR_SHUTTING_DOWN;
    if (doc->is_purging || doc->password_change)
        return ERR_OVERLOADED;
    enum error err = persister_write_history(doc, purge->change, on_written);
    if (err)
        return err;
    doc->purge = purge;
    doc->purge_change = purge->change;
    doc->is_purging = true;
    purge->doc = doc;
    archiver_stop(doc);
    pad_forget_signatures(&doc->pad);
    return OK;
}

void purge_cancel(struct purge *purge)
{
    if (purge->doc)
        purge->doc->purge = NULL;
    purge->doc = NULL;
}
