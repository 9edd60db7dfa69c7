/* The invariants of a pad, for tests: slow, and complete. Each check returns the
 * first violation as a sentence, or NULL. */
#include "pad/comments.h"
#include "pad/pad_private.h"

#define REQUIRE(belief, otherwise)                                                                           \
    do {                                                                                                     \
        if (!(belief))                                                                                       \
            return otherwise;                                                                                \
    } while (0)

static const char *check_revisions(const struct pad *pad)
{
    REQUIRE(pad->history.base <= pad->committed, "what is not committed was dropped");
    REQUIRE(pad->committed <= pad->journaled, "committed is ahead of journaled");
    REQUIRE(pad->journaled <= pad->revision, "journaled is ahead of the text");
    REQUIRE(history_end(&pad->history) == pad->revision, "the history does not end at the text");
    return NULL;
}

/* Each operation must lead to the length that the next one starts from. */
static const char *check_history(const struct pad *pad)
{
    uint32_t points = 0;
    for (uint64_t r = pad->history.base; r < pad->revision; r++) {
        const struct history_entry entry = history_at(&pad->history, r);
        struct op_view decoded;
        REQUIRE(op_decode(entry.op.code, &decoded) == OK, "an operation in the history is broken");
        REQUIRE(r == pad->history.base || decoded.base_points == points, "the history is not a chain");
        const struct pad_author author = entry.author;
        REQUIRE(author.user_id < pad->next_user_id || author.user_id == PAD_SYSTEM_USER,
                "an author has no id");
        REQUIRE(author.user_id != PAD_SYSTEM_USER || author.order == PAD_BY_TEXT,
                "the system goes by author");
        points = decoded.target_points;
    }
    REQUIRE(pad->history.count == 0 || points == rope_size(&pad->text).points,
            "the history does not lead to the text");
    return NULL;
}

static const char *check_epochs(const struct pad *pad)
{
    REQUIRE(pad->epoch_count >= 1 && pad->epoch_count <= PAD_EPOCHS_KEPT, "the number of epochs is off");
    for (size_t i = 1; i < pad->epoch_count; i++)
        REQUIRE(pad->epochs[i - 1].first_revision <= pad->epochs[i].first_revision,
                "epochs are out of order");
    REQUIRE(pad->epochs[pad->epoch_count - 1].first_revision <= pad->revision,
            "an epoch begins in the future");
    return NULL;
}

static const char *check_cursors(const struct pad *pad, const struct pad_peer *peer)
{
    const struct pad_cursors *c = &peer->cursors;
    REQUIRE(c->revision <= pad->revision, "cursors stand in the future");
    REQUIRE(c->revision >= pad->history.base, "cursors stand before the history");
    REQUIRE((c->carets != NULL) == (c->caret_count + c->selection_count > 0), "cursors without memory");
    /* Carets stand in the text of their own revision, which may not be the newest. */
    return NULL;
}

/* Each stands beside an operation that is nothing to the others. */
static const char *check_corrections(const struct pad *pad, const struct pad_peer *peer)
{
    uint64_t revision = 0;
    LIST_EACH (at, next, &peer->corrections) {
        const struct pad_correction *c = LIST_ITEM(at, struct pad_correction, link);
        REQUIRE(peer->version == PAD_V1, "a correction of a v2 peer");
        REQUIRE(c->revision > revision, "corrections are out of order");
        REQUIRE(c->revision > pad->history.base && c->revision < pad->revision,
                "a correction is not beside the history");
        const struct history_entry entry = history_at(&pad->history, c->revision);
        REQUIRE(op_is_noop(entry.op), "a correction hides an operation");
        REQUIRE(c->op.base_points == c->typed.target_points, "a correction of another edit");
        REQUIRE(c->op.target_points == entry.op.base_points, "a correction does not lead to the text");
        revision = c->revision;
    }
    return NULL;
}

static const char *check_peer(const struct pad *pad, const struct pad_peer *peer)
{
    REQUIRE(peer->pad == pad, "a peer belongs to another pad");
    REQUIRE(peer->sent <= pad->revision && peer->floor <= pad->revision, "a peer was told of the future");
    REQUIRE(peer->sent <= pad->committed || peer->sent <= peer->gate,
            "a peer was told what is not committed");
    REQUIRE(peer->gate <= pad->revision, "a gate stands in the future");
    REQUIRE(peer->seen <= pad->sequence, "a peer saw a change that was not made");
    REQUIRE(peer->user_id < pad->next_user_id, "a user id may be given twice");
    REQUIRE(peer->tombstone != NULL, "a peer cannot leave");
    REQUIRE((peer->version == PAD_V2) == (peer->client != NULL), "a peer and its tab disagree");
    REQUIRE(peer->version == PAD_V2 || peer->order == PAD_BY_TEXT, "a v1 peer goes by author");
    REQUIRE(!peer->is_guest || peer->is_viewer, "a guest may edit");
    REQUIRE(!peer->is_viewer || !peer->cursors.carets, "a viewer has carets");
    REQUIRE(!peer->client || (peer->client->peer == peer && peer->client->user_id == peer->user_id),
            "a tab belongs to another peer");
    const char *wrong = check_cursors(pad, peer);
    return wrong ? wrong : check_corrections(pad, peer);
}

static const char *check_peers(const struct pad *pad)
{
    uint32_t count = 0, v1_count = 0;
    LIST_EACH (at, next, &pad->peers) {
        const struct pad_peer *peer = LIST_ITEM(at, struct pad_peer, link);
        const char *wrong = check_peer(pad, peer);
        REQUIRE(!wrong, wrong);
        count++;
        v1_count += peer->version == PAD_V1;
    }
    REQUIRE(count == pad->peer_count, "the number of peers is off");
    REQUIRE(v1_count == pad->v1_peer_count, "the number of v1 peers is off");
    return NULL;
}

static const char *check_clients(const struct pad *pad)
{
    uint32_t count = 0;
    uint64_t revision = 0;
    LIST_EACH (at, next, &pad->clients) {
        const struct pad_client *client = LIST_ITEM(at, struct pad_client, link);
        REQUIRE(client->committed_revision >= revision, "tabs are out of order");
        REQUIRE(client->committed_revision <= pad->revision, "a tab edited in the future");
        REQUIRE(client->user_id < pad->next_user_id, "a tab's user id may be given twice");
        revision = client->committed_revision;
        count++;
    }
    REQUIRE(count == pad->client_count, "the number of tabs is off");
    return NULL;
}

static const char *check_items(const struct pad *pad)
{
    uint64_t changed = 0;
    LIST_EACH (at, next, &pad->items) {
        const struct pad_item *item = LIST_ITEM(at, struct pad_item, link);
        REQUIRE(item->changed > changed, "items are out of order");
        REQUIRE(item->kind != PAD_ITEM_LEFT || pad->peer_count > 0, "a tombstone that nobody needs");
        changed = item->changed;
    }
    REQUIRE(changed <= pad->sequence, "an item changed in the future");
    return NULL;
}

static const char *check_v1(const struct pad *pad)
{
    if (!pad->v1) {
        REQUIRE(pad->v1_peer_count == 0, "v1 peers without their view");
        return NULL;
    }
    REQUIRE(pad->v1->base >= pad->history.base && pad->v1->base <= pad->revision,
            "the v1 view lost its history");
    REQUIRE(pad->v1->offset >= (pad->v1->text.target_points > 0), "the v1 view counts wrongly");
    REQUIRE(pad->v1->nothing.base_points == pad->v1->text.target_points, "the v1 view changes its text");
    REQUIRE(pad->v1->text.base_points == 0, "the v1 view does not begin with nothing");
    return NULL;
}

static const char *check_comments(const struct pad *pad)
{
    const struct comments *c = pad->comments;
    uint32_t count = 0;
    if (!c)
        return NULL;
    REQUIRE(c->revision == pad->committed, "places are not at what is committed");
    LIST_EACH (at, next, &c->threads) {
        const struct kept_thread *thread = kept_thread_of(at);
        REQUIRE(thread->anchor.from <= thread->anchor.to, "a place ends before it begins");
        REQUIRE(thread->anchor.to <= pad_carets_end(pad), "a place is behind the text");
        REQUIRE(thread->changed <= c->sequence, "a thread changed in the future");
        count++;
    }
    REQUIRE(count == c->count, "the number of threads is off");
    return NULL;
}

const char *pad_check(const struct pad *pad)
{
    const char *wrong = rope_check(&pad->text);
    static const char *(*const checks[])(const struct pad *) = {
        check_revisions, check_history, check_epochs, check_peers,
        check_clients,   check_items,   check_v1,     check_comments,
    };
    for (size_t i = 0; !wrong && i < sizeof checks / sizeof *checks; i++)
        wrong = checks[i](pad);
    return wrong;
}
