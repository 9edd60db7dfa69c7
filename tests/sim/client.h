/* client.h - a simulated client, as docs/protocol.md describes it.
 *
 * v2 is the machine of the browser: synchronised, awaiting the answer to the
 * edit in flight, or awaiting with a buffer behind it. It resumes with its
 * token, epoch and revision, learns from `committed` whether the edit in
 * flight arrived, and rebases what it has not sent on a snapshot.
 *
 * Some go by author and some by text, and some by text until they lose their
 * first connection, as a page does whose server is replaced by a newer one.
 *
 * v1 is a script: it starts from nothing on each connection and forgets what
 * was not acknowledged on the one before. */
#ifndef KOLABPAD_SIM_CLIENT_H
#define KOLABPAD_SIM_CLIENT_H

#include "sim/reference_text.h"
#include "sim/unique_points.h"
#include "sim/wire.h"
#include "support/random.h"

enum { SIM_LANGUAGE_MAX = 16 };

/* Somebody else, as this client knows him. */
struct sim_user {
    uint64_t id;
    bool has_info, has_cursors;
    char name[WIRE_NAME_MAX];
    uint16_t hue;
    struct wire_cursors cursors; /* at the client's revision */
};

enum sim_state {
    SIM_AWAY,    /* no connection */
    SIM_JOINING, /* Hello is said; sends nothing else */
    SIM_LIVE,
};

struct sim_client {
    enum pad_version version;
    struct id128 token;
    const char *document;         /* its id; borrowed */
    struct unique_points *points; /* of that document */
    enum sim_state state;
    struct wire_pipe *up; /* to the server, while connected */

    bool has_epoch;
    struct id128 epoch;
    uint64_t revision; /* of `server` */
    uint64_t acked;    /* the revision after its last acknowledged edit */
    uint64_t user_id;
    enum pad_order order;      /* of the present connection */
    struct pad_author sent_as; /* the author that the edit in flight has at the server */
    bool will_learn;           /* goes by author from its next connection on */
    struct pad_welcome welcome;
    struct id128 welcome_epoch;

    struct reference_text server; /* the text at `revision` */
    struct reference_text text;   /* with what is not acknowledged */
    bool has_outstanding, has_buffer;
    struct op outstanding; /* in flight, or to be sent again */
    struct op buffer;      /* made after it */

    struct sim_user *users;
    uint32_t user_count, user_cap;
    char language[SIM_LANGUAGE_MAX];
    struct wire_password password; /* as it knows it */
};

void sim_client_init(struct sim_client *c, enum pad_version version, struct id128 token, const char *document,
                     struct unique_points *points);
void sim_client_deinit(struct sim_client *c);

/* Connects, saying Hello into `up`. */
void sim_client_connect(struct sim_client *c, struct wire_pipe *up);
/* The connection is gone. */
void sim_client_cut(struct sim_client *c);
/* Takes what the server said. On WIRE_CLOSE the connection is gone. */
void sim_client_feed(struct sim_client *c, const struct wire_message *m);

/* What people do. */
void sim_client_type(struct sim_client *c, struct random *r);
void sim_client_place_carets(struct sim_client *c, struct random *r);
void sim_client_rename(struct sim_client *c, struct random *r);
void sim_client_choose_language(struct sim_client *c, struct random *r);
void sim_client_ping(struct sim_client *c);

/* Does it wait for nothing? */
bool sim_client_is_synchronised(const struct sim_client *c);
const struct sim_user *sim_client_user(const struct sim_client *c, uint64_t user_id);

#endif
