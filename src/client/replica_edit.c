/* The edit to send, and one that was refused. */
#include "client/replica_private.h"

static bool is_code(const struct replica *r, const char *code)
{
    return slice_equal(slice_from_cstr(r->refusal.code), slice_from_cstr(code));
}

/* True when the refused edit and what came after it are worth another try: the text has
 * become one that the server takes, or the user has undone the change. */
static enum error fits_again(const struct replica *r, bool *out)
{
    const bool has_buffer = r->unsent.at[UNSENT_BUFFER].is_there;
    const uint64_t now = rope_size(&r->text).bytes;
    *out = false;
    if (is_code(r, REFUSED_VIEW_ONLY)) {
        *out = !r->may_only_read;
        return OK;
    }
    if (is_code(r, "document_too_large") && r->refusal.limit) {
        /* What was refused is not sent again as it stands. */
        *out = (has_buffer || now < r->refused_bytes) && now <= r->refusal.limit;
        return OK;
    }
    return has_buffer ? unsent_is_undone(&r->unsent, out) : OK;
}

static enum error reconsider(struct replica *r)
{
    bool fits = false;
    enum error err = r->is_refused ? fits_again(r, &fits) : OK;
    if (!err && fits) {
        r->is_refused = false;
        err = unsent_unsend(&r->unsent);
    }
    return err;
}

/* Refuses what need not be sent: the server sees each part alone, and would take the first
 * ones of what is too large; and it takes nothing of somebody who may only read. */
static enum error refuse_here(struct replica *r)
{
    bool is_too_large = false;
    if (r->may_only_read) {
        replica_rejected(r, SLICE(REFUSED_VIEW_ONLY), SLICE("This link is for reading."), 0);
        return OK;
    }
    const uint64_t limit = r->limits.document_bytes;
    const enum error err = limit ? unsent_is_too_large(&r->unsent, &r->server, limit, &is_too_large) : OK;
    if (!err && is_too_large)
        replica_rejected(r, SLICE("document_too_large"), SLICE(""), limit);
    return err;
}

bool replica_take_edit(struct replica *r, struct op_view *op)
{
    if (r->link != REPLICA_UP || r->is_out_of_step || r->is_broken)
        return false;
    enum error err = reconsider(r);
    if (err || replica_is_inflight(r)) {
        replica_settle(r, err);
        return false;
    }
    err = unsent_send(&r->unsent, rope_size(&r->server).bytes, r->limits);
    if (!err && !replica_is_inflight(r)) {
        r->is_retried = false;
        return false;
    }
    r->sender = r->me;
    if (!err)
        err = refuse_here(r);
    replica_settle(r, err);
    if (err || r->is_refused)
        return false;
    *op = op_view(&r->unsent.at[UNSENT_INFLIGHT].op);
    return true;
}

bool replica_has_edit(const struct replica *r)
{
    return r->link == REPLICA_UP && !r->is_out_of_step && !r->is_broken && !replica_is_inflight(r) &&
           unsent_count(&r->unsent) > 0;
}
