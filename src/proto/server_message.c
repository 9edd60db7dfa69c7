/* Writing messages. Each function writes the members in the order of
 * docs/protocol.md, which v1 clients depend on. */
#include "proto/server_message.h"

#include "pad/past.h"

enum { MS_PER_SECOND = 1000 };

/* ---- parts of messages ---- */

static void write_bool(struct json *j, bool value)
{
    json_bytes(j, value ? SLICE("true") : SLICE("false"));
}

static void write_seconds_or_null(struct json *j, int64_t ms)
{
    if (ms == 0)
        json_bytes(j, SLICE("null"));
    else
        json_int(j, ms / MS_PER_SECOND);
}

static void write_id128(struct json *j, struct id128 id)
{
    char text[ID128_CHARS];

    id128_encode(id, text);
    json_quoted(j, slice_of(text, sizeof text));
}

static void write_component(struct json *j, const struct op_iter *it)
{
    switch (it->kind) {
    case OP_RETAIN:
        json_uint(j, it->points);
        break;
    case OP_DELETE:
        json_int(j, -(int64_t)it->points);
        break;
    case OP_INSERT:
        json_quoted(j, it->text);
        break;
    }
}

void encode_operation(struct json *j, struct op_view op)
{
    struct op_iter it = op_iter(op);
    const char *before = "["; /* then "," */

    while (op_iter_next(&it)) {
        json_raw(j, before);
        write_component(j, &it);
        before = ",";
    }
    json_raw(j, *before == '[' ? "[]" : "]");
}

static void write_place(struct json *j, uint32_t place, uint32_t end)
{
    json_uint(j, place < end ? place : end);
}

/* How far carets are told: v1 clients get them as they were set, as from their
 * ancestors, and cut them themselves. */
static uint32_t carets_end(const struct pad *pad, enum pad_version version)
{
    return version == PAD_V1 ? UINT32_MAX : pad_carets_end(pad);
}

/* "cursors":[…],"selections":[[…],…] */
static void write_cursors(struct json *j, const struct pad_cursors *cursors, uint32_t end)
{
    json_raw(j, "\"cursors\":[");
    for (size_t i = 0; i < cursors->caret_count; i++) {
        json_raw(j, i ? "," : "");
        write_place(j, cursors->carets[i], end);
    }
    json_raw(j, "],\"selections\":[");
    for (size_t i = 0; i < cursors->selection_count; i++) {
        json_raw(j, i ? ",[" : "[");
        write_place(j, cursors->selections[i].anchor, end);
        json_raw(j, ",");
        write_place(j, cursors->selections[i].head, end);
        json_raw(j, "]");
    }
    json_raw(j, "]");
}

/* "name":"Alice","hue":180, and in v2 of a viewer also ,"view":true */
static void write_person(struct json *j, const struct pad_peer *peer, enum pad_version version)
{
    json_raw(j, "\"name\":");
    json_quoted(j, peer->name);
    json_raw(j, ",\"hue\":");
    json_uint(j, peer->hue);
    if (version == PAD_V2 && peer->is_viewer)
        json_raw(j, ",\"view\":true");
}

/* "owner":true,"manage":"editors","write":"owner" */
static void write_rights(struct json *j, struct pad_rights rights)
{
    json_raw(j, "\"owner\":");
    write_bool(j, rights.has_owner);
    json_raw(j, rights.owner_manages ? ",\"manage\":\"owner\"" : ",\"manage\":\"editors\"");
    json_raw(j, rights.owner_writes ? ",\"write\":\"owner\"" : ",\"write\":\"editors\"");
}

/* ,"user_id":1,"user_name":"Alice"}} */
static void write_author_and_end(struct json *j, uint64_t user_id, struct slice name)
{
    json_raw(j, ",\"user_id\":");
    json_uint(j, user_id);
    json_raw(j, ",\"user_name\":");
    json_quoted(j, user_id == PAD_SYSTEM_USER ? SLICE("System") : name);
    json_raw(j, "}}");
}

/* ---- v1 ---- */

void encode_identity(struct json *j, uint64_t user_id)
{
    json_raw(j, "{\"Identity\":");
    json_uint(j, user_id);
    json_raw(j, "}");
}

/* A reader that goes by author is told of authors that do not: with them the
 * texts are compared. */
static void write_history_entry(struct json *j, struct pad_author author, struct op_view op,
                                enum pad_order reader)
{
    json_raw(j, "{\"id\":");
    json_uint(j, author.user_id);
    if (reader == PAD_BY_AUTHOR && author.order == PAD_BY_TEXT)
        json_raw(j, ",\"order\":\"text\"");
    json_raw(j, ",\"operation\":");
    encode_operation(j, op);
    json_raw(j, "}");
}

void encode_history(struct json *j, const struct pad_peer *peer, uint64_t from, uint64_t to,
                    bool with_v1_text)
{
    const struct pad *pad = peer->pad;
    const char *before = "";

    json_raw(j, "{\"History\":{\"start\":");
    json_uint(j, with_v1_text ? 0 : pad_revision_for(peer, from)); /* counted as the peer counts */
    json_raw(j, ",\"operations\":[");
    for (uint64_t n = 0; with_v1_text && n < pad->v1->offset; n++, before = ",") {
        const struct history_entry entry = pad_v1_before(pad, n);
        json_raw(j, before);
        write_history_entry(j, entry.author, entry.op, peer->order);
    }
    for (uint64_t r = from; r < to; r++, before = ",") {
        const struct history_entry entry = pad_entry_for(peer, r);
        json_raw(j, before);
        write_history_entry(j, entry.author, entry.op, peer->order);
    }
    json_raw(j, "]}}");
}

/* ---- v2 ---- */

static void write_limits(struct json *j, const struct welcome_message *m)
{
    json_raw(j, ",\"limits\":{\"document_bytes\":");
    json_uint(j, pad_document_bytes_max(m->pad));
    json_raw(j, ",\"message_bytes\":");
    json_uint(j, m->message_bytes_max);
    json_raw(j, "}");
}

static void write_comments_access(struct json *j, const char *comments)
{
    if (!comments)
        return;
    json_raw(j, ",\"comments\":");
    json_quoted(j, slice_from_cstr(comments));
}

void encode_welcome(struct json *j, const struct welcome_message *m)
{
    const struct pad *pad = m->pad;

    json_raw(j, "{\"Welcome\":{\"user_id\":");
    json_uint(j, m->welcome->user_id);
    json_raw(j, ",\"epoch\":");
    write_id128(j, pad->epochs[pad->epoch_count - 1].id);
    json_raw(j, ",\"revision\":");
    json_uint(j, m->welcome->revision);
    json_raw(j, ",\"resumed\":");
    write_bool(j, m->welcome->resumed);
    json_raw(j, ",\"committed\":");
    json_uint(j, m->welcome->committed);
    json_raw(j, ",\"access\":");
    json_quoted(j, slice_from_cstr(m->access));
    write_comments_access(j, m->comments);
    if (m->owner.ptr) {
        json_raw(j, ",\"owner\":");
        json_quoted(j, m->owner);
    }
    if (pad->rights.has_owner) {
        json_raw(j, ",\"rights\":{");
        write_rights(j, pad->rights);
        json_raw(j, "}");
    }
    json_raw(j, ",\"language\":");
    json_quoted_or_null(j, pad->language);
    json_raw(j, ",\"otp\":");
    json_quoted_or_null(j, m->to->is_guest ? (struct slice){0} : pad->password);
    json_raw(j, ",\"history\":");
    write_bool(j, pad->keeps_history);
    write_limits(j, m);
    json_raw(j, ",\"created_at\":");
    json_int(j, m->created_ms / MS_PER_SECOND);
    json_raw(j, ",\"expires_at\":");
    write_seconds_or_null(j, m->expires_ms);
    if (m->to->order == PAD_BY_AUTHOR)
        json_raw(j, ",\"order\":\"author\"");
    json_raw(j, ",\"server\":");
    json_quoted(j, slice_from_cstr(m->server));
    json_raw(j, "}}");
}

static void write_text(struct json *j, const struct rope *text)
{
    struct rope_chunks it = rope_chunks(text);
    struct slice chunk;

    json_raw(j, "\"");
    while (rope_chunks_next(&it, &chunk))
        json_escaped(j, chunk);
    json_raw(j, "\"");
}

void encode_snapshot(struct json *j, const struct pad *pad)
{
    json_raw(j, "{\"Snapshot\":{\"revision\":");
    json_uint(j, pad->revision);
    json_raw(j, ",\"text\":");
    write_text(j, &pad->text);
    json_raw(j, "}}");
}

/* A peer without a name yet (v1, before its ClientInfo) is left out. Carets that may
 * not be told yet read as none. */
void encode_users(struct json *j, struct pad *pad)
{
    static const struct pad_cursors none = {0};
    const uint32_t end = pad_carets_end(pad);
    const char *before = "";

    json_raw(j, "{\"Users\":[");
    LIST_EACH (at, next, &pad->peers) {
        struct pad_peer *peer = LIST_ITEM(at, struct pad_peer, link);
        if (!peer->has_info)
            continue;
        json_raw(j, before);
        json_raw(j, "{\"id\":");
        json_uint(j, peer->user_id);
        json_raw(j, ",");
        write_person(j, peer, PAD_V2);
        json_raw(j, ",");
        write_cursors(j, pad_cursors_are_visible(peer) ? pad_cursors_now(peer) : &none, end);
        json_raw(j, "}");
        before = ",";
    }
    json_raw(j, "]}");
}

void encode_rejected(struct json *j, uint64_t revision, enum error why, uint64_t limit)
{
    json_raw(j, "{\"Rejected\":{\"revision\":");
    json_uint(j, revision);
    json_raw(j, ",\"code\":");
    json_quoted(j, slice_from_cstr(error_code(why)));
    json_raw(j, ",\"message\":");
    json_quoted(j, slice_from_cstr(error_text(why)));
    if (limit) {
        json_raw(j, ",\"limit\":");
        json_uint(j, limit);
    }
    json_raw(j, "}}");
}

void encode_pong(struct json *j, int64_t n)
{
    json_raw(j, "{\"Pong\":");
    json_int(j, n);
    json_raw(j, "}");
}

void encode_owner(struct json *j, struct slice token)
{
    json_raw(j, "{\"Owner\":{\"token\":");
    json_quoted(j, token);
    json_raw(j, "}}");
}

void encode_access(struct json *j, const char *access, const char *comments)
{
    json_raw(j, "{\"Access\":{\"role\":");
    json_quoted(j, slice_from_cstr(access));
    write_comments_access(j, comments);
    json_raw(j, "}}");
}

void encode_rights(struct json *j, const struct pad *pad)
{
    json_raw(j, "{\"Rights\":{");
    write_rights(j, pad->rights);
    write_author_and_end(j, pad->rights_by, pad->rights_by_name);
}

void encode_restored(struct json *j, const struct pad_past *past)
{
    json_raw(j, "{\"Restored\":{\"revision\":");
    json_uint(j, past->restored_revision);
    json_raw(j, ",\"at\":");
    write_seconds_or_null(j, past->restored_at_ms);
    write_author_and_end(j, past->restored_by.user_id, past->restored_by.name);
}

void encode_history_changed(struct json *j, const struct pad *pad)
{
    static const char *const changes[] = {
        [PAD_PAST_DELETED] = "deleted", [PAD_PAST_OFF] = "off", [PAD_PAST_ON] = "on"};
    json_raw(j, "{\"HistoryChanged\":{\"change\":");
    json_quoted(j, slice_from_cstr(changes[pad->past->change]));
    json_raw(j, ",\"kept\":");
    write_bool(j, pad->keeps_history);
    write_author_and_end(j, pad->past->changed_by.user_id, pad->past->changed_by.name);
}

void encode_storage(struct json *j, const struct pad *pad)
{
    json_raw(j, "{\"Storage\":{\"writable\":");
    write_bool(j, !pad->storage_failing);
    json_raw(j, "}}");
}

/* ---- both ---- */

void encode_user_info(struct json *j, const struct pad_peer *peer, enum pad_version version)
{
    json_raw(j, "{\"UserInfo\":{\"id\":");
    json_uint(j, peer->user_id);
    json_raw(j, ",\"info\":{");
    write_person(j, peer, version);
    json_raw(j, "}}}");
}

void encode_user_left(struct json *j, uint64_t user_id)
{
    json_raw(j, "{\"UserInfo\":{\"id\":");
    json_uint(j, user_id);
    json_raw(j, ",\"info\":null}}");
}

static void write_user_cursor(struct json *j, uint64_t user_id, const struct pad_cursors *cursors,
                              uint32_t end)
{
    json_raw(j, "{\"UserCursor\":{\"id\":");
    json_uint(j, user_id);
    json_raw(j, ",\"data\":{");
    write_cursors(j, cursors, end);
    json_raw(j, "}}}");
}

void encode_user_cursor(struct json *j, struct pad_peer *peer, enum pad_version version)
{
    write_user_cursor(j, peer->user_id, pad_cursors_now(peer), carets_end(peer->pad, version));
}

static void write_language(struct json *j, const struct pad *pad, uint64_t by)
{
    json_raw(j, "{\"Language\":{\"language\":");
    json_quoted_or_null(j, pad->language);
    write_author_and_end(j, by, pad->language_by_name);
}

void encode_language(struct json *j, const struct pad *pad)
{
    write_language(j, pad, pad->language_by);
}

void encode_language_initial(struct json *j, const struct pad *pad)
{
    write_language(j, pad, PAD_SYSTEM_USER);
}

static void write_password(struct json *j, const struct pad *pad, uint64_t by)
{
    json_raw(j, "{\"OTP\":{\"otp\":");
    json_quoted_or_null(j, pad->password);
    write_author_and_end(j, by, pad->password_by_name);
}

void encode_password(struct json *j, const struct pad *pad)
{
    write_password(j, pad, pad->password_by);
}

void encode_password_initial(struct json *j, const struct pad *pad)
{
    write_password(j, pad, PAD_SYSTEM_USER);
}

/* Items that only v2 has a message for. */
static bool encode_v2_change(struct json *j, const struct pad *pad, enum pad_item_kind kind)
{
    if (kind == PAD_ITEM_STORAGE)
        encode_storage(j, pad);
    else if (kind == PAD_ITEM_RIGHTS)
        encode_rights(j, pad);
    else if (kind == PAD_ITEM_RESTORED)
        encode_restored(j, pad->past);
    else
        encode_history_changed(j, pad);
    return true;
}

bool encode_change(struct json *j, struct pad *pad, const struct pad_change *change, enum pad_version version)
{
    switch (change->kind) {
    case PAD_ITEM_INFO:
        encode_user_info(j, change->peer, version);
        return true;
    case PAD_ITEM_CURSORS: /* pad_next_change has brought them to now */
        write_user_cursor(j, change->user_id, &change->peer->cursors, carets_end(pad, version));
        return true;
    case PAD_ITEM_LEFT:
        encode_user_left(j, change->user_id);
        return true;
    case PAD_ITEM_LANGUAGE:
        encode_language(j, pad);
        return true;
    case PAD_ITEM_PASSWORD:
        encode_password(j, pad);
        return true;
    case PAD_ITEM_STORAGE:
    case PAD_ITEM_RIGHTS:
    case PAD_ITEM_RESTORED:
    case PAD_ITEM_HISTORY:
        return version >= PAD_V2 && encode_v2_change(j, pad, change->kind);
    }
    return false;
}
