/* between.h - the difference between two texts, as one operation.
 *
 * For a text that takes another's place: a snapshot where history is missing, a
 * file that was saved, the body of a PUT. Whoever types at the same time keeps
 * what is typed, and carets stay, as far as the operation leaves alone what both
 * texts have. "Delete everything, insert everything" would throw all of it to one
 * place.
 *
 * A shortest difference may be a wrong one: it keeps two line ends rather than the
 * one word between them. So what the texts surely have in common is found first,
 * their ends, then lines and then words that each of them has exactly once; and
 * in the gaps between those the shortest way is sought (E. Myers, An O(ND)
 * Difference Algorithm, 1986) where it is of few steps, otherwise the gap is
 * replaced as a whole. The cost is bounded by that: about n log n.
 *
 * The page's frontend/src/sync/diff.ts gives the same operation for the same
 * texts, which tests/differential compares. */
#ifndef KOLABPAD_OT_BETWEEN_H
#define KOLABPAD_OT_BETWEEN_H

#include "ot/op.h"

/* The operation that turns `from` into `to`, which is checked UTF-8; a no-op that
 * spans the text where they are the same. ERR_NO_MEMORY; ERR_BAD_TEXT where `to`
 * holds a carriage return in what is new; ERR_BAD_OPERATION where a text is longer than
 * OP_POINTS_MAX. `out` is unchanged then. */
enum error op_between(struct slice from, struct slice to, struct op *out);

enum { BETWEEN_STEPS_MOST = 4000000 }; /* of 2 to 3 ns */

/* The same for texts of somebody who may want it to take long: texts can be made whose gaps, each
 * small enough, take half a second together, or whose words all meet at one place of a table. After
 * BETWEEN_STEPS_MOST steps what is left of the gaps is replaced as a whole. What it took is added to
 * `*work`, in about nanoseconds. */
enum error op_between_bounded(struct slice from, struct slice to, struct op *out, uint64_t *work);

#endif
