/* first_connection.h - reaching the database at the start, however long that takes. */
#ifndef KOLABPAD_STORE_POSTGRES_FIRST_CONNECTION_H
#define KOLABPAD_STORE_POSTGRES_FIRST_CONNECTION_H

#include "store/message.h"
#include "store/postgres/connection.h"
#include "store/store.h"

/* Opens `c`, which is initialised. A database that is away is waited for, and that is told
 * (STORE_EVENT_AWAY, at once, when it says something else and once a minute; STORE_EVENT_REACHED). Errors
 * are those of store_open, with their sentence: a database that will never take us, with these settings;
 * ERR_SHUTTING_DOWN: config->should_stop said so. */
enum error first_connection_open(const struct store_config *config, struct pg_connection *c,
                                 char message[MESSAGE_BYTES]);

#endif
