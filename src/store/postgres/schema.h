/* schema.h - the tables, and how an older database becomes a current one.
 *
 * Migrations are numbered from 201 and each runs once, in one transaction under an
 * advisory lock, by whichever server of the new version comes first. Servers of
 * the version before may still run: `readable_by` says which is the oldest schema
 * number whose servers may use the new tables. So a migration adds, and a later
 * one takes away what nobody uses any more.
 *
 * The tables are found by the role's search_path, and all are called kp_…. */
#ifndef KOLABPAD_STORE_POSTGRES_SCHEMA_H
#define KOLABPAD_STORE_POSTGRES_SCHEMA_H

#include "store/message.h"
#include "store/postgres/connection.h"
#include "store/store.h"

/* The number of the newest migration. */
int pg_schema_version(void);

/* Is this a server that can be used, and which version do its tables have? 0: there are
 * none. Changes nothing. ERR_STORAGE with its sentence, for tables of another program too. */
enum error pg_schema_look(struct pg_connection *c, int *version, char message[MESSAGE_BYTES]);

/* Is this a server and a database that can be used, and are the tables there?
 * Creates or migrates them if need be, and tells STORE_EVENT_MIGRATED. ERR_STORAGE
 * leaves one sentence in `message`, and everything as it was. The connection is
 * open; on failure it may be closed. */
enum error pg_schema_prepare(struct pg_connection *c, const struct store_config *config,
                             char message[MESSAGE_BYTES]);

#endif
