/* comments.h - where comments are in the text, as this client knows it.
 *
 * Places are in code points of the server's text, and move with each of its operations by the rules of
 * docs/protocol.md (Comments); what was detached and comes back, the server says. What the comments say is
 * not kept: who wants to read it asks by HTTP. In the order in which the server told of them. Bounded: beyond
 * THREADS_MAX none is noted. */
#ifndef KOLABPAD_CLIENT_COMMENTS_H
#define KOLABPAD_CLIENT_COMMENTS_H

#include "client/incoming.h"

enum { THREADS_MAX = 10000 };

struct thread_places {
    struct incoming_thread *list;
    size_t count, cap;
};

void thread_places_deinit(struct thread_places *t);
void thread_places_clear(struct thread_places *t);
/* Adds it, or puts it in the place of the one with its id. ERR_NO_MEMORY. */
enum error thread_places_put(struct thread_places *t, const struct incoming_thread *thread);
void thread_places_remove(struct thread_places *t, const char id[THREAD_ID_CHARS]);
/* An operation was made on the server's text. */
void thread_places_move(struct thread_places *t, struct op_view op);

#endif
