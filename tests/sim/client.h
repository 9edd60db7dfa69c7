/* client.h - a simulated client: somebody who types, and the program in between.
 *
 * v2 is the machine of src/client, as it ships, in JSON. It resumes with its token, epoch
 * and revision, learns from `committed` whether the edit in flight arrived, and rebases
 * what it has not sent on a snapshot. Its user is not always shown at once what others do,
 * and types on. A record is written before each edit is sent; now and then the process
 * dies, and another goes on from the record.
 *
 * Some of them mirror a file, as kolabpad sync does: what their users type is saved into that,
 * now and then by an editor that had read it before others' changes came, and a write of the
 * program may come too late, or not at all, because it dies. The file outlives the process.
 *
 * Some go by author and some by text, and some by text until they lose their
 * first connection, as a page does whose server is replaced by a newer one.
 *
 * Some come by a link for reading (`reads`). Their users type all the same, and what they
 * typed is refused and taken back.
 *
 * v1 is a script: it starts from nothing on each connection and forgets what
 * was not acknowledged on the one before. */
#ifndef KOLABPAD_SIM_CLIENT_H
#define KOLABPAD_SIM_CLIENT_H

#include "client/mirror.h"
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
    const int64_t *now_ms;        /* borrowed */
    enum sim_state state;
    struct wire_pipe *up; /* to the server, while connected */
    uint64_t user_id;

    struct reference_text server; /* the text at `revision` */
    struct reference_text text;   /* as its user sees it */
    struct sim_user *users;
    uint32_t user_count, user_cap;
    char language[SIM_LANGUAGE_MAX];
    struct wire_password password; /* as it knows it */

    struct sim_v1 {
        uint64_t revision; /* of `server` */
        bool has_outstanding, has_buffer;
        struct op outstanding; /* in flight */
        struct op buffer;      /* made after it */
    } v1;

    struct sim_v2 {
        struct client *machine;
        uint32_t connection; /* the number of the present one */
        struct buf record;   /* written down before each edit is sent */
        struct op inflight;  /* of an edit that may be in a snapshot */
        uint64_t fed;        /* messages */
        unsigned life;       /* processes that died */
        bool by_text, will_learn;
        bool reads; /* it comes by a link for reading */

        bool is_file; /* `text` is a file's */
        struct mirror mirror;
        struct reference_text read; /* by an editor, before the last write … */
        int64_t read_until_ms;      /* … and what it saves counts as made on that until then */
        bool is_stale;              /* it is saving */
    } v2;
};

void sim_client_init(struct sim_client *c, enum pad_version version, bool reads, struct id128 token,
                     const char *document, struct unique_points *points, const int64_t *now_ms);
void sim_client_deinit(struct sim_client *c);

/* Connects, saying Hello into `up`. */
void sim_client_connect(struct sim_client *c, struct wire_pipe *up);
/* The connection is gone. */
void sim_client_cut(struct sim_client *c);
/* Takes what the server said. On WIRE_CLOSE the connection is gone. */
void sim_client_feed(struct sim_client *c, const struct wire_message *m);
/* Time has passed. True: it has given its connection up. */
bool sim_client_gives_up(struct sim_client *c);
/* Its process dies and another one goes on; v2 only, while it has no connection. */
void sim_client_restart(struct sim_client *c);

/* What people do. */
void sim_client_type(struct sim_client *c, struct random *r);
void sim_client_place_carets(struct sim_client *c, struct random *r);
void sim_client_rename(struct sim_client *c, struct random *r);
void sim_client_choose_language(struct sim_client *c, struct random *r);
void sim_client_ping(struct sim_client *c);
/* Somebody tells him the password. */
void sim_client_learn_password(struct sim_client *c, struct wire_password password);
/* What was refused is taken back or tried again. */
void sim_client_decide(struct sim_client *c, struct random *r);

/* Does it wait for nothing? */
bool sim_client_is_synchronised(const struct sim_client *c);
/* Brings `text`, `server`, `users` and the rest up to what it knows. */
void sim_client_look(struct sim_client *c);
const struct sim_user *sim_client_user(const struct sim_client *c, uint64_t user_id);

#endif
