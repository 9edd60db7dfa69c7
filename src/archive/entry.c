#include "archive/entry.h"

bool take_varint(struct slice *bytes, uint64_t *value)
{
    size_t at = 0;
    if (!varint_read(*bytes, &at, value))
        return false;
    *bytes = slice_from(*bytes, at);
    return true;
}

enum error entry_encode(const struct archive_entry *entry, int64_t time_ms, struct buf *out)
{
    const size_t before = out->len;
    enum error err = buf_append_varint(out, entry->author + 1);
    if (!err)
        err = buf_append_varint(out, zigzag((int64_t)((uint64_t)entry->time_ms - (uint64_t)time_ms)));
    if (!err)
        err = buf_append_varint(out, entry->end - entry->first);
    if (!err)
        err = buf_append_varint(out, entry->op.code.len);
    if (!err)
        err = buf_append(out, entry->op.code);
    if (err)
        out->len = before;
    return err;
}

enum error entry_decode(struct slice *bytes, uint64_t first, int64_t time_ms, struct archive_entry *out)
{
    uint64_t author, after_ms, revisions, len;
    if (!take_varint(bytes, &author) || !take_varint(bytes, &after_ms) || !take_varint(bytes, &revisions) ||
        !take_varint(bytes, &len) || len > bytes->len || revisions == 0 || revisions > INT64_MAX - first)
        return ERR_STORAGE;
    struct archive_entry entry = {.first = first,
                                  .end = first + revisions,
                                  .author = author - 1,
                                  .time_ms = (int64_t)((uint64_t)time_ms + (uint64_t)unzigzag(after_ms))};
    if (!time_is_sane(entry.time_ms) || op_decode(slice_of(bytes->ptr, (size_t)len), &entry.op))
        return ERR_STORAGE;
    *bytes = slice_from(*bytes, (size_t)len);
    *out = entry;
    return OK;
}
