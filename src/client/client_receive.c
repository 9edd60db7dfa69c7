/* What the server says. Whatever is not as the protocol has it ends the connection; the
 * next one begins with the whole text. */
#include "client/client_private.h"

static const struct closing out_of_step = {CLOSING_OUT_OF_STEP, RETRY_BACKOFF};

/* ---- the text ---- */

static void note_text(struct client *c, bool had_unsaved)
{
    if (c->replica.has_unshown)
        c->news |= CLIENT_NEWS_TEXT;
    if (had_unsaved && unsent_count(&c->replica.unsent) == 0)
        c->news |= CLIENT_NEWS_SAVED;
}

static enum error on_welcome(struct client *c, const struct incoming *m)
{
    const struct incoming_welcome *w = &m->welcome;
    bool has_server;
    enum error err = replica_welcome(&c->replica, w);
    if (!err)
        err = client_keep_text(&c->language, &c->has_language, w->language);
    if (!err && !c->has_link_token)
        err = client_keep_text(&c->password, &c->has_password, w->password);
    if (!err)
        err = client_keep_text(&c->server, &has_server, w->server);
    if (!err && w->owner.ptr)
        err = client_keep_text(&c->owner, &c->has_owner, w->owner);
    if (err)
        return err;
    c->news |= CLIENT_NEWS_LANGUAGE | CLIENT_NEWS_PASSWORD | CLIENT_NEWS_ACCESS;
    c->news |= w->owner.ptr ? CLIENT_NEWS_OWNER : 0;
    if (!w->resumed) /* what it knew is of another text; Comments comes where there are any */
        thread_places_clear(&c->comments);
    c->role = w->role;
    c->replica.may_only_read = w->role == ROLE_VIEW;
    c->created_s = w->created_s;
    c->expires_s = w->expires_s;
    c->is_storage_failing = false;
    c->keeps_history = w->keeps_history;
    client_was_welcomed(c);
    return OK;
}

static enum error on_snapshot(struct client *c, const struct incoming *m)
{
    const bool had_unsaved = unsent_count(&c->replica.unsent) > 0;
    if (replica_is_set_back(&c->replica, m->snapshot.revision, m->snapshot.text))
        c->news |= CLIENT_NEWS_SET_BACK;
    const enum error err = replica_snapshot(&c->replica, m->snapshot.revision, m->snapshot.text);
    c->news |= CLIENT_NEWS_TEXT; /* it is loaded, be it empty */
    note_text(c, had_unsaved);
    return err;
}

static enum error take_entry(struct client *c, uint64_t revision, const struct incoming_entry *entry)
{
    bool is_mine, is_new;
    const enum error err = replica_entry(&c->replica, revision, entry, &is_mine, &is_new);
    if (err || !is_new)
        return err;
    people_move(&c->people, entry->op);
    thread_places_move(&c->comments, entry->op);
    if (c->on_entry)
        c->on_entry(c->owner_of_entries, entry, c->replica.revision, is_mine);
    return OK;
}

static enum error on_history(struct client *c, const struct incoming *m)
{
    const bool had_unsaved = unsent_count(&c->replica.unsent) > 0;
    enum error err = OK;
    for (size_t i = 0; !err && !c->replica.is_out_of_step && i < m->history.count; i++) {
        struct incoming_entry entry;
        const char *detail;
        err = incoming_entry(&c->decoder, i, &entry, &detail);
        if (!err)
            err = take_entry(c, m->history.start + i, &entry);
    }
    if (!err)
        replica_history_ends(&c->replica, m->history.start);
    note_text(c, had_unsaved);
    return err;
}

/* An edit in flight that somebody who may only read has sent before being told is not
 * known to be what is refused, where a language was told, too: the Welcome of another
 * connection says what became of it. */
static enum error on_rejected(struct client *c, const struct incoming *m)
{
    const bool is_of_reader = slice_equal(m->rejected.code, SLICE(REFUSED_VIEW_ONLY));
    if (is_of_reader && c->has_told_language) {
        c->wants_language = false;
        client_go_down(c, (struct closing){CLOSING_FORBIDDEN, RETRY_SOON}, m->rejected.message);
        return OK;
    }
    replica_rejected(&c->replica, m->rejected.code, m->rejected.message, m->rejected.limit);
    client_note_refusal(c);
    return OK;
}

/* ---- people ---- */

static enum error on_users(struct client *c, const struct incoming *m)
{
    enum error err = OK;
    people_clear(&c->people);
    for (size_t i = 0; !err && i < m->users.count; i++) {
        struct incoming_person person;
        const char *detail;
        err = incoming_person(&c->decoder, i, &person, &detail);
        if (!err)
            err = people_set_info(&c->people, person.user_id, person.name, person.hue);
        if (!err)
            err = people_set_places(&c->people, person.user_id, &person.places);
    }
    c->news |= CLIENT_NEWS_PEOPLE;
    return err;
}

static enum error on_user_info(struct client *c, const struct incoming *m)
{
    c->news |= CLIENT_NEWS_PEOPLE;
    return people_set_info(&c->people, m->person.user_id, m->person.name, m->person.hue);
}

static enum error on_user_left(struct client *c, const struct incoming *m)
{
    c->news |= CLIENT_NEWS_PEOPLE;
    people_remove(&c->people, m->person.user_id);
    return OK;
}

static enum error on_user_cursor(struct client *c, const struct incoming *m)
{
    c->news |= CLIENT_NEWS_PEOPLE;
    return people_set_places(&c->people, m->person.user_id, &m->person.places);
}

/* ---- the pad ---- */

static enum error on_language(struct client *c, const struct incoming *m)
{
    c->news |= CLIENT_NEWS_LANGUAGE;
    if (c->has_told_language && slice_equal(m->setting.value, buf_slice(&c->wanted_language)))
        c->wants_language = false;
    return client_keep_text(&c->language, &c->has_language, m->setting.value);
}

static enum error on_password(struct client *c, const struct incoming *m)
{
    c->news |= CLIENT_NEWS_PASSWORD;
    return client_keep_text(&c->password, &c->has_password, m->setting.value);
}

static enum error on_storage(struct client *c, const struct incoming *m)
{
    c->news |= CLIENT_NEWS_STORAGE;
    c->is_storage_failing = !m->storage_writable;
    return OK;
}

static enum error on_access(struct client *c, const struct incoming *m)
{
    c->news |= CLIENT_NEWS_ACCESS;
    c->role = m->role;
    c->replica.may_only_read = m->role == ROLE_VIEW;
    return OK;
}

static enum error on_owner(struct client *c, const struct incoming *m)
{
    c->news |= CLIENT_NEWS_OWNER;
    return client_keep_text(&c->owner, &c->has_owner, m->owner);
}

static enum error on_restored(struct client *c, const struct incoming *m)
{
    bool has_name;
    c->news |= CLIENT_NEWS_RESTORED;
    c->restored = m->restored;
    c->restored.name = (struct slice){0};
    return client_keep_text(&c->restorer, &has_name, m->restored.name);
}

static enum error on_history_changed(struct client *c, const struct incoming *m)
{
    bool has_name;
    c->news |= CLIENT_NEWS_HISTORY;
    c->keeps_history = m->history_changed.is_kept;
    c->history_changed = m->history_changed;
    c->history_changed.name = (struct slice){0};
    return client_keep_text(&c->history_changer, &has_name, m->history_changed.name);
}

static enum error on_pong(struct client *c, const struct incoming *m)
{
    (void)m;
    c->give_up_at_ms = NEVER_MS;
    return OK;
}

/* ---- comments ---- */

/* Places mean something in the text that this client has by now. */
static bool is_here(const struct client *c, uint64_t revision)
{
    return revision == c->replica.revision;
}

static enum error on_comments(struct client *c, const struct incoming *m)
{
    enum error err = is_here(c, m->comments.revision) ? OK : ERR_BAD_MESSAGE;
    thread_places_clear(&c->comments);
    for (size_t i = 0; !err && i < m->comments.count; i++) {
        struct incoming_thread thread;
        const char *detail;
        err = incoming_thread(&c->decoder, i, &thread, &detail);
        if (!err)
            err = thread_places_put(&c->comments, &thread);
    }
    c->news |= CLIENT_NEWS_COMMENTS;
    return err;
}

static enum error on_comment(struct client *c, const struct incoming *m)
{
    c->news |= CLIENT_NEWS_COMMENTS;
    return is_here(c, m->comment.revision) ? thread_places_put(&c->comments, &m->comment.thread)
                                           : ERR_BAD_MESSAGE;
}

static enum error on_comment_gone(struct client *c, const struct incoming *m)
{
    c->news |= CLIENT_NEWS_COMMENTS;
    thread_places_remove(&c->comments, m->comment.thread.id);
    return OK;
}

static enum error on_unknown(struct client *c, const struct incoming *m)
{
    (void)c;
    (void)m;
    return OK;
}

static enum error (*const handlers[])(struct client *, const struct incoming *) = {
    [INCOMING_UNKNOWN] = on_unknown,     [INCOMING_WELCOME] = on_welcome,
    [INCOMING_SNAPSHOT] = on_snapshot,   [INCOMING_HISTORY] = on_history,
    [INCOMING_USERS] = on_users,         [INCOMING_USER_INFO] = on_user_info,
    [INCOMING_USER_LEFT] = on_user_left, [INCOMING_USER_CURSOR] = on_user_cursor,
    [INCOMING_LANGUAGE] = on_language,   [INCOMING_PASSWORD] = on_password,
    [INCOMING_REJECTED] = on_rejected,   [INCOMING_STORAGE] = on_storage,
    [INCOMING_ACCESS] = on_access,       [INCOMING_OWNER] = on_owner,
    [INCOMING_RESTORED] = on_restored,   [INCOMING_HISTORY_CHANGED] = on_history_changed,
    [INCOMING_PONG] = on_pong,           [INCOMING_COMMENTS] = on_comments,
    [INCOMING_COMMENT] = on_comment,     [INCOMING_COMMENT_GONE] = on_comment_gone,
};

/* Before the Welcome a server says nothing else, and it says it once. */
static bool is_in_turn(const struct client *c, enum incoming_kind kind)
{
    if (kind == INCOMING_UNKNOWN)
        return true;
    return c->link == CLIENT_JOINING ? kind == INCOMING_WELCOME
                                     : c->link == CLIENT_UP && kind != INCOMING_WELCOME;
}

void client_receive(struct client *c, uint32_t connection, struct slice json)
{
    struct incoming m;
    const char *detail = "a message comes before or after its time";
    if (c->link == CLIENT_DOWN || connection != c->connection || c->replica.is_broken)
        return;
    const bool was_refused = client_refusal(c) != NULL;
    enum error err = incoming_decode(&c->decoder, json, &m, &detail);
    if (!err)
        err = is_in_turn(c, m.kind) ? handlers[m.kind](c, &m) : ERR_BAD_MESSAGE;
    c->replica.is_broken |= err == ERR_NO_MEMORY;
    if (was_refused != (client_refusal(c) != NULL))
        client_note_refusal(c);
    if (!c->replica.is_broken && (err || c->replica.is_out_of_step))
        client_go_down(c, out_of_step, slice_from_cstr(err ? detail : ""));
}
