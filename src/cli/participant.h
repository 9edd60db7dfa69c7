/* participant.h - this program in a pad: a client (src/client) with its connection.
 *
 * Drives the client: gives it the time and what the socket brings, connects when
 * it wants a connection, sends what it has to send. Tells the person when the
 * connection is lost and when it is back, asks for the password, and ends when
 * nothing can be hoped for. Without a timeout a server that does not answer the first
 * attempt is given up, and one that was lost later is waited for.
 *
 *     participant_join(p, config, events)
 *     … the loop turns; events are called …
 *     participant_leave(p)
 *
 * Stays at its place in memory in between. One thread. */
#ifndef KOLABPAD_CLI_PARTICIPANT_H
#define KOLABPAD_CLI_PARTICIPANT_H

#include "cli/password.h"
#include "cli/socket.h"
#include "client/client.h"

struct participant;

struct participant_events {
    /* enum client_news: what has changed. The client may be read and edited. */
    void (*news)(struct participant *p, unsigned news);
    /* It does not go on: `code` has been told. Called once. */
    void (*ended)(struct participant *p, enum exit_code code);
    client_on_entry *on_entry; /* may be NULL */
};

struct participant_config {
    struct net *net;
    const struct address *address; /* copied */
    struct password *password;     /* stays the caller's, and where it is */
    int timeout_s;                 /* how long to try to connect; -1: as said above */
    struct slice name;
    uint16_t hue;
    bool is_quiet; /* says nothing, and never asks for a password */
    /* Called before each edit is sent, so that a record is as new as that (docs/decisions/031). False:
     * it is not sent, and the participant does nothing more. NULL: there is no record. */
    bool (*before_edit)(struct participant *p);
};

struct participant {
    struct net *net;
    struct client *client;
    const struct participant_events *events;
    struct address address;
    struct password *password; /* the caller's */
    struct socket socket;
    uv_timer_t timer;
    struct buf path;
    uint32_t connection; /* the client's number of the socket's connection */
    int64_t give_up_ms;  /* when a server that is not reached is given up; INT64_MAX: never */
    int64_t patience_ms; /* how long after a connection was lost; -1: for ever */
    bool (*before_edit)(struct participant *p);
    bool is_quiet;
    bool has_been_up;  /* a text has been seen */
    bool is_told_down; /* the person knows that the connection is lost */
    bool is_over;      /* ended() was called */
    bool is_turning, must_turn_again;
};

/* Begins to connect. ERR_NO_MEMORY; then it need not leave. */
enum error participant_join(struct participant *p, const struct participant_config *config,
                            const struct participant_events *events);

/* After the client was edited, or anything else was done with it: sends what there
 * is to send. Nothing happens within; events come later in the turn of the loop. */
void participant_turn(struct participant *p);

/* Leaves the pad: says so to the server, waits for that a moment, and frees all. */
void participant_leave(struct participant *p);

/* Why there is no connection, in a sentence; and that told, with the exit code of it. For
 * when it ended quietly. */
void participant_trouble(const struct participant *p, char *out, size_t size);
enum exit_code participant_say_trouble(const struct participant *p);

/* Tells why the edit in flight was refused, or that none can be made; EXIT_REFUSED. */
enum exit_code participant_say_refusal(const struct participant *p);
enum exit_code participant_say_view_only(const struct participant *p);

#endif
