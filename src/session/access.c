#include "session/access.h"

#include "proto/server_message.h"

#include <string.h>

/* While only the owner writes, a link to edit with gives no more than reading for the time being. */
static bool is_for_reading(const struct document *doc, const char *link_id)
{
    const struct store_rights *rights = &doc->rights;
    for (uint32_t i = 0; i < rights->link_count; i++)
        if (memcmp(rights->links[i].id, link_id, LINK_ID_CHARS) == 0)
            return !rights->links[i].may_edit;
    return true;
}

void access_grant(struct session *s, const struct open_result *opened)
{
    s->access = opened->access;
    s->by_link = opened->by_link;
    memcpy(s->link_id, opened->link_id, sizeof(s->link_id));
    s->joining->hello.is_viewer = s->access == ACCESS_VIEW;
    s->joining->hello.is_guest = opened->by_link && is_for_reading(opened->doc, opened->link_id);
    s->joining->hello.sees_past = opened->history;
    s->comments_at_least = opened->comments;
    if (comments_access_of(s->access, s->comments_at_least) == COMMENTS_NONE)
        s->joining->hello.follows_comments = false;
}

const char *access_of_comments(const struct session *s)
{
    return s->peer.follows_comments
               ? comments_access_name(comments_access_of(s->access, s->comments_at_least))
               : NULL;
}

/* Told in words of its own only to one that has its Welcome, which says it to all others. */
static void tell(struct session *s)
{
    struct frame_builder *b = &s->shard->frames;
    if (s->version == PAD_V1 || s->joining)
        return;
    frame_builder_begin(b);
    if (conn_is_stream(s->conn))
        frame_builder_events(b, s->peer.sent, pad_epoch(&s->doc->pad));
    struct json j = frame_builder_message(b);
    encode_access(&j, access_name(s->access), access_of_comments(s));
    frame_builder_end_message(b, &j);
    session_send(s, frame_builder_finish(b));
}

static void change(struct session *s, enum access access)
{
    bool is_viewer = access == ACCESS_VIEW;
    if (access == s->access)
        return;
    s->access = access;
    if (s->peer.is_viewer != is_viewer) {
        pad_set_viewer(&s->peer, is_viewer);
        document_has_news(s->doc);
    }
    tell(s);
}

void access_check(struct session *s)
{
    enum access access = s->access;
    if (s->access != ACCESS_OWN)
        access = s->by_link ? document_link_access(s->doc, s->link_id) : document_address_access(s->doc);
    if (access == ACCESS_NONE)
        session_close(s, ERR_WITHDRAWN, NULL);
    else
        change(s, access);
}

void access_become_owner(struct session *s)
{
    change(s, ACCESS_OWN);
}
