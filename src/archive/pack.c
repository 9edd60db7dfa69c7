#include "archive/pack.h"

#include "archive/builder.h"
#include "archive/walk.h"

enum {
    SEGMENT_BYTES = 64 * 1024,
    SEGMENT_BYTES_MAX = 2 * 1024 * 1024, /* or to read a text would take too long */
    SEGMENT_TEXTS = 3,                   /* or the texts between segments would be most of what is kept */
    THIN_BYTES = 1024 * 1024,            /* before compression, in one go */
    DETAIL_MAX = 3,
};

uint32_t pack_segment_bytes(uint32_t text_bytes)
{
    if (text_bytes > SEGMENT_BYTES_MAX / SEGMENT_TEXTS)
        return SEGMENT_BYTES_MAX;
    uint32_t wanted = text_bytes * SEGMENT_TEXTS;
    return wanted > SEGMENT_BYTES ? wanted : SEGMENT_BYTES;
}

/* ---- replacing ---- */

/* Everything from the answer's checkpoint on, up to `to`, built anew. *reached: how far
 * that is known. */
static enum error rebuild(const struct store_request *req, uint64_t to, uint32_t segment_bytes,
                          uint32_t detail, uint64_t *reached, struct store_request **put)
{
    const struct store_history *h = req->history;
    struct builder b;
    struct walk w;
    struct archive_entry entry;
    enum error err = builder_begin(&b, req->id, &h->checkpoints[0], segment_bytes, detail);
    walk_begin(&w, h, h->checkpoints[0].revision);
    while (!err && w.revision < to) {
        err = walk_next(&w, &entry);
        if (err || w.is_done)
            break;
        err = builder_add(&b, &entry, w.kept_s);
    }
    *reached = w.revision;
    walk_end(&w);
    if (!err)
        err = builder_finish(&b, put);
    if (err)
        builder_drop(&b);
    return err;
}

/* No operations lead to what is loose: it goes, and the document's row is where the history
 * goes on. */
static enum error begin_anew(const struct store_request *req, struct store_request **put)
{
    const struct store_history *h = req->history;
    struct store_request *made = store_request_new(STORE_HISTORY_PUT, req->id);
    if (!made || store_request_history(made)) {
        store_request_free(made);
        return ERR_NO_MEMORY;
    }
    made->history->from = h->from;
    made->history->to = h->row_revision;
    made->history->begins_anew = true;
    *put = made;
    return OK;
}

enum error pack_loose(const struct store_request *req, const struct pack_limits *limits,
                      struct store_request **put)
{
    const struct store_history *h = req->history;
    if (!req->found || h->is_off || h->from >= h->to)
        return OK;
    if (h->checkpoint_count == 0)
        return begin_anew(req, put);
    uint64_t reached;
    struct store_request *made = NULL;
    enum error err = rebuild(req, h->to, limits->segment_bytes, 0, &reached, &made);
    if (!err && reached <= h->from) {
        store_request_free(made);
        return begin_anew(req, put);
    }
    if (!err)
        *put = made;
    return err;
}

enum error pack_thin(const struct store_request *req, uint32_t detail, const struct pack_limits *limits,
                     struct store_request **put)
{
    const struct store_history *h = req->history;
    uint64_t reached;
    if (!req->found || h->is_off || h->checkpoint_count == 0)
        return OK;
    return rebuild(req, h->to, limits->segment_bytes, detail, &reached, put);
}

/* ---- what next ---- */

static bool may_thin(const struct store_history *h, const struct store_segment *segment,
                     const struct pack_limits *limits)
{
    return segment->kept_s <= h->now_s - limits->untouched_s;
}

/* The oldest ones that have more detail than that, as many as are thinned in one go. */
static struct pack_plan plan_detail(const struct store_history *h, const struct pack_limits *limits,
                                    uint32_t detail)
{
    struct pack_plan plan = {0};
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < h->segment_count && bytes < THIN_BYTES; i++) {
        const struct store_segment *segment = &h->segments[i];
        bool follows = plan.detail && segment->first_revision == plan.to;
        if (segment->detail >= detail || !may_thin(h, segment, limits) || (plan.detail && !follows)) {
            if (plan.detail)
                break;
            continue;
        }
        if (!plan.detail)
            plan = (struct pack_plan){.from = segment->first_revision, .detail = detail};
        plan.to = segment->end_revision;
        bytes += segment->bytes;
    }
    return plan;
}

/* With nothing left to thin the oldest ones go, about as many as are too much. */
static struct pack_plan plan_forgetting(const struct store_history *h, const struct pack_limits *limits)
{
    struct pack_plan plan = {0};
    uint64_t average = h->stored_bytes / h->segment_count + 1;
    uint64_t count = (h->stored_bytes - limits->stored_bytes) / average + 1;
    for (uint32_t i = 0; i < h->segment_count && i < count && may_thin(h, &h->segments[i], limits); i++)
        plan.forget_before = h->segments[i].end_revision;
    return plan;
}

struct pack_plan pack_plan(const struct store_history *h, const struct pack_limits *limits)
{
    struct pack_plan plan = {0};
    if (h->stored_bytes <= limits->stored_bytes || h->segment_count == 0)
        return plan;
    for (uint32_t detail = 1; detail <= DETAIL_MAX; detail++) {
        plan = plan_detail(h, limits, detail);
        if (plan.detail)
            return plan;
    }
    return plan_forgetting(h, limits);
}
