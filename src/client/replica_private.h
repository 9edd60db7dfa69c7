/* replica_private.h - functions that the files of a replica call in each other: replica.c (make,
 * look, the owner's side), replica_server.c (what the server says), replica_edit.c (what is sent). */
#ifndef KOLABPAD_CLIENT_REPLICA_PRIVATE_H
#define KOLABPAD_CLIENT_REPLICA_PRIVATE_H

#include "client/replica.h"

static inline bool replica_is_inflight(const struct replica *r)
{
    return r->unsent.at[UNSENT_INFLIGHT].is_there;
}

/* Notes when memory has run out; gives `err` back. */
enum error replica_settle(struct replica *r, enum error err);

/* `op` was made on the text, and the owner has not been given it; takes `op`. ERR_NO_MEMORY. */
enum error replica_show_later(struct replica *r, struct op *op);

#endif
