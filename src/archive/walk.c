#include "archive/walk.h"

#include "archive/zip.h"

void walk_begin(struct walk *w, const struct store_history *history, uint64_t revision)
{
    *w = (struct walk){.history = history, .revision = revision};
}

void walk_end(struct walk *w)
{
    buf_deinit(&w->bytes);
}

static enum error open_segment(struct walk *w, const struct store_segment *segment)
{
    buf_clear(&w->bytes);
    enum error err = zip_unpack(segment->operations, segment->bytes, &w->bytes);
    if (err)
        return err;
    w->rest = buf_slice(&w->bytes);
    w->at = segment->first_revision;
    w->time_ms = segment->began_ms;
    w->kept_s = segment->kept_s;
    w->in_segment = true;
    return OK;
}

static enum error open_row(struct walk *w, const struct store_history_row *row)
{
    enum error err = batch_open(row->batch, &w->batch);
    if (err)
        return err;
    w->at = row->first_revision;
    w->time_ms = time_is_sane(row->time_ms) ? row->time_ms : 0;
    w->kept_s = row->kept_s;
    w->in_row = true;
    return OK;
}

/* Goes on to the next segment or row that has anything from `revision` on; done where
 * there is none, or where it begins only later. */
static enum error open_next(struct walk *w)
{
    const struct store_history *h = w->history;
    while (w->segment < h->segment_count && h->segments[w->segment].end_revision <= w->revision)
        w->segment++;
    if (w->segment < h->segment_count && h->segments[w->segment].operations.ptr) {
        const struct store_segment *segment = &h->segments[w->segment++];
        w->is_done = segment->first_revision > w->revision;
        return w->is_done ? OK : open_segment(w, segment);
    }
    while (w->row < h->row_count && h->rows[w->row].end_revision <= w->revision)
        w->row++;
    w->is_done = w->row == h->row_count || h->rows[w->row].first_revision > w->revision;
    return w->is_done ? OK : open_row(w, &h->rows[w->row++]);
}

static enum error next_of_row(struct walk *w, struct archive_entry *out)
{
    struct batch_operation operation;
    enum error err = batch_next(&w->batch, &operation);
    if (err)
        return err;
    *out = (struct archive_entry){.first = w->at,
                                  .end = w->at + 1,
                                  .author = operation.author.user_id,
                                  .time_ms = w->time_ms,
                                  .op = operation.op};
    w->in_row = !batch_is_done(&w->batch);
    return OK;
}

static enum error next_of_segment(struct walk *w, struct archive_entry *out)
{
    enum error err = entry_decode(&w->rest, w->at, w->time_ms, out);
    w->in_segment = w->rest.len > 0;
    return err;
}

enum error walk_next(struct walk *w, struct archive_entry *out)
{
    while (!w->is_done) {
        enum error err = OK;
        if (!w->in_segment && !w->in_row)
            err = open_next(w);
        if (err || w->is_done)
            return err;
        err = w->in_segment ? next_of_segment(w, out) : next_of_row(w, out);
        if (err)
            return err;
        w->at = out->end;
        w->time_ms = out->time_ms;
        if (out->end <= w->revision)
            continue;
        if (out->first > w->revision)
            return ERR_STORAGE;
        if (out->first < w->revision) {
            w->straddled = out->end;
            w->is_done = true;
            return OK;
        }
        w->revision = out->end;
        return OK;
    }
    return OK;
}
