#include "client/record.h"

#include "base/json.h"
#include "client/json_value.h"
#include "client/outgoing.h"

/* ---- writing ---- */

static enum error write_text(const struct rope *text, struct buf *out)
{
    struct buf bytes = {0};
    enum error err = rope_read(text, 0, rope_size(text).points, &bytes);
    if (!err)
        err = outgoing_string(out, buf_slice(&bytes));
    buf_deinit(&bytes);
    return err;
}

static enum error write_changes(struct buf *out, struct op_view op, uint64_t count)
{
    struct json j = json_to(out);
    json_raw(&j, "{\"operation\":");
    if (j.failed || outgoing_operation(out, op))
        return ERR_NO_MEMORY;
    json_raw(&j, ",\"count\":");
    json_uint(&j, count);
    json_raw(&j, "}");
    return json_error(&j);
}

/* Those from `from` to before `to`, as one; null where there are none. */
static enum error write_pending(const struct unsent *u, int from, int to, struct buf *out)
{
    struct op all = {0}, next = {0};
    bool is_there = false;
    uint64_t count = 0;
    enum error err = OK;
    for (int i = from; !err && i < to; i++) {
        const struct pending *p = &u->at[i];
        if (!p->is_there)
            continue;
        err = is_there ? op_compose(op_view(&all), op_view(&p->op), &next) : op_copy(&next, op_view(&p->op));
        if (err)
            break;
        op_deinit(&all);
        all = next;
        next = (struct op){0};
        is_there = true;
        count += p->count;
    }
    if (!err)
        err = is_there ? write_changes(out, op_view(&all), count) : buf_append(out, SLICE("null"));
    op_deinit(&all);
    return err;
}

static void write_sender(struct json *j, struct author sender)
{
    if (sender.user_id == SYSTEM_USER) {
        json_raw(j, "null");
        return;
    }
    json_raw(j, "{\"id\":");
    json_uint(j, sender.user_id);
    json_raw(j, sender.by_author ? ",\"order\":\"author\"}" : ",\"order\":\"text\"}");
}

static void write_position(struct json *j, const struct replica *r)
{
    char epoch[ID128_CHARS];
    id128_encode(r->epoch, epoch);
    json_raw(j, "{\"epoch\":");
    json_quoted_or_null(j, r->has_epoch ? slice_of(epoch, sizeof epoch) : (struct slice){0});
    json_raw(j, ",\"revision\":");
    json_uint(j, r->revision);
    json_raw(j, ",\"saved\":");
    json_uint(j, r->saved);
    json_raw(j, ",\"server_text\":");
}

static enum error write_replica(const struct replica *r, struct buf *out)
{
    struct json j = json_to(out);
    write_position(&j, r);
    if (j.failed || write_text(&r->server, out))
        return ERR_NO_MEMORY;
    json_raw(&j, ",\"inflight\":");
    if (j.failed || write_pending(&r->unsent, UNSENT_INFLIGHT, UNSENT_REST, out))
        return ERR_NO_MEMORY;
    json_raw(&j, ",\"sender\":");
    write_sender(&j, r->sender);
    json_raw(&j, ",\"buffer\":");
    if (j.failed || write_pending(&r->unsent, UNSENT_REST, UNSENT_PLACES, out)) /* it is cut anew */
        return ERR_NO_MEMORY;
    json_raw(&j, "}");
    return json_error(&j);
}

enum error record_write(const struct replica *r, struct buf *out)
{
    const size_t before = out->len;
    const enum error err = r->is_broken ? ERR_NO_MEMORY : write_replica(r, out);
    if (err)
        out->len = before;
    return err;
}

/* ---- reading ---- */

static bool is_null(const json_t *value)
{
    return !value || json_is_null(value);
}

static enum error read_pending(const json_t *value, struct pending *out)
{
    uint64_t count;
    if (is_null(value))
        return OK;
    if (!value_count(json_object_get(value, "count"), UINT32_MAX, &count))
        return ERR_BAD_MESSAGE;
    out->is_there = true;
    out->count = (uint32_t)count;
    return value_operation(json_object_get(value, "operation"), &out->op);
}

static bool read_sender(const json_t *value, struct author *out)
{
    struct slice order;
    *out = author_nobody();
    if (is_null(value))
        return true;
    if (!value_user_id(json_object_get(value, "id"), &out->user_id) ||
        !value_string(json_object_get(value, "order"), &order))
        return false;
    out->by_author = slice_equal(order, SLICE("author"));
    return true;
}

static bool read_position(const json_t *root, struct replica *r)
{
    const json_t *epoch = json_object_get(root, "epoch");
    r->has_epoch = !is_null(epoch);
    r->is_loaded = true;
    return (!r->has_epoch || value_id128(epoch, &r->epoch)) &&
           value_count(json_object_get(root, "revision"), INT64_MAX, &r->revision) &&
           value_count(json_object_get(root, "saved"), INT64_MAX, &r->saved) &&
           read_sender(json_object_get(root, "sender"), &r->sender);
}

static enum error read_texts(const json_t *root, struct replica *r)
{
    struct slice text;
    enum error err = OK;
    if (!value_string(json_object_get(root, "server_text"), &text))
        return ERR_BAD_MESSAGE;
    err = rope_from_text(&r->server, text);
    if (!err)
        err = rope_from_text(&r->text, text);
    if (!err)
        err = read_pending(json_object_get(root, "inflight"), &r->unsent.at[UNSENT_INFLIGHT]);
    if (!err)
        err = read_pending(json_object_get(root, "buffer"), &r->unsent.at[UNSENT_BUFFER]);
    for (int i = 0; !err && i < UNSENT_PLACES; i++) {
        if (r->unsent.at[i].is_there)
            err = op_apply(op_view(&r->unsent.at[i].op), &r->text);
    }
    return err;
}

/* The parts of a record fit together, or it is none. */
static enum error read_replica(const json_t *root, struct replica *r)
{
    const enum error err = read_position(root, r) ? read_texts(root, r) : ERR_BAD_MESSAGE;
    return err && err != ERR_NO_MEMORY ? ERR_BAD_MESSAGE : err;
}

enum error record_read(struct replica *r, const json_t *record)
{
    struct replica read = {.me = r->me, .may_only_read = r->may_only_read};
    const enum error err = read_replica(record, &read);
    if (err) {
        replica_deinit(&read);
        return err;
    }
    replica_deinit(r);
    *r = read;
    return OK;
}
