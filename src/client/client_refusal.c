/* Edits that were refused: some are tried again after a while, the others wait for the user. */
#include "client/client_private.h"

static const char *const passing[] = {"rate_limited", "storage_unavailable", "no_memory"};

static bool passes(const struct refusal *refusal)
{
    for (size_t i = 0; i < sizeof passing / sizeof *passing; i++) {
        if (slice_equal(slice_from_cstr(refusal->code), slice_from_cstr(passing[i])))
            return true;
    }
    return false;
}

const struct refusal *client_refusal(const struct client *c)
{
    return replica_refusal(&c->replica);
}

void client_note_refusal(struct client *c)
{
    const bool is_waiting = c->replica.is_refused && passes(&c->replica.refusal);
    c->news |= CLIENT_NEWS_REFUSAL;
    if (!is_waiting)
        c->retry_at_ms = NEVER_MS;
    else if (c->retry_at_ms == NEVER_MS)
        c->retry_at_ms = c->now_ms + c->timing.retry_ms;
}

enum error client_undo_refused(struct client *c)
{
    const enum error err = replica_undo_refused(&c->replica);
    if (!err)
        c->news |= CLIENT_NEWS_REFUSAL | CLIENT_NEWS_TEXT;
    client_note_refusal(c);
    return err;
}

enum error client_retry_refused(struct client *c)
{
    const enum error err = replica_retry(&c->replica);
    client_note_refusal(c);
    return err;
}
