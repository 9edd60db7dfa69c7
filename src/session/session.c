#include "session/session.h"

#include "doc/attach.h"
#include "doc/open.h"
#include "observe/metrics.h"

#include <stdlib.h>

void session_end_joining(struct session *s)
{
    struct joining *j = s->joining;
    if (!j)
        return;
    s->joining = NULL;
    open_cancel(j->open);
    frame_unref(j->snapshot);
    buf_deinit(&j->password);
    buf_deinit(&j->link);
    buf_deinit(&j->owner);
    buf_deinit(&j->name);
    free(j);
}

void session_send(struct session *s, struct frame *frame)
{
    if (!frame) {
        conn_kill(s->conn);
        return;
    }
    conn_send(s->conn, frame);
    frame_unref(frame);
}

void session_leave(struct session *s)
{
    struct document *doc = s->doc;
    s->doc = NULL;
    if (doc)
        document_detach(doc, &s->peer);
}

/* The revision that a reader of events has says nothing about the text that may be there next. With an
 * empty id a browser forgets it, and is given that text when it comes back by itself. */
static void forget_event_id(struct session *s, enum error why)
{
    bool is_over = why == ERR_GONE || why == ERR_CONFLICT;
    if (is_over && s->state == SESSION_JOINED && conn_is_stream(s->conn))
        session_send(s, frame_new(SLICE("id:\n\n")));
}

void session_close(struct session *s, enum error why, const char *reason)
{
    if (s->state == SESSION_CLOSED)
        return;
    forget_event_id(s, why);
    s->state = SESSION_CLOSED;
    session_leave(s);
    session_end_joining(s);
    if (why != ERR_REPLACED && why != ERR_SHUTTING_DOWN)
        metric_rejected(why);
    conn_close(s->conn, why, slice_from_cstr(reason ? reason : error_text(why)));
}
