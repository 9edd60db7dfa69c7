/* gateway.h - the simulated server: src/doc with a fake store, and what stands
 * for src/session and the network around it.
 *
 *   sim_conn ── opens, attaches, edits ──► documents ── requests ──► fake_store
 *   sim_conn ◄── tell.h ◄── on_news ────── documents ◄── answers ─── fake_store
 *
 * Nothing happens by itself: the simulation lets it receive, end a turn, let
 * time pass, let the store work, die. The gateway's own part of the promises is
 * checked on the way (gateway_check, and what `require` says). */
#ifndef KOLABPAD_SIM_GATEWAY_H
#define KOLABPAD_SIM_GATEWAY_H

#include "doc/documents.h"
#include "doc/open.h"
#include "proto/client_message.h"
#include "sim/wire.h"
#include "support/fake_store.h"

enum { GATEWAY_DOCUMENTS_MAX = 8 };

/* One connection, between a client (while it holds on) and the gateway (until
 * it notices). */
struct sim_conn {
    struct link link; /* in gateway->conns */
    struct gateway *gateway;
    struct wire_pipe up, down;
    const char *document; /* the id that it came for; borrowed */
    struct pad_hello hello;
    char name[WIRE_NAME_MAX];      /* of the Hello */
    struct wire_password password; /* with which it came */
    struct open *open;             /* its document is being opened: nothing is read meanwhile */
    struct document *doc;          /* that it is in; NULL: in none */
    struct pad_peer peer;
    struct pad_welcome welcome;
    struct buf snapshot; /* v2: the message, of the text as it was when the peer joined */
    bool must_welcome, is_welcomed, is_closed;
    bool is_behind;  /* there was no room for all that it lacks: told when it drains */
    bool is_stalled; /* its network delivers nothing down */
    bool is_reader;  /* it came by a link for reading */
    bool has_client; /* somebody is at the other end */
};

/* What the gateway knows of a document to check the promises. */
struct gateway_document {
    const char *id;                /* borrowed for life */
    struct wire_password password; /* the last one that was announced */
    bool is_changing_password;
    bool is_pen_held;          /* only its owner writes, who is not here */
    bool has_row, has_expired; /* has_expired: the row was deleted; for the simulation to take notice */
};

struct gateway {
    struct document_policy policy;
    unsigned outbox_max;      /* messages that may wait for one connection */
    size_t message_bytes_max; /* of a v2 client: a larger one closes the connection */
    struct client_decoder decoder;
    struct limits *limits;
    struct fake_store store;
    struct documents documents;
    struct gateway_document known[GATEWAY_DOCUMENTS_MAX];
    unsigned known_count;
    struct link conns;
    struct link password_changes; /* struct sim_password_change, that are not answered */
    bool is_dying;                /* documents are dropped as they are */
    struct {
        uint64_t told_operations, closed, refused, resumed, snapshots, evictions, outages, damages, passwords,
            restarts, expired, read_only, brought_back;
    } counts;
};

/* The policy, outbox_max and message_bytes_max are set before; documents are made known after. */
void gateway_open(struct gateway *g, int64_t now_ms);
void gateway_close(struct gateway *g);
void gateway_know(struct gateway *g, const char *id);

/* ---- the network ---- */

struct sim_conn *gateway_accept(struct gateway *g, const char *document);
/* The gateway notices that nobody is at the other end. */
void gateway_drop(struct sim_conn *conn);
/* Takes one message of the connection; false: it takes none at the moment. */
bool gateway_receive(struct sim_conn *conn);
/* The client has read one; there may be room for more. */
void gateway_drained(struct sim_conn *conn);
/* An HTTP request of that user. What it was told at once: OK when it is under way. */
enum error gateway_change_password(struct gateway *g, const char *id, const struct password_change *change);
/* The owner of the document takes the pen, or gives it back: those who are in it are told. */
void gateway_hold_pen(struct gateway *g, const char *id, bool is_held);
/* The password that lets people in now, wherever it is known. */
/* As a request over HTTP does it: the text becomes that one, by an edit of somebody who is not in the
 * document, where it can. */
void gateway_bring_back(struct gateway *g, const char *id, struct slice text);
struct wire_password gateway_password(struct gateway *g, const char *id);

/* ---- the server ---- */

/* Ends a turn: journal, then news. */
void gateway_turn(struct gateway *g);
/* Time passes; the timer comes when it is due. */
void gateway_tick(struct gateway *g, int64_t later_ms);
/* The store carries out some requests, and answers what is carried out. */
void gateway_carry_out(struct gateway *g, uint32_t count);
void gateway_answer(struct gateway *g);
void gateway_set_failing(struct gateway *g, bool is_failing);
/* The document's page is damaged: what is written of it fails, all else works. The
 * id is borrowed; NULL: no page is. */
void gateway_set_damaged(struct gateway *g, const char *id);
/* Looks for documents that have expired, as src/app/cleanup.c. */
void gateway_search_expired(struct gateway *g);

/* The process dies: what was not carried out is lost. The clients notice. */
void gateway_crash(struct gateway *g);
/* The process ends in order: stop, then turns until it is written, then restart,
 * which checks that everything is in the database. */
void gateway_stop(struct gateway *g);
bool gateway_is_written(struct gateway *g);
void gateway_restart(struct gateway *g);

/* ---- look ---- */

/* In memory and READY; NULL: it is not. */
struct document *gateway_find(struct gateway *g, const char *id);
/* Does everything hold that must hold at any time? Aborts if not. */
void gateway_check(struct gateway *g);
/* Has everything been carried out, answered and told that can be? */
bool gateway_is_quiet(struct gateway *g);
/* Says what is wrong and aborts, unless `belief`. */
void gateway_require(bool belief, const char *what, enum error err);

#endif
