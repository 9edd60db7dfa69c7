/* record.h - a replica written down, with what is unsent: as it can be kept in a file, to go on
 * in another process as if it had only lost its connection; for client.c.
 *
 *     {"epoch":"…"|null,"revision":812,"saved":800,"server_text":"…",
 *      "inflight":{"operation":[…],"count":2}|null,"sender":{"id":3,"order":"author"}|null,
 *      "buffer":…|null}
 *
 * A record must be at least as new as the last edit that was sent
 * (docs/decisions/031). A refusal is not in it: the edit is sent once more, and refused once more. */
#ifndef KOLABPAD_CLIENT_RECORD_H
#define KOLABPAD_CLIENT_RECORD_H

#include "client/replica.h"

#include <jansson.h>

/* Appends it. ERR_NO_MEMORY, with `out` as it was. */
enum error record_write(const struct replica *r, struct buf *out);

/* For a replica that has seen nothing yet; its shown text is then its text. ERR_BAD_MESSAGE
 * when it is no record whose parts fit together, ERR_NO_MEMORY; the replica is as it was. */
enum error record_read(struct replica *r, const json_t *record);

#endif
