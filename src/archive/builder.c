#include "archive/builder.h"

#include "archive/zip.h"

enum { DETAILS = 3, SECOND_MS = 1000 };
static const int64_t WINDOW_MS[DETAILS + 1] = {0, 10 * SECOND_MS, 60 * SECOND_MS, 600 * SECOND_MS};

static enum error add_checkpoint(struct builder *b, int64_t kept_s)
{
    struct store_checkpoint checkpoint;
    enum error err = moment_pack(&b->moment, kept_s, b->put, &checkpoint);
    return err ? err : store_request_add_checkpoint(b->put, &checkpoint);
}

enum error builder_begin(struct builder *b, struct slice id, const struct store_checkpoint *checkpoint,
                         uint32_t segment_bytes, uint32_t detail)
{
    *b = (struct builder){.segment_bytes = segment_bytes,
                          .detail = detail < DETAILS ? detail : DETAILS,
                          .put = store_request_new(STORE_HISTORY_PUT, id)};
    b->window_ms = WINDOW_MS[b->detail];
    enum error err = b->put ? store_request_history(b->put) : ERR_NO_MEMORY;
    if (!err)
        err = moment_begin(&b->moment, checkpoint, true);
    if (!err)
        b->put->history->from = b->moment.revision;
    if (!err && !checkpoint->is_packed)
        err = add_checkpoint(b, checkpoint->kept_s);
    return err;
}

void builder_drop(struct builder *b)
{
    store_request_free(b->put);
    moment_end(&b->moment);
    buf_deinit(&b->bytes);
    sittings_deinit(&b->sittings);
    op_deinit(&b->waiting_op);
    *b = (struct builder){0};
}

/* ---- segments ---- */

static enum error pack(struct builder *b, struct store_segment *segment)
{
    struct buf operations = {0}, sittings = {0};
    enum error err = zip_pack(buf_slice(&b->bytes), &operations);
    if (!err)
        err = store_request_adopt(b->put, &operations, &segment->operations);
    if (!err)
        err = sittings_encode(&b->sittings, &sittings);
    if (!err)
        err = store_request_adopt(b->put, &sittings, &segment->sittings);
    buf_deinit(&operations);
    buf_deinit(&sittings);
    return err;
}

static enum error end_segment(struct builder *b)
{
    if (b->bytes.len == 0)
        return OK;
    struct store_segment *segment = &b->segment;
    segment->end_revision = b->moment.revision;
    segment->ended_ms = b->time_ms;
    segment->bytes = (uint32_t)b->bytes.len;
    segment->detail = b->detail;
    enum error err = pack(b, segment);
    if (!err)
        err = store_request_add_segment(b->put, segment);
    if (!err)
        err = add_checkpoint(b, segment->kept_s);
    buf_clear(&b->bytes);
    sittings_clear(&b->sittings);
    return err;
}

static enum error put_entry(struct builder *b, const struct archive_entry *entry, int64_t kept_s)
{
    if (b->bytes.len == 0) {
        b->segment = (struct store_segment){.first_revision = entry->first, .began_ms = entry->time_ms};
        b->time_ms = entry->time_ms;
    }
    enum error err = entry_encode(entry, b->time_ms, &b->bytes);
    if (!err)
        err = sittings_add_entry(&b->sittings, entry);
    if (!err)
        err = moment_apply(&b->moment, entry);
    if (err)
        return err;
    b->time_ms = entry->time_ms;
    if (kept_s > b->segment.kept_s)
        b->segment.kept_s = kept_s;
    return b->bytes.len >= b->segment_bytes ? end_segment(b) : OK;
}

/* ---- thinning ---- */

static bool belongs_together(const struct builder *b, const struct archive_entry *entry)
{
    int64_t after_ms = entry->time_ms - b->began_ms; /* a clock may go back */
    return b->has_waiting && entry->author == b->waiting.author && after_ms < b->window_ms &&
           after_ms > -b->window_ms;
}

static enum error put_waiting(struct builder *b)
{
    if (!b->has_waiting)
        return OK;
    b->has_waiting = false;
    b->waiting.op = op_view(&b->waiting_op);
    return put_entry(b, &b->waiting, b->waiting_kept_s);
}

static enum error join_waiting(struct builder *b, const struct archive_entry *entry, int64_t kept_s)
{
    struct op both = {0};
    enum error err = op_compose(op_view(&b->waiting_op), entry->op, &both);
    if (err)
        return err == ERR_NO_MEMORY ? err : ERR_STORAGE;
    op_deinit(&b->waiting_op);
    b->waiting_op = both;
    b->waiting.end = entry->end;
    b->waiting.time_ms = entry->time_ms;
    if (kept_s > b->waiting_kept_s)
        b->waiting_kept_s = kept_s;
    return OK;
}

static enum error hold(struct builder *b, const struct archive_entry *entry, int64_t kept_s)
{
    enum error err = put_waiting(b);
    if (!err)
        err = op_copy(&b->waiting_op, entry->op);
    if (err)
        return err;
    b->waiting = *entry;
    b->waiting_kept_s = kept_s;
    b->began_ms = entry->time_ms;
    b->has_waiting = true;
    return OK;
}

enum error builder_add(struct builder *b, const struct archive_entry *entry, int64_t kept_s)
{
    if (b->window_ms == 0)
        return put_entry(b, entry, kept_s);
    if (belongs_together(b, entry))
        return join_waiting(b, entry, kept_s);
    return hold(b, entry, kept_s);
}

enum error builder_finish(struct builder *b, struct store_request **put)
{
    enum error err = put_waiting(b);
    if (!err)
        err = end_segment(b);
    if (err)
        return err;
    b->put->history->to = b->moment.revision;
    *put = b->put;
    b->put = NULL;
    builder_drop(b);
    return OK;
}
