/* The bytes of a thread:
 *
 *     byte 1   varint(made)   string(quote)
 *     varint(0), or varint(resolved + 1) author
 *     varint(count)   count × ( id author string(text) varint(made) varint(edited) )
 *
 *     author   string(name) varint(hue) byte(0), or byte(1) key
 *     string   varint(bytes) UTF-8
 *     id, key  12 characters
 *
 * Times are in seconds; edited is 0 where it was not. */
#include "pad/comment_thread.h"

#include "base/mem.h"
#include "text/utf8.h"

enum { FORMAT = 1, HUES = 360 };

/* ---- writing ---- */

/* Errors are sticky, as in base/json.h. */
struct writer {
    struct buf *out;
    enum error err;
};

static void put_bytes(struct writer *w, struct slice bytes)
{
    if (!w->err)
        w->err = buf_append(w->out, bytes);
}

static void put_number(struct writer *w, uint64_t number)
{
    if (!w->err)
        w->err = buf_append_varint(w->out, number);
}

static void put_string(struct writer *w, struct slice string)
{
    put_number(w, string.len);
    put_bytes(w, string);
}

static void put_author(struct writer *w, const struct comment_author *author)
{
    put_string(w, author->name);
    put_number(w, author->hue);
    put_number(w, author->has_key);
    if (author->has_key)
        put_bytes(w, slice_of(author->key, sizeof author->key));
}

static void put_comment(struct writer *w, const struct comment *comment)
{
    put_bytes(w, slice_of(comment->id, sizeof comment->id));
    put_author(w, &comment->author);
    put_string(w, comment->text);
    put_number(w, (uint64_t)comment->made_s);
    put_number(w, (uint64_t)comment->edited_s);
}

enum error comment_thread_encode(const struct comment_thread *thread, struct buf *out)
{
    const size_t before = out->len;
    struct writer w = {.out = out};
    put_number(&w, FORMAT);
    put_number(&w, (uint64_t)thread->made_s);
    put_string(&w, thread->quote);
    put_number(&w, thread->is_resolved ? (uint64_t)thread->resolved_s + 1 : 0);
    if (thread->is_resolved)
        put_author(&w, &thread->resolved_by);
    put_number(&w, thread->count);
    for (uint32_t i = 0; i < thread->count; i++)
        put_comment(&w, &thread->comments[i]);
    if (w.err)
        out->len = before;
    return w.err;
}

/* ---- reading ---- */

/* A failure is sticky, too, and what is read then is 0 or empty. */
struct reader {
    struct slice bytes;
    size_t at;
    bool has_failed;
};

static uint64_t take_number(struct reader *r, uint64_t max)
{
    uint64_t number = 0;
    if (!r->has_failed && (!varint_read(r->bytes, &r->at, &number) || number > max))
        r->has_failed = true;
    return r->has_failed ? 0 : number;
}

static struct slice take_bytes(struct reader *r, size_t len)
{
    if (r->has_failed || r->bytes.len - r->at < len) {
        r->has_failed = true;
        return (struct slice){0};
    }
    r->at += len;
    return slice_of(r->bytes.ptr + r->at - len, len);
}

static struct slice take_string(struct reader *r, uint32_t points_max)
{
    struct measure size = {0};
    const struct slice string = take_bytes(r, take_number(r, SIZE_MAX));
    if (!r->has_failed && (utf8_check(string, &size) || size.points > points_max))
        r->has_failed = true;
    return r->has_failed ? (struct slice){0} : string;
}

static void take_id(struct reader *r, char out[COMMENT_ID_CHARS])
{
    const struct slice id = take_bytes(r, COMMENT_ID_CHARS);
    if (!r->has_failed && !comment_id_is_valid(id))
        r->has_failed = true;
    if (!r->has_failed)
        memcpy(out, id.ptr, COMMENT_ID_CHARS);
}

static void take_author(struct reader *r, struct comment_author *out)
{
    *out = (struct comment_author){.name = take_string(r, COMMENT_NAME_POINTS_MAX)};
    out->hue = (uint16_t)take_number(r, HUES - 1);
    out->has_key = take_number(r, 1) == 1;
    if (out->has_key)
        take_id(r, out->key);
}

static int64_t take_time(struct reader *r)
{
    return (int64_t)take_number(r, INT64_MAX / 1000);
}

static void take_comment(struct reader *r, struct comment *out)
{
    *out = (struct comment){0};
    take_id(r, out->id);
    take_author(r, &out->author);
    out->text = take_string(r, COMMENT_POINTS_MAX);
    out->made_s = take_time(r);
    out->edited_s = take_time(r);
}

static void take_head(struct reader *r, struct comment_thread *out)
{
    if (take_number(r, FORMAT) != FORMAT)
        r->has_failed = true;
    out->made_s = take_time(r);
    out->quote = take_string(r, QUOTE_POINTS_MAX);
    out->resolved_s = take_time(r) - 1;
    out->is_resolved = out->resolved_s >= 0;
    if (out->is_resolved)
        take_author(r, &out->resolved_by);
    out->count = (uint32_t)take_number(r, COMMENTS_MAX);
}

enum error comment_thread_decode(struct slice bytes, struct comment_thread *out)
{
    struct reader r = {.bytes = bytes};
    take_head(&r, out);
    for (uint32_t i = 0; i < out->count && !r.has_failed; i++)
        take_comment(&r, &out->comments[i]);
    return r.has_failed || r.at != bytes.len || out->count == 0 ? ERR_STORAGE : OK;
}

struct slice comment_thread_quote(struct slice bytes)
{
    struct reader r = {.bytes = bytes};
    take_number(&r, FORMAT);
    take_time(&r);
    return take_bytes(&r, take_number(&r, SIZE_MAX));
}

/* ---- look ---- */

struct comment *comment_thread_find(struct comment_thread *thread, const char id[COMMENT_ID_CHARS])
{
    for (uint32_t i = 0; i < thread->count; i++)
        if (memcmp(thread->comments[i].id, id, COMMENT_ID_CHARS) == 0)
            return &thread->comments[i];
    return NULL;
}

/* U+0080 … U+009F are C2 80 … C2 9F. */
static bool has_control(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        const uint8_t byte = (uint8_t)text.ptr[i];
        if ((byte < ' ' && byte != '\n' && byte != '\t') || byte == 0x7f)
            return true;
        if (byte == 0xc2 && (uint8_t)text.ptr[i + 1] < 0xa0)
            return true;
    }
    return false;
}

static bool is_blank(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != ' ' && text.ptr[i] != '\n' && text.ptr[i] != '\t')
            return false;
    return true;
}

bool comment_text_is_valid(struct slice text)
{
    struct measure size;
    return text.len > 0 && !utf8_check(text, &size) && size.points <= COMMENT_POINTS_MAX && !is_blank(text) &&
           !has_control(text);
}

static bool is_base64url(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool comment_id_is_valid(struct slice id)
{
    for (size_t i = 0; i < id.len; i++)
        if (!is_base64url(id.ptr[i]))
            return false;
    return id.len == COMMENT_ID_CHARS;
}
