#include "base/alloc.h"
#include "doc/document.h"
#include "doc/loss.h"
#include "doc/persister.h"
#include "doc/rights.h"
#include "guard/random.h"
#include "observe/log.h"
#include "observe/metrics.h"

#include <string.h>

/* A change on its way to the database. Whoever asked may go meanwhile, and take its struct
 * rights_change out of the queue; the document outlives this (document_may_drop). */
struct rights_write {
    struct document *doc;
    enum rights_verb verb;
    bool gives_editing; /* ADD_LINK */
    bool is_right;      /* there is more to it than the language */
    bool has_user;
    uint64_t user_id;
    bool is_put_back;      /* nobody has asked for it */
    struct slice language; /* … which is written with it, in `language_copy`; NULL ptr: stays as it is */
    char language_copy[PAD_LANGUAGE_BYTES_MAX];
    struct store_rights next; /* what is written; owned */
};

static struct rights_change *change_of(struct link *link)
{
    return LIST_ITEM(link, struct rights_change, queue);
}

static void begin_next(struct document *doc);

/* ---- what each verb does to the rights ---- */

/* `next` is a copy of the present ones, in an array with room for one link more. */
typedef enum error apply_verb(const struct document *doc, struct rights_change *change,
                              struct store_rights *next);

static enum error take_charge(const struct document *doc, struct rights_change *change,
                              struct store_rights *next)
{
    (void)doc;
    if (next->has_owner)
        return ERR_HAS_OWNER;
    if (change->access < ACCESS_EDIT)
        return ERR_VIEW_ONLY;
    if (!change->has_token)
        token_make(change->token);
    struct token_hash hash = token_hash_of(slice_of(change->token, TOKEN_CHARS));
    memcpy(next->owner, hash.bytes, sizeof(next->owner));
    next->has_owner = true;
    return OK;
}

static void take_out(struct store_rights *rights, uint32_t at)
{
    rights->link_count--;
    memmove(&rights->links[at], &rights->links[at + 1], (rights->link_count - at) * sizeof(*rights->links));
}

/* Those that were withdrawn leave their places to new ones, the oldest first. */
static enum error reserve_link(struct store_rights *rights)
{
    uint32_t at = 0;
    if (rights->link_count < LINKS_MAX)
        return OK;
    while (at < rights->link_count && !store_link_is_withdrawn(&rights->links[at]))
        at++;
    if (at == rights->link_count)
        return ERR_TOO_MANY_LINKS;
    take_out(rights, at);
    return OK;
}

static enum error add_link(const struct document *doc, struct rights_change *change,
                           struct store_rights *next)
{
    enum error err = document_may_manage(doc, change->access);
    if (!err)
        err = reserve_link(next);
    if (err)
        return err;
    token_make(change->token);
    random_password(change->link_id);
    struct store_link *link = &next->links[next->link_count++];
    *link = (struct store_link){.may_edit = change->new_link.may_edit,
                                .history = change->new_link.history,
                                .comments = change->new_link.comments,
                                .name = change->new_link.name,
                                .created_ms = documents_wall_ms(doc->documents),
                                .expires_ms = change->new_link.expires_ms};
    struct token_hash hash = token_hash_of(slice_of(change->token, TOKEN_CHARS));
    memcpy(link->hash, hash.bytes, sizeof(link->hash));
    memcpy(link->id, change->link_id, sizeof(link->id));
    return OK;
}

static enum error remove_link(const struct document *doc, struct rights_change *change,
                              struct store_rights *next)
{
    enum error err = document_may_manage(doc, change->access);
    if (err)
        return err;
    uint32_t at = 0;
    while (at < next->link_count && memcmp(next->links[at].id, change->link_id, LINK_ID_CHARS) != 0)
        at++;
    if (at == next->link_count || store_link_is_withdrawn(&next->links[at]))
        return ERR_NOT_FOUND;
    next->links[at].expires_ms = STORE_LINK_WITHDRAWN_MS;
    next->links[at].name = (struct slice){0};
    return OK;
}

static enum error set(const struct document *doc, struct rights_change *change, struct store_rights *next)
{
    if (change->sets_language && change->access < ACCESS_EDIT)
        return ERR_VIEW_ONLY;
    if ((change->sets_manager || change->sets_writer) && change->access != ACCESS_OWN)
        return ERR_OWNER_ONLY;
    if (change->sets_manager)
        next->owner_manages = change->owner_manages;
    if (change->sets_writer)
        next->owner_writes = change->owner_writes;
    if (change->sets_keep_days)
        next->keep_days = change->keep_days;
    return change->sets_keep_days ? document_may_manage(doc, change->access) : OK;
}

static enum error delete_all(const struct document *doc, struct rights_change *change,
                             struct store_rights *next)
{
    (void)next;
    return document_may_delete(doc, change->access);
}

static const struct {
    apply_verb *apply;
    const char *event; /* of the log */
    enum metric metric;
} verbs[RIGHTS_VERB_COUNT] = {
    [RIGHTS_TAKE_CHARGE] = {take_charge, "owner_made", METRIC_OWNERS_MADE},
    [RIGHTS_ADD_LINK] = {add_link, "link_made", METRIC_LINKS_MADE},
    [RIGHTS_REMOVE_LINK] = {remove_link, "link_withdrawn", METRIC_LINKS_WITHDRAWN},
    [RIGHTS_SET] = {set, "rights_changed", METRIC_RIGHTS_CHANGES},
    [RIGHTS_DELETE] = {delete_all, "document_deleted", METRIC_DELETIONS},
};

/* ---- what has been written is so ---- */

static void account(const struct rights_write *write)
{
    if (!write->is_right)
        return;
    metric_inc(verbs[write->verb].metric);
    if (write->verb == RIGHTS_ADD_LINK && write->gives_editing)
        metric_inc(METRIC_EDIT_LINKS_MADE);
    log_event(LOG_INFO, verbs[write->verb].event, LOG_STR("docId", write->doc->id));
}

/* The database has it. Without memory for it the present one is right, since nobody is told of the new one,
 * and a snapshot puts it back. */
static enum error language_written(struct document *doc, struct slice language)
{
    enum error err = pad_put_language(&doc->pad, language);
    if (err) {
        document_meta_changed(doc);
        return err;
    }
    doc->updated_ms = documents_wall_ms(doc->documents);
    document_has_news(doc);
    return OK;
}

static enum error rights_written(struct rights_write *write)
{
    struct document *doc = write->doc;
    struct pad_peer *user = write->has_user ? pad_find_user(&doc->pad, write->user_id) : NULL;
    doc->stored = doc->epoch_stored = true;
    if (write->is_put_back)
        return OK;
    document_set_rights(doc, &write->next);
    account(write);
    document_tell_rights(doc, user, write->verb == RIGHTS_TAKE_CHARGE);
    return write->language.ptr ? language_written(doc, write->language) : OK;
}

static enum error take_effect(struct rights_write *write)
{
    if (write->verb != RIGHTS_DELETE)
        return rights_written(write);
    /* Those who are in it are closed; what they were not told is saved stays with them. */
    account(write);
    document_lose(write->doc, ERR_GONE);
    return OK;
}

static void answer(struct rights_change *change, enum error err)
{
    list_remove(&change->queue);
    change->done(change, err);
}

static void answer_begun(struct document *doc, enum error err)
{
    struct rights_change *first =
        list_is_empty(&doc->rights_changes) ? NULL : change_of(doc->rights_changes.next);
    if (first && first->has_begun)
        answer(first, err);
}

static void put_back(struct document *doc);

/* The same of the language, which snapshots have had as well. */
static void put_language_back(struct document *doc)
{
    document_meta_changed(doc);
    (void)persister_write(doc, PERSIST_IDLE);
}

static void on_written(struct store_request *req)
{
    struct rights_write *write = req->context;
    struct document *doc = write->doc;
    enum error err = doc->lost_why ? doc->lost_why : req->result;
    bool is_in_doubt = err == ERR_STORAGE && write->verb != RIGHTS_DELETE && !write->is_put_back;
    bool is_language_in_doubt = is_in_doubt && write->language.ptr;
    doc->is_being_deleted = false;
    if (!err)
        err = take_effect(write);
    answer_begun(doc, err);
    doc->rights_write = NULL;
    doc->language_write = (struct slice){0};
    store_rights_free(&write->next);
    mem_free(write);
    store_request_free(req);
    if (is_in_doubt)
        put_back(doc);
    if (is_language_in_doubt)
        put_language_back(doc);
    document_must_journal(doc);
    begin_next(doc);
}

/* ---- writing ---- */

static enum error fill(struct store_request *req, const struct rights_write *write)
{
    const struct document *doc = write->doc;
    const struct pad_epoch *epoch = &doc->pad.epochs[doc->pad.epoch_count - 1];
    req->for_good = write->verb == RIGHTS_DELETE;
    req->has_epoch = !doc->epoch_stored;
    req->epoch = (struct store_epoch){epoch->id, epoch->first_revision};
    req->cutoff_ms = INT64_MAX;
    if (write->language.ptr && store_request_copy(req, write->language, &req->language))
        return ERR_NO_MEMORY;
    return store_request_put_rights(req, &write->next);
}

static enum error post(struct rights_write *write)
{
    bool deletes = write->verb == RIGHTS_DELETE;
    struct document *doc = write->doc;
    struct store_request *req = store_request_new(deletes ? STORE_DELETE : STORE_RIGHTS, doc->id);
    if (!req || fill(req, write)) {
        store_request_free(req);
        return ERR_NO_MEMORY;
    }
    req->context = write;
    req->done = on_written;
    req->fail_fast = !write->is_put_back;
    doc->rights_write = write;
    doc->language_write = write->language;
    doc->is_being_deleted = deletes;
    if (deletes)
        list_remove(&doc->journal_link);
    documents_post(doc->documents, req);
    return OK;
}

static void take_language(struct rights_write *write, struct slice language)
{
    memcpy(write->language_copy, language.ptr, language.len);
    write->language = slice_of(write->language_copy, language.len);
}

static bool is_right(const struct rights_change *change)
{
    return change->verb != RIGHTS_SET || change->sets_manager || change->sets_writer ||
           change->sets_keep_days;
}

/* `change` NULL: put back. */
static enum error write_rights(struct document *doc, const struct rights_change *change,
                               const struct store_rights *next)
{
    struct rights_write *write = mem_alloc(sizeof(*write));
    if (!write)
        return ERR_NO_MEMORY;
    *write = (struct rights_write){.doc = doc, .verb = RIGHTS_SET, .is_put_back = !change};
    if (change) {
        write->verb = change->verb;
        write->gives_editing = change->new_link.may_edit;
        write->is_right = is_right(change);
        if (change->sets_language)
            take_language(write, change->language);
        write->has_user = change->has_user;
        write->user_id = change->user_id;
    }
    enum error err = store_rights_copy(next, &write->next);
    if (!err)
        err = post(write);
    if (err) {
        store_rights_free(&write->next);
        mem_free(write);
    }
    return err;
}

/* What could not be written may be in the database all the same. Nobody was told that it is, so what
 * is in memory goes there once more, and waits for as long as that takes. Without memory for it the
 * next change puts it right. */
static void put_back(struct document *doc)
{
    (void)write_rights(doc, NULL, &doc->rights);
}

/* ---- one after the other ---- */

/* What was opened may have been closed by the changes in front of this one. */
static enum error look_again(const struct document *doc, struct rights_change *change)
{
    if (change->access == ACCESS_OWN)
        return OK;
    enum access access =
        change->by_link ? document_link_access(doc, change->by_link_id) : document_address_access(doc);
    if (access < change->access)
        change->access = access;
    return access == ACCESS_NONE ? ERR_WITHDRAWN : OK;
}

static enum error begin(struct document *doc, struct rights_change *change)
{
    enum error err = look_again(doc, change);
    if (err)
        return err;
    struct store_link links[LINKS_MAX + 1];
    struct store_rights next = doc->rights;
    for (uint32_t i = 0; i < next.link_count; i++)
        links[i] = doc->rights.links[i];
    next.links = links;
    err = verbs[change->verb].apply(doc, change, &next);
    if (!err)
        err = write_rights(doc, change, &next);
    change->has_begun = !err;
    return err;
}

static void begin_next(struct document *doc)
{
    while (!doc->rights_write && !doc->lost_why && !list_is_empty(&doc->rights_changes)) {
        struct rights_change *change = change_of(doc->rights_changes.next);
        enum error err = begin(doc, change);
        if (!err)
            return;
        answer(change, err);
    }
}

void document_change_rights(struct document *doc, struct rights_change *change)
{
    enum error err = doc->documents->is_stopping ? ERR_SHUTTING_DOWN : doc->lost_why;
    if (err) {
        change->done(change, err);
        return;
    }
    if (change->verb == RIGHTS_ADD_LINK && change->new_link.name.len > 0) {
        memcpy(change->name, change->new_link.name.ptr, change->new_link.name.len);
        change->new_link.name = slice_of(change->name, change->new_link.name.len);
    }
    if (change->sets_language) {
        memcpy(change->language_copy, change->language.ptr, change->language.len);
        change->language = slice_of(change->language_copy, change->language.len);
    }
    change->has_begun = false;
    list_append(&doc->rights_changes, &change->queue);
    begin_next(doc);
}
