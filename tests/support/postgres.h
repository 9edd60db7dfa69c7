/* postgres.h - a real PostgreSQL for one test program (postgres.sh starts it).
 *
 *     struct postgres pg;
 *     if (!postgres_is_installed())
 *         skip();
 *     postgres_init(&pg, "-c max_connections=20");   makes a folder, starts it, waits until it answers
 *     … pg.uri …
 *     postgres_kill(&pg);                            kill -9
 *     postgres_start(&pg);
 *     postgres_deinit(&pg);                          stops it, removes the folder
 *
 * Whatever does not work fails the test. It ends with the program, however the
 * program ends. One thread, the main one: PostgreSQL is told of its parent's
 * death by the thread that started it. */
#ifndef KOLABPAD_TESTS_POSTGRES_H
#define KOLABPAD_TESTS_POSTGRES_H

#include "support/unit.h"

#include <stdbool.h>
#include <sys/types.h>

struct postgres {
    char folder[64];
    uint16_t port;
    pid_t pid; /* of the postmaster; 0: it does not run */
    char settings[512];
    char uri[96]; /* of the database, as its owner, who is no superuser */
};

/* False says why on the standard output. */
bool postgres_is_installed(void);

/* A new server, running. `settings`: "-c name=value …" or NULL. */
void postgres_init(struct postgres *pg, const char *settings);
/* A running streaming replica of `primary`, which knows it by `name`. */
void postgres_init_replica(struct postgres *pg, const struct postgres *primary, const char *name);

/* Runs SQL as a superuser. The last line that it answers, up to 511 bytes; valid until the next call. */
const char *postgres_sql(const struct postgres *pg, const char *statements);

void postgres_start(struct postgres *pg);
/* Ends all sessions and stops. */
void postgres_stop(struct postgres *pg);
/* kill -9 of the postmaster; its processes end themselves. */
void postgres_kill(struct postgres *pg);
void postgres_promote(struct postgres *pg);
void postgres_deinit(struct postgres *pg);

#endif
