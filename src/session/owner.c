#include "session/owner.h"

#include "doc/maker.h"
#include "proto/server_message.h"
#include "session/access.h"

void owner_note_join(struct session *s)
{
    if (s->access == ACCESS_OWN) /* it has shown the token */
        document_maker_knows(s->doc, &s->peer);
    s->may_make = s->version == PAD_V2 && !s->doc->stored && document_is_unmade(s->doc);
}

bool owner_is_made_by_edit(const struct session *s)
{
    return s->may_make && document_is_unmade(s->doc);
}

void owner_made(struct session *s)
{
    document_was_made(s->doc, &s->peer);
}

/* ---- telling ---- */

static void note_told(struct session *s)
{
    s->owner_told = OWNER_TOLD;
    s->owner_told_at = s->peer.sent;
}

struct slice owner_for_welcome(struct session *s)
{
    struct slice token = document_owner_token(s->doc, &s->peer);
    if (!token.ptr)
        return token;
    note_told(s);
    access_become_owner(s); /* also where only the owner writes, and it came as anybody */
    return token;
}

void owner_tell(struct session *s)
{
    struct frame_builder *b = &s->shard->frames;
    struct slice token = document_owner_token(s->doc, &s->peer);
    bool has_echo = s->peer.sent == s->doc->pad.committed;
    if (!token.ptr || s->owner_told || !has_echo)
        return;
    frame_builder_begin(b);
    struct json j = frame_builder_message(b);
    encode_owner(&j, token);
    frame_builder_end_message(b, &j);
    note_told(s);
    session_send(s, frame_builder_finish(b));
    access_become_owner(s);
}

/* ---- has it got it? ---- */

static void knows(struct session *s)
{
    s->owner_told = OWNER_KNOWN;
    document_maker_knows(s->doc, &s->peer);
}

void owner_heard_edit(struct session *s, uint64_t revision)
{
    if ((s->owner_told == OWNER_TOLD || s->owner_told == OWNER_PONGED) && revision > s->owner_told_at)
        knows(s);
}

void owner_heard_ping(struct session *s)
{
    if (s->owner_told == OWNER_TOLD)
        s->owner_told = OWNER_PONGED;
    else if (s->owner_told == OWNER_PONGED)
        knows(s);
}
