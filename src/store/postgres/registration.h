/* registration.h - the beginning of a life: how a server becomes one of those that share the database.
 *
 *     attempt ─► the database is away ───────────────────────► later
 *        ├─────► a rival (registry.h) is in the way ─► it is silent for long enough: declared dead ─► later
 *        │                                       └─► it beats, at our own address ─► never
 *        └─────► registered
 *
 * Each attempt is for a new, random number. The answer to a registration may be lost, so the number that was
 * tried last is cleared away before the next is tried.
 *
 * The beating thread's, and members_open's before that. Events are told on it. */
#ifndef KOLABPAD_STORE_POSTGRES_REGISTRATION_H
#define KOLABPAD_STORE_POSTGRES_REGISTRATION_H

#include "store/message.h"
#include "store/postgres/host_watch.h"
#include "store/postgres/judge.h"
#include "store/postgres/rival_watch.h"

struct registration {
    /* Borrowed. */
    const struct store_config *config;
    struct registry *registry;
    struct host_watch *hosts;
    const struct judge *judge;

    struct rival_watch watch; /* of the rival, while there is one */
    uint64_t attempted;       /* the life that was registered last, or perhaps was: its answer may be lost */
    bool has_waited;          /* STORE_EVENT_WAITING has been told, and STORE_EVENT_LOCKED not */
    bool watches_address;     /* `watch` is about a server with our own address */
};

/* What a life begins with. */
struct registered {
    uint64_t incarnation;
    uint8_t secret[32]; /* of all servers of this database */
    int64_t sent_us;    /* when the registration was sent, by the boot clock: it counts as the first beat */
};

/* One attempt, over a new connection of the registry. Tells STORE_EVENT_WAITING, once, and
 * STORE_EVENT_LOCKED. ERR_SHUTTING_DOWN: not yet. ERR_STORAGE: never, another living server has our
 * address. */
enum error registration_try(struct registration *r, struct registered *out);

/* Tries until it succeeds, while a rival is in the way. Errors are those of store_open, with their sentence:
 * also when the database cannot be used. ERR_SHUTTING_DOWN: config->should_stop said so. */
enum error registration_get_in(struct registration *r, struct registered *out, char message[MESSAGE_BYTES]);

#endif
