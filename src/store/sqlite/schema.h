/* schema.h - the tables, and how an older file becomes a current one.
 *
 * Migrations are numbered, each runs once, all that are due run in one
 * transaction. The numbers begin at 101: Kolabpad-Go counted its own in the
 * same table `schema_migrations` from 1, and goes on working with a file that
 * was taken over. */
#ifndef KOLABPAD_STORE_SQLITE_SCHEMA_H
#define KOLABPAD_STORE_SQLITE_SCHEMA_H

#include "store/sqlite/connection.h"
#include "store/store.h"

/* The number of the newest migration. */
int schema_version(void);
/* The newest of our migrations that has run on this file; 0 when none has. */
int schema_version_of(struct connection *c);

/* Is this an empty file, an ancestor's, or ours and not newer than this
 * program? Only reads. */
enum error schema_check(struct connection *c, const char *path, char message[MESSAGE_BYTES]);

/* Brings the file up to date and tells on_event when there was something to
 * do. On failure the file is as it was. */
enum error schema_migrate(struct connection *c, const char *path, const struct store_config *config,
                          char message[MESSAGE_BYTES]);

#endif
