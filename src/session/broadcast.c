#include "session/broadcast.h"

#include "session/access.h"
#include "session/catch_up.h"
#include "session/frames.h"

static void on_news(struct document *doc)
{
    LIST_EACH (at, following, &doc->pad.peers) {
        struct pad_peer *peer = LIST_ITEM(at, struct pad_peer, link);
        if (peer->owner) /* a writer is told nothing */
            session_catch_up(peer->owner);
    }
    frames_forget(doc); /* whoever drains later lacks something else */
}

static void on_close(struct pad_peer *peer, enum error why, const char *reason)
{
    if (peer->owner)
        session_close(peer->owner, why, reason);
}

static void on_rights(struct document *doc, struct pad_peer *new_owner)
{
    if (new_owner && new_owner->owner)
        access_become_owner(new_owner->owner);
    LIST_EACH (at, following, &doc->pad.peers) {
        struct pad_peer *peer = LIST_ITEM(at, struct pad_peer, link);
        if (peer->owner)
            access_check(peer->owner);
    }
}

const struct document_events session_events = {.on_news = on_news,
                                               .on_stale = frames_forget,
                                               .on_close = on_close,
                                               .on_rights = on_rights,
                                               .on_drop = frames_free};
