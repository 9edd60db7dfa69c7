#include "archive/moment.h"

#include "archive/zip.h"
#include "text/utf8.h"

static enum error begin_text(struct moment *m, const struct store_checkpoint *checkpoint)
{
    struct buf text = {0};
    enum error err = checkpoint->is_packed ? zip_unpack(checkpoint->text, checkpoint->bytes, &text)
                                           : utf8_append_without_cr(&text, checkpoint->text);
    if (!err && utf8_check(buf_slice(&text), NULL))
        err = ERR_STORAGE;
    if (!err)
        err = rope_from_text(&m->text, buf_slice(&text));
    buf_deinit(&text);
    return err;
}

static enum error begin_runs(struct moment *m, const struct store_checkpoint *checkpoint)
{
    uint32_t points = rope_size(&m->text).points;
    struct slice packed = checkpoint->runs;
    uint64_t size;
    m->has_runs = true;
    if (!checkpoint->is_packed)
        return runs_reset(&m->runs, points, PAD_SYSTEM_USER);
    if (!take_varint(&packed, &size))
        return ERR_STORAGE;
    struct buf bytes = {0};
    enum error err = zip_unpack(packed, (size_t)size, &bytes);
    if (!err)
        err = runs_decode(buf_slice(&bytes), points, &m->runs);
    buf_deinit(&bytes);
    return err;
}

enum error moment_begin(struct moment *m, const struct store_checkpoint *checkpoint, bool with_runs)
{
    struct moment begun = {.revision = checkpoint->revision, .time_ms = checkpoint->time_ms};
    enum error err = begin_text(&begun, checkpoint);
    if (!err && with_runs)
        err = begin_runs(&begun, checkpoint);
    if (err)
        moment_end(&begun);
    else
        *m = begun;
    return err;
}

void moment_end(struct moment *m)
{
    rope_deinit(&m->text);
    runs_deinit(&m->runs);
    *m = (struct moment){0};
}

enum error moment_apply(struct moment *m, const struct archive_entry *entry)
{
    enum error err = op_apply(entry->op, &m->text);
    if (!err && m->has_runs)
        err = runs_apply(&m->runs, entry->op, entry->author);
    if (err)
        return err == ERR_NO_MEMORY ? err : ERR_STORAGE;
    m->revision = entry->end;
    m->time_ms = entry->time_ms;
    return OK;
}

static enum error walk_to(struct moment *m, const struct store_history *history, uint64_t revision)
{
    struct walk w;
    struct archive_entry entry;
    enum error err = OK;
    walk_begin(&w, history, m->revision);
    while (!err && m->revision < revision) {
        err = walk_next(&w, &entry);
        if (err || w.is_done)
            break;
        if (entry.end > revision) {
            m->next = entry.end;
            break;
        }
        err = moment_apply(m, &entry);
    }
    walk_end(&w);
    return err;
}

enum error moment_reach(struct moment *m, const struct store_history *history, uint64_t revision,
                        bool with_runs)
{
    if (history->checkpoint_count == 0)
        return ERR_NOT_FOUND;
    struct moment reached;
    enum error err = moment_begin(&reached, &history->checkpoints[0], with_runs);
    if (err)
        return err;
    err = walk_to(&reached, history, revision);
    if (err)
        moment_end(&reached);
    else
        *m = reached;
    return err;
}

/* ---- as a checkpoint ---- */

static enum error pack_text(const struct moment *m, struct store_request *req, struct store_checkpoint *out)
{
    struct buf text = {0}, packed = {0};
    enum error err = rope_read(&m->text, 0, rope_size(&m->text).points, &text);
    if (!err)
        err = zip_pack(buf_slice(&text), &packed);
    if (!err)
        err = store_request_adopt(req, &packed, &out->text);
    out->bytes = (uint32_t)text.len;
    buf_deinit(&text);
    buf_deinit(&packed);
    return err;
}

static enum error pack_runs(const struct moment *m, struct store_request *req, struct store_checkpoint *out)
{
    struct buf bytes = {0}, packed = {0};
    enum error err = runs_encode(&m->runs, &bytes);
    if (!err)
        err = buf_append_varint(&packed, bytes.len);
    if (!err)
        err = zip_pack(buf_slice(&bytes), &packed);
    if (!err)
        err = store_request_adopt(req, &packed, &out->runs);
    buf_deinit(&bytes);
    buf_deinit(&packed);
    return err;
}

enum error moment_pack(const struct moment *m, int64_t kept_s, struct store_request *req,
                       struct store_checkpoint *out)
{
    *out = (struct store_checkpoint){.revision = m->revision, .kept_s = kept_s, .is_packed = true};
    enum error err = pack_text(m, req, out);
    return err ? err : pack_runs(m, req, out);
}
