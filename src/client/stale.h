/* stale.h - was a text made from an older one?
 *
 *     old text --since--> present text
 *
 * Somebody read the old text, changed that and saved it, and knows nothing of `since`. Or somebody
 * changed the present text. Of the save alone both may be said: this says what it is taken for. */
#ifndef KOLABPAD_CLIENT_STALE_H
#define KOLABPAD_CLIENT_STALE_H

#include "ot/op.h"

/* `on_old` and `on_now` are the differences between either text and the save. It was made on the
 * old text when of what `since` put in no word, and no other sign, is left whole; letters
 * that it shares with a word may well be those of another one. Where `since` put in nothing but
 * space, or only took away: when the save undoes all of it.
 *
 * A save that has a word of it was made on the present text: taken as made on the old one, it would
 * put that word in a second time. */
bool save_is_stale(struct op_view since, struct op_view on_old, struct op_view on_now);

#endif
