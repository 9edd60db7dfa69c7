#include "doc/comment_verbs.h"

#include "guard/random.h"

#include <string.h>

typedef enum error apply_verb(struct document *doc, struct comment_change *change,
                              struct comment_outcome *out);

static int64_t now_s(const struct document *doc)
{
    return documents_wall_ms(doc->documents) / 1000;
}

static struct kept_thread *find_thread(const struct document *doc, const char *id)
{
    return doc->pad.comments ? comments_find(doc->pad.comments, id) : NULL;
}

/* What is kept was read before it was. */
static enum error read_thread(const struct kept_thread *kept, struct comment_thread *out)
{
    return comment_thread_decode(kept->bytes, out);
}

static enum error write_thread(const struct document *doc, struct kept_thread *kept,
                               const struct comment_thread *thread, struct comment_outcome *out)
{
    const struct comments *c = doc->pad.comments;
    enum error err = comment_thread_encode(thread, &out->bytes);
    if (!err && out->bytes.len > kept->bytes.len &&
        c->bytes + out->bytes.len - kept->bytes.len > COMMENT_BYTES_MAX)
        err = ERR_TOO_MANY_COMMENTS;
    out->thread = err ? NULL : kept;
    return err;
}

/* ---- once ---- */

static bool is_of_key(const char *id, const struct comment_change *change)
{
    return memcmp(id, change->comment_id, COMMENT_KEY_CHARS) == 0;
}

/* Was it carried out before? Then it is told what came of it. ERR_KEY_REUSED: another one was, under this
 * key. */
static enum error find_earlier(const struct document *doc, struct comment_change *change, bool *is_done)
{
    const struct comments *c = doc->pad.comments;
    *is_done = false;
    for (struct link *at = c && change->has_id ? c->threads.next : NULL; at && at != &c->threads;
         at = at->next) {
        struct comment_thread thread;
        const struct kept_thread *kept = kept_thread_of(at);
        if (kept->is_pending || read_thread(kept, &thread))
            continue;
        for (uint32_t i = 0; i < thread.count; i++) {
            const char *id = thread.comments[i].id;
            if (!is_of_key(id, change))
                continue;
            if (memcmp(id, change->comment_id, COMMENT_ID_CHARS) != 0)
                return ERR_KEY_REUSED;
            memcpy(change->thread_id, kept->id, sizeof(change->thread_id));
            *is_done = true;
            return OK;
        }
    }
    return OK;
}

/* ---- making ---- */

static uint32_t length_at(const struct pad *pad, uint64_t revision)
{
    return revision == pad->committed ? pad_carets_end(pad)
                                      : history_at(&pad->history, revision).op.base_points;
}

/* Where the piece is in what is committed. */
static enum error find_place(const struct pad *pad, const struct comment_change *change, struct anchor *out)
{
    if (change->revision < pad->history.base || change->revision > pad->committed)
        return ERR_UNKNOWN_REVISION;
    if (change->from >= change->to || change->to > length_at(pad, change->revision))
        return ERR_BAD_PLACE;
    *out = (struct anchor){.from = change->from, .to = change->to};
    anchor_bring(out, &pad->history, change->revision, pad->committed);
    return anchor_is_detached(out) ? ERR_TEXT_GONE : OK;
}

/* Of the newest text, which is the one that there is to read. */
static enum error read_quote(const struct pad *pad, struct anchor place, struct buf *out)
{
    anchor_bring(&place, &pad->history, pad->committed, pad->revision);
    const uint32_t points = place.to - place.from;
    if (anchor_is_detached(&place))
        return ERR_TEXT_GONE;
    return rope_read(&pad->text, place.from, points < QUOTE_POINTS_MAX ? points : QUOTE_POINTS_MAX, out);
}

static struct comment comment_of(const struct document *doc, struct comment_change *change)
{
    struct comment comment = {.author = change->author, .text = change->text, .made_s = now_s(doc)};
    if (!change->has_id)
        random_password(change->comment_id);
    memcpy(comment.id, change->comment_id, sizeof(comment.id));
    return comment;
}

static enum error add_thread(struct document *doc, struct comment_change *change, struct anchor place,
                             struct slice quote, struct comment_outcome *out)
{
    struct comments *c = pad_take_comments(&doc->pad);
    struct comment_thread thread = {.made_s = now_s(doc), .quote = quote, .count = 1};
    thread.comments[0] = comment_of(doc, change);
    if (!c)
        return ERR_NO_MEMORY;
    enum error err = comment_thread_encode(&thread, &out->bytes);
    if (!err && (c->count >= COMMENT_THREADS_MAX || c->bytes + out->bytes.len > COMMENT_BYTES_MAX))
        err = ERR_TOO_MANY_COMMENTS;
    memcpy(change->thread_id, change->comment_id, sizeof(change->thread_id));
    if (!err)
        err = comments_add(c, change->thread_id, place, &out->bytes, &out->thread);
    out->is_new = !err;
    return err;
}

static enum error make(struct document *doc, struct comment_change *change, struct comment_outcome *out)
{
    struct anchor place;
    struct buf quote = {0};
    bool is_done;
    enum error err = find_earlier(doc, change, &is_done);
    if (err || is_done)
        return err;
    err = find_place(&doc->pad, change, &place);
    if (!err)
        err = read_quote(&doc->pad, place, &quote);
    if (!err)
        err = add_thread(doc, change, place, buf_slice(&quote), out);
    buf_deinit(&quote);
    return err;
}

static enum error reply(struct document *doc, struct comment_change *change, struct comment_outcome *out)
{
    struct kept_thread *kept = find_thread(doc, change->thread_id);
    struct comment_thread thread;
    bool is_done;
    enum error err = find_earlier(doc, change, &is_done);
    if (err || is_done)
        return err;
    err = kept ? read_thread(kept, &thread) : ERR_NOT_FOUND;
    if (!err && thread.count == COMMENTS_MAX)
        err = ERR_TOO_MANY_COMMENTS;
    if (err)
        return err;
    thread.comments[thread.count++] = comment_of(doc, change);
    return write_thread(doc, kept, &thread, out);
}

/* ---- changing ---- */

static enum error resolve(struct document *doc, struct comment_change *change, struct comment_outcome *out)
{
    struct kept_thread *kept = find_thread(doc, change->thread_id);
    struct comment_thread thread;
    enum error err = kept ? read_thread(kept, &thread) : ERR_NOT_FOUND;
    if (err || thread.is_resolved == change->resolved)
        return err;
    thread.is_resolved = change->resolved;
    thread.resolved_s = now_s(doc);
    thread.resolved_by = change->author;
    return write_thread(doc, kept, &thread, out);
}

static bool is_author(const struct comment_change *change, const struct comment *comment)
{
    const struct comment_author *author = &comment->author;
    return author->has_key && change->author.has_key &&
           memcmp(author->key, change->author.key, sizeof(author->key)) == 0;
}

static enum error find_comment(const struct kept_thread *kept, struct comment_change *change,
                               struct comment_thread *thread, struct comment **out)
{
    enum error err = kept ? read_thread(kept, thread) : ERR_NOT_FOUND;
    if (err)
        return err;
    *out = comment_thread_find(thread, change->comment_id);
    return *out ? OK : ERR_NOT_FOUND;
}

static enum error edit(struct document *doc, struct comment_change *change, struct comment_outcome *out)
{
    struct kept_thread *kept = find_thread(doc, change->thread_id);
    struct comment_thread thread;
    struct comment *comment;
    enum error err = find_comment(kept, change, &thread, &comment);
    if (!err && !is_author(change, comment))
        err = ERR_NOT_AUTHOR;
    if (err || slice_equal(comment->text, change->text))
        return err;
    comment->text = change->text;
    comment->edited_s = now_s(doc);
    return write_thread(doc, kept, &thread, out);
}

/* ---- deleting ---- */

/* May it be deleted by one who has not written it? */
static bool may_delete_any(const struct document *doc, const struct comment_change *change)
{
    return change->access == ACCESS_OWN || (!doc->rights.has_owner && change->access == ACCESS_EDIT);
}

static enum error delete_comment(struct document *doc, struct comment_change *change,
                                 struct comment_outcome *out)
{
    struct kept_thread *kept = find_thread(doc, change->thread_id);
    struct comment_thread thread;
    struct comment *comment;
    enum error err = find_comment(kept, change, &thread, &comment);
    if (!err && !is_author(change, comment) && !may_delete_any(doc, change))
        err = ERR_OWNER_ONLY;
    if (err)
        return err;
    const size_t behind = (size_t)(&thread.comments[thread.count] - comment) - 1;
    memmove(comment, comment + 1, behind * sizeof(*comment));
    thread.count--;
    if (thread.count > 0)
        return write_thread(doc, kept, &thread, out);
    out->thread = kept;
    out->is_gone = true;
    return OK;
}

static bool wrote_all(const struct comment_change *change, const struct comment_thread *thread)
{
    for (uint32_t i = 0; i < thread->count; i++)
        if (!is_author(change, &thread->comments[i]))
            return false;
    return true;
}

static enum error delete_thread(struct document *doc, struct comment_change *change,
                                struct comment_outcome *out)
{
    struct kept_thread *kept = find_thread(doc, change->thread_id);
    struct comment_thread thread;
    enum error err = kept ? read_thread(kept, &thread) : ERR_NOT_FOUND;
    if (!err && !wrote_all(change, &thread) && !may_delete_any(doc, change))
        err = ERR_OWNER_ONLY;
    if (err)
        return err;
    out->thread = kept;
    out->is_gone = true;
    return OK;
}

/* ---- all of them ---- */

static apply_verb *const verbs[COMMENT_VERB_COUNT] = {
    [COMMENT_MAKE] = make, [COMMENT_REPLY] = reply,           [COMMENT_RESOLVE] = resolve,
    [COMMENT_EDIT] = edit, [COMMENT_DELETE] = delete_comment, [COMMENT_DELETE_THREAD] = delete_thread,
};

enum error comment_verb_apply(struct document *doc, struct comment_change *change,
                              struct comment_outcome *out)
{
    *out = (struct comment_outcome){0};
    if (comments_access_of(change->access, change->at_least) != COMMENTS_WRITE)
        return ERR_VIEW_ONLY;
    enum error err = verbs[change->verb](doc, change, out);
    if (err)
        buf_deinit(&out->bytes);
    return err;
}
