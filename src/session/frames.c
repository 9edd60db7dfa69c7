#include "session/frames.h"

#include "pad/comments.h"
#include "proto/comment_json.h"
#include "proto/server_message.h"

#include <stdlib.h>

/* A turn tells few different things: v1 and v2 each some operations and some
 * presence, and v2 the operations in two forms while tabs of both orders are here. Readers that are far
 * behind, each at a place of its own, push the others out, and share with nobody anyway. */
enum { FRAMES_KEPT = 6 };

struct kept_frame {
    enum frame_kind kind;
    enum frame_form form;
    enum pad_version version;
    enum pad_order order; /* of the readers of a FRAME_HISTORY; the others are the same for both */
    bool is_of_guests;    /* a FRAME_CHANGES of which guests are told a part */
    uint64_t reader;      /* the user whose history is its own (pad_entry_for); PAD_SYSTEM_USER: of all */
    uint64_t from, to;
    struct frame *frame; /* one reference; NULL: this place is free */
};

struct frames { /* hangs on document->frames, from the first use until the document is dropped */
    struct kept_frame kept[FRAMES_KEPT];
    uint32_t next; /* the place that is used next: the oldest */
};

void frames_forget(struct document *doc)
{
    struct frames *frames = doc->frames;
    for (int i = 0; frames && i < FRAMES_KEPT; i++) {
        frame_unref(frames->kept[i].frame);
        frames->kept[i].frame = NULL;
    }
}

void frames_free(struct document *doc)
{
    frames_forget(doc);
    free(doc->frames);
    doc->frames = NULL;
}

/* ---- what each kind holds ---- */

/* The password is the one thing that guests are not told. */
static bool may_tell(const struct pad_change *change, const struct pad_peer *peer)
{
    return change->kind != PAD_ITEM_PASSWORD || !peer->is_guest;
}

static void add_changes(struct frame_builder *b, struct document *doc, const struct pad_peer *peer,
                        uint64_t after)
{
    struct pad_change change;
    struct link *at = NULL;
    while (pad_next_change(&doc->pad, after, &at, &change)) {
        struct json j = frame_builder_message(b);
        if (may_tell(&change, peer) && encode_change(&j, &doc->pad, &change, peer->version))
            frame_builder_end_message(b, &j);
    }
}

/* The carets of v1 users who have not said their name yet. */
static void add_nameless(struct frame_builder *b, struct document *doc)
{
    LIST_EACH (at, following, &doc->pad.peers) {
        struct pad_peer *peer = LIST_ITEM(at, struct pad_peer, link);
        if (peer->has_info || !pad_cursors_are_visible(peer))
            continue;
        struct json j = frame_builder_message(b);
        encode_user_cursor(&j, peer, PAD_V2);
        frame_builder_end_message(b, &j);
    }
}

static void add_users(struct frame_builder *b, struct document *doc)
{
    struct json j = frame_builder_message(b);
    encode_users(&j, &doc->pad);
    frame_builder_end_message(b, &j);
    add_nameless(b, doc);
    if (!doc->pad.storage_failing)
        return;
    j = frame_builder_message(b); /* whoever comes during an outage must not think that all is well */
    encode_storage(&j, &doc->pad);
    frame_builder_end_message(b, &j);
}

static void add_history(struct frame_builder *b, const struct pad_peer *peer, uint64_t from, uint64_t to)
{
    struct json j = frame_builder_message(b);
    encode_history(&j, peer, from, to, false);
    frame_builder_end_message(b, &j);
}

static void add_snapshot(struct frame_builder *b, struct document *doc)
{
    struct json j = frame_builder_message(b);
    encode_snapshot(&j, &doc->pad);
    frame_builder_end_message(b, &j);
}

static void add_comments(struct frame_builder *b, struct document *doc)
{
    struct json j = frame_builder_message(b);
    encode_comments(&j, doc->pad.comments, doc->pad.committed);
    frame_builder_end_message(b, &j);
}

static void add_comment_changes(struct frame_builder *b, struct document *doc, uint64_t after)
{
    const struct comments *c = doc->pad.comments;
    LIST_EACH (at, following, &c->threads) {
        const struct kept_thread *thread = kept_thread_of(at);
        if (thread->changed <= after)
            continue;
        struct json j = frame_builder_message(b);
        encode_comment(&j, c, thread);
        frame_builder_end_message(b, &j);
    }
    LIST_EACH (at, following, &c->gone) {
        const struct kept_thread *thread = kept_thread_of(at);
        if (thread->changed <= after)
            continue;
        struct json j = frame_builder_message(b);
        encode_comment_gone(&j, thread);
        frame_builder_end_message(b, &j);
    }
}

static void add_text(struct frame_builder *b, struct document *doc)
{
    struct json j = frame_builder_message(b);
    const struct rope *text = &doc->pad.text;
    j.failed = rope_read(text, 0, rope_size(text).points, j.out) != OK;
    frame_builder_end_message(b, &j);
}

static void add(struct frame_builder *b, struct document *doc, enum frame_kind kind,
                const struct pad_peer *peer, uint64_t from, uint64_t to)
{
    switch (kind) {
    case FRAME_HISTORY:
        add_history(b, peer, from, to);
        break;
    case FRAME_CHANGES:
        add_changes(b, doc, peer, from);
        break;
    case FRAME_SNAPSHOT:
        add_snapshot(b, doc);
        break;
    case FRAME_USERS:
        add_users(b, doc);
        break;
    case FRAME_COMMENTS:
        add_comments(b, doc);
        break;
    case FRAME_COMMENT_CHANGES:
        add_comment_changes(b, doc, from);
        break;
    case FRAME_TEXT:
        add_text(b, doc);
        break;
    }
}

/* ---- the kept ones ---- */

static uint64_t reader_of(enum frame_kind kind, const struct pad_peer *peer, uint64_t from, uint64_t to)
{
    const bool is_alone = kind == FRAME_HISTORY && pad_has_history_of_its_own(peer, from, to);
    return is_alone ? peer->user_id : PAD_SYSTEM_USER;
}

static bool is_form_for(enum frame_form kept, enum frame_form wanted)
{
    return kept == wanted || (kept == FORM_SAME && wanted != FORM_EVENTS);
}

enum frame_form frame_form_for(const struct conn *conn)
{
    if (conn_is_stream(conn))
        return FORM_EVENTS;
    return conn_takes_compressed(conn) ? FORM_COMPRESSED : FORM_PLAIN;
}

static struct frame *find(const struct frames *frames, const struct kept_frame *wanted)
{
    for (int i = 0; i < FRAMES_KEPT; i++) {
        const struct kept_frame *k = &frames->kept[i];
        if (k->frame && k->kind == wanted->kind && is_form_for(k->form, wanted->form) &&
            k->version == wanted->version && k->order == wanted->order && k->reader == wanted->reader &&
            k->is_of_guests == wanted->is_of_guests && k->from == wanted->from && k->to == wanted->to)
            return k->frame;
    }
    return NULL;
}

static void keep(struct frames *frames, const struct kept_frame *new_frame)
{
    struct kept_frame *place = &frames->kept[frames->next++ % FRAMES_KEPT];
    frame_unref(place->frame);
    *place = *new_frame;
}

static enum pad_order order_of(enum frame_kind kind, const struct pad_peer *reader)
{
    return kind == FRAME_HISTORY ? reader->order : PAD_BY_TEXT;
}

/* Guests share the frames of all others but for those that have the password in them. */
static bool is_of_guests(enum frame_kind kind, const struct pad_peer *peer, uint64_t from)
{
    return kind == FRAME_CHANGES && peer->is_guest && peer->pad->password_item.changed > from;
}

/* The revision that a reader of this frame has after it. */
static uint64_t event_id(const struct document *doc, const struct kept_frame *wanted)
{
    return wanted->kind == FRAME_HISTORY || wanted->kind == FRAME_SNAPSHOT ? wanted->to : doc->pad.committed;
}

static void begin(struct frame_builder *b, const struct document *doc, const struct kept_frame *wanted)
{
    frame_builder_begin(b);
    if (wanted->kind == FRAME_TEXT)
        frame_builder_plain(b);
    else if (wanted->form == FORM_COMPRESSED)
        frame_builder_compress(b);
    else if (wanted->form == FORM_EVENTS)
        frame_builder_events(b, event_id(doc, wanted), pad_epoch(&doc->pad));
}

/* Makes the wanted frame, and says in what form it is. NULL: no memory. */
static struct frame *make(struct frame_builder *b, struct document *doc, struct kept_frame *wanted,
                          const struct pad_peer *peer)
{
    begin(b, doc, wanted);
    add(b, doc, wanted->kind, peer, wanted->from, wanted->to);
    if (wanted->form != FORM_EVENTS && !frame_builder_has_large(b))
        wanted->form = FORM_SAME;
    return frame_builder_finish(b);
}

struct frame *frames_get(struct frame_builder *builder, struct document *doc, enum frame_kind kind,
                         const struct pad_peer *peer, enum frame_form form, uint64_t from, uint64_t to)
{
    if (!doc->frames)
        doc->frames = calloc(1, sizeof(struct frames));
    if (!doc->frames)
        return NULL;
    struct kept_frame wanted = {.kind = kind,
                                .form = form,
                                .version = peer ? peer->version : PAD_V2,
                                .order = order_of(kind, peer),
                                .is_of_guests = is_of_guests(kind, peer, from),
                                .reader = reader_of(kind, peer, from, to),
                                .from = from,
                                .to = to};
    struct frame *frame = find(doc->frames, &wanted);
    if (frame)
        return frame;
    wanted.frame = make(builder, doc, &wanted, peer);
    if (wanted.frame)
        keep(doc->frames, &wanted);
    return wanted.frame;
}
