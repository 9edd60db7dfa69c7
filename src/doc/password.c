#include "doc/password.h"

#include "doc/member.h"
#include "doc/persister.h"
#include "observe/log.h"
#include "observe/metrics.h"

/* ---- who may ---- */

static struct pad_peer *find_user(struct document *doc, const struct password_change *change)
{
    return change->has_user ? pad_find_user(&doc->pad, change->user_id) : NULL;
}

static enum error check_member(struct document *doc, const struct password_change *change)
{
    struct pad_peer *peer = find_user(doc, change);
    if (change->access == ACCESS_OWN)
        return OK;
    if (!peer)
        return ERR_FORBIDDEN;
    if (peer->is_viewer)
        return ERR_VIEW_ONLY;
    struct member_claim claim = {.user_id = change->user_id, .client = change->client};
    if (change->has_token)
        claim.token = change->token;
    return member_check(doc, &claim);
}

static enum error check_present_password(struct document *doc, const struct password_change *change)
{
    struct documents *docs = doc->documents;
    if (!doc->pad.password.ptr)
        return change->is_on ? OK : ERR_NOT_PROTECTED;
    if (change->access == ACCESS_OWN || document_admits(doc, change->password))
        return OK;
    metric_inc(METRIC_PASSWORD_ERRORS);
    limits_take(docs->limits, LIMIT_PASSWORD_ATTEMPT, change->client, documents_now_ms(docs));
    return ERR_FORBIDDEN;
}

static enum error check_rate(struct documents *docs, const struct password_change *change)
{
    int64_t now_ms = documents_now_ms(docs);
    bool may = limits_has(docs->limits, LIMIT_PASSWORD_ATTEMPT, change->client, now_ms) &&
               limits_take(docs->limits, LIMIT_PASSWORD_CHANGE, change->client, now_ms);
    return may ? OK : ERR_RATE_LIMITED;
}

static enum error check(struct document *doc, const struct password_change *change)
{
    if (!doc || doc->state != DOCUMENT_READY)
        return ERR_FORBIDDEN; /* nobody can be in it */
    if (doc->lost_why)
        return doc->lost_why;
    enum error err = check_rate(doc->documents, change);
    if (!err)
        err = document_may_manage(doc, change->access);
    if (!err)
        err = check_member(doc, change);
    if (!err)
        err = check_present_password(doc, change);
    if (!err && (doc->password_change || doc->is_being_deleted))
        err = ERR_OVERLOADED;
    return err;
}

/* ---- the change ---- */

static struct slice new_password(const struct password_change *change)
{
    return change->is_on ? slice_of(change->new_password, PASSWORD_CHARS) : (struct slice){0};
}

static enum error take_effect(struct document *doc, const struct password_change *change)
{
    enum error err = pad_set_password(&doc->pad, find_user(doc, change), new_password(change));
    if (err) {
        /* The database has the new password and memory the old one. Memory is
         * right, since nobody will be told the new one: a snapshot puts it back. */
        document_meta_changed(doc);
        return err;
    }
    document_has_news(doc);
    log_event(LOG_INFO, "critical_write", LOG_STR("docId", doc->id),
              LOG_CSTR("type", change->is_on ? "otp_protect" : "otp_unprotect"));
    return OK;
}

/* Nobody will be told the new password, so the old one goes back, and waits for as long as that takes. */
static void put_back(struct document *doc, enum persist_reason reason)
{
    document_meta_changed(doc);
    (void)persister_write(doc, reason); /* without memory for it, the persister does so later */
}

/* The database may have the new one: where it was written, and where it is not known whether it was. */
static bool may_be_written(enum error err)
{
    return !err || err == ERR_STORAGE;
}

static void on_written(struct document *doc, enum error err)
{
    struct password_change *change = doc->password_change;
    if (!change) { /* the answer came too late: document_give_up_password */
        if (may_be_written(err))
            put_back(doc, PERSIST_SHUTDOWN);
        return;
    }
    doc->password_change = NULL;
    if (err && may_be_written(err) && !doc->lost_why)
        put_back(doc, PERSIST_IDLE);
    change->done(change, err ? err : take_effect(doc, change));
}

void document_give_up_password(struct document *doc)
{
    struct password_change *change = doc->password_change;
    doc->password_change = NULL;
    if (change)
        change->done(change, ERR_SHUTTING_DOWN);
}

enum error document_change_password(struct documents *docs, struct slice id, struct password_change *change)
{
    if (docs->is_stopping)
        return ERR_SHUTTING_DOWN;
    struct document *doc = document_find(docs, id);
    enum error err = check(doc, change);
    if (err)
        return err;
    if (change->is_on)
        random_password(change->new_password);
    doc->password_change = change;
    err = persister_write_password(doc, new_password(change), on_written);
    if (err)
        doc->password_change = NULL;
    return err;
}
