/* The places as they are stored:
 *
 *     byte 1   varint(count)
 *     count × ( id   varint(from)   varint(to - from)
 *               and where that is 0:  varint(lost offset)   varint(lost points) ) */
#include "pad/comments.h"

#include "base/alloc.h"
#include "base/mem.h"
#include "text/utf8.h"

enum { PLACES_FORMAT = 1 };

/* ---- make and let go ---- */

struct comments *comments_new(uint64_t revision)
{
    struct comments *c = mem_alloc(sizeof *c);
    if (!c)
        return NULL;
    *c = (struct comments){.revision = revision};
    list_init(&c->threads);
    list_init(&c->gone);
    return c;
}

static void free_thread(struct kept_thread *thread)
{
    list_remove(&thread->link);
    mem_free((void *)(uintptr_t)thread->bytes.ptr);
    mem_free(thread);
}

void comments_free(struct comments *c)
{
    if (!c)
        return;
    LIST_EACH (at, following, &c->threads)
        free_thread(kept_thread_of(at));
    LIST_EACH (at, following, &c->gone)
        free_thread(kept_thread_of(at));
    mem_free(c);
}

/* ---- look ---- */

static struct kept_thread *find(const struct comments *c, const char id[COMMENT_ID_CHARS])
{
    for (struct link *at = c->threads.next; at != &c->threads; at = at->next)
        if (memcmp(kept_thread_of(at)->id, id, COMMENT_ID_CHARS) == 0)
            return kept_thread_of(at);
    return NULL;
}

struct kept_thread *comments_find(const struct comments *c, const char id[COMMENT_ID_CHARS])
{
    struct kept_thread *thread = find(c, id);
    return thread && !thread->is_pending ? thread : NULL;
}

bool comments_are_stored(const struct comments *c)
{
    for (struct link *at = c->threads.next; at != &c->threads; at = at->next)
        if (!kept_thread_of(at)->is_going)
            return true;
    return false;
}

size_t comments_memory_bytes(const struct comments *c)
{
    size_t bytes = sizeof *c + c->bytes + c->count * sizeof(struct kept_thread);
    for (const struct link *at = c->gone.next; at != &c->gone; at = at->next)
        bytes += sizeof(struct kept_thread);
    return bytes;
}

/* ---- places ---- */

static void move_over(struct comments *c, struct op_view op)
{
    struct anchor_step step;
    anchor_step_init(&step, op);
    LIST_EACH (at, following, &c->threads) {
        struct kept_thread *thread = kept_thread_of(at);
        /* Only one that is detached is compared with its quote. */
        const bool is_detached = anchor_is_detached(&thread->anchor);
        const struct slice quote = is_detached ? comment_thread_quote(thread->bytes) : (struct slice){0};
        if (anchor_move(&thread->anchor, &step, quote) && !thread->is_pending)
            thread->changed = ++c->sequence; /* readers do not know how to bring it back */
    }
}

void comments_move(struct comments *c, const struct history *h, uint64_t to)
{
    for (; c->revision < to; c->revision++)
        move_over(c, history_at(h, c->revision).op);
}

static bool has_quote(const struct rope *text, const struct anchor *a, struct slice quote)
{
    struct buf there = {0};
    const uint32_t points = utf8_measure(quote).points;
    bool is_same = false;
    if (points > 0 && a->to - a->from >= points && !rope_read(text, a->from, points, &there))
        is_same = slice_equal(buf_slice(&there), quote);
    buf_deinit(&there);
    return is_same;
}

void comments_settle(struct comments *c, const struct rope *text, uint64_t revision)
{
    const uint32_t end = rope_size(text).points;
    const bool is_known = c->revision == revision;
    LIST_EACH (at, following, &c->threads) {
        struct kept_thread *thread = kept_thread_of(at);
        struct anchor *a = &thread->anchor;
        if (a->from > end || a->to > end) {
            a->from = a->from < end ? a->from : end;
            a->to = a->to < end ? a->to : end;
        }
        if (!is_known && !anchor_is_detached(a) && !has_quote(text, a, comment_thread_quote(thread->bytes)))
            *a = (struct anchor){.from = a->from, .to = a->from};
    }
    c->revision = revision;
}

void anchor_bring(struct anchor *a, const struct history *h, uint64_t from, uint64_t to)
{
    for (uint64_t r = from; r < to; r++) {
        struct anchor_step step;
        anchor_step_init(&step, history_at(h, r).op);
        anchor_move(a, &step, (struct slice){0});
    }
}

static enum error encode_place(const struct kept_thread *thread, const struct anchor *a, struct buf *out)
{
    const bool is_detached = anchor_is_detached(a);
    enum error err = buf_append(out, slice_of(thread->id, sizeof thread->id));
    if (!err)
        err = buf_append_varint(out, a->from);
    if (!err)
        err = buf_append_varint(out, is_detached ? 0 : a->to - a->from);
    if (!err && is_detached)
        err = buf_append_varint(out, a->lost_offset);
    if (!err && is_detached)
        err = buf_append_varint(out, a->lost_points);
    return err;
}

static uint32_t count_stored(const struct comments *c)
{
    uint32_t count = 0;
    for (struct link *at = c->threads.next; at != &c->threads; at = at->next)
        count += !kept_thread_of(at)->is_going;
    return count;
}

/* The operations beyond c->revision are not committed: one that is lost and brought back by them is
 * detached for storage, which is played over them once more when it is read. */
static struct anchor anchor_at(const struct comments *c, const struct kept_thread *thread,
                               const struct history *h, uint64_t at)
{
    struct anchor a = thread->anchor;
    const struct slice quote = comment_thread_quote(thread->bytes);
    for (uint64_t r = c->revision; r < at; r++) {
        struct anchor_step step;
        anchor_step_init(&step, history_at(h, r).op);
        anchor_move(&a, &step, quote);
    }
    return a;
}

enum error comments_encode_places(const struct comments *c, const struct history *h, uint64_t at,
                                  struct buf *out)
{
    const size_t before = out->len;
    enum error err = buf_append_byte(out, PLACES_FORMAT);
    if (!err)
        err = buf_append_varint(out, count_stored(c));
    LIST_EACH (pos, following, &c->threads) {
        const struct kept_thread *thread = kept_thread_of(pos);
        if (err || thread->is_going)
            continue;
        const struct anchor a = anchor_at(c, thread, h, at);
        err = encode_place(thread, &a, out);
    }
    if (err)
        out->len = before;
    return err;
}

/* ---- change ---- */

enum error comments_add(struct comments *c, const char id[COMMENT_ID_CHARS], struct anchor anchor,
                        struct buf *bytes, struct kept_thread **out)
{
    struct kept_thread *thread = mem_alloc(sizeof *thread);
    if (!thread)
        return ERR_NO_MEMORY;
    *thread = (struct kept_thread){.anchor = anchor, .bytes = buf_release(bytes), .is_pending = true};
    memcpy(thread->id, id, sizeof thread->id);
    list_append(&c->threads, &thread->link);
    c->count++;
    c->bytes += thread->bytes.len;
    *out = thread;
    return OK;
}

void comments_confirm(struct comments *c, struct kept_thread *thread)
{
    thread->is_pending = false;
    thread->changed = ++c->sequence;
}

void comments_replace(struct comments *c, struct kept_thread *thread, struct buf *bytes)
{
    c->bytes += bytes->len;
    c->bytes -= thread->bytes.len;
    mem_free((void *)(uintptr_t)thread->bytes.ptr);
    thread->bytes = buf_release(bytes);
    thread->changed = ++c->sequence;
}

void comments_remove(struct comments *c, struct kept_thread *thread)
{
    c->count--;
    c->bytes -= thread->bytes.len;
    if (thread->is_pending) {
        free_thread(thread);
        return;
    }
    mem_free((void *)(uintptr_t)thread->bytes.ptr);
    thread->bytes = (struct slice){0};
    thread->changed = ++c->sequence;
    list_remove(&thread->link);
    list_append(&c->gone, &thread->link);
}

void comments_collect(struct comments *c, uint64_t seen_by_all)
{
    LIST_EACH (at, following, &c->gone) {
        if (kept_thread_of(at)->changed > seen_by_all)
            return;
        free_thread(kept_thread_of(at));
    }
}

/* ---- from storage ---- */

/* A thread of that id, as storage has it; NULL: there is none. */
static const struct stored_thread *find_stored(const struct stored_thread *threads, uint32_t count,
                                               struct slice id)
{
    for (uint32_t i = 0; i < count; i++)
        if (slice_equal(threads[i].id, id))
            return &threads[i];
    return NULL;
}

/* One that is damaged is passed over. */
static enum error restore_thread(struct comments *c, const struct stored_thread *stored, struct anchor anchor,
                                 bool *is_damaged)
{
    struct comment_thread thread;
    struct kept_thread *kept;
    struct buf bytes = {0};
    if (comment_thread_decode(stored->bytes, &thread)) {
        *is_damaged = true;
        return OK;
    }
    enum error err = buf_append(&bytes, stored->bytes);
    if (!err)
        err = comments_add(c, stored->id.ptr, anchor, &bytes, &kept);
    buf_deinit(&bytes);
    if (!err)
        kept->is_pending = false;
    return err;
}

static bool read_point(struct slice bytes, size_t *at, uint32_t *out)
{
    uint64_t value;
    if (!varint_read(bytes, at, &value) || value > OP_POINTS_MAX)
        return false;
    *out = (uint32_t)value;
    return true;
}

static bool read_place(struct slice bytes, size_t *at, struct slice *id, struct anchor *out)
{
    uint32_t points;
    if (bytes.len - *at < COMMENT_ID_CHARS)
        return false;
    *id = slice_of(bytes.ptr + *at, COMMENT_ID_CHARS);
    *at += COMMENT_ID_CHARS;
    if (!read_point(bytes, at, &out->from) || !read_point(bytes, at, &points))
        return false;
    out->to = out->from + points;
    return points > 0 ||
           (read_point(bytes, at, &out->lost_offset) && read_point(bytes, at, &out->lost_points));
}

/* In the order of the places, which is that in which threads were made. */
static enum error restore_placed(struct comments *c, struct slice places, const struct stored_thread *threads,
                                 uint32_t count, bool *is_damaged)
{
    uint64_t left;
    size_t at = 1;
    enum error err = OK;
    if (places.len == 0 || (uint8_t)places.ptr[0] != PLACES_FORMAT || !varint_read(places, &at, &left)) {
        *is_damaged = true;
        return OK;
    }
    for (; !err && left > 0; left--) {
        struct slice id;
        struct anchor anchor = {0};
        if (!read_place(places, &at, &id, &anchor)) {
            *is_damaged = true;
            return OK;
        }
        const struct stored_thread *stored = find_stored(threads, count, id);
        if (stored && !find(c, id.ptr))
            err = restore_thread(c, stored, anchor, is_damaged);
    }
    return err;
}

static enum error restore_rest(struct comments *c, const struct stored_thread *threads, uint32_t count,
                               bool *is_damaged)
{
    enum error err = OK;
    for (uint32_t i = 0; !err && i < count; i++) {
        if (!comment_id_is_valid(threads[i].id))
            *is_damaged = true;
        else if (!find(c, threads[i].id.ptr))
            err = restore_thread(c, &threads[i], (struct anchor){0}, is_damaged);
    }
    return err;
}

enum error comments_decode(uint64_t revision, struct slice places, const struct stored_thread *threads,
                           uint32_t count, struct comments **out, bool *is_damaged)
{
    struct comments *c = comments_new(revision);
    *is_damaged = false;
    enum error err = c ? restore_placed(c, places, threads, count, is_damaged) : ERR_NO_MEMORY;
    if (!err)
        err = restore_rest(c, threads, count, is_damaged);
    if (err)
        comments_free(c);
    else
        *out = c;
    return err;
}
