#include "doc/write.h"

#include "doc/edit.h"
#include "ot/between.h"

#include <string.h>

enum { BYTES_READ_PER_NS = 8 };

/* ---- something to add ---- */

static enum error place_of(const struct rope *text, const struct write *write, uint32_t *at)
{
    const uint32_t end = rope_size(text).points;
    *at = write->place == WRITE_AT_START ? 0 : write->place == WRITE_AT_END ? end : write->at_points;
    return *at <= end ? OK : ERR_BAD_PLACE;
}

static enum error lacks_line_end(const struct rope *text, uint32_t at, bool *out)
{
    struct buf point = {0};
    *out = false;
    enum error err = at > 0 ? rope_read(text, at - 1, 1, &point) : OK;
    if (!err && at > 0)
        *out = !slice_equal(buf_slice(&point), SLICE("\n"));
    buf_deinit(&point);
    return err;
}

static enum error make_insert(const struct rope *text, const struct write *write, struct op *out)
{
    uint32_t at;
    bool needs_line_end = false;
    enum error err = place_of(text, write, &at);
    if (!err && !write->is_raw && write->text.len > 0)
        err = lacks_line_end(text, at, &needs_line_end);
    if (!err)
        err = op_retain(out, at);
    if (!err && needs_line_end)
        err = op_insert(out, SLICE("\n"));
    if (!err)
        err = op_insert(out, write->text);
    return err ? err : op_retain(out, rope_size(text).points - at);
}

/* ---- one thing in the place of another ---- */

static enum error append_all(struct op *out, const struct op *part)
{
    struct op_iter it = op_iter(op_view(part));
    enum error err = OK;
    while (!err && op_iter_next(&it)) {
        if (it.kind == OP_INSERT)
            err = op_insert_checked(out, it.text, it.points);
        else
            err = it.kind == OP_RETAIN ? op_retain(out, it.points) : op_delete(out, it.points);
    }
    return err;
}

/* The same change at each place, one behind the other, none inside another. */
static enum error substitute(struct slice text, const struct write *write, const struct op *change,
                             struct op *out)
{
    uint32_t count = 0;
    for (;;) {
        const char *found = memmem(text.ptr, text.len, write->old.ptr, write->old.len);
        if (!found)
            break;
        if (++count > write->count)
            return ERR_OTHER_COUNT;
        struct slice before = slice_of(text.ptr, (size_t)(found - text.ptr));
        enum error err = op_retain(out, utf8_measure(before).points);
        if (!err)
            err = append_all(out, change);
        if (err)
            return err;
        text = slice_from(text, before.len + write->old.len);
    }
    return count == write->count ? op_retain(out, utf8_measure(text).points) : ERR_OTHER_COUNT;
}

static enum error make_substitute(struct slice text, const struct write *write, struct op *out,
                                  uint64_t *work)
{
    struct op change = {0};
    if (text.len == 0)
        return ERR_OTHER_COUNT;
    enum error err = op_between_bounded(write->old, write->text, &change, work);
    if (!err)
        err = substitute(text, write, &change, out);
    op_deinit(&change);
    return err;
}

/* ---- all of them ---- */

static enum error make_from_all(const struct rope *rope, const struct write *write, struct op *out,
                                uint64_t *work)
{
    struct buf text = {0};
    enum error err = rope_read(rope, 0, rope_size(rope).points, &text);
    *work += text.len / BYTES_READ_PER_NS;
    if (!err && write->kind == WRITE_TEXT)
        err = op_between_bounded(buf_slice(&text), write->text, out, work);
    else if (!err)
        err = make_substitute(buf_slice(&text), write, out, work);
    buf_deinit(&text);
    return err;
}

static bool is_known(const struct pad *pad, uint64_t revision)
{
    return revision >= pad->history.base && revision <= pad->revision;
}

static enum error apply(struct document *doc, struct writer *writer, const struct write *write,
                        uint64_t revision, struct op_view op, uint64_t *work)
{
    bool may_be_left_out = write->kind != WRITE_OPERATION && !write->is_recorded;
    if (may_be_left_out && op_is_noop(op))
        return doc->documents->is_stopping ? ERR_SHUTTING_DOWN : doc->lost_why;
    writer->peer.key = write->key;
    enum error err = document_edit(doc, &writer->peer, revision, op);
    writer->peer.key = (struct id128){{0}};
    writer->has_written |= !err;
    *work += writer->peer.edit_work;
    return err == ERR_BAD_REVISION ? ERR_UNKNOWN_REVISION : err;
}

enum error document_write(struct document *doc, struct writer *writer, const struct write *write,
                          uint64_t *work)
{
    const struct pad *pad = &doc->pad;
    if (write->kind == WRITE_OPERATION)
        return is_known(pad, write->revision) ? apply(doc, writer, write, write->revision, write->op, work)
                                              : ERR_UNKNOWN_REVISION;
    struct op op = {0};
    enum error err = write->kind == WRITE_INSERT ? make_insert(&pad->text, write, &op)
                                                 : make_from_all(&pad->text, write, &op, work);
    if (!err)
        err = apply(doc, writer, write, pad->revision, op_view(&op), work);
    op_deinit(&op);
    return err;
}
