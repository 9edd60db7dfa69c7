#include "doc/maker.h"

#include "base/alloc.h"
#include "doc/rights.h"

struct maker {
    struct document *doc;
    struct rights_change change; /* holds the token */
    bool is_written;
    struct id128 tab;
    uint64_t revision; /* after its edit */
};

bool document_is_unmade(const struct document *doc)
{
    return doc->pad.revision == 0 && !doc->maker && !doc->rights.has_owner;
}

/* Its change is answered. */
static void forget(struct document *doc)
{
    mem_free(doc->maker);
    doc->maker = NULL;
}

static void on_written(struct rights_change *change, enum error err)
{
    struct maker *maker = LIST_ITEM(change, struct maker, change);
    struct document *doc = maker->doc;
    maker->is_written = !err;
    if (err)
        forget(doc);
    else
        document_has_news(doc);
}

void document_was_made(struct document *doc, const struct pad_peer *peer)
{
    struct maker *maker = peer->client ? mem_alloc(sizeof(*maker)) : NULL;
    if (!maker)
        return;
    *maker = (struct maker){
        .doc = doc,
        .change = {.verb = RIGHTS_TAKE_CHARGE, .access = ACCESS_EDIT, .done = on_written},
        .tab = peer->client->token,
        .revision = doc->pad.revision,
    };
    doc->maker = maker;
    document_change_rights(doc, &maker->change);
}

static bool is_maker(const struct maker *maker, const struct pad_peer *peer)
{
    return maker && peer->client && id128_equal(maker->tab, peer->client->token);
}

struct slice document_owner_token(const struct document *doc, const struct pad_peer *peer)
{
    const struct maker *maker = doc->maker;
    bool may_be_told = is_maker(maker, peer) && maker->is_written && doc->pad.committed >= maker->revision;
    return may_be_told ? slice_of(maker->change.token, sizeof(maker->change.token)) : (struct slice){0};
}

void document_maker_knows(struct document *doc, const struct pad_peer *peer)
{
    if (is_maker(doc->maker, peer) && doc->maker->is_written)
        forget(doc);
}
