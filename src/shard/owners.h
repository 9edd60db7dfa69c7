/* owners.h - which server has which document, as far as a shard remembers.
 *
 * Whoever asks the store is told who owns a document; asking again for every tab of a
 * class that opens it would cost the database as many questions. So the answer is
 * remembered for OWNERS_FRESH_MS, by the hash of the id, in a table of fixed size. It is
 * a guess: the server that it names has the last word, and answers that it has not (421)
 * when it has not. So nothing here need be exact: two ids that hash alike share a
 * place, and the newer one wins.
 *
 * Owner: one shard; its thread only. Only where servers share the database. */
#ifndef KOLABPAD_SHARD_OWNERS_H
#define KOLABPAD_SHARD_OWNERS_H

#include "base/error.h"
#include "store/store.h"

enum { OWNERS_FRESH_MS = 10 * 1000 };

/* A zeroed one is empty. */
struct owners {
    uint64_t seed;               /* which ids share a place is nobody's to choose */
    struct owners_place *places; /* NULL until one is remembered */
};

void owners_deinit(struct owners *owners);

/* False: nobody knows. The address is borrowed until the next call. */
bool owners_find(const struct owners *owners, struct slice id, int64_t now_ms, struct store_owner *out);
/* Without memory, or with an address that is too long for a server's, it is not remembered. */
void owners_remember(struct owners *owners, struct slice id, const struct store_owner *owner, int64_t now_ms);
void owners_forget(struct owners *owners, struct slice id);
void owners_forget_all(struct owners *owners);

#endif
