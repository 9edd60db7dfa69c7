/* tell.h - telling a connection what it lacks, as far as its outbox takes it:
 * what src/session does in frames, in messages of wire.h. */
#ifndef KOLABPAD_SIM_TELL_H
#define KOLABPAD_SIM_TELL_H

#include "sim/gateway.h"

/* Closes it when its history is gone, or when it waits to be welcomed while
 * the store fails. */
void tell_conn(struct sim_conn *conn);

/* Is there anything that it may be told? */
bool conn_lacks(const struct sim_conn *conn);

/* What it may do has changed. v2, behind its Welcome. */
void tell_access(struct sim_conn *conn);

/* Out of the document, or of the queue for it. */
void leave_document(struct sim_conn *conn);
/* The same, and closes; the client reads first what was said before. */
void close_conn(struct sim_conn *conn, enum error why);

#endif
