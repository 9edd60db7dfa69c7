/* The connection: when there should be one, when it is given up, when to try again.
 *
 * Safety: what is said of a connection that was given up is not heard, by its number.
 * Liveness: while it is not broken, there is at any time a connection, or a time at which
 * there will be one, unless the close code said that this is the user's decision. A
 * connection that is silent for pong_ms after a Ping is given up, so one that died without
 * a word ends, too. */
#include "client/client_private.h"

#include <string.h>

static bool is_present(const struct client *c, uint32_t connection)
{
    return c->link != CLIENT_DOWN && connection == c->connection;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

enum client_link client_link(const struct client *c)
{
    return c->link;
}

uint32_t client_connection(const struct client *c)
{
    return c->link == CLIENT_DOWN || c->replica.is_broken ? 0 : c->connection;
}

/* ---- up ---- */

static void begin(struct client *c)
{
    c->connection++;
    c->connection += c->connection == 0; /* which stands for none */
    c->link = CLIENT_CONNECTING;
    c->give_up_at_ms = c->now_ms + c->timing.open_ms;
    c->news |= CLIENT_NEWS_LINK;
}

void client_connect_now(struct client *c)
{
    if (c->link == CLIENT_DOWN)
        begin(c);
    else if (c->link == CLIENT_UP)
        c->ping_at_ms = c->now_ms; /* is it still there? */
}

void client_connected(struct client *c, uint32_t connection)
{
    if (!is_present(c, connection) || c->link != CLIENT_CONNECTING)
        return;
    c->link = CLIENT_JOINING;
    c->give_up_at_ms = c->now_ms + c->timing.answer_ms;
    c->must_say_hello = true;
    c->news |= CLIENT_NEWS_LINK;
}

void client_was_welcomed(struct client *c)
{
    backoff_reset(&c->backoff);
    c->link = CLIENT_UP;
    c->give_up_at_ms = NEVER_MS;
    c->ping_at_ms = c->now_ms + c->timing.ping_ms;
    c->has_told_language = false;
    c->must_tell_places = c->places.caret_count + c->places.selection_count > 0;
    c->edit_at_ms = c->places_at_ms = c->now_ms;
    c->news |= CLIENT_NEWS_LINK;
}

/* ---- down ---- */

static void note_trouble(struct client *c, enum closing_reason reason, struct slice words)
{
    size_t len = words.len < TROUBLE_BYTES_MAX ? words.len : TROUBLE_BYTES_MAX;
    if (utf8_check(slice_of(words.ptr, len), NULL) != OK)
        len = 0;
    c->trouble.is_there = true;
    c->trouble.reason = reason;
    c->trouble.word_bytes = len;
    if (len > 0)
        memcpy(c->trouble.words, words.ptr, len);
}

void client_go_down(struct client *c, struct closing closing, struct slice words)
{
    const bool was_up = c->link == CLIENT_UP && c->replica.link == REPLICA_UP;
    const int64_t pause_ms = backoff_next_ms(&c->backoff, closing.retry, c->now_ms);
    c->link = CLIENT_DOWN;
    c->connect_at_ms = pause_ms < 0 ? NEVER_MS : c->now_ms + pause_ms;
    c->give_up_at_ms = c->ping_at_ms = NEVER_MS;
    c->must_say_hello = c->must_ping = false;
    note_trouble(c, closing.reason, words);
    replica_disconnected(&c->replica);
    if (closing.reason == CLOSING_OUT_OF_STEP)
        replica_drop_epoch(&c->replica);
    /* A message that the server will never take must not be sent for ever. One that was in
     * flight before this connection is not what it speaks of. */
    if (was_up && closing.reason == CLOSING_TOO_LARGE)
        replica_rejected(&c->replica, SLICE("message_too_large"), words, 0);
    if (was_up && closing.reason == CLOSING_BAD_MESSAGE)
        replica_rejected(&c->replica, SLICE("bad_message"), words, 0);
    c->news |= CLIENT_NEWS_LINK;
    client_note_refusal(c);
}

void client_disconnected(struct client *c, uint32_t connection, unsigned code, struct slice reason)
{
    if (is_present(c, connection))
        client_go_down(c, closing_of(code), reason);
}

struct client_trouble client_trouble(const struct client *c)
{
    return (struct client_trouble){
        .is_there = c->trouble.is_there,
        .reason = c->trouble.reason,
        .is_final = c->link == CLIENT_DOWN && c->connect_at_ms == NEVER_MS,
        .retry_at_ms = c->connect_at_ms,
        .words = slice_of(c->trouble.words, c->trouble.word_bytes),
    };
}

/* ---- time ---- */

static void keep_asking(struct client *c)
{
    if (c->link != CLIENT_UP || c->now_ms < c->ping_at_ms)
        return;
    c->must_ping = true;
    c->ping_at_ms = c->now_ms + c->timing.ping_ms;
    if (c->give_up_at_ms == NEVER_MS)
        c->give_up_at_ms = c->now_ms + c->timing.pong_ms;
}

static void retry_refused(struct client *c)
{
    if (c->now_ms < c->retry_at_ms)
        return;
    c->retry_at_ms = NEVER_MS;
    client_retry_refused(c);
}

void client_advance(struct client *c, int64_t now_ms)
{
    c->now_ms = now_ms;
    if (c->replica.is_broken)
        return;
    const enum closing_reason late = c->link == CLIENT_JOINING ? CLOSING_UNANSWERED : CLOSING_UNREACHABLE;
    if (c->link != CLIENT_DOWN && now_ms >= c->give_up_at_ms)
        client_go_down(c, (struct closing){late, RETRY_BACKOFF}, (struct slice){0});
    if (c->link == CLIENT_DOWN && now_ms >= c->connect_at_ms)
        begin(c);
    keep_asking(c);
    retry_refused(c);
}

int64_t client_due_ms(const struct client *c)
{
    if (c->replica.is_broken)
        return NEVER_MS;
    if (c->link == CLIENT_DOWN)
        return least(c->connect_at_ms, c->retry_at_ms);
    int64_t due =
        least(least(c->give_up_at_ms, c->retry_at_ms), c->link == CLIENT_UP ? c->ping_at_ms : NEVER_MS);
    if (replica_has_edit(&c->replica))
        due = least(due, c->edit_at_ms);
    if (c->must_tell_places && replica_may_send_places(&c->replica))
        due = least(due, c->places_at_ms);
    return due;
}
