#include "doc/purge.h"

#include "doc/archiver.h"
#include "doc/persister.h"
#include "observe/log.h"
#include "pad/past.h"

static const struct {
    const char *name; /* for the log */
    enum pad_past_change told;
} CHANGES[] = {[STORE_HISTORY_PURGE] = {"purge", PAD_PAST_DELETED},
               [STORE_HISTORY_OFF] = {"off", PAD_PAST_OFF},
               [STORE_HISTORY_ON] = {"on", PAD_PAST_ON}};

static bool is_kept_after(const struct document *doc, enum store_history_change change)
{
    if (change == STORE_HISTORY_PURGE)
        return doc->pad.keeps_history;
    return change == STORE_HISTORY_ON && doc->documents->policy->keeps_history;
}

/* Without memory for it nobody is told; it is so all the same. */
static void take_effect(struct document *doc)
{
    enum store_history_change change = doc->purge_change;
    const struct pad_peer *by = doc->purge_has_user ? pad_find_user(&doc->pad, doc->purge_user_id) : NULL;
    log_event(LOG_INFO, "history_changed", LOG_STR("docId", doc->id),
              LOG_CSTR("change", CHANGES[change].name));
    if (!pad_past_changed(&doc->pad, by, CHANGES[change].told, is_kept_after(doc, change)))
        document_has_news(doc);
}

static void on_written(struct document *doc, enum error err)
{
    struct purge *purge = doc->purge;
    doc->purge = NULL;
    doc->is_purging = false;
    if (!err)
        take_effect(doc);
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
    if (doc->is_purging || doc->password_change || doc->is_being_deleted)
        return ERR_OVERLOADED;
    enum error err = persister_write_history(doc, purge->change, on_written);
    if (err)
        return err;
    doc->purge = purge;
    doc->purge_change = purge->change;
    doc->purge_has_user = purge->has_user;
    doc->purge_user_id = purge->user_id;
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
