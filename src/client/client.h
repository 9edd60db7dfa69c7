/* client.h - a participant of one pad, as a pure state machine: no socket, no clock, no
 * file. The program around it (src/cli) brings it bytes and the time, and does what it says.
 *
 *     transport ── connected, message, disconnected ──► client ──► news, changes of the text
 *     transport ◄── connection to have, messages ────── client ◄── edits, name, carets
 *
 * It keeps a copy of the document (replica.h says what is promised: nothing is lost, nothing
 * doubled, over lost connections and restarts of the server), knows who else is there
 * (people.h), asks whether the server still lives, and says when to connect again.
 *
 * A program turns like this:
 *
 *     client_advance(c, now_ms);                 the clock; before anything else of a turn
 *     … client_receive, client_edit, …           whatever happened
 *     client_take_news(c)                        what has changed, as flags
 *     client_take_change(c, &op)                 what brings the shown text up to date
 *     client_connection(c)                       another one than the present? close it, open that
 *     while (client_next_output(c, &m)) …       as long as the transport can take some
 *     client_due_ms(c)                           when to come again
 *
 * State, not events: whoever comes late sees the newest, and nothing queues up.
 *
 * Compression, TLS, proxies, WebSocket pings and the limit on a message's size are the
 * transport's affair. Messages are text frames; the handshake offers the subprotocol
 * "kolabpad.v2".
 *
 * Units: code points and milliseconds of any clock that only goes forward. One thread.
 * Memory: four times the text, what is unsent, and people. Secrets (token, password, link,
 * owner) are in what is sent and in the record, and in no other text that this gives.
 *
 * Errors: ERR_NO_MEMORY, after which it is broken: it sends nothing, and every function
 * that can fail fails. ERR_BAD_OPERATION, ERR_BAD_TEXT where it says so. Whatever a server
 * sends is no error of these functions, but an end of the connection. */
#ifndef KOLABPAD_CLIENT_CLIENT_H
#define KOLABPAD_CLIENT_CLIENT_H

#include "client/closing.h"
#include "client/comments.h"
#include "client/people.h"
#include "client/replica.h"

struct client;

/* Waits in milliseconds; 0: the usual, negative: none. */
struct client_timing {
    int64_t open_ms;   /* a handshake takes no longer (15 s) */
    int64_t answer_ms; /* nor the answer to Hello (30 s) */
    int64_t ping_ms;   /* between two Pings (20 s) */
    int64_t pong_ms;   /* the answer to one (10 s) */
    int64_t retry_ms;  /* before an edit is sent again that was refused for the moment (1 s) */
    int64_t edit_ms;   /* between two edits (10 ms): the server takes 200 a second */
    int64_t places_ms; /* between two reports of the own carets (50 ms) */
};

/* Each committed operation as it is applied to the server's text, ours included: its author,
 * and the revision that it makes. */
typedef void client_on_entry(void *owner, const struct incoming_entry *entry, uint64_t revision,
                             bool is_mine);

struct client_config {
    struct id128 token;                 /* random, secret; that of the record where one is read */
    struct slice password, link, owner; /* NULL ptr: none; copied */
    struct slice name;                  /* copied */
    uint16_t hue;                       /* 0 to 359 */
    uint64_t seed;                      /* for the pauses, so that not all come back at once */
    struct client_timing timing;
    bool follows_comments;     /* is told where comments are */
    bool by_text;              /* orders inserts as older clients do: for tests of those */
    client_on_entry *on_entry; /* NULL: nobody listens. It calls nothing of the client */
    void *owner_of_entries;    /* its first argument */
};

/* ---- make and let go ---- */

enum error client_new(const struct client_config *config, struct client **out);
/* NULL is let go, too. */
void client_free(struct client *c);

/* ---- what happens ---- */

/* Time has come to now_ms. */
void client_advance(struct client *c, int64_t now_ms);

/* The transport speaks of the connection with the number that client_connection gave;
 * what it says of another one is not heard. `code` is the WebSocket close code, 0 where
 * there was none, and `reason` its text, which is cut at 123 bytes. */
void client_connected(struct client *c, uint32_t connection);
void client_receive(struct client *c, uint32_t connection, struct slice json);
void client_disconnected(struct client *c, uint32_t connection, unsigned code, struct slice reason);

/* ---- what follows ---- */

/* The connection that there should be, a number of its own each time; 0: none. */
uint32_t client_connection(const struct client *c);
/* When client_advance wants to be called; INT64_MAX: nothing waits for time. */
int64_t client_due_ms(const struct client *c);

struct client_output {
    struct slice json; /* valid until the next call with this client */
    /* It may change the document: a program that keeps a record writes client_write to
     * the disk before it sends this (docs/decisions/031). */
    bool is_edit;
};
/* The next message for the present connection. False: there is none now. What it gives
 * counts as sent. */
bool client_next_output(struct client *c, struct client_output *out);

/* What has changed since it was asked for last. */
enum client_news {
    CLIENT_NEWS_LINK = 1 << 0,      /* client_link, client_trouble */
    CLIENT_NEWS_TEXT = 1 << 1,      /* client_take_change has something */
    CLIENT_NEWS_PEOPLE = 1 << 2,    /* names, carets, who is there */
    CLIENT_NEWS_LANGUAGE = 1 << 3,  /* */
    CLIENT_NEWS_PASSWORD = 1 << 4,  /* */
    CLIENT_NEWS_STORAGE = 1 << 5,   /* whether what is typed is being saved */
    CLIENT_NEWS_ACCESS = 1 << 6,    /* what this connection may do */
    CLIENT_NEWS_OWNER = 1 << 7,     /* the pad is ours: client_owner has the token */
    CLIENT_NEWS_REFUSAL = 1 << 8,   /* an edit was refused, or no longer is */
    CLIENT_NEWS_SAVED = 1 << 9,     /* client_unsaved has become 0 */
    CLIENT_NEWS_SET_BACK = 1 << 10, /* the server's text is older than what was here: a restored backup,
                                       or a pad begun anew */
    CLIENT_NEWS_RESTORED = 1 << 11, /* somebody brought back an earlier text: client_restored */
    CLIENT_NEWS_HISTORY = 1 << 12,  /* the history was deleted, switched off or on: client_history_change */
    CLIENT_NEWS_COMMENTS = 1 << 13, /* client_comments */
};
unsigned client_take_news(struct client *c);

/* ---- the own side ---- */

/* Changes the shown text (replica.h). ERR_BAD_OPERATION, ERR_BAD_TEXT: nothing changed. */
enum error client_edit(struct client *c, struct op_view op);
/* Makes `text` of the shown text, by the operation of op_between; `shown` is that text.
 * ERR_BAD_TEXT: no UTF-8, or carriage returns. */
enum error client_replace(struct client *c, struct slice shown, struct slice text);
/* Brings the shown text up to date: what is given is the difference. *has_change false,
 * and `out` unchanged: it is up to date. */
enum error client_take_change(struct client *c, struct op *out, bool *has_change);

enum error client_set_info(struct client *c, struct slice name, uint16_t hue);
enum error client_set_language(struct client *c, struct slice language);
/* Own carets, in code points of the shown text. They move with it; others are told once
 * all before them was sent. */
void client_set_places(struct client *c, const struct places *places);
/* Another password, for the next attempt; a wrong one ends attempts until then. */
enum error client_set_password(struct client *c, struct slice password);
/* Tries now, whatever was planned: the user asks for it, or the machine woke up. */
void client_connect_now(struct client *c);

/* A refused edit waits for one of these; refusals that pass (rate_limited,
 * storage_unavailable, no_memory) are tried again without. */
enum error client_undo_refused(struct client *c);
enum error client_retry_refused(struct client *c);

/* ---- look ---- */

enum client_link {
    CLIENT_DOWN,       /* waits until client_due_ms to connect again, or for good */
    CLIENT_CONNECTING, /* the handshake is under way */
    CLIENT_JOINING,    /* Hello is said */
    CLIENT_UP,
};
enum client_link client_link(const struct client *c);

/* Why there is no connection; means something while it is down, or on its way again. */
struct client_trouble {
    bool is_there; /* false: it was never down */
    enum closing_reason reason;
    bool is_final;       /* it does not connect again by itself */
    int64_t retry_at_ms; /* else: when it does */
    struct slice words;  /* the server's, as UTF-8; may be empty */
};
struct client_trouble client_trouble(const struct client *c);

bool client_is_broken(const struct client *c);
bool client_is_loaded(const struct client *c); /* a text has been seen */
bool client_has_unshown(const struct client *c);
const struct rope *client_text(const struct client *c);        /* with all that others did */
const struct rope *client_server_text(const struct client *c); /* at client_revision */
uint64_t client_revision(const struct client *c);
uint64_t client_unsaved(const struct client *c); /* changes that the server is not known to hold */
const struct refusal *client_refusal(const struct client *c); /* NULL: none */
uint64_t client_user_id(const struct client *c);              /* SYSTEM_USER: not welcomed yet */
enum role client_role(const struct client *c);
bool client_storage_is_writable(const struct client *c);
int64_t client_created_s(const struct client *c);
int64_t client_expires_s(const struct client *c);       /* 0: never */
uint64_t client_document_bytes(const struct client *c); /* the limit; 0: not told */
/* Valid until the next message; NULL ptr: none. */
struct slice client_language(const struct client *c);
struct slice client_password(const struct client *c);
struct slice client_owner(const struct client *c);  /* the token that makes one the owner */
struct slice client_server(const struct client *c); /* "1.0.0 (abc1234)" */

bool client_keeps_history(const struct client *c); /* is the history of the pad kept? */

/* The latest of either kind that was told; zero before. Names are valid until the next message. */
struct client_restored {
    uint64_t revision; /* whose text is the text again */
    int64_t at_s;      /* when it was, since 1970; 0: nobody knows */
    uint64_t user_id;
    struct slice name; /* who has done it; "System": nobody whom one knows */
};
struct client_restored client_restored(const struct client *c);
struct client_history_change {
    enum history_change change;
    uint64_t user_id;
    struct slice name;
};
struct client_history_change client_history_change(const struct client *c);

/* People, this client included where the server lists it; places in client_text. */
size_t client_people_count(const struct client *c);
struct person client_person(const struct client *c, size_t at);

/* Where comments are, in client_server_text; empty for one that does not follow them. */
const struct thread_places *client_comments(const struct client *c);

/* ---- another life ---- */

/* Appends a record to go on from in another process, exactly once: token, epoch, text,
 * what is unsent. Secret. */
enum error client_write(const struct client *c, struct buf *out);
/* Goes on from a record: before the first connection. The shown text is client_text.
 * ERR_BAD_MESSAGE: it is no record. */
enum error client_read(struct client *c, struct slice record);

#endif
