#include "session/catch_up.h"

#include "session/join.h"
#include "session/owner.h"
#include "session/tell.h"

/* The welcome waits until the revision that the session joined at is committed.
 * While the document cannot be written, the client is told so instead of being left waiting. */
static void welcome_when_committed(struct session *s)
{
    if (s->version == PAD_V1 && !s->joining->is_greeted)
        pad_v1_begin(&s->peer);
    if (s->doc->pad.committed >= s->peer.gate)
        join_welcome(s);
    else if (s->doc->pad.storage_failing)
        session_close(s, ERR_STORAGE, NULL);
}

static enum error tell_next(struct session *s)
{
    enum error err = tell_history(s);
    if (err || !tell_has_all_history(s))
        return err;
    err = tell_changes(s);
    return err ? err : tell_comments_changed(s);
}

void session_catch_up(struct session *s)
{
    if (s->state != SESSION_JOINED || conn_is_closing(s->conn))
        return;
    if (s->joining)
        welcome_when_committed(s);
    while (s->state == SESSION_JOINED && !s->joining && pad_peer_lacks(&s->peer) && conn_is_ready(s->conn)) {
        enum error err = tell_next(s);
        if (err)
            session_close(s, err, NULL);
    }
    if (s->state == SESSION_JOINED && !s->joining && s->doc->maker)
        owner_tell(s);
}
