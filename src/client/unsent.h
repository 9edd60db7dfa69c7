/* unsent.h - local changes that the server is not known to hold, in their order.
 *
 *     server text --inflight--> --rest--> --buffer--> local text
 *
 * One edit is in flight at most. Of one that is too large for a message a part is
 * in flight, and the rest of it follows before the buffer (docs/decisions/087).
 * What is typed meanwhile, and offline, is composed into the buffer, so memory is
 * bounded by what was typed and not by how often.
 *
 * Positions are code points. No thread but the owner's. ERR_NO_MEMORY where it says
 * that something can fail; of no use afterwards, see replica.h. */
#ifndef KOLABPAD_CLIENT_UNSENT_H
#define KOLABPAD_CLIENT_UNSENT_H

#include "ot/op.h"

/* Changes as one operation. */
struct pending {
    bool is_there; /* else there are none, and the rest is zero */
    struct op op;
    uint32_t count; /* changes of the user; 0: the last part of an edit has it */
};

/* In the order in which they are made. */
enum unsent_place { UNSENT_INFLIGHT, UNSENT_REST, UNSENT_BUFFER, UNSENT_PLACES };

struct unsent {
    /* INFLIGHT: sent without an echo, or refused. REST stays until it is sent, even
     * where it changes nothing any more: it has the count. BUFFER: never a no-op. */
    struct pending at[UNSENT_PLACES];
};

/* What the server takes, in bytes of UTF-8; 0: not told. */
struct unsent_limits {
    uint64_t document_bytes, message_bytes;
};

void unsent_deinit(struct unsent *u);

/* ---- look ---- */

uint64_t unsent_count(const struct unsent *u); /* changes of the user */
/* True when all of them in a row change nothing. */
enum error unsent_is_undone(const struct unsent *u, bool *out);
/* The place in the local text of a caret of the server's. */
uint32_t unsent_move_caret(const struct unsent *u, uint32_t at_points);
/* True when only a part is in flight, and with the rest of it the text would be
 * larger than `limit_bytes`. */
enum error unsent_is_too_large(const struct unsent *u, const struct rope *server, uint64_t limit_bytes,
                               bool *out);

/* ---- change ---- */

/* A change of the user on the local text. */
enum error unsent_add(struct unsent *u, struct op_view op);
/* Puts into flight what comes next, or the part of it that a message holds. Nothing
 * may be in flight; nothing is afterwards where there is nothing to send. */
enum error unsent_send(struct unsent *u, uint64_t server_bytes, struct unsent_limits limits);
/* What was in flight is in the server's text. */
void unsent_land(struct unsent *u);
/* The edit under way (in flight, and the rest of it) goes back in front of the buffer:
 * it was not applied. */
enum error unsent_unsend(struct unsent *u);
/* Takes the edit under way back; `undo` is the operation that does that in the local
 * text, `server` the text before it. */
enum error unsent_undo(struct unsent *u, const struct rope *server, struct op *undo);
/* Moves all of it over a remote operation on the server's text; `last` is that as it
 * reads after all of it. */
enum error unsent_move_over(struct unsent *u, struct op_view remote, enum op_order order, struct op *last);

#endif
