/* shared_engine.h - a database that several servers of one process share, in memory.
 *
 * The tables are fake_tables; each server is an engine of its own on them, with an
 * incarnation (1, 2, …) and an address. A test can place documents, move them, and
 * declare servers dead. */
#ifndef KOLABPAD_TESTS_SHARED_ENGINE_H
#define KOLABPAD_TESTS_SHARED_ENGINE_H

#include "store/engine.h"

enum { SHARED_SERVERS_MAX = 4 };

/* An engine for store_open_with; the next server's incarnation is one more. */
extern const struct engine_ops shared_engine_ops;

/* An empty database without servers. None may be open. */
void shared_engine_begin(void);
void shared_engine_end(void);

/* Where the others reach the server, and which version they see: before anybody asks. */
void shared_engine_announce(uint64_t incarnation, const char *address, const char *version);
/* The server is gone: nobody has its documents any more, and the others are told. */
void shared_engine_bury(uint64_t incarnation);

/* That server has the document, whatever it says itself; 0: nobody. */
void shared_engine_place(const char *id, uint64_t incarnation);
/* Who has it; 0: nobody. */
uint64_t shared_engine_owner(const char *id);
/* Whoever asks is told that the next one has it: a database gone mad, and every document a hot potato. */
void shared_engine_pass_on(bool always);
/* How often rows were looked at, by all. */
uint32_t shared_engine_peeks(void);
struct store_identity shared_engine_identity(uint64_t incarnation);

#endif
