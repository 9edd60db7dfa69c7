#include "doc/guest.h"

#include "base/alloc.h"
#include "base/hash.h"
#include "doc/attach.h"

static struct guest *find(const struct document *doc, struct id128 token)
{
    for (struct link *at = doc->guests.next; at != &doc->guests; at = at->next) {
        struct guest *guest = LIST_ITEM(at, struct guest, link);
        if (guest->peer.client && id128_equal(guest->peer.client->token, token))
            return guest;
    }
    return NULL; /* one whose tab came in by a socket was replaced, and has no client */
}

static void leave(struct guest *guest)
{
    list_remove(&guest->link);
    list_remove(&guest->leaving_link);
    document_detach_guest(guest->doc, &guest->peer);
    mem_free(guest);
}

/* The same name has the same colour wherever it writes. */
static uint16_t hue_of(struct slice name)
{
    return (uint16_t)(hash_bytes(0, name) % PAD_HUES);
}

static enum error enter(struct guest *guest, struct id128 token, struct slice name)
{
    struct document *doc = guest->doc;
    struct pad_hello hello = {.version = PAD_V2,
                              .token = token,
                              .name = name,
                              .hue = hue_of(name),
                              .order = PAD_BY_AUTHOR,
                              .is_unseen = name.len == 0};
    struct pad_welcome welcome;
    enum error err = document_attach(doc, &guest->peer, &hello, &welcome);
    if (!err && welcome.replaced)
        doc->documents->events->on_close(welcome.replaced, ERR_REPLACED, error_text(ERR_REPLACED));
    return err;
}

static enum error guest_new(struct document *doc, struct id128 token, struct slice name, struct guest **out)
{
    struct guest *guest = mem_alloc(sizeof(*guest));
    if (!guest)
        return ERR_NO_MEMORY;
    *guest = (struct guest){.doc = doc};
    enum error err = enter(guest, token, name);
    if (err) {
        mem_free(guest);
        return err;
    }
    list_append(&doc->guests, &guest->link);
    list_init(&guest->leaving_link);
    *out = guest;
    return OK;
}

/* It is told nothing, so nothing is kept for it. */
static void pass_over(struct guest *guest)
{
    const struct pad *pad = guest->peer.pad;
    if (!pad)
        return;
    if (guest->peer.sent < pad->committed)
        pad_told_history(&guest->peer, pad->committed);
    pad_told_items(&guest->peer, pad->sequence);
}

enum error guest_come(struct document *doc, struct id128 token, struct slice name, struct guest **out)
{
    struct guest *guest = find(doc, token);
    enum error err = guest ? OK : guest_new(doc, token, name, &guest);
    if (err)
        return err;
    list_remove(&guest->leaving_link);
    pass_over(guest);
    guest->users++;
    *out = guest;
    return OK;
}

static bool has_written(const struct guest *guest)
{
    return guest->peer.client && guest->peer.client->committed_revision > 0;
}

void guest_go(struct guest *guest)
{
    struct documents *docs = guest->doc->documents;
    if (--guest->users > 0)
        return;
    if (guest->doc->lost_why || docs->is_stopping || !has_written(guest)) {
        leave(guest);
        return;
    }
    guest->leave_ms = documents_now_ms(docs) + GUEST_LINGER_MS;
    list_append(&docs->leaving, &guest->leaving_link);
    documents_want_timer(docs, GUEST_LINGER_MS);
}

/* All linger equally long, so the first to go stands in front. */
void guests_check(struct documents *docs, int64_t now_ms)
{
    LIST_EACH (at, following, &docs->leaving) {
        struct guest *guest = LIST_ITEM(at, struct guest, leaving_link);
        if (guest->leave_ms > now_ms) {
            documents_want_timer(docs, guest->leave_ms - now_ms);
            return;
        }
        leave(guest);
    }
}

void guests_end(struct document *doc)
{
    LIST_EACH (at, following, &doc->guests) {
        struct guest *guest = LIST_ITEM(at, struct guest, link);
        if (guest->users == 0)
            leave(guest);
    }
}
