/* legacy_id.h - ids of the ancestors' documents, as addresses of ours.
 *
 * Rustpad stored ids as they stood in the address, percent-encoded. Neither
 * ancestor bounded them, or minded what was in them. Ours are 1 to 128 bytes of
 * UTF-8 without '/' and control characters (docs/protocol.md). */
#ifndef KOLABPAD_STORE_SQLITE_LEGACY_ID_H
#define KOLABPAD_STORE_SQLITE_LEGACY_ID_H

#include "base/buf.h"

/* Can a document be reached under it? */
bool legacy_id_is_valid(struct slice id);

/* The id without its escapes, into `out`, cleared first. False when it has none, one
 * of them is broken, or they do not make an id; or when there is no memory. */
bool legacy_id_decode(struct slice id, struct buf *out);

/* An id that is valid, and that no other is likely to become: what can be kept of
 * `id`, and 16 digits that depend on all of it. `out` is cleared first. ERR_NO_MEMORY. */
enum error legacy_id_rename(struct slice id, struct buf *out);

#endif
