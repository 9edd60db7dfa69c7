#include "proto/comment_json.h"

#include "proto/json_read.h"

/* ---- writing ---- */

static void write_id(struct json *j, const char *name, const char id[COMMENT_ID_CHARS])
{
    json_raw(j, name);
    json_quoted(j, slice_of(id, COMMENT_ID_CHARS));
}

static void write_number(struct json *j, const char *name, uint64_t number)
{
    json_raw(j, name);
    json_uint(j, number);
}

static void write_author(struct json *j, const char *name, const struct comment_author *author)
{
    json_raw(j, name);
    json_raw(j, "{\"name\":");
    json_quoted(j, author->name);
    write_number(j, ",\"hue\":", author->hue);
    if (author->has_key)
        write_id(j, ",\"key\":", author->key);
    else
        json_raw(j, ",\"key\":null");
    json_raw(j, "}");
}

static void write_resolved(struct json *j, const struct comment_thread *thread)
{
    if (!thread->is_resolved) {
        json_raw(j, ",\"resolved\":null");
        return;
    }
    json_raw(j, ",\"resolved\":{\"at\":");
    json_int(j, thread->resolved_s);
    write_author(j, ",\"by\":", &thread->resolved_by);
    json_raw(j, "}");
}

static void write_comment(struct json *j, const struct comment *comment)
{
    write_id(j, "{\"id\":", comment->id);
    write_author(j, ",\"author\":", &comment->author);
    json_raw(j, ",\"text\":");
    json_quoted(j, comment->text);
    write_number(j, ",\"made_at\":", (uint64_t)comment->made_s);
    if (comment->edited_s)
        write_number(j, ",\"edited_at\":", (uint64_t)comment->edited_s);
    else
        json_raw(j, ",\"edited_at\":null");
    json_raw(j, "}");
}

void encode_thread(struct json *j, const struct kept_thread *kept)
{
    struct comment_thread thread;
    if (comment_thread_decode(kept->bytes, &thread)) { /* it was read before it was kept */
        j->failed = true;
        return;
    }
    write_id(j, "{\"id\":", kept->id);
    write_number(j, ",\"from\":", kept->anchor.from);
    write_number(j, ",\"to\":", kept->anchor.to);
    json_raw(j, ",\"quote\":");
    json_quoted(j, thread.quote);
    write_number(j, ",\"made_at\":", (uint64_t)thread.made_s);
    write_resolved(j, &thread);
    for (uint32_t i = 0; i < thread.count; i++) {
        json_raw(j, i ? "," : ",\"comments\":[");
        write_comment(j, &thread.comments[i]);
    }
    json_raw(j, "]}");
}

void encode_threads(struct json *j, const struct comments *c, uint64_t revision)
{
    const char *before = "";
    write_number(j, "\"revision\":", revision);
    json_raw(j, ",\"threads\":[");
    for (struct link *at = c ? c->threads.next : NULL; at && at != &c->threads; at = at->next) {
        if (kept_thread_of(at)->is_pending)
            continue;
        json_raw(j, before);
        encode_thread(j, kept_thread_of(at));
        before = ",";
    }
    json_raw(j, "]");
}

void encode_comments(struct json *j, const struct comments *c, uint64_t revision)
{
    json_raw(j, "{\"Comments\":{");
    encode_threads(j, c, revision);
    json_raw(j, "}}");
}

void encode_comment(struct json *j, const struct comments *c, const struct kept_thread *thread)
{
    write_number(j, "{\"Comment\":{\"revision\":", c->revision);
    json_raw(j, ",\"thread\":");
    encode_thread(j, thread);
    json_raw(j, "}}");
}

void encode_comment_gone(struct json *j, const struct kept_thread *thread)
{
    write_id(j, "{\"CommentGone\":{\"thread\":", thread->id);
    json_raw(j, "}}");
}

/* ---- reading ---- */

static enum error read_body(struct client_decoder *d, struct slice json)
{
    const enum error err = read_root(json, READ_STRICTLY, &d->root);
    return err == ERR_BAD_MESSAGE ? ERR_BAD_REQUEST : err;
}

static bool read_point(const json_t *value, uint32_t *out)
{
    uint64_t point;
    if (!read_uint(value, OP_POINTS_MAX, READ_STRICTLY, &point))
        return false;
    *out = (uint32_t)point;
    return true;
}

static enum error read_text(const struct client_decoder *d, struct slice *out)
{
    struct slice text;
    if (!read_string(json_object_get(d->root, "text"), &text))
        return ERR_BAD_REQUEST;
    if (!comment_text_is_valid(text))
        return ERR_BAD_COMMENT;
    *out = text;
    return OK;
}

enum error comment_decode(struct client_decoder *d, struct slice json, struct comment_request *out)
{
    struct comment_request request;
    enum error err = read_body(d, json);
    if (err)
        return err;
    if (!read_uint(json_object_get(d->root, "revision"), INT64_MAX, READ_STRICTLY, &request.revision) ||
        !read_point(json_object_get(d->root, "from"), &request.from) ||
        !read_point(json_object_get(d->root, "to"), &request.to))
        return ERR_BAD_REQUEST;
    err = read_text(d, &request.text);
    if (!err)
        *out = request;
    return err;
}

enum error comment_text_decode(struct client_decoder *d, struct slice json, struct slice *text)
{
    const enum error err = read_body(d, json);
    return err ? err : read_text(d, text);
}

enum error comment_state_decode(struct client_decoder *d, struct slice json, bool *resolved)
{
    const enum error err = read_body(d, json);
    if (err)
        return err;
    const json_t *value = json_object_get(d->root, "resolved");
    if (!json_is_boolean(value))
        return ERR_BAD_REQUEST;
    *resolved = json_is_true(value);
    return OK;
}
