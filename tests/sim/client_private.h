/* client_private.h - functions that the files of a simulated client call in each other:
 * client.c (people, typing), client_v1.c and client_v2.c. */
#ifndef KOLABPAD_SIM_CLIENT_PRIVATE_H
#define KOLABPAD_SIM_CLIENT_PRIVATE_H

#include "sim/client.h"

#include <stdlib.h>

static inline void client_must(enum error err)
{
    if (err)
        abort();
}

/* Something that the protocol rules out. */
void client_require(bool belief, const char *what);

struct sim_user *client_user_of(struct sim_client *c, uint64_t user_id);

void v1_connect(struct sim_client *c);
void v1_feed(struct sim_client *c, const struct wire_message *m);
/* Its user has made the change; takes the operation. */
void v1_edit(struct sim_client *c, struct op *op);

void v2_init(struct sim_client *c);
void v2_deinit(struct sim_client *c);
void v2_connect(struct sim_client *c);
void v2_cut(struct sim_client *c);
void v2_feed(struct sim_client *c, const struct wire_message *m);
void v2_edit(struct sim_client *c, struct op *op);
/* An editor has another text than the file: the next change is made on that. */
void v2_open_stale_editor(struct sim_client *c);
/* The file, if there is one, and the client have what they are to have of each other. */
void v2_mirror(struct sim_client *c);
void v2_look(struct sim_client *c);
/* Sends what there is to send. */
void v2_pump(struct sim_client *c);

#endif
