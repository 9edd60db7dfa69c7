/* credential.h - how one server proves to another that it is one of those that share the
 * database: the value of the header X-Kolabpad-Node.
 *
 *     X-Kolabpad-Node: 5d0fc18b70a1b3e2 8f4c…(64 hex digits)
 *                      incarnation      secret
 *
 * The secret is in the database, and the same for all. The incarnation says who asks,
 * for whoever reads a capture; nothing depends on it. */
#ifndef KOLABPAD_API_CREDENTIAL_H
#define KOLABPAD_API_CREDENTIAL_H

#include "base/buf.h"
#include "store/store.h"

enum error credential_append(struct buf *out, struct store_identity self);

/* Any thread. In a time that does not tell how much of the secret was right. False where the
 * database is not shared. */
bool credential_is_right(struct slice value, struct store_identity self);

#endif
