/* What the server says: a Welcome, then a Snapshot or History, then more History. */
#include "base/mem.h"
#include "client/replica_private.h"
#include "ot/between.h"

/* ---- operations of the server ---- */

/* The edit in flight is in the server's text. */
static void land(struct replica *r)
{
    unsent_land(&r->unsent);
    r->has_committed = false;
    r->is_retried = false;
}

/* Applies an operation of somebody else, and moves what is unsent over it. */
static enum error rebase(struct replica *r, struct op_view remote, struct author author)
{
    const enum op_order order = author_order(replica_is_inflight(r) ? r->sender : r->me, author);
    struct op last = {0};
    enum error err = unsent_move_over(&r->unsent, remote, order, &last);
    if (!err)
        err = op_apply(remote, &r->server);
    if (!err)
        err = op_apply(op_view(&last), &r->text);
    if (!err)
        err = replica_show_later(r, &last);
    op_deinit(&last);
    return err;
}

/* True when the operation that comes next is the edit in flight. After a resume the revision
 * decides, since ids may have been given anew; otherwise it is the first of our own after
 * sending. */
static bool is_echo(const struct replica *r, uint64_t user_id)
{
    if (!replica_is_inflight(r) || r->is_refused)
        return false;
    if (r->has_committed)
        return r->revision + 1 == r->committed;
    return r->link == REPLICA_UP && user_id == r->me.user_id;
}

/* Ours as the server rebased it. Anything else means that the two do not work alike, and
 * then the copies are not, either. */
static enum error take_echo(struct replica *r, struct op_view op)
{
    if (!op_equal(op, op_view(&r->unsent.at[UNSENT_INFLIGHT].op)))
        return ERR_BAD_OPERATION;
    const enum error err = op_apply(op, &r->server);
    if (err)
        return err;
    r->saved = r->revision + 1;
    land(r);
    return OK;
}

static enum error take_entry(struct replica *r, const struct incoming_entry *entry, bool *is_mine)
{
    if (entry->op.base_points != rope_size(&r->server).points)
        return ERR_BAD_OPERATION;
    *is_mine = is_echo(r, entry->user_id);
    if (*is_mine)
        return take_echo(r, entry->op);
    const bool by_author = r->me.by_author && !entry->by_text;
    return rebase(r, entry->op, (struct author){entry->user_id, by_author});
}

enum error replica_entry(struct replica *r, uint64_t revision, const struct incoming_entry *entry,
                         bool *is_mine, bool *is_new)
{
    *is_mine = *is_new = false;
    if (r->is_broken)
        return ERR_NO_MEMORY;
    r->is_out_of_step |= revision > r->revision;
    if (r->is_out_of_step || revision < r->revision)
        return OK;
    const enum error err = take_entry(r, entry, is_mine);
    if (err) {
        r->is_out_of_step = true;
        return err == ERR_NO_MEMORY ? replica_settle(r, err) : OK;
    }
    r->revision++;
    *is_new = true;
    return OK;
}

void replica_history_ends(struct replica *r, uint64_t start)
{
    r->is_out_of_step |= start > r->revision;
    if (r->link == REPLICA_JOINING && !r->is_out_of_step)
        r->link = REPLICA_UP;
}

/* ---- joining ---- */

enum error replica_welcome(struct replica *r, const struct incoming_welcome *w)
{
    /* (S2) With one edit in flight, a revision of ours beyond the one we hold can only be
     * that edit, refused or not. Else it never arrived. */
    const bool applied = replica_is_inflight(r) && w->committed > r->revision;
    if (r->is_broken)
        return ERR_NO_MEMORY;
    if (applied)
        r->is_refused = false;
    r->has_committed = applied;
    r->committed = w->committed;
    if (!applied && !r->is_refused) {
        const enum error err = unsent_unsend(&r->unsent);
        if (err)
            return replica_settle(r, err);
    }
    r->is_forgotten = w->committed < r->saved;
    r->saved = w->committed;
    r->me = (struct author){w->user_id, w->by_author};
    r->limits = (struct unsent_limits){w->document_bytes, w->message_bytes};
    /* A new epoch counts from the Snapshot that comes with it: beside the revision of
     * another one it would name a state that nobody ever had. */
    r->has_epoch = w->resumed;
    r->epoch = r->epoch_of_snapshot = w->epoch;
    /* By text nobody says which of the entries before our edit the server ordered by author. */
    const bool is_untold = applied && r->sender.by_author && !w->by_author;
    r->is_out_of_step = w->resumed && (!r->is_loaded || is_untold);
    r->link = REPLICA_JOINING;
    return OK;
}

/* A Welcome has said that the edit in flight is in the text that comes. */
static enum error land_committed(struct replica *r)
{
    if (!r->has_committed)
        return OK;
    const enum error err = op_apply(op_view(&r->unsent.at[UNSENT_INFLIGHT].op), &r->server);
    if (!err)
        land(r);
    return err;
}

static enum error rebase_on(struct replica *r, struct slice text)
{
    struct buf before = {0};
    struct op missed = {0};
    enum error err = rope_read(&r->server, 0, rope_size(&r->server).points, &before);
    if (!err)
        err = op_between(buf_slice(&before), text, &missed);
    if (!err)
        err = rebase(r, op_view(&missed), author_nobody());
    buf_deinit(&before);
    op_deinit(&missed);
    return err;
}

enum error replica_snapshot(struct replica *r, uint64_t revision, struct slice text)
{
    if (r->is_broken)
        return ERR_NO_MEMORY;
    enum error err = land_committed(r);
    if (!err)
        err = rebase_on(r, text);
    if (err) {
        r->is_out_of_step = true; /* not a text that a document may hold */
        return err == ERR_NO_MEMORY ? replica_settle(r, err) : OK;
    }
    r->epoch = r->epoch_of_snapshot;
    r->has_epoch = true;
    r->revision = revision;
    r->is_loaded = true;
    r->link = REPLICA_UP;
    return OK;
}

/* ---- the rest of what a server says ---- */

static void copy_text(char *to, size_t most, struct slice text)
{
    size_t len = text.len < most ? text.len : most;
    while (len < text.len && len > 0 && ((uint8_t)text.ptr[len] & 0xc0) == 0x80)
        len--; /* whole code points */
    if (len > 0)
        memcpy(to, text.ptr, len);
    to[len] = '\0';
}

void replica_rejected(struct replica *r, struct slice code, struct slice message, uint64_t limit)
{
    if (!replica_is_inflight(r) || r->is_refused)
        return;
    copy_text(r->refusal.code, REFUSAL_CODE_BYTES_MAX, code);
    copy_text(r->refusal.message, REFUSAL_MESSAGE_BYTES_MAX, message);
    r->refusal.limit = limit;
    r->is_refused = true;
    r->is_retried = false;
    r->refused_bytes = rope_size(&r->text).bytes;
}

void replica_disconnected(struct replica *r)
{
    r->link = REPLICA_DOWN;
    r->has_committed = false;
}

void replica_drop_epoch(struct replica *r)
{
    r->has_epoch = false;
    r->is_out_of_step = false;
}
