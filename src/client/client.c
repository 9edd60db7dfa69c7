#include "client/client.h"

#include "base/alloc.h"
#include "client/client_private.h"
#include "client/json_value.h"
#include "client/outgoing.h"
#include "client/record.h"
#include "ot/between.h"

#include <string.h>

enum { HUES = 360 };

/* ---- make and let go ---- */

static int64_t usual(int64_t given, int64_t usual_ms)
{
    return given == 0 ? usual_ms : given < 0 ? 0 : given;
}

static struct client_timing timing_of(const struct client_timing *given)
{
    return (struct client_timing){
        .open_ms = usual(given->open_ms, 15000),
        .answer_ms = usual(given->answer_ms, 30000),
        .ping_ms = usual(given->ping_ms, 20000),
        .pong_ms = usual(given->pong_ms, 10000),
        .retry_ms = usual(given->retry_ms, 1000),
        .edit_ms = usual(given->edit_ms, 10),
        .places_ms = usual(given->places_ms, 50),
    };
}

static enum error keep_config(struct client *c, const struct client_config *config)
{
    enum error err = buf_append(&c->name, config->name);
    if (!err)
        err = client_keep_text(&c->password, &c->has_password, config->password);
    if (!err)
        err = client_keep_text(&c->link_token, &c->has_link_token, config->link);
    if (!err)
        err = client_keep_text(&c->owner, &c->has_owner, config->owner);
    return err;
}

enum error client_new(const struct client_config *config, struct client **out)
{
    struct client *c = mem_alloc(sizeof *c);
    if (!c)
        return ERR_NO_MEMORY;
    *c = (struct client){
        .token = config->token,
        .hue = config->hue % HUES,
        .by_text = config->by_text,
        .follows_comments = config->follows_comments,
        .timing = timing_of(&config->timing),
        .on_entry = config->on_entry,
        .owner_of_entries = config->owner_of_entries,
        .backoff = backoff_of(config->seed),
        .retry_at_ms = NEVER_MS,
    };
    c->replica.me = c->replica.sender = author_nobody();
    const enum error err = keep_config(c, config);
    if (err) {
        client_free(c);
        return err;
    }
    *out = c;
    return OK;
}

/* A secret is not left in memory that others may be given. */
static void forget(struct buf *secret)
{
    if (secret->ptr)
        explicit_bzero(secret->ptr, secret->cap);
    buf_deinit(secret);
}

void client_free(struct client *c)
{
    if (!c)
        return;
    replica_deinit(&c->replica);
    people_deinit(&c->people);
    thread_places_deinit(&c->comments);
    incoming_deinit(&c->decoder);
    forget(&c->output);
    forget(&c->password);
    forget(&c->link_token);
    forget(&c->owner);
    buf_deinit(&c->name);
    buf_deinit(&c->language);
    buf_deinit(&c->wanted_language);
    buf_deinit(&c->server);
    buf_deinit(&c->restorer);
    buf_deinit(&c->history_changer);
    explicit_bzero(&c->token, sizeof c->token);
    mem_free(c);
}

/* ---- the own side ---- */

static enum error settle(struct client *c, enum error err)
{
    c->replica.is_broken |= err == ERR_NO_MEMORY;
    return err;
}

enum error client_edit(struct client *c, struct op_view op)
{
    const enum error err = replica_edit(&c->replica, op);
    if (err)
        return err;
    places_move(&c->places, op);
    c->must_tell_places |= c->places.caret_count > 0;
    c->news |= unsent_count(&c->replica.unsent) == 0 ? CLIENT_NEWS_SAVED : 0;
    return OK;
}

enum error client_replace(struct client *c, struct slice shown, struct slice text)
{
    struct op op = {0};
    struct measure size;
    enum error err = utf8_check(text, &size);
    if (!err)
        err = op_between(shown, text, &op);
    if (!err)
        err = client_edit(c, op_view(&op));
    op_deinit(&op);
    return settle(c, err);
}

enum error client_take_change(struct client *c, struct op *out, bool *has_change)
{
    const enum error err = replica_take_change(&c->replica, out, has_change);
    if (!err && *has_change)
        places_move(&c->places, op_view(out));
    return err;
}

enum error client_set_info(struct client *c, struct slice name, uint16_t hue)
{
    bool has_name;
    const enum error err = client_keep_text(&c->name, &has_name, name);
    if (err)
        return err;
    c->hue = hue % HUES;
    c->must_tell_info = true;
    return OK;
}

enum error client_set_language(struct client *c, struct slice language)
{
    const enum error err = client_keep_text(&c->wanted_language, &c->wants_language, language);
    if (!err)
        c->has_told_language = false;
    return err;
}

void client_set_places(struct client *c, const struct places *places)
{
    c->places = *places;
    c->must_tell_places = true;
}

enum error client_set_password(struct client *c, struct slice password)
{
    const enum error err = client_keep_text(&c->password, &c->has_password, password);
    if (!err && c->link == CLIENT_DOWN)
        client_connect_now(c);
    return err;
}

/* ---- another life ---- */

/* {"client":"…","replica":{…}} */
enum error client_write(const struct client *c, struct buf *out)
{
    const size_t before = out->len;
    char token[ID128_CHARS];
    id128_encode(c->token, token);
    enum error err = buf_append(out, SLICE("{\"client\":"));
    if (!err)
        err = outgoing_string(out, slice_of(token, sizeof token));
    if (!err)
        err = buf_append(out, SLICE(",\"replica\":"));
    if (!err)
        err = record_write(&c->replica, out);
    if (!err)
        err = buf_append(out, SLICE("}"));
    if (err)
        out->len = before;
    return err;
}

enum error client_read(struct client *c, struct slice record)
{
    json_t *root = NULL;
    struct id128 token;
    enum error err = value_parse(record, &root);
    if (!err && !value_id128(json_object_get(root, "client"), &token))
        err = ERR_BAD_MESSAGE;
    if (!err)
        err = record_read(&c->replica, json_object_get(root, "replica"));
    if (!err)
        c->token = token;
    json_decref(root);
    return err;
}
