/* sqlstate.h - what an answer of PostgreSQL means for who asked. */
#ifndef KOLABPAD_STORE_POSTGRES_SQLSTATE_H
#define KOLABPAD_STORE_POSTGRES_SQLSTATE_H

#include "base/error.h"

#include <stdbool.h>

enum reply {
    REPLY_OK,            /* committed */
    REPLY_LOST,          /* no answer, or one that leaves it open: committed or not */
    REPLY_NOT_NOW,       /* not done: the server stops, is a standby, is full … */
    REPLY_AGAIN,         /* not done, because of others at the same moment; at once again */
    REPLY_LOCKED,        /* not done: somebody held a lock for longer than lock_timeout */
    REPLY_DUPLICATE,     /* not done: a row with that key is there */
    REPLY_NEVER,         /* not done: these values cannot be stored */
    REPLY_MISCONFIGURED, /* not done: tables, rights or names are not as they should be */
    REPLY_NO_MEMORY,     /* not done: here */
};

/* By the five letters of an SQLSTATE; NULL or one that is not in the table: REPLY_NOT_NOW. */
enum reply sqlstate_reply(const char *sqlstate);

/* Is the server no use after that answer, though the connection may still stand? */
bool sqlstate_ends_connection(const char *sqlstate);

/* For callers of the store: ERR_STORAGE, ERR_NO_MEMORY or OK. */
enum error reply_error(enum reply reply);

#endif
