#include "client/outgoing.h"

#include "base/json.h"

/* ---- parts ---- */

static void write_escape(struct json *j, uint8_t c)
{
    static const char hex[] = "0123456789abcdef";
    static const char letters[] = "\"\"\\\\\bb\tt\nn\ff\rr"; /* what a letter stands for, and the letter */
    const char *pair = letters;
    while (*pair && (uint8_t)*pair != c)
        pair += 2;
    if (*pair)
        json_bytes(j, slice_of((char[]){'\\', pair[1]}, 2));
    else
        json_bytes(j, slice_of((char[]){'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]}, 6));
}

static void write_string(struct json *j, struct slice text)
{
    size_t plain = 0; /* start of what is not written yet */
    json_raw(j, "\"");
    for (size_t at = 0; at < text.len; at++) {
        const uint8_t c = (uint8_t)text.ptr[at];
        if (c >= ' ' && c != '"' && c != '\\')
            continue;
        json_bytes(j, slice_of(text.ptr + plain, at - plain));
        write_escape(j, c);
        plain = at + 1;
    }
    if (plain < text.len)
        json_bytes(j, slice_from(text, plain));
    json_raw(j, "\"");
}

static void write_string_or_null(struct json *j, struct slice text)
{
    if (text.ptr)
        write_string(j, text);
    else
        json_raw(j, "null");
}

static void write_id128(struct json *j, struct id128 id)
{
    char text[ID128_CHARS];
    id128_encode(id, text);
    write_string(j, slice_of(text, sizeof text));
}

static void write_operation(struct json *j, struct op_view op)
{
    struct op_iter it = op_iter(op);
    const char *before = "[";
    while (op_iter_next(&it)) {
        json_raw(j, before);
        before = ",";
        if (it.kind == OP_INSERT)
            write_string(j, it.text);
        else
            json_int(j, it.kind == OP_DELETE ? -(int64_t)it.points : (int64_t)it.points);
    }
    json_raw(j, *before == '[' ? "[]" : "]");
}

static void write_person(struct json *j, struct slice name, uint16_t hue)
{
    json_raw(j, "\"name\":");
    write_string(j, name);
    json_raw(j, ",\"hue\":");
    json_uint(j, hue);
}

/* A message is there as a whole or not at all. */
static enum error finish(const struct json *j, size_t before)
{
    if (j->failed)
        j->out->len = before;
    return json_error(j);
}

/* ---- messages ---- */

static void write_token(struct json *j, const char *member, struct slice token)
{
    if (!token.ptr)
        return;
    json_raw(j, member);
    write_string(j, token);
}

enum error outgoing_hello(struct buf *out, const struct outgoing_hello *hello)
{
    struct json j = json_to(out);
    const size_t before = out->len;
    json_raw(&j, "{\"Hello\":{\"client\":");
    write_id128(&j, hello->token);
    json_raw(&j, ",\"otp\":");
    write_string_or_null(&j, hello->password);
    write_token(&j, ",\"link\":", hello->link);
    write_token(&j, ",\"owner\":", hello->owner);
    json_raw(&j, ",\"epoch\":");
    if (hello->has_epoch)
        write_id128(&j, hello->epoch);
    else
        json_raw(&j, "null");
    json_raw(&j, ",\"revision\":");
    json_uint(&j, hello->has_epoch ? hello->revision : 0);
    json_raw(&j, ",");
    write_person(&j, hello->name, hello->hue);
    json_raw(&j, hello->by_text ? "" : ",\"order\":\"author\"");
    json_raw(&j, hello->follows_comments ? ",\"comments\":true}}" : "}}");
    return finish(&j, before);
}

enum error outgoing_edit(struct buf *out, uint64_t revision, struct op_view op)
{
    struct json j = json_to(out);
    const size_t before = out->len;
    json_raw(&j, "{\"Edit\":{\"revision\":");
    json_uint(&j, revision);
    json_raw(&j, ",\"operation\":");
    write_operation(&j, op);
    json_raw(&j, "}}");
    return finish(&j, before);
}

enum error outgoing_language(struct buf *out, struct slice language)
{
    struct json j = json_to(out);
    const size_t before = out->len;
    json_raw(&j, "{\"SetLanguage\":");
    write_string(&j, language);
    json_raw(&j, "}");
    return finish(&j, before);
}

enum error outgoing_info(struct buf *out, struct slice name, uint16_t hue)
{
    struct json j = json_to(out);
    const size_t before = out->len;
    json_raw(&j, "{\"ClientInfo\":{");
    write_person(&j, name, hue);
    json_raw(&j, "}}");
    return finish(&j, before);
}

enum error outgoing_places(struct buf *out, const struct places *places)
{
    struct json j = json_to(out);
    const size_t before = out->len;
    json_raw(&j, "{\"CursorData\":{\"cursors\":[");
    for (uint32_t i = 0; i < places->caret_count; i++) {
        json_raw(&j, i ? "," : "");
        json_uint(&j, places->carets[i]);
    }
    json_raw(&j, "],\"selections\":[");
    for (uint32_t i = 0; i < places->selection_count; i++) {
        json_raw(&j, i ? ",[" : "[");
        json_uint(&j, places->selections[i].anchor);
        json_raw(&j, ",");
        json_uint(&j, places->selections[i].head);
        json_raw(&j, "]");
    }
    json_raw(&j, "]}}");
    return finish(&j, before);
}

enum error outgoing_ping(struct buf *out, int64_t number)
{
    struct json j = json_to(out);
    const size_t before = out->len;
    json_raw(&j, "{\"Ping\":");
    json_int(&j, number);
    json_raw(&j, "}");
    return finish(&j, before);
}

enum error outgoing_operation(struct buf *out, struct op_view op)
{
    struct json j = json_to(out);
    const size_t before = out->len;
    write_operation(&j, op);
    return finish(&j, before);
}

enum error outgoing_string(struct buf *out, struct slice text)
{
    struct json j = json_to(out);
    const size_t before = out->len;
    write_string(&j, text);
    return finish(&j, before);
}
