/* client_private.h - the fields of a client, and the functions that its files call in each
 * other: client.c (make, the own side, the record), client_look.c (look, optional texts),
 * client_refusal.c (refused edits), client_link.c (the connection and time),
 * client_receive.c (what the server says), client_output.c (what it is told). */
#ifndef KOLABPAD_CLIENT_CLIENT_PRIVATE_H
#define KOLABPAD_CLIENT_CLIENT_PRIVATE_H

#include "client/backoff.h"
#include "client/client.h"

enum { TROUBLE_BYTES_MAX = 123 };

/* A point in time that does not come. */
#define NEVER_MS INT64_MAX

struct client {
    /* as it was made */
    struct id128 token;
    struct buf name;
    uint16_t hue;
    bool by_text, follows_comments;
    struct client_timing timing; /* with the usual values filled in */
    client_on_entry *on_entry;
    void *owner_of_entries;

    struct replica replica;
    struct people people;
    struct thread_places comments;
    struct incoming_decoder decoder;
    struct buf output; /* of client_next_output */
    unsigned news;

    /* What the next Hello says. Each is empty with has_… false: not given. */
    struct buf password, link_token, owner;
    bool has_password, has_link_token, has_owner;

    /* As the last Welcome, and what came after it, had them. */
    struct buf language, server;
    bool has_language;
    enum role role;
    int64_t created_s, expires_s;
    bool is_storage_failing, keeps_history;
    struct incoming_restored restored; /* the names are in the buffers */
    struct incoming_history_changed history_changed;
    struct buf restorer, history_changer;

    /* The connection. `connection` counts those that there were; the present one has it as its
     * number unless the link is down. */
    enum client_link link;
    uint32_t connection;
    struct backoff backoff;
    int64_t now_ms;
    int64_t connect_at_ms; /* while down */
    int64_t give_up_at_ms; /* the handshake, the answer to Hello, or a Pong is late then */
    int64_t ping_at_ms;    /* while up */
    int64_t pings;         /* sent: each carries its own number */
    struct {
        bool is_there;
        enum closing_reason reason;
        char words[TROUBLE_BYTES_MAX];
        size_t word_bytes;
    } trouble;

    /* What is to be told, on this connection. */
    bool must_say_hello, must_ping, must_tell_info, must_tell_places;
    int64_t edit_at_ms, places_at_ms; /* not before */
    int64_t retry_at_ms;              /* a refusal that passes is tried again; else NEVER_MS */
    struct places places;             /* own carets in the shown text */
    /* The language to set stays wanted until the server says that it is the language; it is
     * told once on each connection. Somebody who may only read is refused for it, and that
     * must not be taken for a refusal of the edit in flight. */
    struct buf wanted_language;
    bool wants_language, has_told_language;
};

/* Gives the connection up, to begin again as that says. */
void client_go_down(struct client *c, struct closing closing, struct slice words);
/* The server has answered the Hello. */
void client_was_welcomed(struct client *c);
/* Sets the flag of a passing refusal, and what else follows from what has changed. */
void client_note_refusal(struct client *c);

/* Replaces an optional text; NULL ptr: there is none. */
enum error client_keep_text(struct buf *text, bool *has_text, struct slice value);
struct slice client_text_or_none(const struct buf *text, bool has_text);

#endif
