/* answers.h - answers on their way into mailboxes, and waking who waits for them.
 *
 * A mailbox is linked in `to_wake` from its first answer until its owner is woken. An owner who has not yet
 * taken earlier answers is awake already, or about to be woken, so that a thousand answers wake once.
 *
 * Any thread that holds the store's lock. */
#ifndef KOLABPAD_STORE_ANSWERS_H
#define KOLABPAD_STORE_ANSWERS_H

#include "store/state.h"

/* Puts a request, which has its answer and a mailbox, there. From now on it is its owner's. */
void answers_put(struct store *s, struct store_request *req);

/* Wakes the owners of all that was put. Releases the lock meanwhile, since an owner may want it at once. */
void answers_wake(struct store *s);

#endif
