#include "client/client_private.h"

/* ---- optional texts ---- */

struct slice client_text_or_none(const struct buf *text, bool has_text)
{
    return has_text ? slice_of(text->ptr ? text->ptr : "", text->len) : (struct slice){0};
}

enum error client_keep_text(struct buf *text, bool *has_text, struct slice value)
{
    struct buf kept = {0};
    const enum error err = buf_append(&kept, value);
    if (err)
        return err;
    buf_deinit(text);
    *text = kept;
    *has_text = value.ptr != NULL;
    return OK;
}

/* ---- look ---- */

unsigned client_take_news(struct client *c)
{
    const unsigned news = c->news;
    c->news = 0;
    return news;
}

bool client_is_broken(const struct client *c)
{
    return c->replica.is_broken;
}

bool client_is_loaded(const struct client *c)
{
    return c->replica.is_loaded;
}

bool client_has_unshown(const struct client *c)
{
    return c->replica.has_unshown;
}

const struct rope *client_text(const struct client *c)
{
    return &c->replica.text;
}

const struct rope *client_server_text(const struct client *c)
{
    return &c->replica.server;
}

uint64_t client_revision(const struct client *c)
{
    return c->replica.revision;
}

uint64_t client_unsaved(const struct client *c)
{
    return unsent_count(&c->replica.unsent);
}

uint64_t client_user_id(const struct client *c)
{
    return c->replica.me.user_id;
}

enum role client_role(const struct client *c)
{
    return c->role;
}

bool client_storage_is_writable(const struct client *c)
{
    return !c->is_storage_failing;
}

bool client_keeps_history(const struct client *c)
{
    return c->keeps_history;
}

struct client_restored client_restored(const struct client *c)
{
    const struct incoming_restored *r = &c->restored;
    return (struct client_restored){r->revision, r->at_s, r->user_id, buf_slice(&c->restorer)};
}

struct client_history_change client_history_change(const struct client *c)
{
    const struct incoming_history_changed *h = &c->history_changed;
    return (struct client_history_change){h->change, h->user_id, buf_slice(&c->history_changer)};
}

int64_t client_created_s(const struct client *c)
{
    return c->created_s;
}

int64_t client_expires_s(const struct client *c)
{
    return c->expires_s;
}

uint64_t client_document_bytes(const struct client *c)
{
    return c->replica.limits.document_bytes;
}

struct slice client_language(const struct client *c)
{
    return client_text_or_none(&c->language, c->has_language);
}

struct slice client_password(const struct client *c)
{
    return client_text_or_none(&c->password, c->has_password);
}

struct slice client_owner(const struct client *c)
{
    return client_text_or_none(&c->owner, c->has_owner);
}

struct slice client_server(const struct client *c)
{
    return buf_slice(&c->server);
}

size_t client_people_count(const struct client *c)
{
    return c->people.count;
}

struct person client_person(const struct client *c, size_t at)
{
    struct person person = c->people.list[at];
    const struct replica *r = &c->replica;
    for (uint32_t i = 0; i < person.places.caret_count; i++)
        person.places.carets[i] = replica_caret(r, person.places.carets[i]);
    for (uint32_t i = 0; i < person.places.selection_count; i++) {
        struct selection *selection = &person.places.selections[i];
        selection->anchor = replica_caret(r, selection->anchor);
        selection->head = replica_caret(r, selection->head);
    }
    return person;
}

const struct thread_places *client_comments(const struct client *c)
{
    return &c->comments;
}
