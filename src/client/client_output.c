/* What the server is told: Hello first, and nothing more before it was answered; then what
 * there is, the newest of each. */
#include "client/client_private.h"
#include "client/outgoing.h"

static enum error write_hello(struct client *c)
{
    const struct replica *r = &c->replica;
    c->must_say_hello = c->must_tell_info = false; /* it has the name */
    return outgoing_hello(&c->output, &(struct outgoing_hello){
                                          .token = c->token,
                                          .password = client_text_or_none(&c->password, c->has_password),
                                          .link = client_text_or_none(&c->link_token, c->has_link_token),
                                          .owner = client_text_or_none(&c->owner, c->has_owner),
                                          .has_epoch = r->has_epoch,
                                          .epoch = r->epoch,
                                          .revision = r->revision,
                                          .name = buf_slice(&c->name),
                                          .hue = c->hue,
                                          .by_text = c->by_text,
                                          .follows_comments = c->follows_comments,
                                      });
}

static enum error write_ping(struct client *c)
{
    c->must_ping = false;
    return outgoing_ping(&c->output, ++c->pings);
}

static enum error write_info(struct client *c)
{
    c->must_tell_info = false;
    return outgoing_info(&c->output, buf_slice(&c->name), c->hue);
}

static enum error write_language(struct client *c)
{
    c->has_told_language = true;
    return outgoing_language(&c->output, buf_slice(&c->wanted_language));
}

/* Nothing is written where there is no edit now. */
static enum error write_edit(struct client *c)
{
    const bool was_refused = client_refusal(c) != NULL;
    struct op_view op;
    enum error err = OK;
    if (replica_take_edit(&c->replica, &op)) {
        c->edit_at_ms = c->now_ms + c->timing.edit_ms;
        err = outgoing_edit(&c->output, c->replica.revision, op);
    }
    if (was_refused != (client_refusal(c) != NULL))
        client_note_refusal(c);
    return err;
}

/* Carets in the text with all that others did, which is the one that was sent. */
static enum error write_places(struct client *c)
{
    struct places places = c->places;
    if (c->replica.has_unshown)
        places_move(&places, op_view(&c->replica.unshown));
    c->must_tell_places = false;
    c->places_at_ms = c->now_ms + c->timing.places_ms;
    return outgoing_places(&c->output, &places);
}

static bool may_tell_language(const struct client *c)
{
    return c->wants_language && !c->has_told_language && c->role != ROLE_VIEW;
}

static bool may_tell_places(const struct client *c)
{
    return c->must_tell_places && c->role != ROLE_VIEW && c->now_ms >= c->places_at_ms &&
           replica_may_send_places(&c->replica);
}

/* What comes next. Between Welcome and the text it speaks of nothing is said. */
static enum error write_next(struct client *c, bool *is_edit)
{
    if (c->link == CLIENT_JOINING && c->must_say_hello)
        return write_hello(c);
    if (c->link != CLIENT_UP || c->replica.link != REPLICA_UP)
        return OK;
    if (c->must_ping)
        return write_ping(c);
    if (c->must_tell_info)
        return write_info(c);
    if (may_tell_language(c))
        return write_language(c);
    if (c->now_ms >= c->edit_at_ms) {
        const enum error err = write_edit(c);
        *is_edit = c->output.len > 0;
        if (err || *is_edit)
            return err;
    }
    return may_tell_places(c) ? write_places(c) : OK;
}

bool client_next_output(struct client *c, struct client_output *out)
{
    bool is_edit = false;
    if (c->replica.is_broken)
        return false;
    buf_clear(&c->output);
    c->replica.is_broken |= write_next(c, &is_edit) == ERR_NO_MEMORY;
    if (c->replica.is_broken || c->output.len == 0)
        return false;
    *out = (struct client_output){buf_slice(&c->output), is_edit};
    return true;
}
