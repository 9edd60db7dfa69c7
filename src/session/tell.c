#include "session/tell.h"

#include "observe/metrics.h"
#include "pad/comments.h"
#include "session/frames.h"

enum error tell_history(struct session *s)
{
    uint64_t from, to;
    bool is_gone = false;
    if (!pad_history_for(&s->peer, HISTORY_FRAME_BYTES, &from, &to, &is_gone))
        return is_gone ? ERR_CANNOT_RESUME : OK;
    struct frame *frame =
        frames_get(&s->shard->frames, s->doc, FRAME_HISTORY, &s->peer, frame_form_for(s->conn), from, to);
    if (!frame)
        return ERR_NO_MEMORY;
    conn_send(s->conn, frame);
    pad_told_history(&s->peer, to);
    metric_add(METRIC_DELIVERIES, (int64_t)(to - from));
    return OK;
}

enum error tell_changes(struct session *s)
{
    uint64_t newest = s->doc->pad.sequence;
    if (s->peer.seen == newest)
        return OK;
    struct frame *frame = frames_get(&s->shard->frames, s->doc, FRAME_CHANGES, &s->peer,
                                     frame_form_for(s->conn), s->peer.seen, newest);
    if (!frame)
        return ERR_NO_MEMORY;
    if (frame->len > 0)
        conn_send(s->conn, frame);
    pad_told_items(&s->peer, newest);
    return OK;
}

enum error tell_comments_changed(struct session *s)
{
    if (!pad_peer_lacks_comments(&s->peer))
        return OK;
    struct frame *frame =
        frames_get(&s->shard->frames, s->doc, FRAME_COMMENT_CHANGES, &s->peer, frame_form_for(s->conn),
                   s->peer.comments_seen, s->doc->pad.comments->sequence);
    if (!frame)
        return ERR_NO_MEMORY;
    if (frame->len > 0)
        conn_send(s->conn, frame);
    pad_told_comments(&s->peer);
    return OK;
}

bool tell_has_all_history(const struct session *s)
{
    return s->peer.sent == s->doc->pad.committed;
}
