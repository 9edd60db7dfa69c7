#include "doc/rights.h"

#include "base/alloc.h"
#include "doc/admission.h"
#include "doc/document.h"
#include "observe/metrics.h"

#include <string.h>

enum { USE_INTERVAL_MS = 60 * 1000 }; /* how often the use of a link is written */

/* ---- look ---- */

enum error document_may_manage(const struct document *doc, enum access access)
{
    if (access == ACCESS_OWN)
        return OK;
    if (doc->rights.owner_manages)
        return ERR_OWNER_ONLY;
    return access == ACCESS_EDIT ? OK : ERR_VIEW_ONLY;
}

enum error document_may_delete(const struct document *doc, enum access access)
{
    if (access == ACCESS_OWN)
        return OK;
    if (doc->rights.has_owner)
        return ERR_OWNER_ONLY;
    return access == ACCESS_EDIT ? OK : ERR_VIEW_ONLY;
}

bool document_is_owner(const struct document *doc, struct slice token)
{
    struct token_hash shown = token_hash_of(token);
    return doc->rights.has_owner && token_matches(&shown, doc->rights.owner);
}

static struct store_link *find_link(const struct store_rights *rights, const char *id)
{
    for (uint32_t i = 0; i < rights->link_count; i++)
        if (memcmp(rights->links[i].id, id, LINK_ID_CHARS) == 0)
            return &rights->links[i];
    return NULL;
}

const struct store_link *document_link(const struct document *doc, const char link_id[LINK_ID_CHARS])
{
    return find_link(&doc->rights, link_id);
}

enum access document_address_access(const struct document *doc)
{
    return address_access(&doc->rights);
}

enum access document_link_access(const struct document *doc, const char link_id[LINK_ID_CHARS])
{
    const struct store_link *link = find_link(&doc->rights, link_id);
    return link ? link_access(&doc->rights, link, documents_wall_ms(doc->documents)) : ACCESS_NONE;
}

/* ---- links are used, and end ---- */

static bool is_same(struct pad_rights a, struct pad_rights b)
{
    return a.has_owner == b.has_owner && a.owner_manages == b.owner_manages &&
           a.owner_writes == b.owner_writes;
}

/* Without memory for the name of who did it, it was nobody here. */
static void show(struct document *doc, const struct pad_peer *by)
{
    struct pad_rights shown = document_shown_rights(doc);
    if (is_same(shown, doc->pad.rights))
        return;
    if (pad_set_rights(&doc->pad, by, shown))
        (void)pad_set_rights(&doc->pad, NULL, shown);
    document_has_news(doc);
}

void document_tell_rights(struct document *doc, struct pad_peer *by, bool is_owner)
{
    show(doc, by);
    if (doc->documents->events->on_rights)
        doc->documents->events->on_rights(doc, is_owner ? by : NULL);
}

void document_check_links(struct document *doc)
{
    int64_t wall_ms = documents_wall_ms(doc->documents);
    if (doc->link_ends_ms == 0 || wall_ms < doc->link_ends_ms)
        return;
    doc->link_ends_ms = store_rights_next_end_ms(&doc->rights, wall_ms);
    document_tell_rights(doc, NULL, false);
}

/* Lost when it cannot be written: it is only told to people who look. */
static void write_use(struct document *doc, const struct store_link *link)
{
    struct store_request *req = store_request_new(STORE_LINK_USED, doc->id);
    if (!req || store_request_copy(req, slice_of(link->hash, sizeof(link->hash)), &req->link_hash)) {
        store_request_free(req);
        return;
    }
    req->fail_fast = true;
    documents_post(doc->documents, req);
}

static void note_use(struct document *doc, const char *link_id)
{
    struct store_link *link = find_link(&doc->rights, link_id);
    int64_t wall_ms = documents_wall_ms(doc->documents), since_ms = link ? wall_ms - link->used_ms : 0;
    if (!link || (since_ms >= 0 && since_ms < USE_INTERVAL_MS))
        return;
    link->used_ms = wall_ms;
    write_use(doc, link);
}

void document_note_opening(struct document *doc, const struct admission *admission)
{
    if (admission->access == ACCESS_OWN)
        metric_inc(METRIC_OWNER_OPENS);
    if (!admission->by_link)
        return;
    metric_inc(admission->access == ACCESS_VIEW ? METRIC_VIEW_OPENS : METRIC_EDIT_OPENS);
    note_use(doc, admission->link_id);
}

/* ---- changes that are not carried out ---- */

void rights_change_cancel(struct rights_change *change)
{
    if (change->queue.next)
        list_remove(&change->queue);
}

void document_refuse_rights(struct document *doc, enum error why, bool also_begun)
{
    LIST_EACH (at, following, &doc->rights_changes) {
        struct rights_change *change = LIST_ITEM(at, struct rights_change, queue);
        if (change->has_begun && !also_begun)
            continue;
        list_remove(&change->queue);
        change->done(change, why);
    }
}
